// The recursive descent behind `JSONReader`: values, objects, arrays and words.

/// Walks over one text; `offset` never passes its end.
struct JSONScanner: ~Copyable, ~Escapable {
    let text: Span<UInt8>
    let limits: JSONLimits
    var offset = 0
    private var depth = 0

    @_lifetime(copy text)
    init(text: Span<UInt8>, limits: JSONLimits) {
        self.text = text
        self.limits = limits
    }

    /// The byte at `offset`, or `nil` at the end.
    var next: UInt8? {
        offset < text.count ? text[offset] : nil
    }

    /// The refusal for `reason` here.
    func refusal(_ reason: JSONError.Reason) -> JSONError {
        JSONError(reason, at: offset)
    }

    /// The refusal of whatever stands here.
    var surprise: JSONError {
        refusal(offset < text.count ? .unexpectedByte : .unexpectedEnd)
    }

    @_lifetime(self: copy self)
    mutating func document() throws(JSONError) -> JSONValue {
        if text.count >= 3, text[0] == 0xEF, text[1] == 0xBB, text[2] == 0xBF {
            throw refusal(.byteOrderMark)
        }
        skipSpace()
        let value = try value()
        skipSpace()
        guard offset == text.count else { throw refusal(.trailingBytes) }
        return value
    }

    @_lifetime(self: copy self)
    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            offset &+= 1
        }
    }

    @_lifetime(self: copy self)
    private mutating func value() throws(JSONError) -> JSONValue {
        guard let byte = next else { throw surprise }
        switch byte {
        case UInt8(ascii: "{"): return .object(try object())
        case UInt8(ascii: "["): return .array(try array())
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: throw surprise
        }
    }

    @_lifetime(self: copy self)
    private mutating func word(
        _ spelling: String,
        _ value: JSONValue
    ) throws(JSONError) -> JSONValue {
        for expected in spelling.utf8 {
            guard next == expected else { throw surprise }
            offset &+= 1
        }
        return value
    }

    @_lifetime(self: copy self)
    private mutating func enter() throws(JSONError) {
        guard depth < limits.depthMax else { throw refusal(.tooDeep) }
        depth &+= 1
        offset &+= 1
        skipSpace()
    }

    /// Steps over the closing bracket, if that is what stands here.
    @_lifetime(self: copy self)
    private mutating func leave(_ bracket: UInt8) -> Bool {
        guard next == bracket else { return false }
        depth &-= 1
        offset &+= 1
        return true
    }

    /// Steps over the comma between two members and the space around it.
    @_lifetime(self: copy self)
    private mutating func comma() throws(JSONError) {
        guard next == UInt8(ascii: ",") else { throw surprise }
        offset &+= 1
        skipSpace()
    }

    @_lifetime(self: copy self)
    private mutating func array() throws(JSONError) -> [JSONValue] {
        try enter()
        var elements: [JSONValue] = []
        if leave(UInt8(ascii: "]")) { return elements }
        while true {
            guard elements.count < limits.membersMax else { throw refusal(.tooManyMembers) }
            elements.append(try value())
            skipSpace()
            if leave(UInt8(ascii: "]")) { return elements }
            try comma()
        }
    }

    @_lifetime(self: copy self)
    private mutating func object() throws(JSONError) -> JSONObject {
        try enter()
        var members: [JSONMember] = []
        if leave(UInt8(ascii: "}")) { return JSONObject(members: members) }
        var names: Set<[UInt8]> = []
        while true {
            guard members.count < limits.membersMax else { throw refusal(.tooManyMembers) }
            guard next == UInt8(ascii: "\"") else { throw surprise }
            let start = offset
            let name = try string()
            guard names.insert(name).inserted else { throw JSONError(.duplicateName, at: start) }
            skipSpace()
            guard next == UInt8(ascii: ":") else { throw surprise }
            offset &+= 1
            skipSpace()
            members.append(JSONMember(name: name, value: try value()))
            skipSpace()
            if leave(UInt8(ascii: "}")) { return JSONObject(members: members) }
            try comma()
        }
    }
}
