// What a server answers to an operator's request, and tables of it.

import Base
import Configuration
import JSON
import Reactor
import Wire

/// An answer on a subject below `$SLUICE.API.`.
struct OperatorAnswer {
    /// The answer as it came.
    let bytes: [UInt8]
    /// What it says; `null` if it is not understood.
    let value: JSONValue

    /// Reads the answer in `bytes`.
    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        let limits = JSONLimits(
            depthMax: 16,
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
}

/// Parts of what is shown of an answer.
enum AnswerText {
    /// A line with `cells` in columns of `widths`.
    static func row(_ cells: [String], widths: [Int]) -> String {
        var line = ""
        for (cell, width) in zip(cells, widths) {
            line += cell + String(repeating: " ", count: max(1, width - cell.count))
        }
        while line.hasSuffix(" ") { line.removeLast() }
        return line + "\n"
    }

    /// The string `value` so that no terminal obeys it.
    static func safe(_ value: JSONValue?) -> String { safe(value?.asBytes ?? []) }

    /// The bytes so that no terminal obeys them.
    static func safe(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.map { (0x20...0x7E).contains($0) ? $0 : 0x3F }, as: UTF8.self)
    }
}

extension ClientCommands {
    /// The code of an answer that says that a secret opens no slot.
    private static var wrongSecretCode: UInt64 { 401 }

    /// Asks on `subject` and shows the answer as `text` puts it; a refusal only as JSON.
    /// - Returns: whether there was an answer in time.
    /// - Throws: `refused` with the server's reason.
    static func operate(
        _ subject: [UInt8],
        _ body: [UInt8],
        _ options: ClientOptions,
        _ surroundings: ClientSurroundings,
        isJson: Bool,
        text: (OperatorAnswer) -> [UInt8]
    ) throws(ClientError) -> Bool {
        guard let bytes = try ask(subject, body, options, surroundings) else { return false }
        let answer = OperatorAnswer(bytes)
        if isJson || !answer.isRefusal { _ = surroundings.write(text(answer)) }
        guard answer.isRefusal else { return true }
        if answer.value["error"]?["code"]?.asUInt64 == wrongSecretCode {
            throw .wrongSecret(answer.reason)
        }
        throw .refused(answer.reason)
    }

    /// The first answer to `body` on `subject`; `nil` if there is none in time.
    static func ask(
        _ subject: [UInt8],
        _ body: [UInt8],
        _ options: ClientOptions,
        _ surroundings: ClientSurroundings
    ) throws(ClientError) -> [UInt8]? {
        var connection = try surroundings.connect(options)
        var names = Nuid(seed: surroundings.nameSeed)
        let inbox = Array("_INBOX.".utf8) + names.next()
        connection.subscribe(inbox, queue: [], sid: 1)
        return try ask(&connection, subject, body, inbox: inbox, options)
    }

    /// The same over a connection that listens on `inbox`.
    static func ask(
        _ connection: inout ClientConnection,
        _ subject: [UInt8],
        _ body: [UInt8],
        inbox: [UInt8],
        _ options: ClientOptions
    ) throws(ClientError) -> [UInt8]? {
        try connection.publish(subject, reply: inbox, headers: [], body)
        try connection.send()
        let deadline = SystemClock.monotonic().adding(nanoseconds: options.timeoutNanoseconds)
        guard let message = try connection.next(until: deadline) else { return nil }
        return message.status == 503 && message.body.isEmpty ? nil : message.body
    }
}
