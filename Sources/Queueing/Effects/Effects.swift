// What the shell has to do after a stream or a consumer has decided.

public import Base

/// A message on its way to somebody.
public struct Delivery: BitwiseCopyable, Equatable, Sendable {
    /// The consumer, by the index its stream gave it.
    public var consumer: UInt32
    /// The message.
    public var sequence: UInt64
    /// How many deliveries the consumer has made, this one included.
    public var consumerSequence: UInt64
    /// How often the message was delivered, this time included.
    public var attempts: UInt32
    /// How many messages the consumer still has for the first time.
    public var pending: UInt64
    /// Where the subject lies in `Effects.bytes` that it is routed to.
    public var destination: ByteSlice
    /// Whether the payload is left out.
    public var isHeadersOnly: Bool
    /// Where the id of the pinned client lies in `Effects.bytes`; empty without one.
    public var pinId: ByteSlice
}

/// A status on its way to somebody.
public struct StatusDelivery: BitwiseCopyable, Equatable, Sendable {
    /// The consumer, by the index its stream gave it.
    public var consumer: UInt32
    /// What it says.
    public var status: ConsumerStatus
    /// Where the subject lies in `Effects.bytes` that it is routed to.
    public var destination: ByteSlice
    /// Where the flow control subject lies in `Effects.bytes`: the reply of a request for it, or
    /// what a heartbeat names as the reason of a stall; empty without one.
    public var flowControl: ByteSlice
}

/// What a consumer has to tell those who watch it.
public enum ConsumerAdvisory: UInt8, BitwiseCopyable, Equatable, Sendable {
    /// A message was delivered as often as it may be.
    case maxDeliveries
    /// A delivery was refused by its receiver.
    case negative
    /// A message is not to be delivered again.
    case terminated
    /// An acknowledgement was sampled.
    case sampled
    /// A client was pinned.
    case pinned
    /// A client is no longer pinned because somebody said so.
    case unpinnedByAdmin
    /// A client is no longer pinned because it said nothing.
    case unpinnedByTimeout
    /// Delivery is held.
    case paused
    /// Delivery goes on.
    case resumed
}

/// An advisory with its numbers.
public struct AdvisoryNotice: BitwiseCopyable, Equatable, Sendable {
    /// The consumer, by the index its stream gave it.
    public var consumer: UInt32
    /// What happened.
    public var kind: ConsumerAdvisory
    /// The message, if it is about one.
    public var sequence: UInt64 = 0
    /// The delivery, if it is about one.
    public var consumerSequence: UInt64 = 0
    /// How often the message was delivered.
    public var deliveries: UInt32 = 0
    /// Nanoseconds from delivery to acknowledgement.
    public var ackNanoseconds: UInt64 = 0
    /// Where words lie in `Effects.bytes`: a reason, or a pinned id.
    public var text = ByteSlice.empty

    init(_ kind: ConsumerAdvisory, consumer: UInt32) {
        self.kind = kind
        self.consumer = consumer
    }
}

/// One thing to do.
public enum QueueingEffect: BitwiseCopyable, Equatable, Sendable {
    /// Send a message.
    case deliver(Delivery)
    /// Send a status.
    case status(StatusDelivery)
    /// Send nothing to a subject, as the answer to an acknowledgement.
    case answer(destination: ByteSlice)
    /// Read the block that holds `sequence` from disk, `load` what is in it, then `pump` again.
    case load(sequence: UInt64)
    /// Tell those who watch.
    case advise(AdvisoryNotice)
    /// Take the consumer away: nobody has used it for too long.
    case expired(consumer: UInt32)
    /// Publish a dead letter: a message that was delivered as often as it may be, or terminated.
    case deadLetter(consumer: UInt32, sequence: UInt64, deliveries: UInt32)
}

/// A bounded list of things to do and the bytes they speak of.
///
/// Whoever decides stops when `isFull` and goes on when asked again; nothing grows without bound.
public struct Effects: ~Copyable {
    /// What to do, in order.
    public private(set) var list = Table<QueueingEffect>(capacity: 16)
    /// Subjects and texts of the effects.
    public private(set) var bytes = Table<UInt8>(capacity: 256)
    /// How many effects make the list full.
    public let countMax: Int

    /// An empty list for `countMax` effects.
    public init(countMax: Int) {
        self.countMax = countMax
    }

    /// Whether nothing more should be decided before these are done.
    public var isFull: Bool { list.count >= countMax || bytes.count > 1 << 20 }

    /// Adds an effect; a few more than `countMax` are taken.
    mutating func append(_ effect: QueueingEffect) {
        list.append(effect)
    }

    /// Keeps a copy of `bytes` for an effect.
    mutating func keep(_ bytes: RawSpan) -> ByteSlice {
        let start = self.bytes.count
        self.bytes.append(bytes)
        return ByteSlice(start: start, count: bytes.byteCount)
    }

    /// Forgets everything; the memory stays.
    public mutating func removeAll() {
        list.removeAll()
        bytes.removeAll()
    }
}
