// `sluice keys` in words: what is sent, and what the answer says.

import Base
public import Configuration
import JSON
import Reactor
import Wire

extension KeysRequest {
    /// The last part of the subject and the JSON that is sent.
    public var message: (verb: String, body: [UInt8]) {
        var json = JSONWriter(.compact)
        json.beginObject()
        if let queue { json.field("stream", queue) }
        let word: String
        switch verb {
        case .status, .slots: word = "STATUS"
        case .rotate:
            // A plan is made from what is there.
            word = isDryRun ? "STATUS" : "ROTATE"
            json.field("destroy_old", destroysOld)
            json.field("bytes_per_second", bytesPerSecond)
        case .verify: word = "VERIFY"
        case .hold, .resume:
            word = "HOLD"
            json.field("held", verb == .hold)
        case .compromise(let version):
            word = "COMPROMISE"
            json.field("version", Int(version))
        case .destroy(let version):
            word = "DESTROY"
            json.field("version", Int(version))
        case .addSlot(let kind, let path):
            word = "SLOT.ADD"
            json.field("kind", kind.rawValue)
            if !path.isEmpty { json.field("path", path) }
        case .removeSlot(let number):
            word = "SLOT.REMOVE"
            json.field("slot", Int(number))
        }
        json.endObject()
        return (word, json.bytes)
    }
}

/// An answer about keys.
public struct KeysText {
    private let answer: [UInt8]
    private let value: JSONValue

    /// The answer in `bytes`.
    public init(_ bytes: [UInt8]) {
        answer = bytes
        let limits = JSONLimits(
            depthMax: 16,
            membersMax: 100_000,
            stringBytesMax: 1 << 16,
            textBytesMax: 32 << 20
        )
        value = (try? JSONReader(limits: limits).read(bytes)) ?? .null
    }

    /// Whether it says no.
    public var isRefusal: Bool { value["success"]?.asBool != true }

    /// Why it says no.
    public var reason: [UInt8] {
        value["error"]?["description"]?.asBytes ?? Array("the answer is not understood".utf8)
    }

    /// What is shown for `request`.
    public func text(_ request: KeysRequest) -> [UInt8] {
        if request.isJson { return answer + [0x0A] }
        if isRefusal { return Array("refused: ".utf8) + reason + [0x0A] }
        switch request.verb {
        case .status: return Array((keys + rotations + slots + memory).utf8)
        case .slots: return Array(slots.utf8)
        case .rotate where request.isDryRun: return Array(plan(request).utf8)
        case .rotate, .compromise:
            let bytes = Self.size(value["bytes"]), files = value["segments"]?.asUInt64 ?? 0
            let number = value["rotation"]?.asUInt64 ?? 0
            let end = request.storeDirectory.isEmpty ? "going on in the background" : "done"
            return Array("rotation \(number): \(bytes) in \(files) segments, \(end)\n".utf8)
        case .addSlot:
            let number = value["slot"]?.asUInt64 ?? 0
            let path = value["path"]?.asText ?? ""
            return Array("slot \(number) added; its secret is in \(path)\n".utf8)
        case .verify, .hold, .resume, .destroy, .removeSlot: return Array("done\n".utf8)
        }
    }

    private var keys: String {
        var text = Self.row("OF", "KEY", "STATE", "MESSAGES", "BYTES", "SEGMENTS")
        for key in value["keys"]?.asArray ?? [] {
            text += Self.row(
                Self.safe(key["of"]),
                "k\(key["version"]?.asUInt64 ?? 0)",
                Self.safe(key["state"]),
                "\(key["messages"]?.asUInt64 ?? 0)",
                Self.size(key["bytes"]),
                "\(key["segments"]?.asUInt64 ?? 0)"
            )
        }
        return text
    }

    private var rotations: String {
        var text = ""
        for rotation in value["rotations"]?.asArray ?? [] {
            let (done, all) = (Self.size(rotation["bytes_done"]), Self.size(rotation["bytes"]))
            text += "rotation \(rotation["number"]?.asUInt64 ?? 0) of \(Self.safe(rotation["of"]))"
            text += " to k\(rotation["to"]?.asUInt64 ?? 0): \(done) of \(all)"
            if let left = rotation["seconds_left"]?.asDouble { text += ", \(Int(left)) s left" }
            let steps = rotation["steps"]?.asObject?.members ?? []
            text +=
                "; "
                + steps.map { "\(Self.clean($0.name)) \(Self.safe($0.value))" }
                .joined(separator: ", ")
            text += "\n"
        }
        return text
    }

    private var slots: String {
        var text = ""
        let slots = value["slots"]?.asArray ?? []
        for slot in slots {
            text += "slot \(slot["slot"]?.asUInt64 ?? 0): \(Self.safe(slot["kind"]))\n"
        }
        if slots.count == 1 { text += "only one slot: add a recovery key\n" }
        return text
    }

    private var memory: String {
        let memory = value["memory"]
        let isLocked = memory?["locked"]?.asBool == true
        let isHidden = memory?["excluded_from_dumps"]?.asBool == true
        return "keys locked in memory: \(isLocked ? "yes" : "NO"), left out of core dumps: "
            + "\(isHidden ? "yes" : "NO"); ring generation "
            + "\(value["generation"]?.asUInt64 ?? 0)\n"
    }

    /// What a rotation would do.
    private func plan(_ request: KeysRequest) -> String {
        var bytes: UInt64 = 0
        var files: UInt64 = 0
        var text = ""
        for key in value["keys"]?.asArray ?? [] {
            let name = key["of"]?.asBytes ?? []
            guard request.queue == nil || request.queue == name, name != Array("root".utf8) else {
                continue
            }
            bytes &+= key["bytes"]?.asUInt64 ?? 0
            files &+= key["segments"]?.asUInt64 ?? 0
            if key["state"]?.asText == "active" {
                let version = key["version"]?.asUInt64 ?? 0
                text += "\(Self.safe(key["of"])): k\(version) gives way to a new key\n"
            }
        }
        let size = Self.size(.unsigned(bytes))
        return text + "\(size) in \(files) segments would be rewritten, one at a time\n"
    }

    private static func row(_ cells: String...) -> String {
        let widths = [24, 5, 13, 12, 10, 9]
        var line = ""
        for (cell, width) in zip(cells, widths) {
            line += cell + String(repeating: " ", count: max(1, width - cell.count))
        }
        while line.hasSuffix(" ") { line.removeLast() }
        return line + "\n"
    }

    private static func safe(_ value: JSONValue?) -> String { clean(value?.asBytes ?? []) }

    /// Bytes of a name so that no terminal obeys them.
    private static func clean(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.map { (0x20...0x7E).contains($0) ? $0 : 0x3F }, as: UTF8.self)
    }

    private static func size(_ value: JSONValue?) -> String {
        let bytes = value?.asUInt64 ?? 0
        let units = ["B", "kB", "MB", "GB", "TB"]
        var (number, unit) = (Double(bytes), 0)
        while number >= 1_000, unit < units.count - 1 {
            number /= 1_000
            unit += 1
        }
        if unit == 0 { return "\(bytes) B" }
        let tenths = Int((number * 10).rounded())
        return "\(tenths / 10).\(tenths % 10) \(units[unit])"
    }
}

extension ClientCommands {
    /// Asks a server what `request` says and shows the answer.
    /// - Returns: whether there was an answer in time, and it was no refusal.
    public static func keys(
        _ request: KeysRequest,
        _ surroundings: ClientSurroundings
    ) throws(ClientError) -> Bool {
        let (verb, body) = request.message
        let subject = Array("$SLUICE.API.KEYS.\(verb)".utf8)
        guard let answer = try ask(subject, body, request.connection, surroundings) else {
            return false
        }
        let text = KeysText(answer)
        if request.isJson || !text.isRefusal { _ = surroundings.write(text.text(request)) }
        guard !text.isRefusal else { throw .refused(text.reason) }
        return true
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
        try connection.publish(subject, reply: inbox, headers: [], body)
        try connection.send()
        let deadline = SystemClock.monotonic().adding(nanoseconds: options.timeoutNanoseconds)
        guard let message = try connection.next(until: deadline) else { return nil }
        return message.status == 503 && message.body.isEmpty ? nil : message.body
    }
}
