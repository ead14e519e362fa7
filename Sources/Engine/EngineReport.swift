// What an engine says about orders and by itself.

public import Base

/// One thing that an engine reports.
public enum EngineReport: Hashable, Sendable {
    /// An order is being worked on; `total` is 0 while it is not known.
    case progress(Ticket, done: UInt64, total: UInt64)
    /// An order is done.
    case finished(Ticket, OrderOutcome)
    /// An order was taken but could not be finished.
    case failed(Ticket, EngineRefusal)
    /// The messages that a peek found.
    case peeked(Ticket, stream: [UInt8], messages: [PeekedMessage])

    /// Whose order it is about.
    public var ticket: Ticket {
        switch self {
        case .progress(let ticket, _, _), .finished(let ticket, _), .failed(let ticket, _),
            .peeked(let ticket, _, _):
            ticket
        }
    }
}

/// What a finished order did.
public struct OrderOutcome: Hashable, Sendable {
    /// Messages removed, moved or rewritten.
    public var messages: UInt64 = 0
    /// Their bytes.
    public var bytes: UInt64 = 0
    /// The number of the audit entry, or 0 if the engine keeps no audit.
    public var auditIndex: UInt64 = 0

    /// An outcome that touched no message.
    public init() {}
}

/// A message as it is shown, not taken.
public struct PeekedMessage: Hashable, Sendable {
    /// Its place in the stream.
    public var sequence: UInt64
    /// When it was stored.
    public var storedAt: Instant
    /// Its subject.
    public var subject: [UInt8]
    /// Its header block as it came, or empty.
    public var headers: [UInt8]
    /// The first bytes of its payload.
    public var payload: [UInt8]
    /// The size of its whole payload in bytes.
    public var payloadByteCount: UInt64
    /// How often it was delivered so far, if the engine knows.
    public var deliveries: UInt32

    /// A message without headers and payload.
    public init(sequence: UInt64, storedAt: Instant, subject: [UInt8]) {
        self.sequence = sequence
        self.storedAt = storedAt
        self.subject = subject
        headers = []
        payload = []
        payloadByteCount = 0
        deliveries = 0
    }
}
