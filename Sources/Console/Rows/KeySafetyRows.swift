// How safe the keys are, in lines.

import Base
import Canvas
import Engine

/// How safe the keys are, in lines.
enum KeySafetyRows {
    /// Two or three lines for the overview.
    static func short(_ context: PaneContext) -> [TextLine] {
        let keys = context.snapshot.keys
        let budget = keys.keys.filter { $0.state == .active }.map(\.budgetUsed).max() ?? 0
        return [
            [
                TextRun("cipher ", .textMuted), TextRun(context.style.name(keys.cipher), .text),
            ],
            [
                TextRun("nonce budget used ", .textMuted),
                TextRun(Format.percent(budget), budget >= 0.5 ? .stateWarn : .text),
            ],
            [
                TextRun(keys.memory.isUnlocked ? "memory " : "store ", .textMuted),
                memory(keys.memory),
                TextRun("  verify ", .textMuted), verified(context),
            ],
        ]
    }

    /// Every fact about key safety, as label and value.
    static func facts(_ context: PaneContext) -> [(String, TextRun)] {
        let keys = context.snapshot.keys
        let memory = keys.memory
        var facts: [(String, TextRun)] = [
            ("cipher", TextRun(context.style.name(keys.cipher), .text)),
            (
                "store",
                TextRun(
                    memory.isUnlocked ? "open" : "locked",
                    memory.isUnlocked ? .stateOk : .stateCrit
                )
            ),
            ("in RAM", word(memory.isLocked, "locked in memory", "may be swapped out")),
            ("core dumps", word(memory.isExcludedFromDumps, "keys left out", "keys may be dumped")),
            ("swap", word(memory.hasNoSwap, "none", "the machine has swap")),
            (
                "arena",
                TextRun(
                    "\(Format.bytes(memory.usedBytes)) of \(Format.bytes(memory.totalBytes))",
                    .text
                )
            ),
            ("ring", TextRun("generation \(Format.exact(keys.generation))", .text)),
            ("verified", verified(context)),
            (
                "audit",
                TextRun(
                    "\(Format.exact(keys.audit.entries)) entr\(keys.audit.entries == 1 ? "y" : "ies")"
                        + (context.sizeClass >= .large
                            ? ", head \(context.style.name(keys.audit.root, cellsMax: 16))" : ""),
                    .text
                )
            ),
            ("head", word(keys.audit.isVerified, "checked", "not checked yet")),
            ("schedule", TextRun(KeySummaryPane.next(context), .text)),
        ]
        for slot in keys.slots {
            let proven =
                slot.provenAt == .never
                ? "untried since start"
                : "opened \(context.style.age(slot.provenAt)) ago"
            let label = context.style.name(slot.label, cellsMax: 40)
            let words = [slot.kind.word, label, proven].filter { !$0.isEmpty }
            facts.append(
                ("slot \(slot.index)", TextRun(words.joined(separator: " "), .text))
            )
        }
        if keys.isTrial { facts.append(("trial", TextRun("add a second slot", .stateWarn))) }
        return facts
    }

    private static func word(_ isGood: Bool, _ good: String, _ bad: String) -> TextRun {
        TextRun(isGood ? good : bad, isGood ? .stateOk : .stateWarn)
    }

    private static func isSafe(_ memory: KeyMemoryStatus) -> Bool {
        memory.isLocked && memory.isExcludedFromDumps
    }

    /// How well keys are kept in memory; that none are there is the first thing to say.
    private static func memory(_ memory: KeyMemoryStatus) -> TextRun {
        guard memory.isUnlocked else { return TextRun("LOCKED", .stateCrit) }
        if isSafe(memory) { return TextRun("locked", .stateOk) }
        return TextRun(memory.isLocked ? "dumpable" : "UNLOCKED", .stateWarn)
    }

    private static func verified(_ context: PaneContext) -> TextRun {
        let keys = context.snapshot.keys
        guard keys.verifiedAt != .never else { return TextRun("never", .stateWarn) }
        let at = context.style.clock(keys.verifiedAt)
        return keys.isVerified ? TextRun("OK \(at)", .stateOk) : TextRun("FAILED \(at)", .stateCrit)
    }
}

extension SlotKind {
    /// Its name.
    var word: String {
        switch self {
        case .keyFile: "key file"
        case .passphrase: "passphrase"
        case .credential: "credential"
        case .recovery: "recovery key"
        }
    }
}
