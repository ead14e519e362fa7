// Short forms: name and value in one call, and whole values.

extension JSONWriter {
    /// Writes a member with a string.
    public mutating func field(_ name: String, _ value: String) {
        self.name(name)
        string(value)
    }

    /// Writes a member with a string; what is not UTF-8 becomes U+FFFD.
    public mutating func field(_ name: String, _ value: [UInt8]) {
        self.name(name)
        string(value)
    }

    /// Writes a member with a truth value.
    public mutating func field(_ name: String, _ value: Bool) {
        self.name(name)
        bool(value)
    }

    /// Writes a member with a whole number.
    public mutating func field(_ name: String, _ value: Int) {
        self.name(name)
        integer(value)
    }

    /// Writes a member with a whole number.
    public mutating func field(_ name: String, _ value: Int64) {
        self.name(name)
        integer(value)
    }

    /// Writes a member with a whole number.
    public mutating func field(_ name: String, _ value: UInt64) {
        self.name(name)
        integer(value)
    }

    /// Writes a member with a double.
    public mutating func field(_ name: String, _ value: Double) {
        self.name(name)
        double(value)
    }

    /// Writes a member with `true`, or nothing when `value` is false.
    public mutating func fieldIfTrue(_ name: String, _ value: Bool) {
        if value { field(name, true) }
    }

    /// Writes a member with a string, or nothing when `value` is empty.
    public mutating func fieldIfPresent(_ name: String, _ value: [UInt8]) {
        if !value.isEmpty { field(name, value) }
    }

    /// Writes a whole value.
    ///
    /// - Complexity: O(bytes), recursive in the depth of the value.
    public mutating func value(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .bool(let value): bool(value)
        case .integer(let value): integer(value)
        case .unsigned(let value): integer(value)
        case .double(let value): double(value)
        case .string(let bytes): string(bytes)
        case .array(let elements):
            beginArray()
            for element in elements { self.value(element) }
            endArray()
        case .object(let object):
            beginObject()
            for member in object.members {
                name(member.name)
                self.value(member.value)
            }
            endObject()
        }
    }
}
