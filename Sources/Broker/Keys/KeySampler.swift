// The state of a store's keys as the console sees it.

import Base
import Engine
import Journal
import Reactor
import Sealing

/// Makes the key status of a snapshot; remembers which slots opened the store.
struct KeySampler {
    /// When slots opened the store, since the start.
    private var proven: [UInt32: Instant] = [:]
    private var lastOpening: KeyOpening?
    private let hasNoSwap: Bool

    init(hasNoSwap: Bool) {
        self.hasNoSwap = hasNoSwap
    }

    /// The status for `picture`; `names` are the streams' names by number.
    mutating func status(
        _ picture: KeyPicture,
        names: [UInt32: [UInt8]]
    ) -> KeyRingStatus {
        var status = KeyRingStatus()
        guard let ring = picture.ring else { return status }
        status.cipher = Array("XChaCha20-Poly1305".utf8)
        status.generation = ring.generation
        status.isTrial = ring.slots.count < 2
        status.keys = keys(picture, ring, names)
        status.rotations = picture.rotations.map { rotation($0, names) }
        note(picture.opening, ring, at: picture.takenAt)
        status.slots = ring.slots.map { slot in
            SlotStatus(
                index: slot.number,
                kind: ShownSlotKind(slot.kind),
                provenAt: proven[slot.number] ?? .never
            )
        }
        status.nextRotationAt = picture.nextRotation
        status.rotationIntervalNanoseconds = picture.policy.ageMax
        status.audit.entries = picture.auditCount
        status.audit.root = Hex.encode(picture.auditRoot.prefix(8))
        status.audit.signedAt = picture.takenAt
        // Every entry of the newest file was authenticated when the log was opened or was written
        // since; it holds the head over the file before.
        status.audit.isVerified = picture.takenAt != .never
        status.memory.isUnlocked = !picture.isLocked
        status.memory.isLocked = picture.isMemoryLocked
        status.memory.isExcludedFromDumps = picture.isExcludedFromDumps
        status.memory.hasNoSwap = hasNoSwap
        status.memory.usedBytes = picture.keyBytes
        status.memory.totalBytes = picture.keyBytesMax
        for rotation in picture.rotations {
            switch rotation[.verify] {
            case .done(let at, _):
                if at > status.verifiedAt { (status.verifiedAt, status.isVerified) = (at, true) }
            case .failed(let at, _):
                if at > status.verifiedAt { (status.verifiedAt, status.isVerified) = (at, false) }
            case .waiting, .running: break
            }
        }
        return status
    }

    private mutating func note(_ opening: KeyOpening?, _ ring: KeyRing, at now: Instant) {
        if let opening, opening != lastOpening { proven[opening.slot] = now }
        lastOpening = opening
        proven = proven.filter { number, _ in ring.slots.contains { $0.number == number } }
    }

    private func keys(
        _ picture: KeyPicture,
        _ ring: KeyRing,
        _ names: [UInt32: [UInt8]]
    ) -> [KeyStatus] {
        var root = KeyStatus(scope: .root, version: ring.rootKey.version)
        root.createdAt = ring.rootKey.created
        var list = [root]
        var scopes: [UniqueId: KeyScope] = [.none: .stream(KeyService.catalogName)]
        for use in picture.uses {
            guard let name = use.stream.flatMap({ names[$0] }) else { continue }
            scopes[use.name.stream] = .stream(name)
        }
        var records: [DataKeyName: DataKeyRecord] = [:]
        for record in ring.dataKeys { records[record.name] = record }
        for use in picture.uses {
            guard let scope = scopes[use.name.stream], let record = records[use.name] else {
                continue
            }
            var key = KeyStatus(scope: scope, version: use.name.version)
            key.state = ShownKeyState(record.state, isEmpty: use.segments == 0)
            key.createdAt = record.created
            key.wrappedBy = record.wrappedBy
            key.fingerprint = use.fingerprint
            key.messages = use.messages
            key.bytes = use.bytes
            key.segments = use.segments
            let most = picture.policy.messagesMax
            key.budgetUsed = most == 0 ? 0 : Double(use.messages) / Double(most)
            list.append(key)
        }
        for gone in ring.destroyed {
            guard let scope = scopes[gone.name.stream] else { continue }
            var key = KeyStatus(scope: scope, version: gone.name.version)
            key.state = .destroyed
            key.stateSince = gone.at
            list.append(key)
        }
        return list
    }

    private func rotation(
        _ progress: RotationProgress,
        _ names: [UInt32: [UInt8]]
    ) -> RotationStatus {
        let scope: KeyScope =
            switch progress.target {
            case .all: .allStreams
            case .catalog: .stream(KeyService.catalogName)
            case .stream(let number): .stream(names[number] ?? Array("(removed)".utf8))
            }
        var status = RotationStatus(scope: scope)
        status.number = progress.number
        status.fromVersion = progress.fromVersion
        status.toVersion = progress.toVersion
        status.author = progress.author
        status.startedAt = progress.startedAt
        status.bytesTotal = progress.bytesTotal
        status.bytesDone = progress.bytesDone
        status.bytesPerSecond = Double(progress.bytesPerSecond)
        status.segmentsTotal = progress.segmentsTotal
        status.segmentsDone = progress.segmentsDone
        status.throttleBytesPerSecond = progress.bytesPerSecondMax
        status.verifiedSamples = progress.verifiedBlocks
        status.publishP99Before = progress.publishP99Before
        status.publishP99During = progress.publishP99During
        status.failedPublishes = progress.failedPublishes
        for stage in RotationStage.allCases {
            guard let step = RotationStep(rawValue: stage.rawValue) else { continue }
            switch progress[stage] {
            case .waiting: status[step] = .waiting
            case .running(let since):
                status[step] = progress.isHeld ? .held : .running(since: since)
            case .done(let at, let nanoseconds):
                status[step] = .done(at: at, nanoseconds: nanoseconds)
            case .failed(let at, let refusal):
                status[step] = .failed(at: at, EngineRefusal(refusal))
            }
        }
        return status
    }
}

extension ShownKeyState {
    /// The journal's state of a key in the words of an engine.
    init(_ state: Sealing.KeyState, isEmpty: Bool) {
        switch state {
        case .preActive: self = .prepared
        case .active: self = .active
        case .decryptOnly: self = isEmpty ? .retired : .decryptOnly
        case .compromised: self = isEmpty ? .retired : .compromised
        case .destroyed: self = .destroyed
        }
    }
}

extension ShownSlotKind {
    /// The kind of a slot in the words of an engine.
    init(_ kind: Sealing.SlotKind) {
        switch kind {
        case .keyFile: self = .keyFile
        case .passphrase: self = .passphrase
        case .credential: self = .credential
        case .recovery: self = .recovery
        }
    }
}

/// The swap of the machine.
enum Swap {
    /// Whether there is none, as far as the system tells.
    static var isOff: Bool {
        guard let text = try? SmallFile.read("/proc/swaps") else { return false }
        // The first line is a heading.
        return text.split(separator: UInt8(ascii: "\n")).count <= 1
    }
}
