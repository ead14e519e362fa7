// JSON as a value: what a text means, with integers kept exactly.
// Source: RFC 8259.

/// A JSON value.
///
/// Strings are bytes of valid UTF-8; members keep the order of the text.
public enum JSONValue: Equatable, Sendable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number written without fraction and exponent that fits 64 bits with a sign.
    case integer(Int64)
    /// A whole number above `Int64.max`.
    case unsigned(UInt64)
    /// A number written with a fraction or an exponent; always finite.
    case double(Double)
    /// A string, as UTF-8.
    case string([UInt8])
    /// An array.
    case array([JSONValue])
    /// An object.
    case object(JSONObject)

    /// Whether this is `null`.
    public var isNull: Bool { self == .null }

    /// The truth value, or `nil` for anything else.
    public var asBool: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    /// The whole number, or `nil` for anything else, `1e3` and `1.0` included.
    public var asInt64: Int64? {
        guard case .integer(let value) = self else { return nil }
        return value
    }

    /// The whole number that is not negative, or `nil` for anything else.
    public var asUInt64: UInt64? {
        switch self {
        case .integer(let value): UInt64(exactly: value)
        case .unsigned(let value): value
        case .null, .bool, .double, .string, .array, .object: nil
        }
    }

    /// The nearest double of any number, or `nil` for anything else.
    public var asDouble: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .unsigned(let value): Double(value)
        case .double(let value): value
        case .null, .bool, .string, .array, .object: nil
        }
    }

    /// The bytes of the string, or `nil` for anything else.
    public var asBytes: [UInt8]? {
        guard case .string(let bytes) = self else { return nil }
        return bytes
    }

    /// The string as text, or `nil` for anything else.
    ///
    /// Only for showing: texts that differ in bytes may compare equal.
    public var asText: String? {
        guard case .string(let bytes) = self else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The elements of the array, or `nil` for anything else.
    public var asArray: [JSONValue]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }

    /// The object, or `nil` for anything else.
    public var asObject: JSONObject? {
        guard case .object(let object) = self else { return nil }
        return object
    }

    /// The value of the member called `name`, or `nil` if there is none or this is no object.
    public subscript(_ name: String) -> JSONValue? {
        guard case .object(let object) = self else { return nil }
        return object[name]
    }
}

/// One name and its value in a JSON object.
public struct JSONMember: Equatable, Sendable {
    /// The name, as UTF-8.
    public let name: [UInt8]
    /// The value.
    public let value: JSONValue

    /// The member `name` with `value`.
    public init(name: [UInt8], value: JSONValue) {
        self.name = name
        self.value = value
    }
}

/// A JSON object: members in the order of the text, every name once.
public struct JSONObject: Equatable, Sendable {
    /// The members in the order of the text.
    public let members: [JSONMember]

    /// The object with `members`, whose names differ.
    public init(members: [JSONMember]) {
        self.members = members
    }

    /// The value of the member called `name`, compared by bytes.
    ///
    /// - Complexity: O(members)
    public subscript(_ name: String) -> JSONValue? {
        for member in members where member.name.elementsEqual(name.utf8) {
            return member.value
        }
        return nil
    }

    /// The value called `name`, unless it is absent or `null`.
    public func present(_ name: String) -> JSONValue? {
        guard let value = self[name], !value.isNull else { return nil }
        return value
    }
}
