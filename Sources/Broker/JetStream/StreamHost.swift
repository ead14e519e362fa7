// All streams of a shard, and its end of the journal.

import Base
import Engine
import Journal
import Queueing
import Telemetry
import Wire

/// Names a stream among those of all accounts.
struct StreamName: Hashable {
    let account: UInt32
    let name: [UInt8]
}

/// What is to happen when the journal has answered an order.
enum AfterJournal {
    /// A request is answered.
    case answer(DelayedAnswer)
    /// A request about a queue is answered; the refusal says what the journal says.
    case operation(root: UInt32, reply: [UInt8], text: [UInt8], Deed?)
    /// An order of a console in this process is done.
    case operated(EngineReport)
    /// Acknowledgements are safe.
    case confirm(root: UInt32, replies: [[UInt8]])
    /// Messages of the stream were read, or could not be.
    case readEnded(stream: UInt32, ReadAsker)
}

/// Who waits for messages to be read from disk.
enum ReadAsker {
    /// Consumers that are to be sent this message next; whether it was among what was read.
    case consumers(from: UInt64, isRead: Bool)
    /// A mirror or a source, by the number of its link.
    case link(UInt32)
    /// A message that is to go to the queue for dead letters.
    case deadLetter(DeadLetter)
    /// Dead letters on their way back into the queue of this number.
    case redrive(queue: UInt32)
    case client(MessageReader)
    /// An operator who looks into the queue.
    case peek(Peek)
}

/// What a request has made that waits for the journal.
enum MadeThing {
    case stream(UInt32)
    case consumer([UInt8], of: UInt32)
    case change(of: UInt32, from: StreamConfiguration, to: StreamConfiguration)
}

/// The answer to a request that waits for the journal.
struct DelayedAnswer {
    let root: UInt32
    let reply: [UInt8]
    /// What is said once it is safe.
    let text: [UInt8]
    /// What is said if the journal could not do it.
    let refusal: [UInt8]
    /// What is then forgotten again, or taken back.
    let made: MadeThing?
    /// What whoever watches is told.
    let audited: AuditedRequest?
    /// What the audit log says of it.
    let deed: Deed?
}

/// What the host is told at the start.
public struct StreamHostSettings: Sendable {
    /// Domain of the server; empty for none.
    public var domain: [UInt8] = []
    /// Name of the server.
    public var leader: [UInt8] = []
    /// Whether requests with unknown members are refused.
    public var isStrict = true
    /// Longest window in which duplicates are recognised, in nanoseconds; 0 for any.
    public var duplicateWindowMax: Int64 = 0
    /// Unacknowledged messages of a consumer; 0 for any number.
    public var ackPendingMax: Int64 = 0
    /// Messages that one pull request may ask for; 0 for any number.
    public var requestBatchMax: Int64 = 0
    /// Bytes that all streams in memory may reserve; -1 for any number.
    public var memoryBytesMax: Int64 = -1
    /// Bytes that all streams on disk may reserve; -1 for any number.
    public var diskBytesMax: Int64 = -1
    /// Bytes of messages that each stream on disk keeps in memory.
    public var residentBytesMax = 4 << 20

    /// The settings of a server without configuration.
    public init() {}
}

/// Nanoseconds that messages take; `nil` where nobody looks.
struct HostTimes: ~Copyable {
    /// From a message's time until a consumer that was there already is first sent it.
    var deliveries: HistogramWriter?
    /// From a delivery until its acknowledgement.
    var acknowledgements: HistogramWriter?
}

/// All streams of a shard.
struct StreamHost: ~Copyable {
    let settings: StreamHostSettings
    var streams = OwnerTable<HostedStream>()
    var names: [StreamName: UInt32] = [:]
    /// The store; `nil` where streams live in memory only.
    var journal: JournalClient?
    /// What follows from answers that are still to come.
    var pending: [JournalTicket: AfterJournal] = [:]
    /// Streams with something for the journal.
    var dirty = Table<UInt32>(capacity: 16)
    /// Streams in which something happened in this tick.
    var active = Table<UInt32>(capacity: 16)
    /// What streams want done, while it is not being done.
    var effects: Effects? = Effects(countMax: 1_024)
    /// The ways of mirrors and sources.
    var links = OwnerTable<HostedLink>()
    /// Which of them lead into a stream.
    var linksInto: [UInt32: [UInt32]] = [:]
    /// Which of them take from a stream of that name, whether it is there or not.
    var linksFrom: [StreamName: [UInt32]] = [:]
    /// Those with something to do.
    var dueLinks = Table<UInt32>(capacity: 1)
    /// When those that rest look again.
    var linksRestUntil = Instant.distantFuture
    /// The stream whose effects they are.
    var effectsOwner = noIndex
    /// Streams whose messages are published again.
    var republishers: [UInt32: Republisher] = [:]
    /// By queue: dead letters that must be safe before it may forget them.
    var burials: [UInt32: Burial] = [:]
    /// Dead letters on their way back.
    var redrives: [Redrive] = []
    /// Streams whose changes wait until the journal has places for orders again.
    var delayed: Set<UInt32> = []
    /// When a stream wants the time told.
    var nextDeadline = Instant.distantFuture
    /// Consumers that push.
    var pushConsumers: Set<PushConsumer> = []
    /// Subscriptions made and ended when their bindings were looked at.
    var bindingChanges: UInt64 = 0
    /// The stream found last.
    var lastFound = noIndex
    /// Consumers of the store that nobody understands.
    var unreadableConsumers = 0
    /// A delivery, while it is not being sent.
    var message: OutgoingDelivery? = OutgoingDelivery()
    /// A header block, while it is not being sent.
    var block: Table<UInt8>? = Table<UInt8>(capacity: 256)
    /// A buffer for the next batch.
    var spare: RecordBuffer?
    /// Replies of publishers that wait.
    var replies = ByteArena()
    /// Bytes of what is being put together.
    var scratch = Table<UInt8>(capacity: 512)
    /// Why nothing is written any more; `nil` while writing works.
    var writeStopped: DiskError?
    /// Streams that are read back at the start.
    var recoveries: [StreamRecovery] = []
    /// Streams of the store whose configuration nobody understands; they stay on disk untouched.
    var unreadable: [UInt32] = []
    /// What of streams cannot be read, or can be again, for the thread to say.
    var readNews: [ReadNews] = []
    /// What the last operator's order wrote; `nil` if nothing.
    var operation: JournalTicket?
    /// What came of consoles' orders, for the thread to hand on.
    var operated: [EngineReport] = []
    /// When the next commit begins.
    var gathering = CommitGathering()
    /// How publishers fare; `nil` where nobody looks.
    var publishTally: PublishTally?
    /// Publishes whose answers are on their way to the sockets.
    var answered = Table<AnsweredPublish>(capacity: 16)
    /// How many of them are noted.
    var noted = 0
    /// How long messages take on their way.
    var times = HostTimes()
    /// What went through all streams, also those that are gone.
    var counters = StreamCounters()
    /// Ids of advisories.
    var advisoryIds: Nuid
    var seed: UInt64

    init(_ settings: StreamHostSettings, seed: UInt64) {
        self.settings = settings
        self.seed = seed
        advisoryIds = Nuid(seed: seed ^ 0x4E55_4944)
    }

    /// The stream `name` of `account`.
    func find(_ account: UInt32, _ name: [UInt8]) -> UInt32? {
        names[StreamName(account: account, name: name)]
    }

    /// Indices of the streams of `account`, by ascending name.
    func streams(of account: UInt32) -> [UInt32] {
        names.filter { $0.key.account == account }
            .sorted { $0.key.name.lexicographicallyPrecedes($1.key.name) }
            .map(\.value)
    }

    /// Notes that `stream` has something for the journal.
    mutating func markDirty(_ stream: UInt32) {
        guard !streams[stream].isDirty else { return }
        streams[stream].isDirty = true
        dirty.append(stream)
    }

    /// A buffer for a batch.
    mutating func takeBuffer() -> RecordBuffer {
        if let buffer = spare.take() { return buffer }
        return RecordBuffer(capacity: 4_096)
    }

    /// Takes a buffer back.
    mutating func giveBuffer(_ loan: BufferLoan) {
        let buffer = RecordBuffer(loan)
        guard spare == nil, buffer.capacity <= 1 << 20 else { return }
        spare = consume buffer
    }
}
