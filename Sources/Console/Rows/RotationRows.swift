// A rotation in lines: its steps, its progress, what it costs.

import Base
import Canvas
import Engine

/// A rotation in lines.
enum RotationRows {
    /// The rotation that runs, or the last one.
    static func current(_ snapshot: EngineSnapshot) -> RotationStatus? {
        snapshot.keys.rotations.first { isRunning($0) }
            ?? snapshot.keys.rotations.max { $0.startedAt < $1.startedAt }
    }

    /// Whether any step is being done.
    static func isRunning(_ rotation: RotationStatus) -> Bool {
        RotationStep.allCases.contains { step in
            switch rotation[step] {
            case .running, .held: true
            case .waiting, .done, .failed: false
            }
        }
    }

    /// Three lines for the overview.
    static func summary(_ context: PaneContext, cells: Int) -> [TextLine] {
        guard let rotation = current(context.snapshot) else {
            return [
                [
                    TextRun("no rotation yet: ", .textMuted), TextRun("R", .keybarKey),
                    TextRun(" begins one", .textMuted),
                ]
            ]
        }
        let arrow = context.glyphs.isAscii ? "->" : "→"
        let title = "k\(rotation.fromVersion) \(arrow) k\(rotation.toVersion)"
        guard isRunning(rotation) else {
            return [[TextRun(resting(rotation, title), .textMuted)]]
        }
        let share = Format.progress(done: rotation.bytesDone, of: rotation.bytesTotal)
        let bar = max(4, min(26, cells - 8))
        return [
            [
                TextRun("Re-encrypt ", .textStrong), TextRun(title, .seriesKey),
                TextRun(held(rotation), .statePaused),
            ],
            Sparks.bar(
                progress(rotation),
                cells: bar,
                role: .stateDraining,
                glyphs: context.glyphs
            ) + [TextRun("  \(share)", .textStrong)],
            pace(rotation),
        ]
    }

    /// The whole story: what, each step, what it costs.
    static func whole(
        _ rotation: RotationStatus?,
        _ context: PaneContext,
        cells: Int
    ) -> [TextLine] {
        guard let rotation else { return [] }
        return [RotationPane.head(rotation, context, cells: cells)]
            + steps(rotation, context, cells: cells)
            + [[]]
            + (RotationPane.next(rotation).map { [$0] }
                ?? [
                    RotationPane.cost(rotation, cells: cells),
                    RotationPane.impact(rotation, cells: cells),
                ])
    }

    /// What a rotation of which no step is being done waits for.
    private static func resting(_ rotation: RotationStatus, _ title: String) -> String {
        if rotation[.activate] == .waiting { return "new key prepared; R activates it" }
        if rotation[.reencrypt] == .waiting { return "\(title) active; R rewrites old data" }
        return "last rotation \(title) done"
    }

    private static func held(_ rotation: RotationStatus) -> String {
        rotation[.reencrypt] == .held ? "  held" : ""
    }

    static func progress(_ rotation: RotationStatus) -> Double {
        rotation.bytesTotal == 0 ? 0 : Double(rotation.bytesDone) / Double(rotation.bytesTotal)
    }

    /// Speed, rest and time left.
    static func pace(_ rotation: RotationStatus) -> TextLine {
        let left = rotation.bytesTotal - min(rotation.bytesDone, rotation.bytesTotal)
        var line: TextLine = [
            TextRun(Format.byteRate(rotation.bytesPerSecond), .text),
            TextRun("  left ", .textMuted),
            TextRun(Format.bytes(left), .text),
        ]
        if rotation.bytesPerSecond > 1, left > 0 {
            let seconds = UInt64(saturating: min(Double(left) / rotation.bytesPerSecond, 1e9))
            line += [
                TextRun("  ETA ", .textMuted),
                TextRun(Format.span(nanoseconds: seconds * nanosecondsPerSecond), .text),
            ]
        }
        return line
    }

    /// Every step as a line.
    static func steps(_ rotation: RotationStatus, _ context: PaneContext, cells: Int) -> [TextLine]
    {
        RotationStep.allCases.map { step in
            let mark: (Glyph, StyleRole) =
                switch rotation[step] {
                case .waiting: (.stepOpen, .textMuted)
                case .running: (.stepRunning, .stateDraining)
                case .held: (.statePaused, .statePaused)
                case .done: (.stepDone, .stateOk)
                case .failed: (.stateCrit, .stateCrit)
                }
            let number = "\(step.rawValue + 1) "
            let name = TextWidth.pad(step.name, cells: 11)
            let isIdle = rotation[step] == .waiting
            return [
                TextRun(number, .textMuted),
                TextRun(context.glyph(mark.0) + " ", mark.1),
                TextRun(name, isIdle ? .textMuted : .textStrong),
            ] + detail(step, rotation, context, cells: cells - 15)
        }
    }

    private static func detail(
        _ step: RotationStep,
        _ rotation: RotationStatus,
        _ context: PaneContext,
        cells: Int
    ) -> TextLine {
        switch rotation[step] {
        case .failed(let at, let refusal):
            return [TextRun("failed \(context.style.clock(at)): \(refusal.sentence)", .stateCrit)]
        case .done(let at, let nanoseconds):
            let took = nanoseconds > 0 ? "  \(Format.latency(nanoseconds: nanoseconds))" : ""
            return [
                [TextRun(doneText(step, rotation), .text)],
                [TextRun("  \(context.style.clock(at))", .textMuted)],
                [TextRun(took, .textMuted)],
            ].fitted(cells: cells)
        case .running where step == .reencrypt, .held where step == .reencrypt:
            let share = Format.progress(done: rotation.bytesDone, of: rotation.bytesTotal)
            // Beside it stand a share and a speed: ` 100%  99.9MB/s`.
            let bar = max(4, min(24, cells - 16))
            let filled = Sparks.bar(
                progress(rotation),
                cells: bar,
                role: .stateDraining,
                glyphs: context.glyphs
            )
            return filled + [
                TextRun(" \(share)", .textStrong),
                TextRun("  \(Format.byteRate(rotation.bytesPerSecond))", .text),
            ]
        case .running(let since):
            return [TextRun("since \(context.style.clock(since))", .text)]
        case .held: return [TextRun("held", .statePaused)]
        case .waiting: return [TextRun(waitingText(step), .textMuted)]
        }
    }

    private static func doneText(_ step: RotationStep, _ rotation: RotationStatus) -> String {
        switch step {
        case .prepare: "new key wrapped and checked"
        case .activate: "writes are on k\(rotation.toVersion)"
        case .reencrypt: "\(Format.bytes(rotation.bytesTotal)) rewritten"
        case .verify: "\(Format.exact(rotation.verifiedSamples)) samples read back"
        case .retire: "nothing is left under k\(rotation.fromVersion)"
        case .destroy: "k\(rotation.fromVersion) is gone for ever"
        }
    }

    private static func waitingText(_ step: RotationStep) -> String {
        switch step {
        case .prepare: "make and check a new key"
        case .activate: "move writes to the new key"
        case .reencrypt: "rewrite old data"
        case .verify: "read samples back"
        case .retire: "once the old key is empty"
        case .destroy: "X asks for its name"
        }
    }
}

extension RotationStep {
    /// Its name.
    var name: String {
        switch self {
        case .prepare: "prepare"
        case .activate: "activate"
        case .reencrypt: "re-encrypt"
        case .verify: "verify"
        case .retire: "retire"
        case .destroy: "destroy"
        }
    }
}
