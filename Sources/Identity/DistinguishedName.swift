// Distinguished names in text, compared by their parts.
// Source: RFC 4514, the string representation; RFC 2253 before it.

/// A distinguished name: attributes in groups, most specific first.
struct DistinguishedName: Equatable {
    /// One attribute; types are kept in lower case.
    struct Attribute: Hashable {
        let type: [UInt8]
        let value: [UInt8]
    }

    private static let bytesMax = 4_096

    /// The groups; order inside a group means nothing.
    let groups: [Set<Attribute>]

    /// The name that `text` stands for; `nil` if it is none.
    init?(_ text: [UInt8]) {
        guard !text.isEmpty, text.count <= Self.bytesMax else { return nil }
        var scanner = Scanner(text: text)
        var groups: [Set<Attribute>] = [[]]
        while true {
            guard let attribute = scanner.attribute() else { return nil }
            groups[groups.count - 1].insert(attribute)
            switch scanner.separator() {
            case .attribute: continue
            case .group: groups.append([])
            case .end:
                self.groups = groups
                return
            case .malformed: return nil
            }
        }
    }

    /// Whether both have the same groups, in any order.
    func hasSameGroups(as other: DistinguishedName) -> Bool {
        guard groups.count == other.groups.count else { return false }
        var left = other.groups
        for group in groups {
            guard let at = left.firstIndex(of: group) else { return false }
            left.remove(at: at)
        }
        return true
    }
}

/// Reads a name from front to back.
private struct Scanner {
    enum Separator {
        case attribute
        case group
        case end
        case malformed
    }

    let text: [UInt8]
    var offset = 0

    mutating func separator() -> Separator {
        guard offset < text.count else { return .end }
        defer { offset += 1 }
        switch text[offset] {
        case UInt8(ascii: "+"): return .attribute
        case UInt8(ascii: ","), UInt8(ascii: ";"): return .group
        default: return .malformed
        }
    }

    mutating func attribute() -> DistinguishedName.Attribute? {
        skipSpaces()
        let type = type()
        skipSpaces()
        guard !type.isEmpty, offset < text.count, text[offset] == UInt8(ascii: "=") else {
            return nil
        }
        offset += 1
        skipSpaces()
        guard let value = value(), !value.isEmpty else { return nil }
        return DistinguishedName.Attribute(type: type, value: value)
    }

    private mutating func type() -> [UInt8] {
        var type: [UInt8] = []
        while offset < text.count {
            let byte = text[offset]
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): type.append(byte | 0x20)
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "."), UInt8(ascii: "-"):
                type.append(byte)
            default: return type
            }
            offset += 1
        }
        return type
    }

    /// The value up to a separator, its escapes resolved; spaces around it do not count.
    private mutating func value() -> [UInt8]? {
        var value: [UInt8] = []
        var significant = 0
        while offset < text.count {
            let byte = text[offset]
            switch byte {
            case UInt8(ascii: ","), UInt8(ascii: "+"), UInt8(ascii: ";"):
                return Array(value.prefix(significant))
            case UInt8(ascii: "\\"):
                offset += 1
                guard let escaped = escaped() else { return nil }
                value.append(escaped)
                significant = value.count
            case 0, UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"): return nil
            default:
                value.append(byte)
                offset += 1
                if byte != UInt8(ascii: " ") { significant = value.count }
            }
        }
        return Array(value.prefix(significant))
    }

    private mutating func escaped() -> UInt8? {
        guard offset < text.count else { return nil }
        if let high = hexadecimal(offset), let low = hexadecimal(offset + 1) {
            offset += 2
            return high << 4 | low
        }
        let byte = text[offset]
        guard " \"#+,;<=>\\".utf8.contains(byte) else { return nil }
        offset += 1
        return byte
    }

    private func hexadecimal(_ at: Int) -> UInt8? {
        guard at < text.count else { return nil }
        switch text[at] {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): return text[at] - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): return text[at] - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): return text[at] - UInt8(ascii: "A") + 10
        default: return nil
        }
    }

    private mutating func skipSpaces() {
        while offset < text.count, text[offset] == UInt8(ascii: " ") { offset += 1 }
    }
}
