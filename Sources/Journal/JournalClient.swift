// The shard's end of the journal.

import Base
import Sealing

/// Orders go in, reports come out; used by one thread.
///
/// Nothing here waits. An order is answered by exactly one report with its ticket (a read by one or
/// more), appends and state of all streams in the order they were given.
///
/// Batch naturally: keep filling a `BatchWriter` while `appendsInFlight` is above zero and the
/// batch is not full; hand it over as soon as nothing is in flight.
public struct JournalClient: ~Copyable {
    private var orders: RingSender<JournalOrder>
    private var reads: RingSender<ReadOrder>
    private var committed: RingReceiver<JournalReport>
    private var found: RingReceiver<JournalReport>
    private let commitBell: Bell
    private let readBell: Bell
    private var lastTicket: JournalTicket = 0
    private var mustRingCommits = false
    private var mustRingReads = false
    /// Appends that are not yet answered.
    public private(set) var appendsInFlight = 0

    init(
        orders: consuming RingSender<JournalOrder>,
        reads: consuming RingSender<ReadOrder>,
        committed: consuming RingReceiver<JournalReport>,
        found: consuming RingReceiver<JournalReport>,
        commitBell: Bell,
        readBell: Bell
    ) {
        self.orders = orders
        self.reads = reads
        self.committed = committed
        self.found = found
        self.commitBell = commitBell
        self.readBell = readBell
    }

    /// How many more orders the journal takes now; each call of an order method needs one.
    public var room: Int {
        mutating get { orders.room }
    }

    /// How many more reads the journal takes now.
    public var readRoom: Int {
        mutating get { reads.room }
    }

    /// Makes a stream called `stream`, a number that is not in use.
    /// - Returns: the ticket; `nil` if there is no room, and nothing was done.
    public mutating func create(
        stream: UInt32,
        configuration: [UInt8],
        segmentBytesMax: UInt64 = 64 << 20
    ) -> JournalTicket? {
        guard room > 0 else { return nil }
        var buffer = RecordBuffer(capacity: configuration.count)
        buffer.append(configuration)
        let most = max(256 << 10, min(segmentBytesMax, 256 << 20))
        let ticket = nextTicket()
        return send(
            .create(ticket, stream: stream, segmentBytesMax: most, buffer.lend()),
            ticket
        )
    }

    /// Replaces a stream's configuration bytes.
    /// - Returns: the ticket; `nil` if there is no room, and nothing was done.
    public mutating func configure(stream: UInt32, configuration: [UInt8]) -> JournalTicket? {
        guard room > 0 else { return nil }
        var buffer = RecordBuffer(capacity: configuration.count)
        buffer.append(configuration)
        let ticket = nextTicket()
        return send(.configure(ticket, stream: stream, buffer.lend()), ticket)
    }

    /// Takes a stream away with all its messages.
    /// - Returns: the ticket; `nil` if there is no room, and nothing was done.
    public mutating func remove(stream: UInt32) -> JournalTicket? {
        guard room > 0 else { return nil }
        let ticket = nextTicket()
        return send(.remove(ticket, stream: stream), ticket)
    }

    /// Hands a batch over; the buffer comes back with `durable` or `refused`.
    ///
    /// The caller makes sure that `room` is above zero.
    public mutating func append(_ batch: consuming RecordBatch, to stream: UInt32) -> JournalTicket
    {
        let facts = BatchFacts(
            messageCount: UInt32(batch.messageCount),
            firstSequence: batch.firstSequence,
            lastSequence: batch.lastSequence,
            firstTime: batch.firstTime.nanoseconds,
            lastTime: batch.lastTime.nanoseconds
        )
        appendsInFlight += 1
        let ticket = nextTicket()
        let isSent = orders.send(
            .append(ticket, stream: stream, facts, batch.takeBuffer().lend())
        )
        precondition(isSent, "the caller has looked for room")
        mustRingCommits = true
        return ticket
    }

    /// Hands state over; the buffer comes back with `stateWritten` or `refused`.
    ///
    /// The caller makes sure that `room` is above zero. With `isDurable` the report comes after the
    /// sync, otherwise after the write, and the sync follows within 200 ms.
    public mutating func write(
        _ state: consuming StateWriter,
        to stream: UInt32,
        isDurable: Bool
    ) -> JournalTicket {
        let count = UInt32(state.recordCount)
        let ticket = nextTicket()
        let isSent = orders.send(
            .state(
                ticket,
                stream: stream,
                recordCount: count,
                isDurable: isDurable,
                state.takeBuffer().lend()
            )
        )
        precondition(isSent, "the caller has looked for room")
        mustRingCommits = true
        return ticket
    }

    /// Asks for the batches from the one that holds `sequence`, or the next message after it, on.
    /// - Returns: the ticket; `nil` if there is no room, and nothing was done.
    public mutating func read(
        stream: UInt32,
        from sequence: UInt64,
        blockCountMax: UInt32 = 1
    ) -> JournalTicket? {
        guard readRoom > 0 else { return nil }
        let ticket = nextTicket()
        let order = ReadOrder(
            ticket: ticket,
            stream: stream,
            sequence: sequence,
            blockCountMax: blockCountMax
        )
        let isSent = reads.send(order)
        precondition(isSent, "there was room")
        mustRingReads = true
        return ticket
    }

    /// Seals everything and ends both loops, after all orders given before.
    /// - Returns: the ticket; `nil` if there is no room, and nothing was done.
    public mutating func stop() -> JournalTicket? {
        guard room > 0 else { return nil }
        let ticket = nextTicket()
        return send(.stop(ticket), ticket)
    }

    /// Wakes the loops for what was ordered since the last call: once a tick, after all orders.
    public mutating func flush() {
        if mustRingCommits { commitBell.ring() }
        if mustRingReads { readBell.ring() }
        mustRingCommits = false
        mustRingReads = false
    }

    /// The next answer; `nil` if none waits.
    public mutating func next() -> JournalReport? {
        if let report = committed.receive() {
            if report.answersAppend { appendsInFlight -= 1 }
            return report
        }
        return found.receive()
    }

    private mutating func nextTicket() -> JournalTicket {
        lastTicket += 1
        return lastTicket
    }

    private mutating func send(_ order: JournalOrder, _ ticket: JournalTicket) -> JournalTicket {
        let isSent = orders.send(order)
        precondition(isSent, "there was room")
        mustRingCommits = true
        return ticket
    }
}
