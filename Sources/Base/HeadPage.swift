// A run of messages without headers as columns of narrow numbers, in bytes that somebody else owns.
// Layout: sluice-journal(5), RECORDS.

/// Up to 1,024 messages in sequence order, none left out, and where their columns lie in a block.
///
/// A column holds one number a message, less the column's smallest one, in 0, 1, 2 or 4 bytes,
/// little-endian. The bytes are passed to every call.
public struct HeadPage: BitwiseCopyable, Sendable {
    /// Messages that a page holds at most.
    public static let slotsMax = 1_024

    /// Sequence of the first message.
    public let firstSequence: UInt64
    /// How many messages.
    public let slots: Int
    /// When the first message came, in nanoseconds.
    public let firstTime: UInt64
    /// When the last message came, in nanoseconds.
    public let lastTime: UInt64
    /// A time is the first one and the number in its column, shifted left by so many bits.
    public let timeShift: UInt8
    /// Bytes of the shortest payload.
    public let sizeBase: UInt32
    /// Bytes of a number in the column of payload bytes.
    public let sizeWidth: UInt8
    /// How many subjects there are.
    public let subjectCount: Int
    /// Bytes of a number in the column of subjects.
    public let subjectWidth: UInt8
    /// Where the ends of the subjects lie, 4 bytes each, counted from the first subject on.
    private let ends: Int
    /// Where the subjects lie, one behind the other.
    private let names: Int
    /// Where the columns lie: times in 2 bytes each, payload bytes, subjects.
    public let columns: Int

    /// Bytes of what stands before the ends of the subjects.
    public static let headBytes = 42

    /// The page that begins at `offset` of `block`; `nil` if there is none that is whole.
    public init?(_ block: RawSpan, at offset: Int) {
        guard offset >= 0, block.byteCount &- offset >= Self.headBytes else { return nil }
        firstSequence = block.fixed(UInt64.self, offset)
        firstTime = block.fixed(UInt64.self, offset + 8)
        lastTime = block.fixed(UInt64.self, offset + 16)
        slots = Int(block.fixed(UInt32.self, offset + 24))
        sizeBase = block.fixed(UInt32.self, offset + 28)
        subjectCount = Int(block.fixed(UInt32.self, offset + 32))
        timeShift = block.fixed(UInt8.self, offset + 36)
        sizeWidth = block.fixed(UInt8.self, offset + 37)
        subjectWidth = block.fixed(UInt8.self, offset + 38)
        ends = offset + Self.headBytes
        guard (1...Self.slotsMax).contains(slots), (1...slots).contains(subjectCount),
            timeShift < 48, Self.isWidth(sizeWidth), Self.isWidth(subjectWidth),
            subjectWidth > 0 || subjectCount == 1,
            firstSequence > 0, firstSequence <= UInt64.max - UInt64(Self.slotsMax)
        else { return nil }
        names = ends + 4 * subjectCount
        guard names <= block.byteCount else { return nil }
        let nameBytes = Int(block.fixed(UInt32.self, names - 4))
        columns = names + nameBytes
        guard columns <= block.byteCount, end <= block.byteCount, areSubjectsWhole(block) else {
            return nil
        }
    }

    private static func isWidth(_ width: UInt8) -> Bool {
        width == 0 || width == 1 || width == 2 || width == 4
    }

    private func areSubjectsWhole(_ block: RawSpan) -> Bool {
        var before: UInt32 = 0
        for number in 0..<subjectCount {
            let end = block.fixed(UInt32.self, ends + 4 * number)
            guard end >= before else { return false }
            before = end
        }
        guard subjectWidth > 0 else { return true }
        return (0..<slots).allSatisfy { subject(of: $0, block) < subjectCount }
    }

    /// Where the page ends in its block.
    public var end: Int { columns + slots * (2 + Int(sizeWidth) + Int(subjectWidth)) }

    /// Sequence of the last message.
    public var lastSequence: UInt64 { firstSequence &+ UInt64(slots - 1) }

    /// Where the subject `number` lies in `block`.
    public func name(_ number: Int, _ block: RawSpan) -> ByteSlice {
        let start = number == 0 ? 0 : Int(block.fixed(UInt32.self, ends + 4 * (number - 1)))
        let end = Int(block.fixed(UInt32.self, ends + 4 * number))
        return ByteSlice(start: names + start, count: end - start)
    }

    /// When the message in `slot` came, in nanoseconds; up to 1/65,535 of the page's time late.
    public func time(of slot: Int, _ block: RawSpan) -> UInt64 {
        guard slot < slots - 1 else { return lastTime }
        let steps = UInt64(block.fixed(UInt16.self, columns + 2 * slot))
        return firstTime &+ (steps << UInt64(timeShift))
    }

    /// Bytes of the payload of the message in `slot`.
    public func payloadByteCount(of slot: Int, _ block: RawSpan) -> UInt64 {
        UInt64(sizeBase) + UInt64(number(sizeWidth, columns + 2 * slots, slot, block))
    }

    /// The number of the subject of the message in `slot`.
    @inline(__always)
    public func subject(of slot: Int, _ block: RawSpan) -> Int {
        let column = columns + slots * (2 + Int(sizeWidth))
        return Int(number(subjectWidth, column, slot, block))
    }

    @inline(__always)
    private func number(_ width: UInt8, _ column: Int, _ slot: Int, _ block: RawSpan) -> UInt32 {
        switch width {
        case 1: UInt32(block.fixed(UInt8.self, column + slot))
        case 2: UInt32(block.fixed(UInt16.self, column + 2 * slot))
        case 4: block.fixed(UInt32.self, column + 4 * slot)
        default: 0
        }
    }

    /// Bytes that numbers from 0 to `span` take.
    public static func width(_ span: UInt32) -> UInt8 {
        switch span {
        case 0: 0
        case ..<0x100: 1
        case ..<0x1_0000: 2
        default: 4
        }
    }
}

extension RawSpan {
    /// The little-endian number at `offset`, where all its bytes must be.
    @inline(__always)
    fileprivate func fixed<Value: FixedWidthInteger & BitwiseCopyable>(
        _ type: Value.Type,
        _ offset: Int
    ) -> Value {
        precondition(
            offset >= 0 && offset <= byteCount &- MemoryLayout<Value>.size,
            "outside the bytes"
        )
        // SAFETY: checked above.
        return Value(
            littleEndian: unsafe unsafeLoadUnaligned(
                fromUncheckedByteOffset: offset,
                as: Value.self
            )
        )
    }
}
