// Value to text, appended field by field.

/// Appends JSON to a growing byte array.
///
/// Commas and line breaks are the writer's business, matching of brackets and names the caller's.
/// A field is `name` followed by one value, or one of the `field` short forms.
public struct JSONWriter: Sendable {
    /// How members are laid out.
    public enum Layout: Equatable, Sendable {
        /// No white space at all.
        case compact
        /// One member a line, two spaces for each level.
        case indented
    }

    /// The text so far.
    public private(set) var bytes: [UInt8] = []
    private let layout: Layout
    private var depth = 0
    private var hasPredecessor = false
    private var followsName = false

    /// An empty text laid out as `layout`, with room for `capacity` bytes.
    public init(_ layout: Layout, capacity: Int = 0) {
        self.layout = layout
        bytes.reserveCapacity(capacity)
    }

    /// Forgets the text, keeps the memory.
    public mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        depth = 0
        hasPredecessor = false
        followsName = false
    }

    // MARK: Structure

    /// Opens an object.
    public mutating func beginObject() { open(UInt8(ascii: "{")) }

    /// Closes the innermost object.
    public mutating func endObject() { close(UInt8(ascii: "}")) }

    /// Opens an array.
    public mutating func beginArray() { open(UInt8(ascii: "[")) }

    /// Closes the innermost array.
    public mutating func endArray() { close(UInt8(ascii: "]")) }

    /// Writes the name of the member whose value comes next.
    public mutating func name(_ name: String) {
        separate()
        quote(name)
        nameWritten()
    }

    /// Writes the name of the member whose value comes next, as UTF-8.
    public mutating func name(_ name: [UInt8]) {
        separate()
        quote(name.span)
        nameWritten()
    }

    private mutating func nameWritten() {
        bytes.append(UInt8(ascii: ":"))
        if layout == .indented { bytes.append(UInt8(ascii: " ")) }
        followsName = true
    }

    // MARK: Values

    /// Writes `null`.
    public mutating func null() {
        separate()
        bytes.append(contentsOf: "null".utf8)
        hasPredecessor = true
    }

    /// Writes `true` or `false`.
    public mutating func bool(_ value: Bool) {
        separate()
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
        hasPredecessor = true
    }

    /// Writes a whole number.
    public mutating func integer(_ value: Int) { integer(Int64(value)) }

    /// Writes a whole number.
    public mutating func integer(_ value: Int64) {
        separate()
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        appendDigits(value.magnitude)
        hasPredecessor = true
    }

    /// Writes a whole number.
    public mutating func integer(_ value: UInt64) {
        separate()
        appendDigits(value)
        hasPredecessor = true
    }

    /// Writes a number in the shortest form that reads back the same; `null` unless finite.
    public mutating func double(_ value: Double) {
        guard value.isFinite else { return null() }
        separate()
        bytes.append(contentsOf: value.description.utf8)
        hasPredecessor = true
    }

    /// Writes a string.
    public mutating func string(_ text: String) {
        separate()
        quote(text)
        hasPredecessor = true
    }

    /// Writes bytes as a string; what is not UTF-8 becomes U+FFFD.
    public mutating func string(_ text: [UInt8]) {
        string(text.span)
    }

    /// Writes bytes as a string; what is not UTF-8 becomes U+FFFD.
    public mutating func string(_ text: Span<UInt8>) {
        separate()
        quote(text)
        hasPredecessor = true
    }

    /// Writes `text`, which must be one complete JSON value, as it is.
    public mutating func raw(_ text: [UInt8]) {
        separate()
        bytes.append(contentsOf: text)
        hasPredecessor = true
    }

    // MARK: Layout

    private mutating func open(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        depth &+= 1
        hasPredecessor = false
    }

    private mutating func close(_ bracket: UInt8) {
        depth &-= 1
        if hasPredecessor { breakLine() }
        bytes.append(bracket)
        hasPredecessor = true
    }

    private mutating func separate() {
        if followsName {
            followsName = false
            return
        }
        if hasPredecessor { bytes.append(UInt8(ascii: ",")) }
        if depth > 0 { breakLine() }
    }

    private mutating func breakLine() {
        guard layout == .indented else { return }
        bytes.append(0x0A)
        for _ in 0..<max(depth, 0) { bytes.append(contentsOf: "  ".utf8) }
    }

    // MARK: Bytes

    private mutating func appendDigits(_ value: UInt64) {
        guard value >= 10 else { return bytes.append(UInt8(ascii: "0") &+ UInt8(value)) }
        let start = bytes.count
        var rest = value
        while rest > 0 {
            bytes.append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        }
        bytes[start...].reverse()
    }

    private mutating func quote(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 { appendEscaped(byte) }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func quote(_ text: Span<UInt8>) {
        bytes.append(UInt8(ascii: "\""))
        var offset = 0
        while offset < text.count {
            let count = Utf8.scalarByteCount(at: offset, in: text)
            if count == 0 {
                bytes.append(contentsOf: [0xEF, 0xBF, 0xBD])
                offset &+= 1
                continue
            }
            for index in offset..<offset &+ count { appendEscaped(text[index]) }
            offset &+= count
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func appendEscaped(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"):
            bytes.append(UInt8(ascii: "\\"))
            bytes.append(byte)
        case 0x0A: bytes.append(contentsOf: "\\n".utf8)
        case 0x0D: bytes.append(contentsOf: "\\r".utf8)
        case 0x09: bytes.append(contentsOf: "\\t".utf8)
        case 0..<0x20, 0x7F:
            bytes.append(contentsOf: "\\u00".utf8)
            bytes.append(hexadecimalDigit(byte >> 4))
            bytes.append(hexadecimalDigit(byte & 15))
        default: bytes.append(byte)
        }
    }

    private func hexadecimalDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") &+ value : UInt8(ascii: "a") &+ value &- 10
    }
}
