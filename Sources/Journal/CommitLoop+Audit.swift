// Every request about keys leaves an entry, also one that was refused.

import Base
import Sealing

extension CommitLoop {
    /// Entries that wait for room on the disk, or for the keys, at most; more are counted.
    static var unwrittenMax: Int { 4_096 }
    /// Entries that one page of the log gives.
    static var auditPageMax: Int { 256 }

    /// Notes what is about to be answered.
    mutating func noteAnswers() {
        for (request, result) in keyWork.answers {
            guard let what = request.command.auditWords else { continue }
            var words = "done"
            switch result {
            case .success(let outcome):
                if case .note(_, let result) = request.command { words = result }
                let isRunning = keyWork.jobs.contains {
                    $0.progress.number == outcome.rotation && $0.isRunning
                }
                if isRunning { words = "accepted as rotation \(outcome.rotation)" }
            case .failure(let refusal): words = "refused: \(refusal)"
            }
            if let stopped { words = "refused: \(stopped)" }
            var entry = AuditEntry(at: wallNow, who: request.author, what: what, about: "", words)
            entry.about = request.about
            note(entry)
        }
        if !keyWork.answers.isEmpty { keyWork.unwrittenDropped += keyWork.desk.takeUnheard() }
        writeNotes()
    }

    /// Lets `entry` be written before this round's answers are given.
    mutating func note(_ entry: AuditEntry) {
        if keyWork.unwritten.count >= Self.unwrittenMax { writeNotes() }
        if keyWork.unwritten.count < Self.unwrittenMax {
            keyWork.unwritten.append(entry)
        } else {
            keyWork.unwrittenDropped += 1
        }
    }

    /// Notes that the keys of `records` were destroyed, and which copies still hold them.
    mutating func noteDestroyed(
        _ records: [DestroyedRecord],
        by who: [UInt8],
        about: [UInt8]
    ) {
        let generation = origin.vault.generation
        for record in records {
            var entry = AuditEntry(
                at: wallNow,
                who: who,
                what: "key destroyed",
                about: "",
                "k\(record.version) (\(record.fingerprint)) of \(record.stream), "
                    + "made \(String(decoding: record.created.text, as: UTF8.self)); "
                    + "a copy of the store made between then and now opens it, "
                    + "and so does a ring below generation \(generation)"
            )
            entry.about = about
            note(entry)
        }
    }

    /// What is said of the keys `names` once they are destroyed.
    func records(of names: [DataKeyName]) -> [DestroyedRecord] {
        let ring = origin.vault.ring
        return names.compactMap { name in
            guard let key = ring.dataKey(name) else { return nil }
            return DestroyedRecord(
                stream: name.stream == .none ? "the catalog" : "stream \(name.stream.hex)",
                version: name.version,
                fingerprint: String(decoding: origin.vault.fingerprint(name), as: UTF8.self),
                created: key.created
            )
        }
    }

    /// What is said of entries that had no place; nothing if all had.
    private mutating func gap() -> [AuditEntry] {
        guard keyWork.unwrittenDropped > 0 else { return [] }
        let words = "\(keyWork.unwrittenDropped) entries that came now are missing"
        return [AuditEntry(at: wallNow, what: "audit gap", about: "", words)]
    }

    /// Takes over what was noted while the keys were wiped, now that they are back.
    /// - Returns: whether it was.
    mutating func takeLockedNotes() -> Bool {
        do throws(DiskError) {
            var entries = try LockedNotes.found(on: disk, origin.vault, at: wallNow)
            // A run that was cut off before their file went has taken them over already.
            if let head = entries.first, audit.hasEntry(about: head.about) { entries = [] }
            guard try appendNotes(entries + gap()) else { return false }
            try lockedNotes.clear()
        } catch {
            if !error.isDiskFull { stopWriting(error) }
            return false
        }
        return true
    }

    /// Keeps what waits in a file until there are keys; what has no place there stays here.
    private mutating func keepLocked() {
        do throws(DiskError) {
            let count = try lockedNotes.append(keyWork.unwritten)
            keyWork.unwritten.removeFirst(count)
            keyWork.unwrittenDropped += UInt64(keyWork.unwritten.count)
            keyWork.unwritten = []
        } catch {
            if !error.isDiskFull { stopWriting(error) }
        }
    }

    /// Appends `entries`, of which the last tells of a gap if there was one.
    /// - Returns: whether there was room for a key to do it with.
    private mutating func appendNotes(_ entries: [AuditEntry]) throws(DiskError) -> Bool {
        guard !entries.isEmpty else { return true }
        do throws(JournalError) {
            try audit.append(entries)
        } catch {
            guard case .disk(let error) = error else { return false }
            throw error
        }
        keyWork.unwrittenDropped = 0
        return true
    }

    /// Writes what waits, with one sync for all of it, on a full disk at the cost of the ballast; a
    /// gap becomes an entry.
    private mutating func writeNotes() {
        guard stopped == nil else { return }
        if origin.vault.isLocked { return keepLocked() }
        if !lockedNotes.isEmpty, !takeLockedNotes() { return }
        guard !keyWork.unwritten.isEmpty else { return }
        do throws(DiskError) {
            // Without room on the disk, or for a key, it is tried again with what comes next.
            if try appendNotes(keyWork.unwritten + gap()) { keyWork.unwritten = [] }
        } catch {
            guard error.isDiskFull else { return stopWriting(error) }
            if ballast.giveUp() { writeNotes() }
        }
    }

    /// Entries from `first` on, with the signed head over the newest file.
    func auditPage(from first: UInt64) -> KeyOutcome {
        var outcome = KeyOutcome()
        (outcome.entries, outcome.nextEntry) = audit.page(from: first, most: Self.auditPageMax)
        outcome.entryCount = audit.count
        outcome.head = audit.head(at: wallNow)
        return outcome
    }
}

/// A destroyed key as the audit log names it.
struct DestroyedRecord {
    let stream: String
    let version: UInt32
    let fingerprint: String
    let created: Instant
}

extension KeyCommand {
    /// What the audit log says was done; `nil` for a look.
    var auditWords: String? {
        switch self {
        case .prepare: "keys prepare"
        case .activate: "keys activate"
        case .reencrypt: "keys re-encrypt"
        case .rotate(let destroysOld, _): destroysOld ? "keys rotate, destroy old" : "keys rotate"
        case .hold(let isHeld): isHeld ? "keys hold" : "keys resume"
        case .verify: "keys verify"
        case .retire(let version): "keys retire k\(version)"
        case .destroy(let version): "keys destroy k\(version)"
        case .compromise(let version): "keys compromise k\(version)"
        case .addSlot(let slot): "keys slot \(slot.number) added"
        case .removeSlot(let number): "keys slot \(number) removed"
        case .lock: "keys lock"
        case .unlocked: "keys unlock"
        case .changeRoot(let change): "keys rotate root to k\(change.version)"
        case .note(let words, _): words
        case .show, .audit: nil
        }
    }

    /// Whether who hears of its end looks for it in the picture of the keys.
    var isSeen: Bool {
        switch self {
        case .note, .audit: false
        default: true
        }
    }
}
