// Why the journal refused.

public import Sealing

/// A refusal of the journal.
public enum JournalError: Error, Equatable, Sendable {
    /// The disk refused.
    case disk(DiskError)
    /// The key side refused.
    case sealing(SealingError)
    /// Another process has the store.
    case storeInUse
    /// Neither copy of the store's first page can be read.
    case storeDamaged
    /// There is something where a store is to be put.
    case notEmpty
    /// The store is written in a newer format.
    case storeVersion(UInt16)
    /// There is a store but no key ring beside it.
    case ringMissing
    /// No catalog can be read.
    case catalogDamaged
}

/// What is wrong with some bytes of a segment.
public enum Defect: UInt8, Error, BitwiseCopyable, Equatable, Sendable {
    /// Not a segment, or its header fails its checksum.
    case segmentHeader
    /// The segment was not written under the key the ring has for it.
    case keyMismatch
    /// A block header fails its checksum.
    case blockHeader
    /// A block's body fails its checksum.
    case blockBody
    /// The checksum holds but the block is not authentic: a wrong key, or tampering.
    case notAuthentic
    /// An intact block that does not follow the one before it.
    case chain
    /// The file ends before bytes that were durable.
    case cutShort
    /// The records inside an authentic block break the format.
    case records
    /// The file is not there.
    case missing
    /// A segment of another place: of another stream, number or generation. Tampering.
    case misplaced
}
