// Every request about keys leaves an entry, also one that was refused.

import Base
import Sealing

extension CommitLoop {
    /// Entries that wait for room on the disk, or for the keys, at most.
    static var unwrittenMax: Int { 4_096 }
    /// Entries that one page of the log gives.
    static var auditPageMax: Int { 256 }

    /// Notes what is about to be answered.
    mutating func noteAnswers() {
        for (request, result) in keyWork.answers {
            guard let what = request.command.auditWords else { continue }
            var words = "done"
            if case .note(_, let result) = request.command { words = result }
            if case .failure(let refusal) = result { words = "refused: \(refusal)" }
            if let stopped { words = "refused: \(stopped)" }
            var entry = AuditEntry(at: wallNow, who: request.author, what: what, about: "", words)
            entry.about = request.about
            note(entry)
        }
    }

    /// Writes `entry`, and what waited for room before it.
    mutating func note(_ entry: AuditEntry) {
        guard keyWork.unwritten.count < Self.unwrittenMax else { return }
        keyWork.unwritten.append(entry)
        guard stopped == nil, !origin.vault.isLocked else { return }
        do throws(DiskError) {
            while let next = keyWork.unwritten.first {
                try audit.append(next)
                keyWork.unwritten.removeFirst()
            }
        } catch {
            if !error.isDiskFull { stopWriting(error) }
        }
    }

    /// Entries from `first` on, with the signed head over all.
    func auditPage(from first: UInt64) -> KeyOutcome {
        var outcome = KeyOutcome()
        let start = Int(clamping: min(first, audit.tree.count))
        outcome.entries = Array(audit.entries.dropFirst(start).prefix(Self.auditPageMax))
        outcome.head = audit.head(at: wallNow)
        return outcome
    }
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
        case .changeRoot(let change): "keys rotate root to k\(change.version)"
        case .note(let words, _): words
        case .show, .audit: nil
        }
    }
}
