// The little of HTTP/1.1 that monitoring needs.
// Source: RFC 9112; request targets in origin form, bodies are skipped.

import Base

/// A request.
struct HttpRequest: Equatable, Sendable {
    /// The method, such as `GET`.
    var method: [UInt8]
    /// The path, percent-decoded.
    var path: [UInt8]
    /// Names and values behind the question mark, percent-decoded.
    var arguments: [Argument]
    /// Whether the connection goes on after the answer.
    var isKeptAlive: Bool
    /// Whether HTTP/1.1 is spoken; otherwise 1.0.
    var isCurrent: Bool

    /// A name and its value.
    struct Argument: Equatable, Sendable {
        /// The name.
        var name: [UInt8]
        /// The value; empty without `=`.
        var value: [UInt8]
    }

    /// Whether only the head of an answer is wanted.
    var wantsHeadOnly: Bool { method == Array("HEAD".utf8) }

    /// The value of the first argument called `name`.
    func argument(_ name: String) -> [UInt8]? {
        arguments.first { $0.name.elementsEqual(name.utf8) }?.value
    }
}

/// What the bytes of a connection hold.
enum HttpReading: Equatable {
    /// Not yet a whole request.
    case incomplete
    /// A request that takes so many bytes.
    case request(HttpRequest, byteCount: Int)
    /// No request; the words say why.
    case refused(HttpStatus, String)
}

/// Reads requests.
enum HttpRequestReader {
    /// Longest head of a request.
    static let headBytesMax = 8_192
    /// Longest body that is skipped.
    static let bodyBytesMax = 65_536
    /// Longest request that is looked at.
    static let byteCountMax = headBytesMax + bodyBytesMax
    /// Most arguments of a request.
    static let argumentsMax = 64

    /// The request that `bytes` begin with.
    static func read(_ bytes: [UInt8]) -> HttpReading {
        guard let headEnd = endOfHead(bytes) else {
            return bytes.count > headBytesMax ? .refused(.tooLarge, "") : .incomplete
        }
        guard headEnd <= headBytesMax else { return .refused(.tooLarge, "") }
        var lines = bytes[..<headEnd].split(separator: 0x0A, omittingEmptySubsequences: true)
            .map { $0.last == 0x0D ? $0.dropLast() : $0 }
        lines.removeAll { $0.isEmpty }
        guard let first = lines.first else { return .refused(.badRequest, "") }
        let words = first.split(separator: 0x20, omittingEmptySubsequences: false)
        guard words.count == 3, !words[0].isEmpty, words[1].first == UInt8(ascii: "/"),
            let isCurrent = version(words[2])
        else { return .refused(.badRequest, "") }
        let fields = lines.dropFirst().map(field)
        if isCurrent, value("host", in: fields) == nil {
            return .refused(.badRequest, ": missing required Host header")
        }
        guard value("transfer-encoding", in: fields) == nil,
            let bodyCount = bodyCount(fields)
        else { return .refused(.badRequest, "") }
        guard bodyCount <= bodyBytesMax else { return .refused(.tooLarge, "") }
        guard bytes.count - headEnd >= bodyCount else { return .incomplete }
        let connection = value("connection", in: fields).map(lowercased)
        var request = HttpRequest(
            method: Array(words[0]),
            path: [],
            arguments: [],
            isKeptAlive: isCurrent
                ? connection != Array("close".utf8) : connection == Array("keep-alive".utf8),
            isCurrent: isCurrent
        )
        split(words[1], into: &request)
        return .request(request, byteCount: headEnd + bodyCount)
    }

    /// The offset behind the empty line.
    private static func endOfHead(_ bytes: [UInt8]) -> Int? {
        var lineStart = 0
        for (offset, byte) in bytes.enumerated() where byte == 0x0A {
            let length = offset - lineStart
            if length == 0 || length == 1 && bytes[lineStart] == 0x0D { return offset + 1 }
            lineStart = offset + 1
        }
        return nil
    }

    private static func version(_ word: ArraySlice<UInt8>) -> Bool? {
        if word.elementsEqual("HTTP/1.1".utf8) { return true }
        return word.elementsEqual("HTTP/1.0".utf8) ? false : nil
    }

    private typealias Field = (name: [UInt8], value: ArraySlice<UInt8>)

    private static func field(_ line: ArraySlice<UInt8>) -> Field {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return ([], line) }
        var value = line[(colon + 1)...].drop { $0 == 0x20 || $0 == 0x09 }
        while let last = value.last, last == 0x20 || last == 0x09 { value.removeLast() }
        return (lowercased(line[..<colon]), value)
    }

    private static func value(_ name: String, in fields: [Field]) -> ArraySlice<UInt8>? {
        fields.first { $0.name.elementsEqual(name.utf8) }?.value
    }

    private static func bodyCount(_ fields: [Field]) -> Int? {
        guard let text = value("content-length", in: fields) else { return 0 }
        let isNumber = !text.isEmpty && text.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
        return isNumber ? Int(String(decoding: text, as: UTF8.self)) : nil
    }

    private static func lowercased(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        bytes.map { $0 >= 0x41 && $0 <= 0x5A ? $0 + 0x20 : $0 }
    }

    // MARK: - Targets

    private static func split(_ target: ArraySlice<UInt8>, into request: inout HttpRequest) {
        let parts = target.split(
            separator: UInt8(ascii: "?"),
            maxSplits: 1,
            omittingEmptySubsequences: false
        )
        request.path = decoded(parts[0], plusIsSpace: false)
        guard parts.count == 2 else { return }
        for piece in parts[1].split(separator: UInt8(ascii: "&")).prefix(argumentsMax) {
            let pair = piece.split(
                separator: UInt8(ascii: "="),
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            request.arguments.append(
                HttpRequest.Argument(
                    name: decoded(pair[0], plusIsSpace: true),
                    value: pair.count == 2 ? decoded(pair[1], plusIsSpace: true) : []
                )
            )
        }
    }

    /// `bytes` with `%xx` replaced; what is no such thing stays.
    private static func decoded(_ bytes: ArraySlice<UInt8>, plusIsSpace: Bool) -> [UInt8] {
        var text: [UInt8] = []
        var rest = bytes
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2).compactMap(digit)
            if byte == UInt8(ascii: "%"), digits.count == 2 {
                text.append(digits[0] << 4 | digits[1])
                rest = rest.dropFirst(2)
            } else {
                text.append(plusIsSpace && byte == UInt8(ascii: "+") ? 0x20 : byte)
            }
        }
        return text
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
