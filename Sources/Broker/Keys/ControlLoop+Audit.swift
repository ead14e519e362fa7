// What operators do to queues goes into the store's audit log.

import Base
import Engine
import Journal

/// An order whose end is to be noted.
struct AuditedOrder: Sendable {
    let what: String
    let about: [UInt8]
}

extension ControlLoop {
    /// Most orders whose end is awaited.
    private static var auditedMax: Int { 1_024 }

    /// Remembers what `order` will have been.
    mutating func remember(_ order: EngineOrder, _ ticket: Ticket) {
        guard keys != nil, audited.count < Self.auditedMax, let entry = AuditedOrder(order) else {
            return
        }
        audited[ticket] = entry
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
