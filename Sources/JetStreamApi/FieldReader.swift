// Takes the members of a JSON object one by one and complains about what is left.

import Base
import JSON
import Queueing

/// The members of one object of a request.
///
/// A member that is `null` counts as absent.
struct FieldReader {
    private let object: JSONObject
    private var taken: Set<[UInt8]> = []
    /// Whether members that nobody took are errors.
    let isStrict: Bool

    init(_ object: JSONObject, isStrict: Bool) {
        self.object = object
        self.isStrict = isStrict
    }

    /// The object that `text` is.
    init(text: [UInt8], isStrict: Bool) throws(QueueingError) {
        let value: JSONValue
        do {
            value = try JSONReader(limits: .standard).read(text)
        } catch {
            throw Self.invalid(Self.text(of: error, in: text))
        }
        guard let object = value.asObject else {
            throw Self.invalid("json: cannot unmarshal value into Go value")
        }
        self.init(object, isStrict: isStrict)
    }

    /// Complains about members that were not taken.
    func finish() throws(QueueingError) {
        guard isStrict else { return }
        for member in object.members where !taken.contains(member.name) {
            throw QueueingError(
                .invalidJson,
                Array("json: unknown field \"".utf8) + member.name + Array("\"".utf8)
            )
        }
    }

    private mutating func take(_ name: String) -> JSONValue? {
        taken.insert(Array(name.utf8))
        return object.present(name)
    }

    mutating func bytes(_ name: String) throws(QueueingError) -> [UInt8] {
        guard let value = take(name) else { return [] }
        guard let bytes = value.asBytes else { throw Self.wrongType(value, name, "string") }
        return bytes
    }

    mutating func bool(_ name: String) throws(QueueingError) -> Bool {
        guard let value = take(name) else { return false }
        guard let bool = value.asBool else { throw Self.wrongType(value, name, "bool") }
        return bool
    }

    mutating func signed(_ name: String) throws(QueueingError) -> Int64 {
        guard let value = take(name) else { return 0 }
        guard let number = value.asInt64 else { throw Self.wrongType(value, name, "int64") }
        return number
    }

    mutating func unsigned(_ name: String) throws(QueueingError) -> UInt64 {
        guard let value = take(name) else { return 0 }
        guard let number = value.asUInt64 else { throw Self.wrongType(value, name, "uint64") }
        return number
    }

    mutating func instant(_ name: String) throws(QueueingError) -> Instant? {
        guard let value = take(name) else { return nil }
        guard let text = value.asBytes else { throw Self.wrongType(value, name, "time.Time") }
        guard let instant = Instant(text: text) else {
            throw QueueingError(
                .invalidJson,
                Array("parsing time \"".utf8) + text + Array("\"".utf8)
            )
        }
        return instant
    }

    /// One of the words in `table`; the first one if the member is absent.
    mutating func word<Word>(
        _ name: String,
        _ table: [(String, Word)]
    ) throws(QueueingError) -> Word {
        guard let value = take(name) else { return table[0].1 }
        guard let bytes = value.asBytes else { throw Self.wrongType(value, name, "string") }
        for (text, word) in table where bytes.elementsEqual(text.utf8) { return word }
        throw QueueingError(
            .invalidJson,
            Array("can not unmarshal \"\\\"".utf8) + bytes + Array("\\\"\"".utf8)
        )
    }

    mutating func strings(_ name: String) throws(QueueingError) -> [[UInt8]] {
        var strings: [[UInt8]] = []
        for value in try array(name) {
            guard let bytes = value.asBytes else { throw Self.wrongType(value, name, "string") }
            strings.append(bytes)
        }
        return strings
    }

    mutating func signedNumbers(_ name: String) throws(QueueingError) -> [Int64] {
        var numbers: [Int64] = []
        for value in try array(name) {
            guard let number = value.asInt64 else { throw Self.wrongType(value, name, "int64") }
            numbers.append(number)
        }
        return numbers
    }

    mutating func object(_ name: String) throws(QueueingError) -> FieldReader? {
        guard let value = take(name) else { return nil }
        guard let object = value.asObject else { throw Self.wrongType(value, name, "object") }
        return FieldReader(object, isStrict: isStrict)
    }

    mutating func objects(_ name: String) throws(QueueingError) -> [FieldReader] {
        var readers: [FieldReader] = []
        for value in try array(name) {
            guard let object = value.asObject else { throw Self.wrongType(value, name, "object") }
            readers.append(FieldReader(object, isStrict: isStrict))
        }
        return readers
    }

    /// Metadata by ascending key.
    mutating func metadata(_ name: String) throws(QueueingError) -> [MetadataEntry] {
        guard let value = take(name) else { return [] }
        guard let object = value.asObject else { throw Self.wrongType(value, name, "object") }
        var entries: [MetadataEntry] = []
        for member in object.members {
            guard let text = member.value.asBytes else {
                throw Self.wrongType(member.value, name, "string")
            }
            entries.append(MetadataEntry(key: member.name, value: text))
        }
        return entries.sorted { $0.key.lexicographicallyPrecedes($1.key) }
    }

    private mutating func array(_ name: String) throws(QueueingError) -> [JSONValue] {
        guard let value = take(name) else { return [] }
        guard let elements = value.asArray else { throw Self.wrongType(value, name, "array") }
        return elements
    }

    private static func wrongType(
        _ value: JSONValue,
        _ name: String,
        _ wanted: String
    ) -> QueueingError {
        let kind =
            switch value {
            case .null: "null"
            case .bool: "bool"
            case .integer, .unsigned, .double: "number"
            case .string: "string"
            case .array: "array"
            case .object: "object"
            }
        return invalid("json: cannot unmarshal \(kind) into field \(name) of type \(wanted)")
    }

    private static func invalid(_ reason: String) -> QueueingError {
        QueueingError(.invalidJson, reason)
    }

    private static func text(of error: JSONError, in text: [UInt8]) -> String {
        switch error.reason {
        case .unexpectedEnd: "unexpected end of JSON input"
        case .textTooLong, .tooDeep, .tooManyMembers, .stringTooLong: "exceeded max size"
        case .byteOrderMark, .unexpectedByte, .trailingBytes, .duplicateName, .controlByte,
            .invalidEscape, .loneSurrogate, .invalidUtf8, .invalidNumber, .numberOutOfRange:
            "invalid character at offset \(error.offset)"
        }
    }
}
