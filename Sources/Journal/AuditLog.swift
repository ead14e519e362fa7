// What was done to keys and queues, by whom: a file that only grows.
// Layout: sluice-journal(5), AUDIT LOG.

public import Base
import Sealing

/// The audit log of an open store.
final class AuditLog {
    private let disk: any Disk
    private let vault: KeyVault
    private let store: StoreFile
    private var file: DiskFile?
    private var end: UInt64 = 0
    private(set) var tree = AuditTree()
    /// Every entry, oldest first.
    private(set) var entries: [[UInt8]] = []

    static var name: String { "audit" }
    /// Most bytes of a log.
    static var byteCountMax: Int { 256 << 20 }
    /// Most bytes of an entry.
    static var entryBytesMax: Int { 8_192 }

    /// Opens the log on `disk`, or begins one.
    ///
    /// Bytes behind the last whole entry were never answered and are cut off. A log that was
    /// changed or cut by somebody is set aside under another name; the new one begins by saying so.
    init(_ disk: any Disk, _ vault: KeyVault, _ store: StoreFile) throws(JournalError) {
        self.disk = disk
        self.vault = vault
        self.store = store
        let floor = store.state.auditFloor
        var aside = "lost"
        do throws(DiskError) {
            if let bytes = try Self.bytes(on: disk) {
                if try take(bytes, floor) { return }
                aside = try setAside()
            } else if floor == 0 {
                return
            }
        } catch {
            throw .disk(error)
        }
        try beginAnew(found: tree.count, floor, aside: aside)
    }

    /// Goes on with the log in `bytes`, if it is authentic and not shorter than was seen before.
    private func take(_ bytes: [UInt8], _ floor: UInt64) throws(DiskError) -> Bool {
        guard read(bytes), tree.count >= floor else { return false }
        let opened = try disk.open(Self.name, .write)
        file = opened
        if UInt64(bytes.count) > end { try disk.truncate(opened, to: end) }
        return true
    }

    /// Gives the log another name, under which it stays.
    private func setAside() throws(DiskError) -> String {
        let aside = "\(Self.name).\(store.state.counter)"
        if let file { disk.close(file) }
        file = nil
        try disk.rename(Self.name, to: aside)
        return aside
    }

    deinit { if let file { disk.close(file) } }

    /// A new log, whose first entry says what became of the one before.
    private func beginAnew(
        found: UInt64,
        _ floor: UInt64,
        aside: String
    ) throws(JournalError) {
        (tree, entries, end) = (AuditTree(), [], 0)
        let words = "only \(found) of at least \(floor) entries are there and authentic"
        let now = vault.ring.writtenAt
        try append([AuditEntry(at: now, what: "audit log damaged", about: aside, words)])
    }

    /// The file, made with the first entry.
    private func opened() throws(DiskError) -> DiskFile {
        if let file { return file }
        let made = try disk.open(Self.name, .create)
        file = made
        try disk.syncDirectory("")
        return made
    }

    private static func bytes(on disk: any Disk) throws(DiskError) -> [UInt8]? {
        do throws(DiskError) {
            return try disk.readAll(name, byteCountMax: byteCountMax).array
        } catch {
            guard error.number == noSuchFile else { throw error }
            return nil
        }
    }

    /// Adds `entries`; all of them are durable when this returns, or none is there.
    /// - Throws: `disk`; `sealing` when there is no room for a key.
    func append(_ entries: [AuditEntry]) throws(JournalError) {
        var frames = RecordBuffer(capacity: 512 * entries.count)
        var texts: [[UInt8]] = []
        do throws(SealingError) {
            for entry in entries {
                let index = tree.count + UInt64(texts.count)
                let text = entry.json(number: index)
                let record = try vault.sealAudit(text, index: index)
                frames.append(UInt32(record.count))
                frames.append(Crc32c.of(record.raw))
                frames.append(record)
                texts.append(text)
            }
        } catch {
            throw .sealing(error)
        }
        do throws(DiskError) {
            let file = try opened()
            try disk.write(file, at: end, frames.bytes)
            try disk.sync(file)
            end += UInt64(frames.count)
            for text in texts { tree.append(text) }
            self.entries += texts
            let count = tree.count
            try store.update { $0.auditFloor = count }
        } catch {
            throw .disk(error)
        }
    }

    /// Takes every whole entry of `bytes`.
    /// - Returns: `false` if a whole one is not authentic.
    private func read(_ bytes: [UInt8]) -> Bool {
        let all = bytes.raw
        var at = 0
        while at + 8 <= bytes.count {
            let count = Int(all.number(UInt32.self, at: at))
            guard count <= Self.entryBytesMax + 64, at + 8 + count <= bytes.count else { break }
            let record = Array(bytes[(at + 8)..<(at + 8 + count)])
            guard Crc32c.of(record.raw) == all.number(UInt32.self, at: at + 4) else { break }
            guard let entry = try? vault.openAudit(record, index: tree.count) else { return false }
            tree.append(entry)
            entries.append(entry)
            at += 8 + count
            end = UInt64(at)
        }
        return true
    }

    /// The newest head, signed, as other tools read it.
    func head(at now: Instant) -> AuditHeadNote? {
        AuditHeadNote(tree, vault, at: now)
    }
}

/// Something that was done.
public struct AuditEntry: Sendable {
    /// When.
    public var at: Instant
    /// Who did it.
    public var who: [UInt8] = []
    /// What was done.
    public var what: String
    /// To what.
    public var about: [UInt8] = []
    /// What came of it.
    public var result: String

    /// The entry of `what` to `about` with the end `result`.
    public init(at: Instant, who: [UInt8] = [], what: String, about: String, _ result: String) {
        self.at = at
        self.who = who
        self.what = what
        self.about = Array(about.utf8)
        self.result = result
    }

    /// The entry as one line of canonical JSON, members in this order.
    func json(number: UInt64) -> [UInt8] {
        var text = Array(
            "{\"n\":\(number),\"at\":\"\(String(decoding: at.text, as: UTF8.self))\",\"who\":".utf8
        )
        Self.append(who, to: &text)
        text += Array(",\"what\":".utf8)
        Self.append(Array(what.utf8), to: &text)
        text += Array(",\"about\":".utf8)
        Self.append(about, to: &text)
        text += Array(",\"result\":".utf8)
        Self.append(Array(result.utf8), to: &text)
        return text + [UInt8(ascii: "}")]
    }

    /// A JSON string; what is no printable ASCII is written as hexadecimal of its byte.
    private static func append(_ bytes: [UInt8], to text: inout [UInt8]) {
        text.append(UInt8(ascii: "\""))
        for byte in bytes.prefix(1_024) {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                text += [UInt8(ascii: "\\"), byte]
            case 0x20...0x7E: text.append(byte)
            default:
                let digits = Array("0123456789abcdef".utf8)
                text += Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        text.append(UInt8(ascii: "\""))
    }
}

/// A signed head of the log: how many entries, and the root over them.
public struct AuditHeadNote: Equatable, Sendable {
    /// How many entries.
    public let count: UInt64
    /// The root, 32 bytes.
    public let root: [UInt8]
    /// The text that is signed.
    public let text: [UInt8]
    /// The Ed25519 signature.
    public let signature: [UInt8]
    /// The key to check it with.
    public let publicKey: [UInt8]
    /// When it was signed.
    public let signedAt: Instant

    init?(_ tree: AuditTree, _ vault: KeyVault, at now: Instant) {
        count = tree.count
        root = tree.root.bytes
        signedAt = now
        let ring = vault.ring
        text = Array(
            ("sluice audit \(ring.store.hex)\n\(count)\n\(Self.hex(root))\n"
                + "ring \(ring.generation)\nat \(String(decoding: now.text, as: UTF8.self))\n").utf8
        )
        guard let made = try? vault.signAudit(text), let key = try? vault.auditPublicKey() else {
            return nil
        }
        (signature, publicKey) = (made, key)
    }

    static func hex(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef")
        return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }

    /// The head as a note: the signed text, then the signature and the key.
    public var note: [UInt8] {
        text + Array("\nsignature \(Self.hex(signature))\nkey \(Self.hex(publicKey))\n".utf8)
    }
}
