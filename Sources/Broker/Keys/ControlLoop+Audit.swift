// What operators do to queues goes into the store's audit log.

import Base
import Engine
import Journal
import Reactor

/// An order whose end is to be noted.
struct AuditedOrder: Sendable {
    let what: String
    let about: [UInt8]
}

extension ControlLoop {
    /// Most orders whose end is awaited.
    private static var auditedMax: Int { 1_024 }

    /// Remembers what `order` will have been.
    /// - Returns: `false` where its end could not be noted: then it is not to be carried out.
    mutating func remember(_ order: EngineOrder, _ ticket: Ticket) -> Bool {
        guard keys != nil, let entry = AuditedOrder(order) else { return true }
        guard audited.count < Self.auditedMax else { return false }
        audited[ticket] = entry
        return true
    }

    /// Notes the end of an order about a stream.
    mutating func noteEnd(_ report: EngineReport) {
        let (ticket, words): (Ticket, String)
        switch report {
        case .finished(let done, let outcome): (ticket, words) = (done, "done: \(outcome.messages)")
        case .failed(let failed, let refusal):
            (ticket, words) = (failed, "refused: \(refusal.apiText)")
        case .progress, .peeked: return
        }
        guard let entry = audited.removeValue(forKey: ticket), let keys else { return }
        keys.desk.post(
            KeyRequest(
                .all,
                .note(entry.what, result: words),
                author: ticket.author,
                about: entry.about
            ) { _ in }
        )
    }
}

extension ControlLoop {
    /// Notes that `who` was refused `what` to the keys before the journal was asked.
    mutating func noteRefusal(
        _ what: String,
        _ about: [UInt8],
        by who: [UInt8],
        _ refusal: EngineRefusal
    ) {
        let result = "refused: \(refusal.apiText)"
        note([Deed(who: who, what: what, about: about, result: result): 1], at: SystemClock.now())
    }
}

extension AuditedOrder {
    /// What is noted of `order`; `nil` for a look.
    init?(_ order: EngineOrder) {
        switch order {
        case .pauseDelivery(let stream, _, _, _): self.init(what: "queue pause", about: stream)
        case .pauseIngress(let stream, _, _): self.init(what: "queue pause ingress", about: stream)
        case .resume(let stream, _): self.init(what: "queue resume", about: stream)
        case .drain(let stream, _, _): self.init(what: "queue drain", about: stream)
        case .purge(let stream, let scope):
            self.init(what: "queue purge to \(scope.ceiling)", about: stream)
        case .deleteStream(let stream): self.init(what: "queue removed", about: stream)
        case .deleteConsumer(let stream, _): self.init(what: "consumer removed", about: stream)
        case .redrive(let stream, _): self.init(what: "queue redrive", about: stream)
        case .peek, .kick, .throttle, .key, .lameDuck, .shutDown, .resumeWriting, .resample:
            return nil
        }
    }
}
