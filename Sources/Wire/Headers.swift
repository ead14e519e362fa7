// A look at a header block without copying it.
// Source: NATS ADR-4; names are compared by bytes, the space after the colon may be missing.

public import Base

/// A header block as it came, read in place.
///
/// The block may be anything: nobody checks it on the way in. Lines without a colon are passed
/// over.
public struct Headers: ~Copyable, ~Escapable {
    private let block: Span<UInt8>

    /// One line of a block.
    public struct Field: BitwiseCopyable, Equatable, Sendable {
        /// Where the name is, without the colon.
        public let name: ByteSlice
        /// Where the value is, without leading space.
        public let value: ByteSlice
        /// The whole line with its line end.
        public let line: ByteSlice
    }

    /// The status in the first line of a block.
    public struct Status: BitwiseCopyable, Equatable, Sendable {
        /// Three digits, such as 503.
        public let code: UInt16
        /// Where the text behind the code is; empty if there is none.
        public let text: ByteSlice
    }

    /// Reads `block`, from the version to the empty line.
    @_lifetime(copy block)
    public init(_ block: Span<UInt8>) {
        self.block = block
    }

    /// Reads `block`, from the version to the empty line.
    @_lifetime(copy block)
    public init(_ block: RawSpan) {
        self.block = Span(_bytes: block)
    }

    /// What every block starts with.
    public static var version: String { "NATS/1.0" }

    /// Whether the block starts as a block should.
    public var hasVersion: Bool {
        matches(Self.version, in: ByteSlice(start: 0, count: min(block.count, 8)))
    }

    /// The status of the block, or `nil` if the first line has none.
    public var status: Status? {
        guard hasVersion else { return nil }
        var digits = 9
        let end = lineEnd(from: 0).text
        guard end >= 12, block[8] == UInt8(ascii: " ") else { return nil }
        var code: UInt16 = 0
        while digits < 12 {
            let digit = block[digits] &- UInt8(ascii: "0")
            guard digit <= 9 else { return nil }
            code = code &* 10 &+ UInt16(digit)
            digits &+= 1
        }
        guard end > 12 else { return Status(code: code, text: .empty) }
        guard block[12] == UInt8(ascii: " ") else { return nil }
        return Status(code: code, text: ByteSlice(start: 13, count: end &- 13))
    }

    /// The value of the first field called `name`, or `nil` if there is none.
    ///
    /// - Complexity: O(bytes)
    public func value(of name: String) -> ByteSlice? {
        var offset = firstField
        while let field = field(at: &offset) {
            if matches(name, in: field.name) { return field.value }
        }
        return nil
    }

    /// Where the first field starts, for `field(at:)`.
    public var firstField: Int { lineEnd(from: 0).next }

    /// The field at `offset` or the next after it, and moves `offset` behind it; `nil` at the end.
    public func field(at offset: inout Int) -> Field? {
        while offset < block.count {
            let start = offset
            let end = lineEnd(from: start)
            offset = end.next
            guard end.text > start else { return nil }
            var colon = start
            while colon < end.text, block[colon] != UInt8(ascii: ":") { colon &+= 1 }
            guard colon < end.text, colon > start else { continue }
            var value = colon &+ 1
            while value < end.text, isBlank(block[value]) { value &+= 1 }
            var last = end.text
            while last > value, isBlank(block[last &- 1]) { last &-= 1 }
            return Field(
                name: ByteSlice(start: start, count: colon &- start),
                value: ByteSlice(start: value, count: last &- value),
                line: ByteSlice(start: start, count: end.next &- start)
            )
        }
        return nil
    }

    /// Whether the bytes at `slice` are those of `text`.
    public func matches(_ text: String, in slice: ByteSlice) -> Bool {
        guard slice.end <= block.count, text.utf8.count == Int(slice.count) else { return false }
        var offset = Int(slice.start)
        for byte in text.utf8 {
            guard block[offset] == byte else { return false }
            offset &+= 1
        }
        return true
    }

    /// The bytes at `slice`, which must lie inside the block.
    public func bytes(of slice: ByteSlice) -> [UInt8] {
        guard slice.end <= block.count else { return [] }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(slice.count))
        for offset in slice.range { bytes.append(block[offset]) }
        return bytes
    }

    /// Where the line that starts at `start` ends, and where the next one starts.
    private func lineEnd(from start: Int) -> (text: Int, next: Int) {
        var offset = start
        while offset < block.count, block[offset] != 0x0A { offset &+= 1 }
        var text = offset
        if text > start, offset < block.count, block[text &- 1] == 0x0D { text &-= 1 }
        return (text, min(offset &+ 1, block.count))
    }

    private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}
