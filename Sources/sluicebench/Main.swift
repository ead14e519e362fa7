// Runs one scenario for callgrind, or all of them against the clock.
//
//   sluicebench list               the scenarios and their budgets
//   sluicebench run NAME PORTIONS  feeds that many thousand operations
//   sluicebench time               nanoseconds per operation, for orientation only

import Base
import Reactor

@main
enum Main {
    static func main() {
        let arguments = CommandLine.arguments.dropFirst()
        switch arguments.first {
        case "list":
            for scenario in Scenario.allCases {
                print(scenario.rawValue, scenario.budget, Scenario.tolerancePercent)
            }
        case "run":
            run(Array(arguments.dropFirst()))
        case "time":
            for scenario in Scenario.allCases { time(scenario) }
        default:
            print("usage: sluicebench list | run NAME PORTIONS | time")
        }
    }

    private static func run(_ arguments: [String]) {
        guard arguments.count == 2, let scenario = Scenario(rawValue: arguments[0]),
            let portions = Int(arguments[1])
        else {
            print("usage: sluicebench run NAME PORTIONS")
            return
        }
        var bench = Bench(scenario)
        print(scenario.rawValue, bench.run(portions: portions))
    }

    private static func time(_ scenario: Scenario) {
        var bench = Bench(scenario)
        _ = bench.run(portions: 20)
        let start = SystemClock.monotonic()
        let portions = 300
        let delivered = bench.run(portions: portions)
        let spent = SystemClock.monotonic().nanoseconds(since: start)
        let operations = portions * Bench.portionCount
        print(scenario.rawValue, "\(Int(spent) / operations) ns", "\(delivered) delivered")
    }
}
