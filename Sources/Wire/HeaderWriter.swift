// A new header block, line by line.

/// Builds a header block.
public struct HeaderWriter: Sendable {
    private var block: [UInt8] = Array("NATS/1.0\r\n".utf8)

    /// A block without status.
    public init() {}

    /// A block with a status line, such as `NATS/1.0 404 No Messages`.
    public init(status: UInt16, text: String) {
        block = Array("NATS/1.0 ".utf8)
        append(decimal: UInt64(status))
        if !text.isEmpty {
            block.append(UInt8(ascii: " "))
            append(line: text.utf8)
        }
        block.append(contentsOf: [0x0D, 0x0A])
    }

    /// Adds a field.
    public mutating func append(_ name: String, _ value: String) {
        begin(name)
        append(line: value.utf8)
        block.append(contentsOf: [0x0D, 0x0A])
    }

    /// Adds a field with bytes as its value; line ends in it become spaces.
    public mutating func append(_ name: String, _ value: [UInt8]) {
        begin(name)
        append(line: value)
        block.append(contentsOf: [0x0D, 0x0A])
    }

    /// Adds a field with a number.
    public mutating func append(_ name: String, _ value: UInt64) {
        begin(name)
        append(decimal: value)
        block.append(contentsOf: [0x0D, 0x0A])
    }

    /// Adds the fields of `headers` as they are, but those whose name `isRemoved` accepts.
    public mutating func append(
        _ headers: borrowing Headers,
        except isRemoved: (_ name: [UInt8]) -> Bool
    ) {
        var offset = headers.firstField
        while let field = headers.field(at: &offset) {
            guard !isRemoved(headers.bytes(of: field.name)) else { continue }
            block.append(contentsOf: headers.bytes(of: field.name))
            block.append(contentsOf: ": ".utf8)
            block.append(contentsOf: headers.bytes(of: field.value))
            block.append(contentsOf: [0x0D, 0x0A])
        }
    }

    /// Whether no field has been added to a block without status.
    public var isEmpty: Bool { block.count == 10 }

    /// The whole block, with its empty line.
    public consuming func finish() -> [UInt8] {
        block.append(contentsOf: [0x0D, 0x0A])
        return block
    }

    private mutating func begin(_ name: String) {
        block.append(contentsOf: name.utf8)
        block.append(contentsOf: ": ".utf8)
    }

    private mutating func append(line: some Sequence<UInt8>) {
        for byte in line { block.append(byte == 0x0D || byte == 0x0A ? 0x20 : byte) }
    }

    private mutating func append(decimal value: UInt64) {
        block.append(contentsOf: String(value).utf8)
    }
}
