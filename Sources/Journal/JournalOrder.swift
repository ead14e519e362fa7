// What passes between a shard and its journal: plain values and buffers on loan.

import Glibc
public import Sealing

/// Numbers the orders of a shard; answers name it.
public typealias JournalTicket = UInt64

/// What a shard wants from the commit loop.
enum JournalOrder: BitwiseCopyable, Sendable {
    case create(JournalTicket, stream: UInt32, segmentBytesMax: UInt64, BufferLoan)
    case configure(JournalTicket, stream: UInt32, BufferLoan)
    case remove(JournalTicket, stream: UInt32)
    case append(JournalTicket, stream: UInt32, BatchFacts, BufferLoan)
    case state(JournalTicket, stream: UInt32, StateFacts, BufferLoan)
    case stop(JournalTicket)
}

/// Facts of a batch that travel beside its bytes.
struct BatchFacts: BitwiseCopyable, Sendable {
    let messageCount: UInt32
    let firstSequence: UInt64
    let lastSequence: UInt64
    let firstTime: UInt64
    let lastTime: UInt64
    /// Refused appends of the stream that the shard knew of when it put the batch together.
    let refusalsSeen: UInt32
}

/// Facts of a state batch that travel beside its bytes.
struct StateFacts: BitwiseCopyable, Sendable {
    let recordCount: UInt32
    /// Refused state batches of the stream that the shard knew of when it put this one together.
    let refusalsSeen: UInt32
    /// Whether it is answered after its sync.
    let isDurable: Bool
}

/// What a shard wants from the read loop.
struct ReadOrder: BitwiseCopyable, Sendable {
    let ticket: JournalTicket
    let stream: UInt32
    let sequence: UInt64
    let blockCountMax: UInt32
    /// Whether heads will do where there are any.
    let takesHeads: Bool
}

/// Why the journal did not do what it was asked.
public enum JournalRefusal: UInt8, BitwiseCopyable, Equatable, Sendable {
    /// The disk has no room; the same order may work a moment later.
    case diskFull
    /// A write or sync failed: nothing more is written until the store is opened again. Whether the
    /// order reached the disk is unknown.
    case writeStopped
    /// The stream is not known or was removed.
    case noSuchStream
    /// Keys are missing or key memory is full.
    case keysUnavailable

    /// What the system would say.
    public var systemNumber: Int32 {
        switch self {
        case .diskFull: ENOSPC
        case .writeStopped: EIO
        case .noSuchStream: ENOENT
        case .keysUnavailable: ENOKEY
        }
    }
}

/// What the journal answers.
///
/// Reports that carry a `BufferLoan` give its owner back the buffer: make a `RecordBuffer` of it.
public enum JournalReport: BitwiseCopyable, Sendable {
    /// The stream exists on disk under the name `UniqueId`.
    case created(JournalTicket, stream: UInt32, UniqueId)
    /// The configuration is durable.
    case configured(JournalTicket, stream: UInt32)
    /// The stream is gone.
    case removed(JournalTicket, stream: UInt32)
    /// Everything up to `lastSequence` is synced: messages may be acknowledged.
    case durable(JournalTicket, stream: UInt32, lastSequence: UInt64, BufferLoan)
    /// The state batch is written; synced too if that was asked for.
    case stateWritten(JournalTicket, stream: UInt32, BufferLoan)
    /// The batch was not written, and none of its messages may be acknowledged; nor were the
    /// batches that were given before this report was taken.
    case appendRefused(JournalTicket, stream: UInt32, JournalRefusal, BufferLoan)
    /// The state batch was not written; nor were those that were given before this was taken.
    case stateRefused(JournalTicket, stream: UInt32, JournalRefusal, BufferLoan)
    /// Another order was not carried out. The loan is its buffer, if it had one.
    case refused(JournalTicket, stream: UInt32, JournalRefusal, BufferLoan?)
    /// Messages from `firstSequence` through `lastSequence`, as one batch; more blocks of the same
    /// ticket follow unless `isLast`.
    case block(
        JournalTicket,
        stream: UInt32,
        firstSequence: UInt64,
        lastSequence: UInt64,
        isLast: Bool,
        BufferLoan
    )
    /// There is no message from the asked sequence on.
    case endOfLog(JournalTicket, stream: UInt32)
    /// The messages from `firstSequence` through `lastSequence` are damaged; ask again behind them.
    case damaged(JournalTicket, stream: UInt32, LostRange)
    /// Reading failed with the system's error number.
    case unreadable(JournalTicket, stream: UInt32, number: Int32)
    /// A write or sync failed with `DiskError`; every further order is refused.
    case writeStopped(DiskError)
    /// Everything is sealed and synced, the store may be let go of.
    case stopped(JournalTicket)
}

extension JournalReport {
    /// The batch that came back, if this is the answer to an append.
    var appended: BufferLoan? {
        switch self {
        case .durable(_, _, _, let loan), .appendRefused(_, _, _, let loan): loan
        case .created, .configured, .removed, .stateWritten, .stateRefused, .refused, .block,
            .endOfLog, .damaged, .unreadable, .writeStopped, .stopped:
            nil
        }
    }

    /// Whether this is the last answer to a read, of those that the read loop gives.
    var endsRead: Bool {
        if case .block(_, _, _, _, let isLast, _) = self { return isLast }
        return true
    }
}

/// What the commit loop tells the read loop, so that it finds what became durable.
enum IndexNote: BitwiseCopyable, Sendable {
    case streamAdded(UInt32, UniqueId)
    case streamRemoved(UInt32)
    case segmentAdded(UInt32, number: UInt64, generation: UInt32, firstSequence: UInt64)
    case durable(UInt32, number: UInt64, end: UInt64, lastSequence: UInt64)
    case indexed(UInt32, number: UInt64, IndexEntry)
    case sealed(UInt32, number: UInt64, SealedFacts)
    case segmentRemoved(UInt32, number: UInt64, generation: UInt32)
    case segmentRewritten(UInt32, number: UInt64, generation: UInt32, SealedFacts)
}
