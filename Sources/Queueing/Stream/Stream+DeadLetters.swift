// Messages that nobody is to be sent any more stay until the shell has put them elsewhere.

import Base

extension Stream {
    /// Keeps a message that is about to be terminated by its receiver, if dead letters are kept.
    mutating func holdDead(_ subject: AckSubject, _ payload: RawSpan, consumer index: UInt32) {
        guard keepsDeadLetters, case .terminated = AckKind(payload),
            consumers[index].isPending(subject.sequence)
        else { return }
        dead.insert(subject.sequence)
    }

    /// A dead message was put elsewhere, or cannot be: the stream lets go of it.
    ///
    /// With `wasKept` it leaves a queue that keeps only what somebody wants, also where its
    /// consumer had only tried too often.
    public mutating func bury(
        _ sequence: UInt64,
        consumer index: UInt32,
        wasKept: Bool,
        into effects: inout Effects
    ) {
        let wasTerminated = dead.remove(sequence) != nil
        guard state.rules.retention != .limits, wasTerminated || wasKept else { return }
        if wasKept, consumers.contains(index) { consumers[index].forgetExhausted(sequence) }
        release(sequence)
        tellRemovals(into: &effects)
    }
}
