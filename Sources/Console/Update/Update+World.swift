// What comes from outside: pictures, time, reports.

import Base
import Canvas
import Engine

extension ConsoleModel {
    mutating func take(_ snapshot: EngineSnapshot) -> [Effect] {
        if data.now < snapshot.takenAt { data.now = snapshot.takenAt }
        guard snapshot.takenAt >= data.latest.takenAt else { return [] }
        data.history.record(snapshot)
        data.latest = snapshot
        return judgeAlerts()
    }

    mutating func tick(_ now: Instant) -> [Effect] {
        guard now >= data.now else { return [] }
        data.now = now
        if case .confirm(let confirmation) = screen.overlay, confirmation.hasExpired(at: now) {
            screen.overlay = .none
            say(.info, "\(confirmation.action.verb): not confirmed, nothing done")
        }
        work.undo.removeAll { $0.expires <= now }
        return []
    }

    mutating func take(_ reports: [EngineReport]) -> [Effect] {
        for report in reports {
            switch report {
            case .progress(let ticket, let done, let total):
                work.pending[ticket.id]?.done = done
                work.pending[ticket.id]?.total = total
            case .finished(let ticket, let outcome): finish(ticket, outcome)
            case .failed(let ticket, let refusal): fail(ticket, refusal)
            case .peeked(let ticket, _, let messages): show(messages, of: ticket)
            }
        }
        return []
    }

    mutating func take(_ refusal: EngineRefusal, of ticket: Ticket) -> [Effect] {
        fail(ticket, refusal)
        return []
    }

    /// Says something to the person.
    mutating func say(_ severity: Severity, _ text: String) {
        let shown = DisplayText(text, cellsMax: 400).text
        work.notices.append(Notice(at: data.now, severity: severity, text: shown))
        let surplus = work.notices.count - Notice.keptMax
        if surplus > 0 { work.notices.removeFirst(surplus) }
    }

    private mutating func judgeAlerts() -> [Effect] {
        let snapshot = data.latest
        let last = Int(clamping: snapshot.takenAt.nanoseconds / nanosecondsPerSecond)
        let publish = data.history.publish.merged(from: last - 9, through: last)
        let syncs = data.history.syncs.merged(from: last - 9, through: last)
        let readings = snapshot.alertReadings(
            publishP99: publish.percentile(0.99).map { Double($0) / 1e6 },
            syncP99: syncs.percentile(0.99).map { Double($0) / 1e6 },
            floors: data.alerts.floors,
            queues: data.history.queues
        )
        let before = data.alerts.open
        let fired = data.alerts.judge(readings, at: snapshot.takenAt)
        return alertNews(since: before)
            + fired.compactMap { alert in
                guard alert.severity == .critical, settings.isBellOn else { return nil }
                let limit = data.alerts.policy(of: alert.id.rule).raise
                let name = DisplayText(alert.id.subject, cellsMax: 60).text
                return .announce(
                    alert.severity,
                    "\(name) \(alert.id.rule.sentence(alert, limit: limit))"
                )
            }
    }

    private mutating func finish(_ ticket: Ticket, _ outcome: OrderOutcome) {
        guard let order = work.pending.removeValue(forKey: ticket.id) else { return }
        var text = order.label
        if outcome.messages > 0 { text += ": \(Format.counted(outcome.messages, "message"))" }
        if outcome.auditIndex > 0 { text += "  #\(outcome.auditIndex)" }
        say(.info, text)
        guard let inverse = order.inverse else { return }
        let label = order.label
        work.undo.append(
            UndoEntry(
                label: label,
                order: inverse,
                expires: data.now.adding(nanoseconds: 3_600 * nanosecondsPerSecond)
            )
        )
        if work.undo.count > 50 { work.undo.removeFirst() }
    }

    private mutating func fail(_ ticket: Ticket, _ refusal: EngineRefusal) {
        if case .peek(var peek) = screen.overlay, peek.ticket == ticket.id {
            peek.refusal = refusal
            screen.overlay = .peek(peek)
        }
        guard let order = work.pending.removeValue(forKey: ticket.id) else { return }
        say(.warning, "\(order.label) failed: \(refusal.sentence)")
        // The numbers in the dialog were of another state: ask again with the new ones.
        if refusal == .changed, let action = order.action { _ = ask(action) }
    }

    /// Forgets an order for which a secret had to be typed and was not.
    mutating func giveUp(_ ticket: Ticket) -> [Effect] {
        if work.pending.removeValue(forKey: ticket.id) != nil {
            say(.info, "nothing was typed; the store stays locked")
        }
        return []
    }

    private mutating func show(_ messages: [PeekedMessage], of ticket: Ticket) {
        work.pending[ticket.id] = nil
        guard case .peek(var peek) = screen.overlay, peek.ticket == ticket.id else { return }
        peek.messages = messages
        screen.overlay = .peek(peek)
    }
}

extension EngineRefusal {
    /// For the person who gave the order.
    var sentence: String {
        switch self {
        case .unsupported: "this engine cannot do it"
        case .readOnly: "the console is read-only"
        case .notPermitted: "not permitted"
        case .wrongSecret: "no slot opens with that"
        case .unfitSecret(.empty): "the secret is empty"
        case .unfitSecret(.tooLong): "the secret is too long"
        case .unfitSecret(.hasNul): "there is a NUL byte in the passphrase"
        case .busy: "the engine is busy, try again"
        case .notFound: "it is gone"
        case .changed: "the state has changed meanwhile"
        case .wrongState: "not possible in this state"
        case .invalid: "out of range"
        case .stillInUse(let bytes): "\(Format.bytes(bytes)) are still under the key"
        case .locked(.distantFuture): "the keys are locked; unlock opens the store again"
        case .locked(let until): "locked until \(Format.date(until, offsetSeconds: 0))"
        case .storage(let errno): "storage error \(errno)"
        case .unreachable: "the engine cannot be reached"
        case .remote(let code): "the cluster said \(code)"
        case .stopping: "the engine is stopping"
        }
    }
}
