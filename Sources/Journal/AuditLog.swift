// What was done to keys and queues, by whom: files that only grow.
// Layout: sluice-journal(5), AUDIT LOG.

import Base
import Sealing

/// The audit log of an open store.
///
/// Its entries are numbered through all its files. A file that is large enough takes no more; the
/// first entry of the next one holds the signed head over it.
final class AuditLog {
    private let disk: any Disk
    private let vault: KeyVault
    private let store: StoreFile
    private let fileBytesMax: UInt64
    /// Numbers of the first entries of the files, oldest first; the last file is written to.
    private var bases: [UInt64] = []
    private var file: DiskFile?
    private var end: UInt64 = 0
    /// The tree over the file that is written to.
    private(set) var tree = AuditTree()
    /// The entries of that file, oldest first.
    private var entries: [[UInt8]] = []
    /// The older file that was looked at last.
    private var visited: (base: UInt64, entries: [[UInt8]])?

    /// Most bytes of a file.
    static var byteCountMax: Int { 256 << 20 }
    /// Most bytes of an entry.
    static var entryBytesMax: Int { 8_192 }

    /// Bytes of nonce, entry and tag; the zeros that a cut may leave are no record.
    private static var recordBytes: ClosedRange<Int> { 41...(entryBytesMax + 64) }

    /// The name of the file whose first entry has the number `base`.
    static func name(_ base: UInt64) -> String { base == 0 ? "audit" : "audit-\(base)" }

    /// How many entries there are, those of files that were taken away included.
    var count: UInt64 { (bases.last ?? 0) + tree.count }

    /// Opens the log on `disk`, or begins one; a file of `fileBytesMax` bytes takes no more.
    ///
    /// Bytes behind the last whole entry were never answered and are cut off. A log that was
    /// changed or cut by somebody is set aside under another name; the new one begins by saying so.
    init(
        _ disk: any Disk,
        _ vault: KeyVault,
        _ store: StoreFile,
        fileBytesMax: UInt64
    ) throws(JournalError) {
        self.disk = disk
        self.vault = vault
        self.store = store
        self.fileBytesMax = fileBytesMax
        let floor = store.state.auditFloor
        var aside = "lost"
        do throws(DiskError) {
            bases = try Self.bases(on: disk)
            if bases.isEmpty {
                bases = [0]
                if floor == 0 { return }
            } else {
                if try takeNewest(floor) { return }
                aside = try setAside()
            }
        } catch {
            throw .disk(error)
        }
        try beginAnew(found: count, floor, aside: aside)
    }

    deinit { if let file { disk.close(file) } }

    private static func bases(on disk: any Disk) throws(DiskError) -> [UInt64] {
        try disk.list("").compactMap { file in
            let base = file == name(0) ? 0 : UInt64(file.dropFirst(6))
            return base.flatMap { name($0) == file ? $0 : nil }
        }.sorted()
    }

    /// Goes on with the newest file, if it is authentic and no entry is missing that was seen.
    private func takeNewest(_ floor: UInt64) throws(DiskError) -> Bool {
        while let base = bases.last {
            let bytes = try disk.readAll(Self.name(base), byteCountMax: Self.byteCountMax).array
            let found = read(bytes, from: base)
            (tree, entries, end) = (AuditTree(), found.entries, found.end)
            for entry in entries { tree.append(entry) }
            guard found.isAuthentic, count >= floor, base == 0 || bases.count > 1 || end > 0
            else { return false }
            if base > 0, end == 0 {
                // It was begun, and none of its entries was answered.
                try disk.remove(Self.name(base))
                bases.removeLast()
                continue
            }
            let opened = try disk.open(Self.name(base), .write)
            file = opened
            if UInt64(bytes.count) > end { try disk.truncate(opened, to: end) }
            return true
        }
        return false
    }

    /// Gives all files other names, under which they stay.
    private func setAside() throws(DiskError) -> String {
        let aside = "\(Self.name(0)).\(store.state.counter)"
        for base in bases {
            try disk.rename(Self.name(base), to: base == 0 ? aside : "\(aside)-\(base)")
        }
        return aside
    }

    /// A new log, whose first entry says what became of the one before; no number comes twice.
    private func beginAnew(
        found: UInt64,
        _ floor: UInt64,
        aside: String
    ) throws(JournalError) {
        bases = [max(found, floor)]
        (tree, entries, end) = (AuditTree(), [], 0)
        let words = "only \(found) of at least \(floor) entries are there and authentic"
        let now = vault.ring.writtenAt
        try append([AuditEntry(at: now, what: "audit log damaged", about: aside, words)])
    }

    /// The file, made with the first entry.
    private func opened() throws(DiskError) -> DiskFile {
        if let file { return file }
        let made = try disk.open(Self.name(bases.last ?? 0), .create)
        file = made
        try disk.syncDirectory("")
        return made
    }

    // MARK: - Writing

    /// Adds `entries`; all of them are durable when this returns, or none is there.
    /// - Throws: `disk`; `sealing` when there is no room for a key.
    func append(_ entries: [AuditEntry]) throws(JournalError) {
        if end >= fileBytesMax, tree.count > 0, let first = entries.first {
            return try goOn(with: entries, at: first.at)
        }
        var frames = RecordBuffer(capacity: 512 * entries.count)
        let texts = try seal(entries, into: &frames)
        do throws(DiskError) {
            let file = try opened()
            try disk.write(file, at: end, frames.bytes)
            try disk.sync(file)
            try take(texts, frames.count)
        } catch {
            throw .disk(error)
        }
    }

    /// Adds `entries` to a new file, which begins with the signed head over the one before.
    private func goOn(with entries: [AuditEntry], at now: Instant) throws(JournalError) {
        guard let head = head(at: now) else { throw .sealing(.keyMemoryFull) }
        let base = count
        let name = Self.name(base)
        let first = AuditEntry(continuing: Self.name(bases.last ?? 0), head)
        var frames = RecordBuffer(capacity: 512 * entries.count + 1_024)
        let texts = try seal([first] + entries, into: &frames)
        do throws(DiskError) {
            // A try before this one, which was not answered, may have left it.
            if try disk.list("").contains(name) { try disk.remove(name) }
            let made = try disk.open(name, .create)
            do throws(DiskError) {
                try disk.write(made, at: 0, frames.bytes)
                try disk.sync(made)
                try disk.syncDirectory("")
            } catch {
                disk.close(made)
                throw error
            }
            if let file { disk.close(file) }
            file = made
            bases.append(base)
            (tree, self.entries, end) = (AuditTree(), [], 0)
            try take(texts, frames.count)
        } catch {
            throw .disk(error)
        }
    }

    /// Seals `entries` into `frames`, under the numbers that come next.
    /// - Returns: what was sealed.
    private func seal(
        _ entries: [AuditEntry],
        into frames: inout RecordBuffer
    ) throws(JournalError) -> [[UInt8]] {
        var texts: [[UInt8]] = []
        do throws(SealingError) {
            for entry in entries {
                let index = count + UInt64(texts.count)
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
        return texts
    }

    /// Counts `texts`, which take `byteCount` bytes, now that they are durable.
    private func take(_ texts: [[UInt8]], _ byteCount: Int) throws(DiskError) {
        end += UInt64(byteCount)
        for text in texts { tree.append(text) }
        entries += texts
        let count = count
        do throws(DiskError) {
            try store.update { $0.auditFloor = count }
        } catch {
            // The entries are there; the floor follows with the next ones.
            if !error.isDiskFull { throw error }
        }
    }

    // MARK: - Reading

    /// Every whole entry of a file's `bytes` up to one that is not authentic, and where they end.
    private func read(
        _ bytes: [UInt8],
        from base: UInt64
    ) -> (entries: [[UInt8]], end: UInt64, isAuthentic: Bool) {
        let all = bytes.raw
        var found: [[UInt8]] = []
        var at = 0
        while at + 8 <= bytes.count {
            let count = Int(all.number(UInt32.self, at: at))
            guard Self.recordBytes.contains(count), at + 8 + count <= bytes.count else { break }
            let record = Array(bytes[(at + 8)..<(at + 8 + count)])
            guard Crc32c.of(record.raw) == all.number(UInt32.self, at: at + 4) else { break }
            let index = base + UInt64(found.count)
            guard let entry = try? vault.openAudit(record, index: index) else {
                return (found, UInt64(at), false)
            }
            found.append(entry)
            at += 8 + count
        }
        return (found, UInt64(at), true)
    }

    /// Entries of one file from the number `first` on, at most `most`, and the number to ask for
    /// next; what cannot be read is left out, and the head over it tells.
    func page(from first: UInt64, most: Int) -> (entries: [[UInt8]], next: UInt64) {
        let first = max(first, bases.first ?? 0)
        guard first < count, let place = bases.lastIndex(where: { $0 <= first }) else {
            return ([], count)
        }
        let base = bases[place]
        let own = entries(of: base)
        let page = Array(own.dropFirst(Int(clamping: first - base)).prefix(most))
        let next = first + UInt64(page.count)
        let isAtEnd = page.isEmpty || next - base >= UInt64(own.count)
        let end = place + 1 < bases.count ? bases[place + 1] : count
        return (page, isAtEnd ? end : next)
    }

    private func entries(of base: UInt64) -> [[UInt8]] {
        if base == bases.last { return entries }
        if let visited, visited.base == base { return visited.entries }
        let bytes = try? disk.readAll(Self.name(base), byteCountMax: Self.byteCountMax)
        let found = read(bytes?.array ?? [], from: base).entries
        visited = (base, found)
        return found
    }

    /// Whether an entry of the newest file is about `about`.
    func hasEntry(about: [UInt8]) -> Bool {
        let member = Array("\"about\":\"".utf8) + about + Array("\"".utf8)
        return entries.contains { entry in
            entry.indices.dropLast(member.count - 1).contains {
                entry[$0..<($0 + member.count)].elementsEqual(member)
            }
        }
    }

    /// The newest head, signed, as other tools read it; over the file that is written to.
    func head(at now: Instant) -> AuditHeadNote? {
        AuditHeadNote(tree, vault, at: now)
    }
}
