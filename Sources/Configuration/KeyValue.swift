// A value of a key, read as what the key needs.

import Base

/// A key and its value, with the readings that keys ask for.
///
/// Every reading throws a refusal that names the key and its line.
struct KeyValue {
    /// The key as it is written, for messages.
    let key: [UInt8]
    /// The value.
    let node: SyntaxNode

    init(key: [UInt8], node: SyntaxNode) {
        self.key = key
        self.node = node
    }

    init(_ entry: SyntaxEntry) {
        self.init(key: entry.key, node: entry.node)
    }

    func wrong(_ form: ValueForm) -> ConfigurationError {
        ConfigurationError(.wrongForm(key, expected: form), at: node.place)
    }

    func refusal(_ refusal: ConfigurationError.Refusal) -> ConfigurationError {
        ConfigurationError(.refused(key, refusal), at: node.place)
    }

    func flag() throws(ConfigurationError) -> Bool {
        guard case .bool(let value) = node.value else { throw wrong(.flag) }
        return value
    }

    /// The whole number, which must be in `range`.
    func count(_ range: ClosedRange<Int>) throws(ConfigurationError) -> Int {
        guard case .integer(let value, _) = node.value else { throw wrong(.count) }
        guard let number = Int(exactly: value), range.contains(number) else {
            throw refusal(.outOfRange(min: Int64(range.lowerBound), max: Int64(range.upperBound)))
        }
        return number
    }

    /// The whole number, where nothing positive stands for no limit.
    func limit() throws(ConfigurationError) -> Int? {
        let value = try count(Int.min...Int.max)
        return value > 0 ? value : nil
    }

    /// The number of bytes, also as text with a capital unit, as in `"1G"`.
    func size() throws(ConfigurationError) -> Int64 {
        switch node.value {
        case .integer(let value, _): return value
        case .string(let text):
            guard case .integer(let value, true)? = NumberWord(text + Array("b".utf8)) else {
                throw wrong(.size)
            }
            return value
        case .bool, .float, .array, .map: throw wrong(.size)
        }
    }

    /// The number of bytes, where a negative one stands for no limit.
    func sizeLimit() throws(ConfigurationError) -> Int64? {
        let value = try size()
        return value >= 0 ? value : nil
    }

    /// The time in nanoseconds; numbers are seconds.
    func duration() throws(ConfigurationError) -> UInt64 {
        let nanoseconds = try signedDuration()
        guard nanoseconds >= 0 else { throw refusal(.outOfRange(min: 0, max: .max)) }
        return UInt64(nanoseconds)
    }

    /// The time in nanoseconds, which may be negative; numbers are seconds.
    func signedDuration() throws(ConfigurationError) -> Int64 {
        let second = Double(nanosecondsPerSecond)
        switch node.value {
        case .integer(_, isSize: true): throw refusal(.sizeAsDuration)
        case .integer(let value, isSize: false):
            let (product, overflow) = value.multipliedReportingOverflow(by: Int64(second))
            guard !overflow else { throw wrong(.duration) }
            return product
        case .float(let value):
            guard value.magnitude < 9e9 else { throw wrong(.duration) }
            return Int64(value * second)
        case .string(let text):
            guard let value = DurationText.nanoseconds(text) else { throw wrong(.duration) }
            return value
        case .bool, .array, .map: throw wrong(.duration)
        }
    }

    func bytes() throws(ConfigurationError) -> [UInt8] {
        guard case .string(let value) = node.value else { throw wrong(.text) }
        return value
    }

    /// The string as text that can be handed to the system.
    func text() throws(ConfigurationError) -> String {
        let value = try bytes()
        guard !value.contains(0), let text = String(validating: value, as: UTF8.self) else {
            throw refusal(.notText)
        }
        return text
    }

    /// The strings of a list, or a single one.
    func texts() throws(ConfigurationError) -> [[UInt8]] {
        guard case .array(let nodes) = node.value else {
            guard case .string(let value) = node.value else { throw wrong(.texts) }
            return [value]
        }
        var values: [[UInt8]] = []
        for node in nodes {
            guard case .string(let value) = node.value else {
                throw ConfigurationError(.wrongForm(key, expected: .texts), at: node.place)
            }
            values.append(value)
        }
        return values
    }

    /// The one of `words` that stands here, whatever its case.
    func word<Meaning>(_ words: [(String, Meaning)]) throws(ConfigurationError) -> Meaning {
        let names = words.map(\.0)
        guard case .string(let value) = node.value else { throw wrong(.word(names)) }
        let word = String(decoding: value.lowercased, as: UTF8.self)
        guard let found = words.first(where: { $0.0 == word }) else {
            throw refusal(.unknownWord(names))
        }
        return found.1
    }

    /// The values of a list, each under this key.
    func elements(_ form: ValueForm) throws(ConfigurationError) -> [KeyValue] {
        guard case .array(let nodes) = node.value else { throw wrong(form) }
        return nodes.map { KeyValue(key: key, node: $0) }
    }

    func port() throws(ConfigurationError) -> ListeningPort {
        guard case .integer(let value, isSize: false) = node.value else { throw wrong(.port) }
        guard let port = ListeningPort(number: value) else {
            throw refusal(.outOfRange(min: -1, max: 65_535))
        }
        return port
    }

    /// The host, if one is named, and the port.
    func address() throws(ConfigurationError) -> (host: String?, port: ListeningPort) {
        if case .integer = node.value { return (nil, try port()) }
        guard case .string = node.value else { throw wrong(.address) }
        guard let address = HostAndPort(try text()) else { throw refusal(.invalidAddress) }
        return (address.host.isEmpty ? nil : address.host, address.port)
    }
}

extension ListeningPort {
    /// The port that `number` stands for: -1 for a free one, 0 for none.
    public init?(number: Int64) {
        switch number {
        case -1: self = .anyFree
        case 0: self = .none
        case 1...65_535: self = .fixed(UInt16(number))
        default: return nil
        }
    }
}

/// `host:port`, with the host in brackets if it is an IPv6 address.
struct HostAndPort: Equatable {
    var host: String
    var port: ListeningPort

    init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"),
            let number = Int64(text[text.index(after: colon)...]),
            let port = ListeningPort(number: number)
        else { return nil }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") || host.contains("[") || host.contains("]") {
            return nil
        }
        self.host = String(host)
        self.port = port
    }
}
