// The shard's end of the journal.

import Base
import Sealing

/// Orders go in, reports come out; used by one thread.
///
/// Nothing here waits and nothing is lost: orders for which a loop has no place stay here, in
/// order, until it has. An order is answered by exactly one report with its ticket (a read by one
/// or more), appends and state of all streams in the order they were given. Who orders looks at
/// `isCongested` before it takes more in than the disk carries away.
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
    private var laterOrders = Backlog<JournalOrder>()
    private var laterReads = Backlog<ReadOrder>()
    private var lastTicket: JournalTicket = 0
    private var mustRingCommits = false
    private var mustRingReads = false
    /// What is known of streams, by their numbers.
    private var known: [KnownStream] = []
    /// Appends that are not yet answered.
    public private(set) var appendsInFlight = 0
    /// Bytes of those appends.
    private var bytesInFlight = 0
    /// Reads that are not yet answered to their end.
    public private(set) var readsInFlight = 0

    /// Appends in flight from which on the disk is taken to hang; each holds at most
    /// `BatchWriter.byteCountMax` bytes or one message.
    public static var appendsInFlightMax: Int { 4_096 }
    /// Bytes in flight from which on the same is true.
    public static var bytesInFlightMax: Int { appendsInFlightMax * BatchWriter.byteCountMax }

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

    /// Whether the disk carries away less than comes: nothing more should be taken in.
    public var isCongested: Bool {
        appendsInFlight >= Self.appendsInFlightMax || bytesInFlight >= Self.bytesInFlightMax
    }

    /// Whether so much waits for the disk that whoever publishes should pause, for nothing to be
    /// refused.
    public var isBehind: Bool {
        appendsInFlight >= Self.appendsInFlightMax / 4
            || bytesInFlight >= Self.bytesInFlightMax / 4
    }

    /// Whether orders wait here: what can be put off should be.
    public var hasBacklog: Bool { !laterOrders.isEmpty }

    /// Makes a stream called `stream`, a number that is not in use.
    public mutating func create(
        stream: UInt32,
        configuration: [UInt8],
        segmentBytesMax: UInt64 = 64 << 20
    ) -> JournalTicket {
        var buffer = RecordBuffer(capacity: configuration.count)
        buffer.append(configuration)
        let most = max(256 << 10, min(segmentBytesMax, 256 << 20))
        let ticket = nextTicket()
        know(stream) { $0 = KnownStream(first: ticket) }
        return send(
            .create(ticket, stream: stream, segmentBytesMax: most, buffer.lend()),
            ticket
        )
    }

    /// Lets the number `stream` go: answers to orders given before are not about what has it next.
    public mutating func forget(stream: UInt32) {
        know(stream) { $0 = KnownStream(first: .max) }
    }

    /// Whether the order `ticket` was about the stream that is called `stream` now.
    public func isCurrent(_ ticket: JournalTicket, stream: UInt32) -> Bool {
        Int(stream) >= known.count || known[Int(stream)].first <= ticket
    }

    /// Replaces a stream's configuration bytes.
    public mutating func configure(stream: UInt32, configuration: [UInt8]) -> JournalTicket {
        var buffer = RecordBuffer(capacity: configuration.count)
        buffer.append(configuration)
        let ticket = nextTicket()
        return send(.configure(ticket, stream: stream, buffer.lend()), ticket)
    }

    /// Takes a stream away with all its messages.
    public mutating func remove(stream: UInt32) -> JournalTicket {
        let ticket = nextTicket()
        return send(.remove(ticket, stream: stream), ticket)
    }

    /// Hands a batch over; the buffer comes back with `durable` or `appendRefused`.
    ///
    /// A batch that was handed over before the refusal of an earlier one of the stream was seen is
    /// refused too: its sequences are given out again.
    public mutating func append(_ batch: consuming RecordBatch, to stream: UInt32) -> JournalTicket
    {
        let facts = BatchFacts(
            messageCount: UInt32(batch.messageCount),
            firstSequence: batch.firstSequence,
            lastSequence: batch.lastSequence,
            firstTime: batch.firstTime.nanoseconds,
            lastTime: batch.lastTime.nanoseconds,
            refusalsSeen: Int(stream) < known.count ? known[Int(stream)].refusals : 0
        )
        let loan = batch.takeBuffer().lend()
        appendsInFlight += 1
        bytesInFlight += Int(loan.count)
        let ticket = nextTicket()
        return send(.append(ticket, stream: stream, facts, loan), ticket)
    }

    /// Hands state over; the buffer comes back with `stateWritten` or `stateRefused`.
    ///
    /// With `isDurable` the report comes after the sync, otherwise after the write, and the sync
    /// follows within 200 ms. What was handed over before the refusal of an earlier batch of the
    /// stream was seen is refused too, so that none is written without those before it.
    public mutating func write(
        _ state: consuming StateWriter,
        to stream: UInt32,
        isDurable: Bool
    ) -> JournalTicket {
        let facts = StateFacts(
            recordCount: UInt32(state.recordCount),
            refusalsSeen: Int(stream) < known.count ? known[Int(stream)].stateRefusals : 0,
            isDurable: isDurable
        )
        let ticket = nextTicket()
        return send(.state(ticket, stream: stream, facts, state.takeBuffer().lend()), ticket)
    }

    /// Asks for the batches from the one that holds `sequence`, or the next message after it, on.
    public mutating func read(
        stream: UInt32,
        from sequence: UInt64,
        blockCountMax: UInt32 = 1
    ) -> JournalTicket {
        read(stream, sequence, blockCountMax, takesHeads: false)
    }

    /// Asks for batches as `read` does, of which those may be heads that lie beside a segment that
    /// takes no more messages.
    public mutating func readHeads(
        stream: UInt32,
        from sequence: UInt64,
        blockCountMax: UInt32
    ) -> JournalTicket {
        read(stream, sequence, blockCountMax, takesHeads: true)
    }

    private mutating func read(
        _ stream: UInt32,
        _ sequence: UInt64,
        _ blockCountMax: UInt32,
        takesHeads: Bool
    ) -> JournalTicket {
        let ticket = nextTicket()
        let order = ReadOrder(
            ticket: ticket,
            stream: stream,
            sequence: sequence,
            blockCountMax: blockCountMax,
            takesHeads: takesHeads
        )
        readsInFlight += 1
        laterReads.send(order, over: &reads)
        mustRingReads = true
        return ticket
    }

    /// Seals everything and ends both loops, after all orders given before.
    public mutating func stop() -> JournalTicket {
        let ticket = nextTicket()
        return send(.stop(ticket), ticket)
    }

    /// Wakes the loops for what was ordered since the last call: once a tick, after all orders.
    public mutating func flush() {
        passOn()
        if mustRingCommits { commitBell.ring() }
        if mustRingReads { readBell.ring() }
        mustRingCommits = false
        mustRingReads = false
    }

    /// The next answer; `nil` if none waits.
    public mutating func next() -> JournalReport? {
        if let report = committed.receive() {
            if let loan = report.appended {
                appendsInFlight -= 1
                bytesInFlight -= Int(loan.count)
            }
            if case .appendRefused(let ticket, let stream, _, _) = report,
                isCurrent(ticket, stream: stream)
            {
                know(stream) { $0.refusals &+= 1 }
            }
            if case .stateRefused(let ticket, let stream, _, _) = report,
                isCurrent(ticket, stream: stream)
            {
                know(stream) { $0.stateRefusals &+= 1 }
            }
            return report
        }
        guard let report = found.receive() else {
            passOn()
            return nil
        }
        if report.endsRead { readsInFlight -= 1 }
        return report
    }

    /// Gives the loops what they have places for by now.
    private mutating func passOn() {
        if laterOrders.passOn(to: &orders) { mustRingCommits = true }
        if laterReads.passOn(to: &reads) { mustRingReads = true }
    }

    private mutating func know(_ stream: UInt32, _ change: (inout KnownStream) -> Void) {
        while known.count <= Int(stream) { known.append(KnownStream()) }
        change(&known[Int(stream)])
    }

    private mutating func nextTicket() -> JournalTicket {
        lastTicket += 1
        return lastTicket
    }

    private mutating func send(_ order: JournalOrder, _ ticket: JournalTicket) -> JournalTicket {
        laterOrders.send(order, over: &orders)
        mustRingCommits = true
        return ticket
    }
}

/// What the client knows of a stream.
private struct KnownStream: BitwiseCopyable {
    /// The first order that was about it.
    var first: JournalTicket = 0
    /// Its refused appends.
    var refusals: UInt32 = 0
    /// Its refused state batches.
    var stateRefusals: UInt32 = 0
}

/// Orders for which a ring has no place yet, in order.
private struct Backlog<Order: BitwiseCopyable & Sendable>: ~Copyable {
    private var orders = Table<Order>(capacity: 1)
    private var passedOn = 0

    var isEmpty: Bool { orders.isEmpty }

    /// Sends `order` behind all that wait here.
    mutating func send(_ order: Order, over ring: inout RingSender<Order>) {
        if isEmpty, ring.send(order) { return }
        orders.append(order)
    }

    /// Sends what the ring takes.
    /// - Returns: whether something was sent.
    mutating func passOn(to ring: inout RingSender<Order>) -> Bool {
        let before = passedOn
        while passedOn < orders.count, ring.send(orders[passedOn]) { passedOn += 1 }
        let isSent = passedOn > before
        if passedOn == orders.count {
            orders.removeAll()
            passedOn = 0
        }
        return isSent
    }
}
