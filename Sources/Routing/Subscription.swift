// One subscription and the lists it stands in.

public import Base

/// One subscription of a connection, or of a part of the broker itself.
@frozen
public struct Subscription: Slot {
    /// While free: the next free place; while used: the next of the same filter or queue group.
    public var nextFree: UInt32 = noIndex
    /// The one before in the same filter or queue group.
    var previous: UInt32 = noIndex
    /// The filter it subscribes to.
    public internal(set) var interest: UInt32 = noIndex
    /// Its queue group; `noIndex` for a plain subscription.
    public internal(set) var group: UInt32 = noIndex
    /// Who receives: an index of the owner's choice.
    public let owner: UInt32
    /// Next and previous subscription of the same owner.
    public var nextOfOwner: UInt32 = noIndex
    /// Previous subscription of the same owner.
    public var previousOfOwner: UInt32 = noIndex
    /// How many messages were delivered to it.
    public var delivered: UInt64 = 0
    /// After how many deliveries it ends; 0 for never.
    public var deliveriesMax: UInt64 = 0
    /// Whether a deny rule of its owner may hit single messages.
    public var needsDeliveryCheck = false
    /// The id under which the owner receives.
    public let sid: Sid
    /// Hash of owner and subscription id.
    let sidHash: UInt64

    init(owner: UInt32, sid: Sid, sidHash: UInt64) {
        self.owner = owner
        self.sid = sid
        self.sidHash = sidHash
    }
}

/// A subscription id: up to 24 bytes in place, longer ones in the table's arena.
@frozen
public struct Sid: BitwiseCopyable, Equatable, Sendable {
    /// How many bytes.
    public let count: UInt16
    /// The bytes in place, first byte lowest, zeroes behind the last.
    public let words: InlineArray<3, UInt64>
    /// Where the bytes of a longer id lie; empty for those in place.
    public let long: ByteSlice

    /// The most bytes that fit in place.
    @inlinable
    public static var shortBytesMax: Int { 24 }

    init(_ bytes: RawSpan, long: ByteSlice = .empty) {
        var words = InlineArray<3, UInt64>(repeating: 0)
        count = UInt16(truncatingIfNeeded: bytes.byteCount)
        if bytes.byteCount <= Self.shortBytesMax {
            for offset in 0..<bytes.byteCount {
                words[offset >> 3] |= UInt64(bytes.unsafeByte(offset)) << UInt64((offset & 7) * 8)
            }
        }
        self.words = words
        self.long = long
    }

    /// Whether both have the same length and the same bytes in place.
    public static func == (left: Sid, right: Sid) -> Bool {
        left.count == right.count && left.words[0] == right.words[0]
            && left.words[1] == right.words[1] && left.words[2] == right.words[2]
    }
}

/// All subscriptions with one and the same filter in one account.
@frozen
public struct Interest: Slot {
    /// While free: the next free place.
    public var nextFree: UInt32 = noIndex
    /// The trie node of the filter.
    let node: UInt32
    /// The account's root.
    let root: UInt32
    /// First subscription without a queue group.
    public internal(set) var firstPlain: UInt32 = noIndex
    /// First queue group.
    public internal(set) var firstGroup: UInt32 = noIndex
}

/// The members of one queue group on one filter.
@frozen
public struct QueueGroup: Slot {
    /// While free: the next free place; while used: the next group of the same filter.
    public var nextFree: UInt32 = noIndex
    /// The filter.
    let interest: UInt32
    let name: ByteSlice
    /// The member whose turn is next.
    public var turn: UInt32 = noIndex
    /// How many members.
    public internal(set) var count: UInt32 = 0
}

extension RawSpan {
    /// The byte at `offset`, which the caller has compared with the byte count.
    @inline(__always)
    func unsafeByte(_ offset: Int) -> UInt8 {
        // SAFETY: the callers of this module stay inside the span.
        unsafe unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self)
    }
}
