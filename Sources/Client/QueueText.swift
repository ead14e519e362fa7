// `sluice queue` in words: what is sent, and what the answer says.

import Base
public import Configuration
import JSON

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
        case .redrive:
            word = "REDRIVE"
            json.field("limit", limit)
        case .create:
            word = "CREATE"
            appendCreation(to: &json)
        case .remove: word = "DELETE"
        }
        if !consumer.isEmpty { json.field("consumer", consumer) }
        json.endObject()
        var subject = Array("$SLUICE.API.QUEUE.\(word)".utf8)
        if verb != .list { subject += [UInt8(ascii: ".")] + queue }
        return (subject, json.bytes)
    }

    private func appendCreation(to json: inout JSONWriter) {
        if !subjects.isEmpty {
            json.name("subjects")
            json.beginArray()
            for subject in subjects { json.string(subject) }
            json.endArray()
        }
        json.field("retention", retention)
        json.field("memory", isInMemory)
        json.field("dead_letters", hasDeadLetters)
    }
}

/// One page of the list of queues.
struct QueuePage {
    /// The queues on it.
    let queues: [JSONValue]
    /// How many there are on all pages.
    let total: Int

    /// The page in `answer`; an empty one if that is no list.
    init(_ answer: OperatorAnswer) {
        queues = answer.value["queues"]?.asArray ?? []
        total = Int(clamping: answer.value["total"]?.asUInt64 ?? 0)
    }

    /// The JSON that asks for the page from the queue number `offset` on.
    static func request(from offset: Int) -> [UInt8] { Array("{\"offset\":\(offset)}".utf8) }
}

/// An answer about queues.
struct QueueText {
    private let answer: OperatorAnswer
    private var value: JSONValue { answer.value }

    init(_ answer: OperatorAnswer) {
        self.answer = answer
    }

    /// What is shown for `request`; the first page of a list has a heading.
    func text(_ request: QueueRequest, isFirst: Bool) -> [UInt8] {
        if request.isJson { return answer.bytes + [0x0A] }
        switch request.verb {
        case .list:
            var text = ""
            if isFirst { text = Self.row("QUEUE", "STATE", "DEPTH", "MESSAGES", "BYTES") }
            for queue in value["queues"]?.asArray ?? [] { text += Self.row(of: queue) }
            return Array(text.utf8)
        case .info:
            guard let queue = value["queue"] else { return [] }
            var text = Self.row("QUEUE", "STATE", "DEPTH", "MESSAGES", "BYTES")
            text += Self.row(of: queue) + "\n"
            text += Self.row("CONSUMER", "", "PENDING", "UNACKED", "REDELIVERED")
            for consumer in queue["consumers"]?.asArray ?? [] {
                text += Self.row(
                    AnswerText.safe(consumer["name"]),
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
                text += "\(Self.number(message["seq"]))  \(AnswerText.safe(message["subject"]))  "
                text += "\(Self.number(message["size"])) B\n    "
                text += Self.shown(message["payload_hex"]?.asBytes ?? []) + "\n"
            }
            return Array(text.utf8)
        case .purge: return Array("\(Self.number(value["messages"])) messages purged\n".utf8)
        case .redrive:
            return Array("\(Self.number(value["messages"])) dead letters put back\n".utf8)
        case .pause, .resume, .drain, .create, .remove: return Array("done\n".utf8)
        }
    }

    private static func row(of queue: JSONValue) -> String {
        row(
            AnswerText.safe(queue["name"]),
            AnswerText.safe(queue["state"]),
            number(queue["depth"]),
            number(queue["messages"]),
            number(queue["bytes"])
        )
    }

    private static func row(_ cells: String...) -> String {
        AnswerText.row(cells, widths: [28, 17, 12, 12, 12])
    }

    private static func number(_ value: JSONValue?) -> String { "\(value?.asUInt64 ?? 0)" }

    /// The first bytes of a payload that is written in hexadecimal digits.
    private static func shown(_ digits: [UInt8]) -> String {
        AnswerText.safe(Hex.decode(digits.prefix(shownBytesMax * 2)) ?? [])
    }

    /// Bytes of a payload that are shown.
    private static let shownBytesMax = 200
}

extension ClientCommands {
    /// Asks a server what `request` says and shows the answer.
    /// - Returns: whether there was an answer in time, and it was no refusal.
    public static func queue(
        _ request: QueueRequest,
        _ surroundings: ClientSurroundings
    ) throws(ClientError) -> Bool {
        let (subject, body) = request.message
        var shown = 0
        var total = 0
        var page = body
        repeat {
            let isAnswered = try operate(
                subject,
                page,
                request.connection,
                surroundings,
                isJson: request.isJson
            ) { answer in
                let listed = QueuePage(answer)
                defer { shown += listed.queues.count }
                total = listed.total
                return QueueText(answer).text(request, isFirst: shown == 0)
            }
            guard isAnswered else { return false }
            page = QueuePage.request(from: shown)
        } while request.verb == .list && shown > 0 && shown < total
        return true
    }
}
