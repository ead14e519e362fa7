// A run of up to 1,024 sequences and the packed columns that describe them.

import Base

/// What is known about a run of sequences: which are alive, and where their columns lie.
///
/// A column holds one number a sequence, less the column's smallest one, in as few whole bytes as
/// the largest takes; a column of equal numbers takes no bytes at all. Times are kept to 1/65,536
/// of the time that the page spans. The newest page has no columns yet.
struct IndexPage: BitwiseCopyable {
    static let slotsMax = 1_024

    /// The sequence of slot 0.
    let first: UInt64
    /// How many slots are in use.
    var span: UInt16 = 0
    /// How many slots from the front on are dead for sure.
    var skip: UInt16 = 0
    /// How many slots are alive.
    var live: UInt16 = 0
    /// How many slots the columns have.
    var columnSlots: UInt16 = 0
    var timeShift: UInt8 = 0
    var sizeWidth: UInt8 = 0
    var subjectWidth: UInt8 = 0
    var sizeBase: UInt32 = 0
    var subjectBase: UInt32 = 0
    /// Time of slot 0, in nanoseconds.
    var timeBase: UInt64 = 0
    /// Where the columns lie; 0 for the newest page.
    var columns: UInt = 0
    /// Where the bits of dead slots lie; 0 if no slot behind `skip` is dead.
    var dead: UInt = 0

    init(first: UInt64) {
        self.first = first
    }

    /// The sequence behind the last slot.
    var end: UInt64 { first &+ UInt64(span) }

    /// Whether the columns are packed.
    var isPacked: Bool { columns != 0 }

    @inline(__always)
    func isAlive(_ slot: Int) -> Bool {
        guard slot >= Int(skip), slot < Int(span) else { return false }
        guard dead != 0 else { return true }
        return !PageMemory.bit(dead, slot)
    }

    /// Marks a slot that is alive as dead.
    mutating func kill(_ slot: Int) {
        live &-= 1
        if slot == Int(skip) {
            skip &+= 1
            while dead != 0, skip < span, PageMemory.bit(dead, Int(skip)) { skip &+= 1 }
            return
        }
        if dead == 0 { dead = PageMemory.allocateBits() }
        PageMemory.setBit(dead, slot)
    }

    /// Time of a packed slot, rounded up.
    func packedTime(_ slot: Int) -> UInt64 {
        let steps = UInt64(PageMemory.number(columns, 0, width: 2, slot))
        return timeBase &+ (steps << UInt64(timeShift))
    }

    /// Accounted bytes of a packed slot.
    @inline(__always)
    func packedSize(_ slot: Int) -> UInt32 {
        let offset = Int(columnSlots) &* 2
        return sizeBase &+ PageMemory.number(columns, offset, width: sizeWidth, slot)
    }

    /// Subject of a packed slot.
    @inline(__always)
    func packedSubject(_ slot: Int) -> UInt32 {
        let offset = Int(columnSlots) &* (2 &+ Int(sizeWidth))
        return subjectBase &+ PageMemory.number(columns, offset, width: subjectWidth, slot)
    }

    /// Whether `subject` lies in the range of numbers that the column can hold.
    func mayHold(_ subject: UInt32) -> Bool {
        guard subject >= subjectBase else { return false }
        guard subjectWidth < 4 else { return true }
        return subject &- subjectBase < UInt32(1) << UInt32(subjectWidth &* 8)
    }

    /// Gives all memory back.
    func free() {
        PageMemory.free(columns)
        PageMemory.free(dead)
    }
}

/// Raw memory of pages; an address is 0 or comes from here.
enum PageMemory {
    private static let bitBytes = IndexPage.slotsMax / 8

    private static func pointer(_ address: UInt) -> UnsafeMutableRawPointer {
        // SAFETY: callers pass addresses that `allocate` gave out and that are not freed.
        unsafe UnsafeMutableRawPointer(bitPattern: address).unsafelyUnwrapped
    }

    static func allocate(_ byteCount: Int) -> UInt {
        UInt(bitPattern: UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 8))
    }

    static func allocateBits() -> UInt {
        let address = allocate(bitBytes)
        // SAFETY: just allocated with that many bytes.
        unsafe pointer(address).initializeMemory(as: UInt8.self, repeating: 0, count: bitBytes)
        return address
    }

    /// Copies `bytes`, of which there are no more than were allocated.
    static func copy(_ bytes: RawSpan, to address: UInt) {
        unsafe bytes.withUnsafeBytes { source in
            guard let from = source.baseAddress else { return }
            // SAFETY: the caller has allocated as many.
            unsafe pointer(address).copyMemory(from: from, byteCount: source.count)
        }
    }

    static func free(_ address: UInt) {
        guard address != 0 else { return }
        unsafe pointer(address).deallocate()
    }

    @inline(__always)
    static func bit(_ address: UInt, _ slot: Int) -> Bool {
        // SAFETY: slots are below `slotsMax`, for which there are bits.
        unsafe pointer(address).load(fromByteOffset: slot >> 3, as: UInt8.self) & (1 << (slot & 7))
            != 0
    }

    static func setBit(_ address: UInt, _ slot: Int) {
        precondition(slot >= 0 && slot < IndexPage.slotsMax, "slot outside its page")
        // SAFETY: checked above.
        unsafe pointer(address).storeBytes(
            of: pointer(address).load(fromByteOffset: slot >> 3, as: UInt8.self) | 1
                << UInt8(slot & 7),
            toByteOffset: slot >> 3,
            as: UInt8.self
        )
    }

    /// The number in slot `slot` of the column that begins at `offset`; 0 for a column without
    /// bytes.
    @inline(__always)
    static func number(_ address: UInt, _ offset: Int, width: UInt8, _ slot: Int) -> UInt32 {
        // SAFETY: columns have `columnSlots` slots, and callers ask for slots below `span`, which
        // is not larger.
        switch width {
        case 1:
            return unsafe UInt32(
                pointer(address).load(fromByteOffset: offset &+ slot, as: UInt8.self)
            )
        case 2:
            return unsafe UInt32(
                pointer(address).loadUnaligned(
                    fromByteOffset: offset &+ slot &* 2,
                    as: UInt16.self
                )
            )
        case 4:
            return unsafe pointer(address).loadUnaligned(
                fromByteOffset: offset &+ slot &* 4,
                as: UInt32.self
            )
        default: return 0
        }
    }

    /// Stores a number that fits `width` bytes.
    static func store(_ value: UInt32, _ address: UInt, _ offset: Int, width: UInt8, _ slot: Int) {
        // SAFETY: as for `number`.
        switch width {
        case 1:
            unsafe pointer(address).storeBytes(
                of: UInt8(truncatingIfNeeded: value),
                toByteOffset: offset &+ slot,
                as: UInt8.self
            )
        case 2:
            unsafe pointer(address).storeBytes(
                of: UInt16(truncatingIfNeeded: value),
                toByteOffset: offset &+ slot &* 2,
                as: UInt16.self
            )
        case 4:
            unsafe pointer(address).storeBytes(
                of: value,
                toByteOffset: offset &+ slot &* 4,
                as: UInt32.self
            )
        default: break
        }
    }
}
