// How many instructions one operation of each scenario may take.
//
// Measured by callgrind on x86-64 in a release build; a change beyond the tolerance fails either
// way, so that savings are written down too. 2026-11-24: first figures.

extension Scenario {
    /// Instructions for one operation.
    var budget: Int {
        switch self {
        case .publish16: 438
        case .publish128: 444
        case .oneToOne16: 877
        case .oneToOne128: 902
        case .oneToFour128: 1_528
        case .queueGroup128: 991
        case .headers: 1_455
        case .manySubjects: 972
        case .unserved: 7_014
        case .subscribe: 6_382
        }
    }

    /// Share of the budget by which a measurement may differ, in percent.
    static var tolerancePercent: Int { 3 }
}
