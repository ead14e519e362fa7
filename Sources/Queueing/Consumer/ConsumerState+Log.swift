// What a consumer's log keeps, so that a restart loses nothing but what was on its way.
// Layout: a byte for what happened, then numbers of seven bits a byte, lowest first.

public import Base

/// What a change in a consumer's log says.
///
/// Each stands for itself, so that one that is missing does not spoil those behind it; 1 was a
/// first delivery by its distance from the last one.
private enum Change: UInt8 {
    /// Another delivery: the sequence and the attempt.
    case redelivered = 2
    /// An acknowledgement: the sequence.
    case acknowledged = 3
    /// Everything up to a sequence is acknowledged.
    case acknowledgedAll = 4
    /// A message is not delivered again: the sequence.
    case givenUp = 5
    /// Everything begins again at a sequence.
    case reset = 6
    /// A first delivery: the sequence.
    case delivered = 7
}

extension ConsumerState {
    private var isLogged: Bool { !configuration.flags.contains(.memoryStorage) }

    mutating func logDelivery(_ delivery: Delivery) {
        guard isLogged else { return }
        if delivery.attempts == 1 {
            changes.append(Change.delivered.rawValue)
            changes.append(varint: delivery.sequence)
        } else {
            changes.append(Change.redelivered.rawValue)
            changes.append(varint: delivery.sequence)
            changes.append(varint: UInt64(delivery.attempts))
        }
    }

    mutating func logAck(_ sequence: UInt64) { log(.acknowledged, sequence) }
    mutating func logAckAll(_ sequence: UInt64) { log(.acknowledgedAll, sequence) }
    mutating func logGivenUp(_ sequence: UInt64) { log(.givenUp, sequence) }
    mutating func logReset(_ sequence: UInt64) { log(.reset, sequence) }

    private mutating func log(_ change: Change, _ sequence: UInt64) {
        guard isLogged else { return }
        changes.append(change.rawValue)
        changes.append(varint: sequence)
    }

    /// Forgets the changes once they are on their way to the log.
    public mutating func clearChanges() {
        changes.removeAll()
    }

    /// Does again what `changes` say, in the order they were logged.
    ///
    /// - Returns: `false` if the bytes are no changes; what came before the first broken one is
    /// kept.
    public mutating func replay(
        _ changes: RawSpan,
        in stream: inout StreamState,
        at now: Instant
    ) -> Bool {
        var reader = VarintReader()
        while !reader.isAtEnd(changes) {
            guard let change = reader.byte(changes).flatMap(Change.init(rawValue:)),
                let number = reader.varint(changes)
            else { return false }
            switch change {
            case .delivered: replayDelivery(number, at: now)
            case .redelivered:
                guard let attempts = reader.varint(changes) else { return false }
                delivered.consumer &+= 1
                let place = pending.find(number)
                guard place >= 0 else { continue }
                let count = UInt32(clamping: attempts)
                let end = deadline(attempts: count, at: now)
                pending.restart(place, deadline: end, attempts: count)
            case .acknowledged:
                let place = pending.find(number)
                if place >= 0 { drop(place) }
                exhausted.remove(number)
            case .acknowledgedAll:
                acknowledgeAll(upTo: number, consumerSequence: delivered.consumer, at: now)
            case .givenUp:
                let place = pending.find(number)
                if place >= 0 { drop(place) }
                exhausted.insert(number)
            case .reset: _ = try? reset(to: number, in: &stream)
            }
        }
        return true
    }

    private mutating func replayDelivery(_ sequence: UInt64, at now: Instant) {
        delivered.consumer &+= 1
        delivered.stream = sequence
        if !lastOnes.isEmpty, sequence < nextSequence {
            while !lastOnes.isEmpty, lastOnes[lastOnes.count - 1] <= sequence {
                _ = lastOnes.popLast()
            }
        } else {
            nextSequence = max(nextSequence, sequence &+ 1)
        }
        guard rules.ackPolicy != .none else {
            ackFloor = delivered
            return
        }
        pending.insert(
            PendingDelivery(
                sequence: sequence,
                consumerSequence: delivered.consumer,
                deadline: deadline(attempts: 1, at: now)
            )
        )
    }

    // MARK: - Snapshot

    /// Appends everything that a restart needs; after it, older changes are of no use.
    public func appendSnapshot(to bytes: inout Table<UInt8>) {
        bytes.append(1)
        for number in [
            nextSequence, delivered.consumer, delivered.stream, ackFloor.consumer, ackFloor.stream,
            UInt64(lastOnes.count), UInt64(pending.count), UInt64(exhausted.count),
            isHeld ? 1 : 0,
        ] {
            bytes.append(varint: number)
        }
        for at in 0..<lastOnes.count { bytes.append(varint: lastOnes[at]) }
        var place = pending.next(from: 0)
        while place < pending.end {
            bytes.append(varint: pending[place].sequence)
            bytes.append(varint: pending[place].consumerSequence)
            bytes.append(varint: UInt64(pending[place].attempts))
            place = pending.next(from: place + 1)
        }
        for at in 0..<exhausted.count { bytes.append(varint: exhausted[at]) }
    }

    /// Takes the state of a snapshot.
    ///
    /// - Returns: `false` if the bytes are no snapshot; the state is then as it was.
    public mutating func restore(
        _ snapshot: RawSpan,
        in stream: inout StreamState,
        at now: Instant
    ) -> Bool {
        guard SnapshotShape(snapshot) != nil else { return false }
        var reader = VarintReader()
        _ = reader.byte(snapshot)
        func next() -> UInt64 { reader.varint(snapshot) ?? 0 }
        nextSequence = next()
        delivered.consumer = next()
        delivered.stream = next()
        ackFloor.consumer = next()
        ackFloor.stream = next()
        let lastCount = next()
        let pendingCount = next()
        let exhaustedCount = next()
        isHeld = next() == 1
        lastOnes.removeAll()
        pending.removeAll()
        exhausted.removeAll()
        for _ in 0..<lastCount { lastOnes.append(next()) }
        for _ in 0..<pendingCount {
            let sequence = next()
            let consumerSequence = next()
            let attempts = UInt32(clamping: max(1, next()))
            pending.insert(
                PendingDelivery(
                    sequence: sequence,
                    consumerSequence: consumerSequence,
                    deadline: deadline(attempts: attempts, at: now),
                    attempts: attempts
                )
            )
        }
        for _ in 0..<exhaustedCount { exhausted.insert(next()) }
        return true
    }

    /// Puts the state in order after `restore` and `replay`: drops what the stream no longer has.
    public mutating func settleAfterReplay(in stream: inout StreamState) {
        var place = pending.next(from: 0)
        while place < pending.end {
            if !stream.contains(pending[place].sequence) { drop(place) }
            place = pending.next(from: place + 1)
        }
        var at = 0
        while at < exhausted.count {
            if stream.contains(exhausted[at]) { at += 1 } else { exhausted.remove(exhausted[at]) }
        }
        nextSequence = max(nextSequence, stream.firstSequence)
        changes.removeAll()
        released.removeAll()
        recount(in: &stream)
    }
}

/// Whether bytes have the shape of a snapshot, found out before anything is changed.
private struct SnapshotShape {
    init?(_ bytes: RawSpan) {
        var reader = VarintReader()
        guard reader.byte(bytes) == 1 else { return nil }
        var counts: [UInt64] = []
        for index in 0..<9 {
            guard let number = reader.varint(bytes) else { return nil }
            if (5...7).contains(index) { counts.append(number) }
        }
        let most = UInt64(bytes.byteCount)
        guard counts.allSatisfy({ $0 <= most }) else { return nil }
        let numbers = counts[0] + counts[1] * 3 + counts[2]
        for _ in 0..<numbers where reader.varint(bytes) == nil { return nil }
        guard reader.isAtEnd(bytes) else { return nil }
    }
}

/// Reads bytes and numbers of seven bits a byte.
struct VarintReader: BitwiseCopyable {
    private var offset = 0

    func isAtEnd(_ bytes: RawSpan) -> Bool { offset >= bytes.byteCount }

    mutating func byte(_ bytes: RawSpan) -> UInt8? {
        guard offset < bytes.byteCount else { return nil }
        defer { offset += 1 }
        return bytes.byte(offset)
    }

    mutating func varint(_ bytes: RawSpan) -> UInt64? {
        var number: UInt64 = 0
        var shift: UInt64 = 0
        while let byte = byte(bytes) {
            guard shift < 63 || byte <= 1 else { return nil }
            number |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return number }
            shift += 7
            if shift > 63 { return nil }
        }
        return nil
    }
}

extension Table<UInt8> {
    /// Adds `number`, seven bits a byte, lowest first.
    mutating func append(varint number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }
}
