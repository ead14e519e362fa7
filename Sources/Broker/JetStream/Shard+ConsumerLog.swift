// Consumers' positions on their way to the journal, and who waits until they are safe.

import Base
import JetStreamApi
import Journal
import Queueing

extension Shard {
    /// Bytes of changes after which a consumer's whole position is written instead.
    static var changeBytesMax: Int { 32 << 10 }

    /// Tells whoever acknowledged at `address` that it is known: of a stream on disk, once it is
    /// safe there.
    mutating func confirm(_ address: [UInt8], of index: UInt32) {
        guard host.streams[index].isOnDisk, host.journal != nil else {
            emit(root(of: index), to: address, [])
            return
        }
        host.streams[index].confirmations.append(address)
        markActive(index)
    }

    /// Tells the journal how far consumers are and what has left the stream.
    mutating func writeChanges(_ index: UInt32) {
        guard host.streams[index].isOnDisk else {
            host.streams[index].stream.clearDeletions()
            return
        }
        // Changes gather meanwhile; an order each tick, with a buffer of its own, would take more.
        guard host.journal?.hasBacklog != true else {
            host.delayed.insert(index)
            return
        }
        guard !awaitsBurial(index) else { return }
        guard isTimeToTell(index) else { return clearChanges(index) }
        var writer = StateWriter(host.takeBuffer())
        // What a consumer is past must not be back where the journal knows its position.
        if collectDeletions(index, into: &writer) { collectChanges(index, into: &writer) }
        collectPositions(index, into: &writer)
        let waiting = host.streams[index].confirmations
        let hasSkips =
            host.streams[index].skips.mustTell && host.streams[index].stream.deletions.count == 0
        if writer.isEmpty {
            guard !waiting.isEmpty || hasSkips else {
                host.spare = writer.takeBuffer()
                return
            }
            // What is to be confirmed was written before, without a sync.
            writer.setFloor(host.streams[index].floor)
        }
        host.streams[index].confirmations = []
        let ticket = tell(writer, of: index, isDurable: !waiting.isEmpty || hasSkips)
        if let ticket, hasSkips { host.streams[index].skips.give(ticket) }
        guard let ticket, !waiting.isEmpty else { return }
        host.pending[ticket] = .confirm(root: root(of: index), replies: waiting)
    }

    /// Whether the journal may be told of changes: after a refusal it is left alone for a while.
    private mutating func isTimeToTell(_ index: UInt32) -> Bool {
        !host.streams[index].told.mustRepeat || host.streams[index].told.repeatAt <= tick.now
    }

    /// Forgets changes of consumers whose whole positions will be written.
    private mutating func clearChanges(_ index: UInt32) {
        for consumer in 0..<host.streams[index].stream.consumers.limit
        where host.streams[index].stream.consumers.contains(consumer) {
            host.streams[index].stream.clearChanges(of: consumer)
        }
    }

    /// What the journal has refused is said at once: it is about to end.
    mutating func hurryRefused() {
        for index in 0..<host.streams.limit
        where host.streams.contains(index) && host.streams[index].told.mustRepeat {
            host.streams[index].told.hurry()
            writeChanges(index)
        }
    }

    /// Hands `state` over; what it says is said again if it is refused.
    private mutating func tell(
        _ state: consuming StateWriter,
        of index: UInt32,
        isDurable: Bool
    ) -> JournalTicket? {
        let ticket = host.journal?.write(state, to: index, isDurable: isDurable)
        if let ticket { host.streams[index].told.give(ticket) }
        return ticket
    }

    /// Tells the journal which messages have left the stream, as somebody asked for it.
    /// - Returns: the ticket; `nil` if the stream is not on disk.
    mutating func writeRemovals(_ index: UInt32) -> JournalTicket? {
        guard host.streams[index].isOnDisk, host.journal != nil else { return nil }
        var writer = StateWriter(host.takeBuffer())
        tellAll(of: index, into: &writer)
        return tell(writer, of: index, isDurable: true)
    }

    /// Tells the journal what limits took, before other limits hold: what they would leave must not
    /// be back after a restart.
    mutating func tellRemovals(of index: UInt32) {
        guard host.streams[index].stream.deletions.count > 0, !awaitsBurial(index) else { return }
        _ = writeRemovals(index)
    }

    /// Tells the journal of all messages that have left the stream.
    private mutating func tellAll(of index: UInt32, into writer: inout StateWriter) {
        let first = host.streams[index].stream.state.firstSequence
        writer.setFloor(first)
        host.streams[index].noteGone(first - 1)
        host.streams[index].stream.clearDeletions(below: first)
        tell(host.streams[index].stream.deletions.count, of: index, into: &writer)
        collectPositions(index, into: &writer)
    }

    /// Goes on with streams whose changes had to wait.
    mutating func resumeDelayed() {
        guard !host.delayed.isEmpty, host.journal?.hasBacklog != true else { return }
        for index in host.delayed where host.streams.contains(index) { markActive(index) }
        host.delayed.removeAll()
    }

    /// Ranges of messages that are gone, as many as are told in one order.
    private static var toldRangesMax: Int { 16_384 }
    /// Bytes that wait to be told where that only lets the journal make room.
    private static var untoldBytesMax: UInt64 { 4 << 20 }

    /// Limits are applied again when a stream is read back: of what they make go the journal is
    /// told now and then, of what is taken or deleted at once, and of all after a refusal.
    /// - Returns: whether consumers' positions may follow.
    private mutating func collectDeletions(
        _ index: UInt32,
        into writer: inout StateWriter
    ) -> Bool {
        let isAgain = host.streams[index].told.mustRepeat
        guard host.streams[index].stream.deletions.count > 0 || isAgain else { return true }
        let first = host.streams[index].stream.state.firstSequence
        if first > host.streams[index].floor {
            host.streams[index].floor = first
            host.streams[index].noteGone(first - 1)
            writer.setFloor(first)
            host.streams[index].stream.clearDeletions(below: first)
        }
        let count = host.streams[index].stream.deletions.count
        let isTaken = host.streams[index].stream.state.configuration.retention != .limits
        let isMuch = host.streams[index].stream.deletedBytes >= Self.untoldBytesMax
        let isDue = isTaken || isMuch || isAgain || host.streams[index].skips.mustTell
        guard count >= Self.toldRangesMax || count > 0 && isDue else { return true }
        tell(min(count, Self.toldRangesMax), of: index, into: &writer)
        guard count > Self.toldRangesMax else { return true }
        markActive(index)
        return false
    }

    /// Tells the journal of the first `count` ranges of messages that are gone.
    private mutating func tell(_ count: Int, of index: UInt32, into writer: inout StateWriter) {
        for at in 0..<count {
            let range = host.streams[index].stream.deletions[at]
            writer.delete(first: range.first, through: range.last)
            host.streams[index].noteGone(range.last)
            host.streams[index].told.add(range)
        }
        host.streams[index].stream.clearDeletions(first: count)
    }

    private mutating func collectChanges(_ index: UInt32, into writer: inout StateWriter) {
        let isAgain = host.streams[index].told.mustRepeat
        if isAgain { collectRemovedConsumers(index, into: &writer) }
        for consumer in 0..<host.streams[index].stream.consumers.limit
        where host.streams[index].stream.consumers.contains(consumer) {
            let count = host.streams[index].stream.consumers[consumer].changes.count
            let flags = host.streams[index].stream.consumers[consumer].configuration.flags
            guard count > 0 || isAgain, !flags.contains(.memoryStorage) else { continue }
            let written = host.streams[index].changeBytes[consumer, default: 0] + count
            let key = ConsumerKey.bytes(host.streams[index].stream.consumers[consumer].name)
            if written > Self.changeBytesMax || isAgain {
                writer.put(key.raw, archived(consumer, of: index).bytes)
                host.streams[index].changeBytes[consumer] = 0
            } else {
                writer.delta(key.raw, host.streams[index].stream.consumers[consumer].changes.bytes)
                host.streams[index].changeBytes[consumer] = written
            }
            host.streams[index].stream.clearChanges(of: consumer)
        }
    }

    /// Says again that consumers are gone whose removal was refused.
    private mutating func collectRemovedConsumers(
        _ index: UInt32,
        into writer: inout StateWriter
    ) {
        for name in host.streams[index].told.endRepeating()
        where host.streams[index].stream.consumer(named: name.raw) == nil {
            writer.remove(ConsumerKey.bytes(name).raw)
            host.streams[index].told.add(consumer: name)
        }
    }

    /// A consumer's configuration and position as the store keeps them.
    private func archived(_ consumer: UInt32, of index: UInt32) -> Table<UInt8> {
        let archive = ConsumerArchive(
            name: host.streams[index].stream.consumers[consumer].name,
            created: host.streams[index].stream.consumers[consumer].created,
            configuration: host.streams[index].stream.consumers[consumer].configuration
        ).text
        var value = Table<UInt8>(capacity: archive.count + 256)
        value.append(decimal: UInt64(archive.count))
        value.append(0x20)
        value.append(archive.raw)
        host.streams[index].stream.consumers[consumer].appendSnapshot(to: &value)
        return value
    }

    /// Writes a consumer's configuration and position to the store.
    /// - Returns: the ticket; `nil` if nothing is written.
    mutating func keep(_ consumer: UInt32, of index: UInt32) -> JournalTicket? {
        let configuration = host.streams[index].stream.consumers[consumer].configuration
        guard host.streams[index].isOnDisk, !configuration.flags.contains(.memoryStorage) else {
            return nil
        }
        let name = host.streams[index].stream.consumers[consumer].name
        let value = archived(consumer, of: index)
        host.streams[index].stream.clearChanges(of: consumer)
        host.streams[index].changeBytes[consumer] = 0
        var writer = StateWriter(host.takeBuffer())
        if !awaitsBurial(index) { tellAll(of: index, into: &writer) }
        writer.put(ConsumerKey.bytes(name).raw, value.bytes)
        return tell(writer, of: index, isDurable: true)
    }

    /// Takes a consumer, which is gone, out of the store.
    mutating func dropKept(_ name: [UInt8], of index: UInt32) -> JournalTicket? {
        var writer = StateWriter(host.takeBuffer())
        if !awaitsBurial(index) { tellAll(of: index, into: &writer) }
        writer.remove(ConsumerKey.bytes(name).raw)
        host.streams[index].told.add(consumer: name)
        return tell(writer, of: index, isDurable: true)
    }
}
