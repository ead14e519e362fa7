// `sluice keys` in words: what is sent, and what the answer says.

import Base
public import Configuration
import JSON

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
            if isRoot { addSecrets(to: &json) }
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
        case .lock: word = "LOCK"
        case .unlock(let kind, let path):
            word = "UNLOCK"
            json.field("kind", kind.rawValue)
            if !path.isEmpty { json.field("path", path) }
        case .removeSlot(let number):
            word = "SLOT.REMOVE"
            json.field("slot", Int(number))
        }
        json.endObject()
        return (word, json.bytes)
    }

    private func addSecrets(to json: inout JSONWriter) {
        json.field("root", true)
        json.name("secrets")
        json.beginArray()
        for secret in secrets {
            json.beginObject()
            json.field("slot", Int(secret.slot))
            json.field("path", secret.path)
            json.endObject()
        }
        json.endArray()
    }
}

/// An answer about keys.
public struct KeysText {
    private let answer: OperatorAnswer
    private var value: JSONValue { answer.value }

    /// The answer in `bytes`.
    public init(_ bytes: [UInt8]) {
        answer = OperatorAnswer(bytes)
    }

    init(_ answer: OperatorAnswer) {
        self.answer = answer
    }

    /// Whether it says no.
    public var isRefusal: Bool { answer.isRefusal }

    /// What is shown for `request`.
    public func text(_ request: KeysRequest) -> [UInt8] {
        if request.isJson { return answer.bytes + [0x0A] }
        if isRefusal { return Array("refused: ".utf8) + answer.reason + [0x0A] }
        switch request.verb {
        case .status: return Array((keys + rotations + slots + memory).utf8)
        case .slots: return Array(slots.utf8)
        case .rotate where request.isDryRun: return Array(plan(request).utf8)
        case .rotate where request.isRoot: return Array("another root key took over\n".utf8)
        case .rotate, .compromise:
            let bytes = Self.size(value["bytes"]), files = value["segments"]?.asUInt64 ?? 0
            let number = value["rotation"]?.asUInt64 ?? 0
            let end = request.storeDirectory.isEmpty ? "going on in the background" : "done"
            return Array("rotation \(number): \(bytes) in \(files) segments, \(end)\n".utf8)
        case .addSlot:
            let number = value["slot"]?.asUInt64 ?? 0
            let path = value["path"]?.asText ?? ""
            return Array("slot \(number) added; its secret is in \(path)\n".utf8)
        case .verify, .hold, .resume, .destroy, .removeSlot, .lock, .unlock:
            return Array("done\n".utf8)
        }
    }

    private var keys: String {
        var text = Self.row("OF", "KEY", "STATE", "MESSAGES", "BYTES", "SEGMENTS")
        for key in value["keys"]?.asArray ?? [] {
            text += Self.row(
                AnswerText.safe(key["of"]),
                "k\(key["version"]?.asUInt64 ?? 0)",
                AnswerText.safe(key["state"]),
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
            text +=
                "rotation \(rotation["number"]?.asUInt64 ?? 0) of \(AnswerText.safe(rotation["of"]))"
            text += " to k\(rotation["to"]?.asUInt64 ?? 0): \(done) of \(all)"
            text += Self.pace(rotation)
            let steps = rotation["steps"]?.asObject?.members ?? []
            text +=
                "; "
                + steps.map { "\(AnswerText.safe($0.name)) \(AnswerText.safe($0.value))" }
                .joined(separator: ", ")
            text += "\n" + Self.impact(rotation)
        }
        return text
    }

    /// How fast it goes and how long it takes still; nothing while it does not go on.
    private static func pace(_ rotation: JSONValue) -> String {
        guard let speed = rotation["bytes_per_second"]?.asUInt64, speed > 0 else { return "" }
        let left = rotation["seconds_left"]?.asUInt64.map { ", \($0) s left" } ?? ""
        return ", \(size(rotation["bytes_per_second"]))/s" + left
    }

    /// How publishers fare; nothing where nobody published.
    private static func impact(_ rotation: JSONValue) -> String {
        let during = rotation["publish_p99_ns"]?.asUInt64 ?? 0
        let before = rotation["publish_p99_before_ns"]?.asUInt64 ?? 0
        let failed = rotation["failed_publishes"]?.asUInt64 ?? 0
        guard during > 0 || failed > 0 else { return "" }
        return "  publish p99 \(milliseconds(during)) ms, "
            + (before > 0 ? "quiet \(milliseconds(before)) ms" : "quiet not known")
            + ", failed publishes \(failed)\n"
    }

    private static func milliseconds(_ nanoseconds: UInt64) -> String {
        let tenths = nanoseconds / 100_000
        return "\(tenths / 10).\(tenths % 10)"
    }

    private var slots: String {
        var text = ""
        let slots = value["slots"]?.asArray ?? []
        for slot in slots {
            text += "slot \(slot["slot"]?.asUInt64 ?? 0): \(AnswerText.safe(slot["kind"]))\n"
        }
        if slots.count == 1 { text += "only one slot: add a recovery key\n" }
        return text
    }

    private var memory: String {
        let memory = value["memory"]
        let isLocked = memory?["locked"]?.asBool == true
        let isHidden = memory?["excluded_from_dumps"]?.asBool == true
        let isAway = memory?["unlocked"]?.asBool == false
        return (isAway ? "LOCKED: the keys are wiped, nothing is stored until an unlock\n" : "")
            + "keys locked in memory: \(isLocked ? "yes" : "NO"), left out of core dumps: "
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
                text += "\(AnswerText.safe(key["of"])): k\(version) gives way to a new key\n"
            }
        }
        let size = Self.size(.unsigned(bytes))
        return text + "\(size) in \(files) segments would be rewritten, one at a time\n"
    }

    private static func row(_ cells: String...) -> String {
        AnswerText.row(cells, widths: [24, 5, 13, 12, 10, 9])
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
        return try operate(
            subject,
            body,
            request.connection,
            surroundings,
            isJson: request.isJson
        ) { KeysText($0).text(request) }
    }
}
