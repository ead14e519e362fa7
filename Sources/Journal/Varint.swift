// Numbers of variable length: seven bits a byte, lowest first.

/// Walks through bytes that may be anything; never traps, answers `nil` past the end.
struct ByteCursor: BitwiseCopyable {
    private(set) var offset: Int

    init(at offset: Int = 0) {
        self.offset = offset
    }

    mutating func byte(_ bytes: RawSpan) -> UInt8? {
        guard offset < bytes.byteCount else { return nil }
        defer { offset &+= 1 }
        return bytes.number(UInt8.self, at: offset)
    }

    @inline(__always)
    mutating func varint(_ bytes: RawSpan) -> UInt64? {
        // Most numbers are small.
        guard offset < bytes.byteCount else { return nil }
        let first = bytes.number(UInt8.self, at: offset)
        guard first < 0x80 else { return longVarint(bytes) }
        offset &+= 1
        return UInt64(first)
    }

    private mutating func longVarint(_ bytes: RawSpan) -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while let next = byte(bytes) {
            if shift == 63 && next > 1 { return nil }
            value |= UInt64(next & 0x7F) << shift
            if next < 0x80 { return value }
            shift &+= 7
            if shift > 63 { return nil }
        }
        return nil
    }

    mutating func fixed64(_ bytes: RawSpan) -> UInt64? {
        guard bytes.byteCount &- offset >= 8 else { return nil }
        defer { offset &+= 8 }
        return bytes.number(UInt64.self, at: offset)
    }

    /// A length and so many bytes: where they lie.
    @inline(__always)
    mutating func counted(_ bytes: RawSpan) -> Range<Int>? {
        guard let count = varint(bytes), count <= UInt64(bytes.byteCount &- offset) else {
            return nil
        }
        let start = offset
        offset &+= Int(count)
        return start..<offset
    }

    /// Whether everything was read.
    func isAtEnd(_ bytes: RawSpan) -> Bool {
        offset == bytes.byteCount
    }
}

/// A signed difference as an unsigned number: small either way stays small.
func zigzag(_ value: Int64) -> UInt64 {
    UInt64(bitPattern: (value << 1) ^ (value >> 63))
}

/// The difference behind `zigzag`.
func unzigzag(_ value: UInt64) -> Int64 {
    Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
}
