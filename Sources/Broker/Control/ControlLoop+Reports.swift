// The ends of orders, told no sooner than a picture shows what they did.

import Base
import Engine
import Reactor

/// Ends of orders that wait for a picture.
struct HeldReports {
    private var waiting: [(after: UInt64, report: EngineReport)] = []

    /// Whether nothing waits.
    var isEmpty: Bool { waiting.isEmpty }

    /// Keeps `report` until a picture with a number above `picture` is shown.
    mutating func hold(_ report: EngineReport, after picture: UInt64) {
        waiting.append((picture, report))
    }

    /// What may be told now that picture `number` is shown.
    mutating func release(shownBy number: UInt64) -> [EngineReport] {
        let count = waiting.prefix { $0.after < number }.count
        let told = waiting.prefix(count).map(\.report)
        waiting.removeFirst(count)
        return told
    }
}

extension ControlLoop {
    /// Tells the console `report`; an end only with the picture that shows it, so that nobody who
    /// hears of it decides on an older one.
    mutating func tell(_ report: EngineReport) {
        switch report {
        case .progress, .peeked: engine.report(report)
        case .finished, .failed:
            // Without somebody who looks no picture would come.
            guard engine.isWatched(at: SystemClock.now()) else { return engine.report(report) }
            held.hold(report, after: pictureNumber)
        }
    }

    /// Tells what waited for picture `number`.
    mutating func tellHeld(shownBy number: UInt64) {
        for report in held.release(shownBy: number) { engine.report(report) }
    }
}
