// Requests about keys by message, and their answers.

import Base
import Configuration
import Engine
import JSON
import Journal
import Sealing

/// What can be asked on a subject below `$SLUICE.API.KEYS.`.
enum KeyApiVerb: String, Sendable {
    case status = "STATUS"
    case rotate = "ROTATE"
    case verify = "VERIFY"
    case hold = "HOLD"
    case compromise = "COMPROMISE"
    case destroy = "DESTROY"
    case addSlot = "SLOT.ADD"
    case removeSlot = "SLOT.REMOVE"
    case audit = "AUDIT"
    case lock = "LOCK"
    case unlock = "UNLOCK"

    /// Whether it changes nothing.
    var isLook: Bool { self == .status || self == .audit }

    /// The first part of every such subject.
    static let prefix = Array("$SLUICE.API.KEYS.".utf8)

    /// The request that `subject` names; `nil` if it names none.
    init?(_ subject: [UInt8]) {
        guard subject.starts(with: Self.prefix) else { return nil }
        let words = subject.dropFirst(Self.prefix.count)
        self.init(rawValue: String(decoding: words, as: UTF8.self))
    }
}

/// Members of a request's JSON.
struct KeyApiOptions: Sendable {
    /// The queue; `nil` for all.
    let stream: [UInt8]?
    let version: UInt32
    let slot: UInt32
    let isHeld: Bool
    let destroysOld: Bool
    let bytesPerSecond: UInt64
    /// The first entry of the audit log that is wanted.
    let from: UInt64
    let kind: String
    let path: String
    /// Whether the root key is meant.
    let isRoot: Bool
    /// Where the secrets of slots are.
    let secrets: [SlotFile]

    private static let names = [
        "stream", "version", "slot", "held", "destroy_old", "bytes_per_second", "from", "kind",
        "path", "root", "secrets",
    ]

    /// Reads `body`, which may be empty.
    /// - Throws: `invalid` for anything that is not understood.
    init(_ body: [UInt8]) throws(EngineRefusal) {
        let members = try OperatorMembers(body, names: Self.names)
        stream = try members.bytes("stream")
        guard let version = UInt32(exactly: try members.number("version") ?? 0),
            let slot = UInt32(exactly: try members.number("slot") ?? 0)
        else { throw .invalid }
        (self.version, self.slot) = (version, slot)
        isHeld = try members.flag("held") ?? true
        destroysOld = try members.flag("destroy_old") ?? false
        bytesPerSecond = try members.number("bytes_per_second") ?? 0
        from = try members.number("from") ?? 0
        kind = try members.text("kind") ?? ""
        path = try members.text("path") ?? ""
        isRoot = try members.flag("root") ?? false
        secrets = try SlotFile.list(try members.array("secrets") ?? [])
    }
}

extension KeyService {
    /// What `verb` means for the journal.
    /// - Throws: `notFound` for an unknown queue, `invalid` for a kind of slot that is none.
    func translate(
        _ verb: KeyApiVerb,
        _ options: KeyApiOptions,
        names: [[UInt8]: UInt32]
    ) throws(EngineRefusal) -> KeyPlan {
        var target = KeyTarget.all
        if let stream = options.stream {
            if stream == Self.catalogName {
                target = .catalog
            } else {
                guard let number = names[stream] else { throw .notFound }
                target = .stream(number)
            }
        }
        switch verb {
        case .status: return KeyPlan(target, .show)
        case .rotate where options.isRoot:
            let change = try withKeys { () throws(EngineRefusal) in
                try rootChange(options.secrets)
            }
            return KeyPlan(.all, .changeRoot(change))
        case .rotate:
            let most = options.bytesPerSecond
            return KeyPlan(target, .rotate(destroysOld: options.destroysOld, bytesPerSecond: most))
        case .verify: return KeyPlan(target, .verify)
        case .hold: return KeyPlan(target, .hold(options.isHeld))
        case .compromise: return KeyPlan(target, .compromise(options.version))
        case .destroy: return KeyPlan(target, .destroy(options.version))
        case .audit: return KeyPlan(target, .audit(from: options.from))
        case .lock: return KeyPlan(.all, .lock)
        case .unlock:
            try unlock(try SlotSecret.Source(word: options.kind), path: options.path)
            return KeyPlan(.all, .unlocked)
        case .removeSlot: return KeyPlan(.all, .removeSlot(options.slot))
        case .addSlot:
            let (slot, path) = try withKeys { () throws(EngineRefusal) in
                try self.slot(try SlotSecret.Source(word: options.kind), path: options.path)
            }
            var plan = KeyPlan(.all, .addSlot(slot))
            plan.note = (slot.number, Array(path.utf8))
            return plan
        }
    }
}

/// What a request comes to.
struct KeyPlan: Sendable {
    let target: KeyTarget
    let command: KeyCommand
    /// Number of a new slot and where its secret is.
    var note: (slot: UInt32, path: [UInt8])?

    init(_ target: KeyTarget, _ command: KeyCommand) {
        (self.target, self.command) = (target, command)
    }
}

/// The JSON of answers.
enum KeyApiAnswer {
    /// What `result` comes to.
    static func text(
        _ verb: KeyApiVerb,
        _ plan: KeyPlan,
        _ result: Result<KeyOutcome, KeyRefusal>,
        status: () -> KeyRingStatus
    ) -> [UInt8] {
        switch result {
        case .failure(let refusal): return refused(EngineRefusal(refusal))
        case .success(let outcome):
            var json = JSONWriter(.compact)
            json.beginObject()
            json.field("type", "io.sluice.api.v1.keys_\(verb.rawValue.lowercased())_response")
            json.field("success", true)
            if verb == .status {
                write(status(), into: &json)
            } else if verb == .audit {
                write(outcome, into: &json)
            } else {
                json.field("bytes", outcome.bytes)
                json.field("segments", outcome.segments)
                json.field("rotation", outcome.rotation)
                if let note = plan.note {
                    json.field("slot", Int(note.slot))
                    json.field("path", note.path)
                }
            }
            json.endObject()
            return json.bytes
        }
    }

    /// The answer that refuses.
    static func refused(_ refusal: EngineRefusal) -> [UInt8] {
        var json = JSONWriter(.compact)
        json.beginObject()
        json.name("error")
        json.beginObject()
        json.field("code", refusal.apiCode)
        json.field("description", refusal.apiText)
        json.endObject()
        json.endObject()
        return json.bytes
    }

    private static func write(_ page: KeyOutcome, into json: inout JSONWriter) {
        json.field("size", page.entryCount)
        json.field("next", page.nextEntry)
        json.field("head", page.head?.note ?? [])
        json.name("entries")
        json.beginArray()
        for entry in page.entries { json.string(entry) }
        json.endArray()
    }

    private static func write(_ status: KeyRingStatus, into json: inout JSONWriter) {
        json.field("cipher", status.cipher)
        json.field("generation", status.generation)
        json.name("memory")
        json.beginObject()
        json.field("unlocked", status.memory.isUnlocked)
        json.field("locked", status.memory.isLocked)
        json.field("excluded_from_dumps", status.memory.isExcludedFromDumps)
        json.field("no_swap", status.memory.hasNoSwap)
        json.field("used_bytes", status.memory.usedBytes)
        json.endObject()
        json.name("slots")
        json.beginArray()
        for slot in status.slots {
            json.beginObject()
            json.field("slot", Int(slot.index))
            json.field("kind", slot.kind.apiWord)
            json.endObject()
        }
        json.endArray()
        json.name("keys")
        json.beginArray()
        for key in status.keys { write(key, into: &json) }
        json.endArray()
        json.name("rotations")
        json.beginArray()
        for rotation in status.rotations { write(rotation, into: &json) }
        json.endArray()
    }

    private static func write(_ key: KeyStatus, into json: inout JSONWriter) {
        json.beginObject()
        json.field("of", key.scope.apiName)
        json.field("version", Int(key.version))
        json.field("state", key.state.apiWord)
        if key.createdAt != .never { json.field("created", key.createdAt.text) }
        if key.stateSince != .never { json.field("since", key.stateSince.text) }
        json.field("messages", key.messages)
        json.field("bytes", key.bytes)
        json.field("segments", key.segments)
        json.fieldIfPresent("fingerprint", key.fingerprint)
        json.endObject()
    }

    private static func write(_ rotation: RotationStatus, into json: inout JSONWriter) {
        json.beginObject()
        json.field("number", rotation.number)
        json.field("of", rotation.scope.apiName)
        json.field("from", Int(rotation.fromVersion))
        json.field("to", Int(rotation.toVersion))
        json.field("author", rotation.author)
        json.field("started", rotation.startedAt.text)
        json.name("steps")
        json.beginObject()
        for step in RotationStep.allCases {
            json.field(step.apiWord, rotation[step].apiWord)
        }
        json.endObject()
        json.field("bytes", rotation.bytesTotal)
        json.field("bytes_done", rotation.bytesDone)
        json.field("segments", rotation.segmentsTotal)
        json.field("segments_done", rotation.segmentsDone)
        json.field("bytes_per_second", UInt64(saturating: rotation.bytesPerSecond))
        let left = rotation.bytesTotal - min(rotation.bytesDone, rotation.bytesTotal)
        if rotation.bytesPerSecond > 1, left > 0 {
            let seconds = (Double(left) / rotation.bytesPerSecond).rounded(.up)
            json.field("seconds_left", UInt64(saturating: seconds))
        }
        json.field("verified_blocks", rotation.verifiedSamples)
        json.field("publish_p99_before_ns", rotation.publishP99Before)
        json.field("publish_p99_ns", rotation.publishP99During)
        json.field("failed_publishes", rotation.failedPublishes)
        json.endObject()
    }
}
