// A stream that is an array: slow, simple and right.

@testable import Queueing

/// One message of the model.
struct ModelMessage: Equatable {
    let sequence: UInt64
    let time: UInt64
    let subject: [UInt8]
    var size: UInt64
    let body: [UInt8]
    var expires: UInt64 = .max
    var neverExpires = false
    var headers: [UInt8] = []
}

/// What a stream must do, said with arrays.
struct StreamModel {
    var messages: [ModelMessage] = []
    var last: UInt64 = 0
    var bytes: UInt64 { messages.reduce(0) { $0 + $1.size } }
    let limits: StreamLimits
    let discard: DiscardPolicy
    let isPerSubjectNew: Bool

    func count(_ subject: [UInt8]) -> Int {
        messages.count { $0.subject == subject }
    }

    /// Whether a message is refused for room.
    func isFull(_ subject: [UInt8], _ size: UInt64, isRollup: Bool) -> Bool {
        guard discard == .new else { return false }
        let perSubject = limits.messagesPerSubjectMax
        let replaces = perSubject > 0 && count(subject) >= perSubject
        if replaces, isPerSubjectNew, !isRollup { return true }
        if limits.messagesMax > 0, messages.count >= limits.messagesMax, !replaces { return true }
        return limits.bytesMax > 0 && bytes + size > UInt64(limits.bytesMax)
    }

    mutating func store(_ message: ModelMessage, rollup: String) {
        messages.append(message)
        last = message.sequence
        if rollup == "sub" {
            messages.removeAll { $0.subject == message.subject && $0.sequence < message.sequence }
        }
        if rollup == "all" { messages.removeAll { $0.sequence < message.sequence } }
        let perSubject = limits.messagesPerSubjectMax
        while perSubject > 0, count(message.subject) > perSubject {
            if let first = messages.firstIndex(where: { $0.subject == message.subject }) {
                messages.remove(at: first)
            }
        }
        guard discard == .old else { return }
        while limits.messagesMax > 0 && messages.count > limits.messagesMax
            || limits.bytesMax > 0 && bytes > UInt64(limits.bytesMax)
        {
            messages.removeFirst()
        }
    }

    mutating func expire(_ now: UInt64) {
        messages.removeAll { message in
            message.expires <= now
                || limits.ageMax > 0 && !message.neverExpires
                    && message.time + UInt64(limits.ageMax) <= now
        }
    }
}
