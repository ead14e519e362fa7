// Freezing, scrubbing, zooming, markers: one cursor for every pane.

import Base
import Canvas
import Engine

extension ConsoleModel {
    mutating func travel(_ intent: Intent) -> [Effect] {
        switch intent {
        case .freeze: toggleFreeze()
        case .scrub(let columns): scrub(seconds: columns * secondsPerStep)
        case .scrubPage(let pages): scrub(seconds: pages * data.time.window.seconds)
        case .live:
            data.frozen = nil
            data.time.frozenAt = .never
            data.time.cursor = .never
        case .timeZoom(let closer): zoomTime(closer: closer)
        case .setMarker: setMarker()
        case .jump: jump()
        case .compare: compare()
        case .graphStyle:
            let all = GraphStyle.allCases
            let place = all.firstIndex(of: data.time.style) ?? 0
            data.time.style = all[(place + 1) % all.count]
        default: break
        }
        return []
    }

    /// Seconds that one step of the cursor covers: a column of the widest graph.
    private var secondsPerStep: Int {
        data.time.secondsPerColumn(ScreenPlan(screen).graphColumns)
    }

    private mutating func toggleFreeze() {
        guard data.frozen == nil else {
            data.frozen = nil
            data.time.frozenAt = .never
            return
        }
        guard data.latest.takenAt != .never else { return }
        data.frozen = data.latest
        data.time.frozenAt = data.latest.takenAt
    }

    private mutating func scrub(seconds: Int) {
        let newest = data.frozen?.takenAt ?? data.latest.takenAt
        guard newest != .never else { return }
        let from = data.time.cursor == .never ? newest : data.time.cursor
        let distance = UInt64(seconds.magnitude) * nanosecondsPerSecond
        let oldest = data.history.beganAt
        if seconds < 0 {
            let wanted = from.nanoseconds - min(distance, from.nanoseconds)
            data.time.cursor = Instant(nanoseconds: max(wanted, oldest.nanoseconds))
        } else {
            let wanted = from.adding(nanoseconds: distance)
            data.time.cursor = wanted >= newest ? .never : wanted
        }
    }

    private mutating func zoomTime(closer: Bool) {
        let all = TimeWindow.allCases
        let place = all.firstIndex(of: data.time.window) ?? 0
        data.time.window = all[min(max(0, place + (closer ? -1 : 1)), all.count - 1)]
    }

    /// The moment that is looked at.
    var shownInstant: Instant {
        if data.time.cursor != .never { return data.time.cursor }
        return data.frozen?.takenAt ?? data.latest.takenAt
    }

    private mutating func setMarker() {
        let at = shownInstant
        guard at != .never else { return }
        if data.time.markerA == .never {
            data.time.markerA = at
            say(.info, "marker A set; m again sets B, d compares")
        } else if data.time.markerB == .never {
            data.time.markerB = at
            if data.time.markerB < data.time.markerA {
                swap(&data.time.markerA, &data.time.markerB)
            }
            say(.info, "marker B set; d compares A with B")
        } else {
            data.time.markerA = .never
            data.time.markerB = .never
            data.time.isComparing = false
            say(.info, "markers cleared")
        }
    }

    /// Goes back to the latest marker, alert or serious event before the moment that is shown.
    private mutating func jump() {
        let from = shownInstant
        var places = [data.time.markerA, data.time.markerB]
        places += data.alerts.open.map(\.since) + data.alerts.history.map(\.since)
        places += data.latest.events.filter { $0.severity > .info }.map(\.at)
        let oldest = data.history.beganAt
        let earlier = places.filter { $0 != .never && $0 < from && $0 >= oldest }.max()
        if let earlier {
            data.time.cursor = earlier
        } else {
            data.time.cursor = .never
            say(.info, "nothing earlier to jump to; back to now")
        }
    }

    private mutating func compare() {
        guard data.time.markerA != .never else {
            say(.info, "compare: set marker A with m first")
            return
        }
        data.time.isComparing.toggle()
        guard data.time.isComparing, let stream = plainPicture.selectedStream,
            let change = Comparison(stream.name, self)
        else { return }
        say(.info, "\(ActionPlan.shown(stream.name)) \(change.sentence)")
    }
}
