// What operators want of keys, and what of it is shown.

import Base
import Engine
import Journal
import Reactor
import Sealing

extension ControlLoop {
    /// Hands an order about keys to the journal, which reports its end.
    mutating func obey(_ order: KeyOrder, _ ticket: Ticket) {
        guard let keys else {
            return tell(.failed(ticket, .unsupported(.rotateKey)))
        }
        let posts = self.posts
        let words = "\(order.word) of \(LogText.safe(order.scopeName))"
        do throws(EngineRefusal) {
            let (target, command) = try keys.translate(order, names: streamNumbers)
            log.order(of: ticket.author, words)
            let log = self.log
            keys.desk.post(
                KeyRequest(
                    target,
                    command,
                    author: ticket.author,
                    about: order.scopeName
                ) { result in
                    let report = EngineReport(ticket, result)
                    if case .failed(_, let refusal) = report { log.warn("\(words): \(refusal)") }
                    _ = posts.office.post(.shard(.operated(report)))
                }
            )
        } catch {
            log.warn("\(words): \(error)")
            noteRefusal(order.word, order.scopeName, by: ticket.author, error)
            tell(.failed(ticket, error))
        }
    }
}

extension EngineReport {
    /// The end of the order `ticket` about keys.
    init(_ ticket: Ticket, _ result: Result<KeyOutcome, KeyRefusal>) {
        switch result {
        case .success(let done):
            var outcome = OrderOutcome()
            outcome.bytes = done.bytes
            self = .finished(ticket, outcome)
        case .failure(let refusal): self = .failed(ticket, EngineRefusal(refusal))
        }
    }
}

extension EngineRefusal {
    /// The refusal of the journal in the words of an engine.
    init(_ refusal: KeyRefusal) {
        switch refusal {
        case .notFound: self = .notFound
        case .wrongState, .lastSlot: self = .wrongState
        case .stillInUse(let bytes): self = .stillInUse(bytes: bytes)
        case .notKept, .damaged, .sealing: self = .storage(errno: 5)
        case .disk(let error): self = .storage(errno: error.number)
        case .busy: self = .busy
        case .locked: self = .locked(until: .distantFuture)
        }
    }
}

extension KeyOrder {
    /// What the order is called in the log.
    var word: String {
        switch self {
        case .prepare: "preparing a key"
        case .activate: "activating the prepared key"
        case .reencrypt: "re-encryption"
        case .holdReencryption(_, let isHeld): isHeld ? "holding" : "going on with re-encryption"
        case .verify: "reading samples back"
        case .retire(_, let version): "retiring key version \(version)"
        case .destroy(_, let version): "destruction of key version \(version)"
        case .compromised(_, let version): "declaring key version \(version) compromised"
        case .addSlot: "a new slot"
        case .removeSlot(let number): "removal of slot \(number)"
        case .lock: "locking"
        case .unlock: "unlocking"
        }
    }

    /// Whose keys it is about.
    var scopeName: [UInt8] {
        switch self {
        case .prepare(let scope), .activate(let scope), .reencrypt(let scope, _),
            .holdReencryption(let scope, _), .verify(let scope), .retire(let scope, _),
            .destroy(let scope, _), .compromised(let scope, _):
            switch scope {
            case .root: Array("the root key".utf8)
            case .allStreams: Array("all streams".utf8)
            case .stream(let name): name
            }
        case .addSlot, .removeSlot, .lock, .unlock: Array("the store".utf8)
        }
    }
}
