// The ring as text: canonical, one line a fact, the last line a MAC over all before it.

import Base

extension KeyRing {
    /// Most bytes of a ring file.
    public static var byteCountMax: Int { 16 << 20 }
    /// Most bytes of a line.
    static var lineBytesMax: Int { 4_096 }

    /// Every line but the MAC.
    var text: [UInt8] {
        var lines = RingLines()
        lines.add("SLUICEKEYS 1")
        lines.add("store \(store.hex) gen \(generation) at \(writtenAt.nanoseconds)")
        for slot in slots {
            lines.add("slot \(slot.number) \(slot.kind.text) wrap=\(Hex.text(slot.wrap.bytes))")
        }
        lines.add("srk \(rootKey.version) active created=\(rootKey.created.nanoseconds)")
        if let audit {
            lines.add(
                "audit seal=\(Hex.text(audit.sealing.bytes))"
                    + " sign=\(Hex.text(audit.signing.bytes))"
            )
        }
        for key in dataKeys {
            lines.add(
                "dek \(key.name.stream.hex) \(key.name.version) \(key.state.word) suite=1"
                    + " created=\(key.created.nanoseconds) by=\(key.wrappedBy)"
                    + " wrap=\(Hex.text(key.wrap.bytes))"
            )
        }
        for key in destroyed {
            lines.add("gone \(key.name.stream.hex) \(key.name.version) at=\(key.at.nanoseconds)")
        }
        return lines.bytes
    }

    /// Splits a ring file into the lines the MAC covers and the MAC.
    /// - Throws: `ringMalformed` if there is no MAC line at the end.
    static func split(_ file: [UInt8]) throws(SealingError) -> (text: [UInt8], mac: Digest) {
        let last: UInt32 = 0
        let macLine = 4 + 64 + 1
        guard file.count <= byteCountMax, file.count > macLine else {
            throw .ringMalformed(line: last)
        }
        let text = Array(file[..<(file.count - macLine)])
        let tail = file[(file.count - macLine)...]
        guard tail.starts(with: "mac ".utf8), tail.last == UInt8(ascii: "\n"),
            let mac = Hex.decode(tail.dropFirst(4).dropLast())
        else { throw .ringMalformed(line: last) }
        return (text, Digest(mac.raw))
    }

    /// Reads what `text` prints; anything else, also another spelling of the same facts, is
    /// refused.
    /// - Throws: `ringMalformed` naming the line.
    init(text: [UInt8]) throws(SealingError) {
        var reader = RingReader(text)
        try reader.expectLine("SLUICEKEYS 1")
        let head = try reader.words(at: 2)
        guard head.count == 6, head[0] == "store", head[2] == "gen", head[4] == "at",
            let store = UniqueId(hex: Array(head[1].utf8)),
            let generation = UInt64(head[3]), let at = UInt64(head[5])
        else { throw .ringMalformed(line: 2) }
        var ring = KeyRing(
            store: store,
            generation: generation,
            writtenAt: Instant(nanoseconds: at),
            slots: [],
            rootKey: RootKeyRecord(version: 0, created: .never),
            dataKeys: [],
            destroyed: []
        )
        while let words = reader.nextWords() {
            guard ring.take(words) else { throw .ringMalformed(line: reader.line) }
        }
        guard ring.text == text else { throw .ringMalformed(line: 0) }
        self = ring
    }

    private mutating func take(_ words: [Substring]) -> Bool {
        switch words.first {
        case "slot": takeSlot(words)
        case "srk": takeRoot(words)
        case "audit": takeAudit(words)
        case "dek": takeDataKey(words)
        case "gone": takeDestroyed(words)
        default: false
        }
    }

    private mutating func takeSlot(_ words: [Substring]) -> Bool {
        guard words.count >= 4, let number = UInt32(words[1]),
            let kind = SlotKind(words: words[2..<(words.count - 1)]),
            let wrap = value(words[words.count - 1], "wrap").flatMap(wrappedKey)
        else { return false }
        slots.append(KeySlot(number: number, kind: kind, wrap: wrap))
        return true
    }

    private mutating func takeRoot(_ words: [Substring]) -> Bool {
        guard words.count == 4, rootKey.version == 0, let version = UInt32(words[1]),
            words[2] == "active", let created = value(words[3], "created").flatMap({ UInt64($0) })
        else { return false }
        rootKey = RootKeyRecord(version: version, created: Instant(nanoseconds: created))
        return true
    }

    private mutating func takeAudit(_ words: [Substring]) -> Bool {
        guard words.count == 3, audit == nil,
            let sealing = value(words[1], "seal").flatMap(wrappedKey),
            let signing = value(words[2], "sign").flatMap(wrappedKey)
        else { return false }
        audit = AuditWraps(sealing: sealing, signing: signing)
        return true
    }

    private mutating func takeDataKey(_ words: [Substring]) -> Bool {
        guard words.count == 8, let stream = UniqueId(hex: Array(words[1].utf8)),
            let version = UInt32(words[2]),
            let state = KeyState.allCases.first(where: { words[3] == $0.word.description }),
            state != .destroyed, words[4] == "suite=1",
            let created = value(words[5], "created").flatMap({ UInt64($0) }),
            let by = value(words[6], "by").flatMap({ UInt32($0) }),
            let wrap = value(words[7], "wrap").flatMap(wrappedKey)
        else { return false }
        dataKeys.append(
            DataKeyRecord(
                name: DataKeyName(stream: stream, version: version),
                state: state,
                created: Instant(nanoseconds: created),
                wrappedBy: by,
                wrap: wrap
            )
        )
        return true
    }

    private mutating func takeDestroyed(_ words: [Substring]) -> Bool {
        guard words.count == 4, let stream = UniqueId(hex: Array(words[1].utf8)),
            let version = UInt32(words[2]), let at = value(words[3], "at").flatMap({ UInt64($0) })
        else { return false }
        destroyed.append(
            DestroyedKey(
                name: DataKeyName(stream: stream, version: version),
                at: Instant(nanoseconds: at)
            )
        )
        return true
    }
}

extension SlotKind {
    /// The words between a slot's number and its wrap.
    var text: String {
        switch self {
        case .keyFile: "keyfile"
        case .credential: "credential"
        case .recovery: "recovery"
        case .passphrase(let cost, let salt):
            "argon2id m=\(cost.memoryKibibytes) t=\(cost.passes) p=1 salt=\(salt.hex)"
        }
    }

    fileprivate init?(words: ArraySlice<Substring>) {
        let words = Array(words)
        switch (words.first, words.count) {
        case ("keyfile", 1): self = .keyFile
        case ("credential", 1): self = .credential
        case ("recovery", 1): self = .recovery
        case ("argon2id", 5):
            guard let memory = value(words[1], "m").flatMap({ UInt32($0) }),
                let passes = value(words[2], "t").flatMap({ UInt32($0) }), words[3] == "p=1",
                let salt = value(words[4], "salt").flatMap({ UniqueId(hex: Array($0.utf8)) }),
                let cost = Argon2Cost(memoryKibibytes: memory, passes: passes)
            else { return nil }
            self = .passphrase(cost, salt: salt)
        default: return nil
        }
    }
}

private func value(_ word: Substring, _ key: String) -> Substring? {
    word.hasPrefix(key + "=") ? word.dropFirst(key.count + 1) : nil
}

private func wrappedKey(_ text: Substring) -> WrappedKey? {
    Hex.decode(Array(text.utf8)).flatMap { WrappedKey(bytes: $0) }
}

private struct RingLines {
    var bytes: [UInt8] = []

    mutating func add(_ line: String) {
        bytes += Array(line.utf8)
        bytes.append(UInt8(ascii: "\n"))
    }
}

/// Takes a ring apart line by line; only printable ASCII passes.
private struct RingReader {
    private let lines: [ArraySlice<UInt8>]
    private(set) var line: UInt32 = 0
    private let isClean: Bool

    init(_ text: [UInt8]) {
        lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        isClean =
            text.last == UInt8(ascii: "\n")
            && text.allSatisfy { (0x20...0x7E).contains($0) || $0 == UInt8(ascii: "\n") }
    }

    mutating func nextWords() -> [Substring]? {
        guard isClean, Int(line) < lines.count - 1 else { return nil }
        let bytes = lines[Int(line)]
        line += 1
        guard bytes.count <= KeyRing.lineBytesMax else { return [] }
        return Substring(String(decoding: bytes, as: UTF8.self)).split(
            separator: " ",
            omittingEmptySubsequences: false
        )
    }

    mutating func words(at number: UInt32) throws(SealingError) -> [Substring] {
        guard let words = nextWords() else { throw .ringMalformed(line: number) }
        return words
    }

    mutating func expectLine(_ text: String) throws(SealingError) {
        guard try words(at: 1).joined(separator: " ") == text else {
            throw .ringMalformed(line: 1)
        }
    }
}
