// Entries of the audit log that are made while there are no keys to seal them with.
// Layout: sluice-journal(5), AUDIT LOG.

import Base
import Sealing

/// A file of entries that wait for the keys.
///
/// Each is sealed to a public key of the audit log, so that nobody reads them without the keys of
/// the store. Whoever can write the file can add entries and take some away, though: what is taken
/// over from it into the log is said to come from here.
final class LockedNotes {
    private let disk: any Disk
    private let publicKey: [UInt8]
    private var file: DiskFile?
    private var end: UInt64 = 0
    private var countHere = 0

    static var name: String { "audit.locked" }
    /// Most entries that wait; more are counted by who makes them.
    static var countMax: Int { 4_096 }
    /// Most bytes of the file: more is no file of ours.
    static var byteCountMax: Int { 64 << 20 }

    /// Takes entries from now on; whatever is in the file was taken over before.
    /// - Throws: `sealing` when there is no room for a key.
    init(_ disk: any Disk, _ vault: KeyVault) throws(JournalError) {
        self.disk = disk
        do throws(SealingError) {
            publicKey = try vault.auditBoxKey()
        } catch {
            throw .sealing(error)
        }
    }

    deinit { if let file { disk.close(file) } }

    /// Whether entries wait here.
    var isEmpty: Bool { countHere == 0 }

    /// Keeps as many of `entries` as there is room for; they are durable when this returns.
    /// - Returns: how many were kept.
    func append(_ entries: [AuditEntry]) throws(DiskError) -> Int {
        let kept = entries.prefix(Self.countMax - countHere)
        guard !kept.isEmpty else { return 0 }
        var frames = RecordBuffer(capacity: 512 * kept.count)
        for entry in kept {
            let record = AuditBox.seal(entry.encoded, to: publicKey)
            frames.append(UInt32(record.count))
            frames.append(record)
        }
        let file = try opened()
        try disk.write(file, at: end, frames.bytes)
        try disk.sync(file)
        end += UInt64(frames.count)
        countHere += kept.count
        return kept.count
    }

    private func opened() throws(DiskError) -> DiskFile {
        if let file { return file }
        if try disk.list("").contains(Self.name) { try disk.remove(Self.name) }
        let made = try disk.open(Self.name, .create)
        (file, end) = (made, 0)
        try disk.syncDirectory("")
        return made
    }

    /// Takes the file away; its entries are in the log.
    func clear() throws(DiskError) {
        if let file { disk.close(file) }
        (file, end, countHere) = (nil, 0, 0)
        guard try disk.list("").contains(Self.name) else { return }
        try disk.remove(Self.name)
        try disk.syncDirectory("")
    }

    /// What is in the file on `disk`, with an entry before it that says so; empty without a file.
    ///
    /// What was cut off at the end was never answered.
    static func found(
        on disk: any Disk,
        _ vault: KeyVault,
        at now: Instant
    ) throws(DiskError) -> [AuditEntry] {
        guard try disk.list("").contains(name) else { return [] }
        let bytes = try disk.readAll(name, byteCountMax: byteCountMax).array
        let all = bytes.raw
        var (entries, unreadable, at): ([AuditEntry], Int, Int) = ([], 0, 0)
        while at + 4 <= bytes.count {
            let count = Int(all.number(UInt32.self, at: at))
            // Zeros that a cut left at the end are no entry.
            guard count > AuditBox.overheadBytes, at + 4 + count <= bytes.count else { break }
            let record = Array(bytes[(at + 4)..<(at + 4 + count)])
            if let text = try? vault.openAuditBox(record), let entry = AuditEntry(encoded: text) {
                entries.append(entry)
            } else {
                unreadable += 1
            }
            at += 4 + count
        }
        guard !entries.isEmpty || unreadable > 0 else { return [] }
        var words = "\(entries.count) entries follow that were noted while the keys were locked"
        if unreadable > 0 { words += ", \(unreadable) more cannot be read" }
        if entries.count >= countMax { words += ", and no more had room" }
        words += "; whoever could write to the store's directory could add some and take some away"
        let digest = Hex.text(Digest.of(all).bytes.prefix(16))
        let head = AuditEntry(at: now, what: "audit locked", about: digest, words)
        return [head] + entries
    }
}

extension AuditEntry {
    /// The entry as the file holds it, before it is sealed.
    fileprivate var encoded: [UInt8] {
        var buffer = RecordBuffer(capacity: 512)
        buffer.append(at.nanoseconds)
        for text in [who, Array(what.utf8), about, Array(result.utf8)] {
            let part = Array(text.prefix(1_024))
            buffer.appendVarint(UInt64(part.count))
            buffer.append(part)
        }
        return buffer.array
    }

    /// Reads what `encoded` gives; `nil` for anything else.
    fileprivate init?(encoded bytes: [UInt8]) {
        let all = bytes.raw
        var cursor = ByteCursor()
        guard let at = cursor.fixed64(all), let who = cursor.counted(all),
            let what = cursor.counted(all), let about = cursor.counted(all),
            let result = cursor.counted(all), cursor.isAtEnd(all)
        else { return nil }
        self.init(
            at: Instant(nanoseconds: at),
            who: Array(bytes[who]),
            what: String(decoding: bytes[what], as: UTF8.self),
            about: "",
            String(decoding: bytes[result], as: UTF8.self)
        )
        self.about = Array(bytes[about])
    }
}
