// The JSON of an operator's request, read without guessing.

import Engine
import JSON

/// The members of a request to `$SLUICE.API.>`.
///
/// Whoever misspells a member asks for something else than what would be done without it, and such
/// a request can destroy messages: unknown members and values of another type are refused. A member
/// that is `null` counts as absent.
struct OperatorMembers {
    private let object: JSONObject

    /// Reads `body`, which may be empty.
    /// - Throws: `invalid` for what is no JSON object or has a member that `names` does not list.
    init(_ body: [UInt8], names: [String]) throws(EngineRefusal) {
        guard body.contains(where: { $0 > 0x20 }) else {
            object = JSONObject(members: [])
            return
        }
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONReader(limits: SystemOptions.limits).read(body)
        } catch {
            throw .invalid
        }
        guard let read = value.asObject else { throw .invalid }
        object = read
        for member in object.members {
            guard names.contains(where: { member.name.elementsEqual($0.utf8) }) else {
                throw .invalid
            }
        }
    }

    /// The number called `name`; `nil` if absent.
    /// - Throws: `invalid` for anything but a whole number from 0 through 2^64 - 1.
    func number(_ name: String) throws(EngineRefusal) -> UInt64? {
        try value(name) { $0.asUInt64 }
    }

    /// The string called `name`; `nil` if absent.
    /// - Throws: `invalid` for anything but a string that is not empty.
    func bytes(_ name: String) throws(EngineRefusal) -> [UInt8]? {
        let bytes = try value(name) { $0.asBytes }
        if let bytes, bytes.isEmpty { throw .invalid }
        return bytes
    }

    /// The string called `name`; `nil` if absent.
    /// - Throws: `invalid` for anything but a string.
    func text(_ name: String) throws(EngineRefusal) -> String? {
        try value(name) { $0.asText }
    }

    /// The truth value called `name`; `nil` if absent.
    /// - Throws: `invalid` for anything but `true` and `false`.
    func flag(_ name: String) throws(EngineRefusal) -> Bool? {
        try value(name) { $0.asBool }
    }

    /// The array called `name`; `nil` if absent.
    /// - Throws: `invalid` for anything but an array.
    func array(_ name: String) throws(EngineRefusal) -> [JSONValue]? {
        try value(name) { $0.asArray }
    }

    private func value<Value>(
        _ name: String,
        _ read: (JSONValue) -> Value?
    ) throws(EngineRefusal) -> Value? {
        guard let value = object.present(name) else { return nil }
        guard let read = read(value) else { throw .invalid }
        return read
    }
}
