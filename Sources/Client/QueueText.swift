// `sluice queue` in words: what is sent, and what the answer says.

import Base
public import Configuration
import JSON
import Wire

extension QueueRequest {
    /// The subject and the JSON that are sent.
    var message: (subject: [UInt8], body: [UInt8]) {
        var json = JSONWriter(.compact)
        json.beginObject()
        let word: String
        switch verb {
        case .list: word = "LIST"
        case .info: word = "INFO"
        case .pause:
            word = "PAUSE"
            json.field("what", isIngress ? "ingress" : "delivery")
        case .resume: word = "RESUME"
        case .drain: word = "DRAIN"
        case .purge:
            word = "PURGE"
            if let upTo { json.field("up_to", upTo) }
            if !filter.isEmpty { json.field("filter", filter) }
            json.field("keep", keep)
        case .peek:
            word = "PEEK"
            json.field("from", from)
            json.field("count", count)
        case .remove: word = "DELETE"
        }
        if !consumer.isEmpty { json.field("consumer", consumer) }
        json.endObject()
        var subject = Array("$SLUICE.API.QUEUE.\(word)".utf8)
        if verb != .list { subject += [UInt8(ascii: ".")] + queue }
        return (subject, json.bytes)
    }
}

/// An answer about queues.
struct QueueText {
    private let answer: [UInt8]
    private let value: JSONValue

    init(_ bytes: [UInt8]) {
        answer = bytes
        let limits = JSONLimits(
            depthMax: 8,
            membersMax: 100_000,
            stringBytesMax: 1 << 16,
            textBytesMax: 32 << 20
        )
        value = (try? JSONReader(limits: limits).read(bytes)) ?? .null
    }

    /// Whether it says no.
    var isRefusal: Bool { value["success"]?.asBool != true }

    /// Why it says no.
    var reason: [UInt8] {
        value["error"]?["description"]?.asBytes ?? Array("the answer is not understood".utf8)
    }

    /// What is shown for `request`.
    func text(_ request: QueueRequest) -> [UInt8] {
        if request.isJson { return answer + [0x0A] }
        switch request.verb {
        case .list:
            var text = Self.row("QUEUE", "STATE", "DEPTH", "MESSAGES", "BYTES")
            for queue in value["queues"]?.asArray ?? [] { text += Self.row(of: queue) }
            return Array(text.utf8)
        case .info:
            guard let queue = value["queue"] else { return [] }
            var text = Self.row("QUEUE", "STATE", "DEPTH", "MESSAGES", "BYTES")
            text += Self.row(of: queue) + "\n"
            text += Self.row("CONSUMER", "", "PENDING", "UNACKED", "REDELIVERED")
            for consumer in queue["consumers"]?.asArray ?? [] {
                text += Self.row(
                    Self.safe(consumer["name"]),
                    "",
                    Self.number(consumer["pending"]),
                    Self.number(consumer["unacked"]),
                    Self.number(consumer["redelivered"])
                )
            }
            return Array(text.utf8)
        case .peek:
            var text = ""
            for message in value["messages"]?.asArray ?? [] {
                text += "\(Self.number(message["seq"]))  \(Self.safe(message["subject"]))  "
                text += "\(Self.number(message["size"])) B\n    "
                text += Self.shown(message["payload_hex"]?.asBytes ?? []) + "\n"
            }
            return Array(text.utf8)
        case .purge: return Array("\(Self.number(value["messages"])) messages purged\n".utf8)
        case .pause, .resume, .drain, .remove: return Array("done\n".utf8)
        }
    }

    private static func row(of queue: JSONValue) -> String {
        row(
            safe(queue["name"]),
            safe(queue["state"]),
            number(queue["depth"]),
            number(queue["messages"]),
            number(queue["bytes"])
        )
    }

    private static func row(_ cells: String...) -> String {
        let widths = [28, 17, 12, 12, 12]
        var line = ""
        for (cell, width) in zip(cells, widths) {
            line += cell + String(repeating: " ", count: max(1, width - cell.count))
        }
        while line.hasSuffix(" ") { line.removeLast() }
        return line + "\n"
    }

    private static func number(_ value: JSONValue?) -> String { "\(value?.asUInt64 ?? 0)" }

    private static func safe(_ value: JSONValue?) -> String { clean(value?.asBytes ?? []) }

    /// Bytes so that no terminal obeys them.
    private static func clean(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.map { (0x20...0x7E).contains($0) ? $0 : 0x3F }, as: UTF8.self)
    }

    /// The first bytes of a payload that is written in hexadecimal digits.
    private static func shown(_ digits: [UInt8]) -> String {
        var bytes: [UInt8] = []
        var at = 0
        while at + 1 < digits.count, bytes.count < 200 {
            let pair = String(decoding: digits[at...at + 1], as: UTF8.self)
            bytes.append(UInt8(pair, radix: 16) ?? 0x3F)
            at += 2
        }
        return clean(bytes)
    }
}

extension ClientCommands {
    /// Asks a server what `request` says and shows the answer.
    /// - Returns: whether there was an answer in time, and it was no refusal.
    public static func queue(
        _ request: QueueRequest,
        _ surroundings: ClientSurroundings
    ) throws(ClientError) -> Bool {
        let (subject, body) = request.message
        guard let answer = try ask(subject, body, request.connection, surroundings) else {
            return false
        }
        let text = QueueText(answer)
        if request.isJson || !text.isRefusal { _ = surroundings.write(text.text(request)) }
        guard !text.isRefusal else { throw .refused(text.reason) }
        return true
    }
}
