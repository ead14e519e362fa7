// A stream as the shard runs it: its decisions, its subscriptions, and who waits for the disk.

import Base
import Engine
import Journal
import JetStreamApi
import Queueing

/// Which kind of service a subscription of the shard itself belongs to.
///
/// Owners of subscriptions from `first` on are no connections.
enum ServiceOwner {
    /// The first owner that is no connection.
    static var first: UInt32 { 0x8000_0000 }
    /// Requests to the JetStream API.
    static var api: UInt32 { 0xFFFF_FF00 }
    /// Acknowledgements.
    static var acks: UInt32 { 0xFFFF_FF01 }
    /// Answers to flow control.
    static var flowControl: UInt32 { 0xFFFF_FF02 }
    /// Requests of operators.
    static var operations: UInt32 { 0xFFFF_FF03 }

    /// The stream at `index`, which takes messages in.
    static func stream(_ index: UInt32) -> UInt32 { first | index }
}

/// A publisher that waits until its message is safe.
struct WaitingAck: BitwiseCopyable {
    /// The message.
    let sequence: UInt64
    /// When it came.
    let time: Instant
    /// Where the answer goes; lies in the host's arena.
    let reply: ByteSlice
    let isDuplicate: Bool
}

/// One stream.
struct HostedStream: ~Copyable {
    /// The account's place in the shard's table.
    let account: UInt32
    let name: [UInt8]
    /// The name as it stands in an answer.
    let escapedName: [UInt8]
    /// What it holds and decides, with its consumers.
    var stream: Queueing.Stream
    /// Its subscriptions in the interest table.
    var subscriptions: [UInt32] = []
    /// Records that the journal has not been given yet.
    var batch: BatchWriter?
    /// Whether it is in the list of streams with something for the journal.
    var isDirty = false
    /// Who waits for the disk, in order of sequences.
    var waiting = Table<WaitingAck>(capacity: 1)
    /// How many of `waiting` were answered.
    var answered = 0
    /// Whether its messages go to disk.
    let isOnDisk: Bool
    /// When a hold of delivery to all consumers ends by itself.
    var holdUntil = Instant.distantFuture
    /// When the stream wants the time told.
    var deadline = Instant.distantFuture
    /// Whether it is in the list of streams in which something happened.
    var isActive = false
    /// The lowest sequence that the journal was told to keep.
    var floor: UInt64 = 0
    /// The highest sequence that the journal was told is gone.
    var highestGone: UInt64 = 0
    /// Messages that were found damaged.
    var lost: [LostRange] = []
    /// The order by which the journal takes it away; `nil` while it is to stay.
    var removal: JournalTicket?
    /// What the journal was told and has not answered.
    var told = ToldState()
    /// Sequences without a message on their way to the journal.
    var skips = SkippedSequences()
    /// Where acknowledgements are confirmed once they are safe.
    var confirmations: [[UInt8]] = []
    /// Bytes of changes that were written since a consumer's whole position was.
    var changeBytes: [UInt32: Int] = [:]
    /// Messages that are being read for consumers.
    var reading: [UInt64] = []
    /// What the disk does not give back; `nil` while reading works.
    var readFailure: ReadFailure?
    /// Counts for the console.
    var counters = StreamCounters()
    /// Nanoseconds from a publish until its message is safe.
    var publishTimes = LatencyHistogram()

    init(account: UInt32, state: consuming Queueing.StreamState) {
        self.account = account
        name = state.configuration.name
        escapedName = PubAck.escaped(name)
        isOnDisk = state.configuration.storage == .file
        stream = Queueing.Stream(state)
    }

    /// The journal is told that `sequence` is gone.
    mutating func noteGone(_ sequence: UInt64) {
        highestGone = max(highestGone, sequence)
    }
}

/// What went through a stream since the server started.
struct StreamCounters: BitwiseCopyable {
    var stored: UInt64 = 0
    var storedBytes: UInt64 = 0
    var delivered: UInt64 = 0
    var deliveredBytes: UInt64 = 0
    var acknowledged: UInt64 = 0
    var redelivered: UInt64 = 0
    var refused: UInt64 = 0
}
