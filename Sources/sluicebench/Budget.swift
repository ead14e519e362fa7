// How many instructions one operation of each scenario may take.
//
// Measured by callgrind on x86-64 in a release build; a change beyond the tolerance fails either
// way, so that savings are written down too. 2026-11-24: first figures.

extension Scenario {
    /// Instructions for one operation.
    var budget: Int {
        switch self {
        case .publish16: 468
        case .publish128: 474
        case .oneToOne16: 906
        case .oneToOne128: 931
        case .oneToFour128: 1_560
        case .queueGroup128: 1_040
        // Of these 140 look through the header names for those that only a server may set.
        case .headers: 1_623
        case .manySubjects: 1_006
        case .unserved: 8_533
        case .subscribe: 6_864
        }
    }

    /// Share of the budget by which a measurement may differ, in percent.
    static var tolerancePercent: Int { 3 }
}
