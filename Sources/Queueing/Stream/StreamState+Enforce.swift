// Messages make room for themselves once they are safe, and not before.

import Base

/// Messages behind the durable sequence for which nothing was removed so far: one that is refused
/// in the end costs none that was confirmed.
struct Unenforced: ~Copyable {
    /// No message before it is among them; `UInt64.max` while there is none.
    var first = UInt64.max
    /// How many.
    var count: UInt64 = 0
    /// Their bytes, as they are accounted.
    var bytes: UInt64 = 0
    /// Those that roll others up, oldest first.
    var rollups = Table<PendingRollup>(capacity: 1)
    /// How many of `rollups` are done.
    var rollupsDone = 0
}

/// A message that replaces others once it is safe.
struct PendingRollup: BitwiseCopyable {
    let sequence: UInt64
    let rollup: Rollup
}

extension StreamState {
    /// Puts off what the message `sequence`, the last one, makes go.
    mutating func putOff(
        _ rollup: Rollup,
        on number: UInt32,
        _ sequence: UInt64,
        bytes: UInt64
    ) {
        if unenforced.count == 0 { unenforced.first = sequence }
        unenforced.count += 1
        unenforced.bytes += bytes
        subjects[number].pending &+= 1
        if rollup != .none {
            unenforced.rollups.append(PendingRollup(sequence: sequence, rollup: rollup))
        }
    }

    /// A message leaves for which nothing was removed, or is about to be enforced.
    mutating func forgetUnenforced(_ sequence: UInt64, _ number: UInt32) {
        unenforced.count -= 1
        unenforced.bytes -= UInt64(index.size(of: sequence))
        subjects[number].pending &-= 1
        guard unenforced.count == 0 else { return }
        unenforced.first = .max
        unenforced.rollups.removeAll()
        unenforced.rollupsDone = 0
    }

    /// Does what was put off for every message that is safe now, one after the other.
    mutating func enforceDurable() {
        while unenforced.count > 0 {
            let sequence = index.next(from: unenforced.first)
            guard sequence > 0, sequence <= durableSequence else { return }
            let number = index.subject(of: sequence)
            let rollup = takeRollup(of: sequence)
            unenforced.first = sequence &+ 1
            forgetUnenforced(sequence, number)
            enforce(rollup, on: number, upTo: sequence)
        }
    }

    /// What `sequence` rolls up.
    private mutating func takeRollup(of sequence: UInt64) -> Rollup {
        while unenforced.rollupsDone < unenforced.rollups.count {
            let next = unenforced.rollups[unenforced.rollupsDone]
            guard next.sequence <= sequence else { return .none }
            unenforced.rollupsDone += 1
            if next.sequence == sequence { return next.rollup }
        }
        return .none
    }

    /// Puts off what all messages that are not safe make go: limits are new to the stream.
    mutating func putOffAllUnsafe() {
        guard durableSequence < lastSequence else { return }
        var sequence = index.next(from: durableSequence &+ 1)
        while sequence > 0 {
            let size = UInt64(index.size(of: sequence))
            putOff(.none, on: index.subject(of: sequence), sequence, bytes: size)
            sequence = index.next(from: sequence &+ 1)
        }
    }
}
