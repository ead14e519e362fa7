// What a dialog says before something is done.

import Base
import Canvas
import Engine

/// What a dialog says before something is done.
struct ConfirmRows {
    /// What is done to what: `PURGE email.out`.
    let headline: String
    /// What that means, in one sentence.
    let effect: String
    /// The least of it that a question in one line says.
    let brief: String
    /// Numbers and warnings; the last ones are left out first where there is no room.
    let preview: [TextLine]

    init(_ confirmation: Confirmation, _ picture: Picture) {
        let names = Self.names(confirmation, picture)
        let head = confirmation.action.headline
        headline = names.isEmpty ? head : "\(head) \(names)"
        effect = Self.effect(confirmation, picture)
        let span = ActionPlan.choice(confirmation, "for")
        brief = span.isEmpty || span == "until resumed" ? span : "for \(span)"
        preview = Self.whole(confirmation, picture) + Self.preview(confirmation, picture)
    }

    /// The name of a queue that is too long for the headline.
    private static func whole(_ confirmation: Confirmation, _ picture: Picture) -> [TextLine] {
        guard confirmation.targets.count == 1,
            case .stream(let name) = confirmation.targets[0]
        else { return [] }
        let whole = picture.style.name(name)
        return TextWidth.cells(of: whole) > nameCellsMax ? [fact("queue", whole)] : []
    }

    /// Cells of a name in a headline.
    private static let nameCellsMax = 40

    private static func names(_ confirmation: Confirmation, _ picture: Picture) -> String {
        let count = confirmation.targets.count
        guard count < 2 else { return "\(count) \(noun(confirmation.targets))" }
        switch confirmation.targets.first {
        case .stream(let name): return picture.style.name(name, cellsMax: nameCellsMax)
        case .consumer(let stream, let name):
            return picture.style.name(stream, cellsMax: 24) + "/"
                + picture.style.name(name, cellsMax: 24)
        case .connection(let id):
            let connection = picture.snapshot.connections.first { $0.id == id }
            return picture.style.name(connection?.name ?? [], cellsMax: 30) + " #\(id)"
        case .key(let scope, let version):
            let name = ActionPlan.scope(confirmation).title(picture.style)
            if confirmation.action == .rotate { return "OF \(name)" }
            if confirmation.action == .verify { return name }
            return "k\(version) of \(scope.title(picture.style))"
        case .slot(let index): return "slot \(index)"
        default: return confirmation.action == .rotate ? "OF all queues" : ""
        }
    }

    /// What several rows are.
    private static func noun(_ targets: [RowId]) -> String {
        switch targets.first {
        case .stream: "queues"
        case .consumer: "consumers"
        case .connection: "clients"
        case .key: "keys"
        default: "rows"
        }
    }

    private static func effect(_ confirmation: Confirmation, _ picture: Picture) -> String {
        let span = ActionPlan.choice(confirmation, "for")
        let until = span == "until resumed" ? span : "for \(span)"
        return switch confirmation.action {
        case .pause: "holds delivery \(until); publishers notice nothing, depth grows"
        case .pauseIngress: "refuses new messages \(until); delivery goes on"
        case .resume: "takes messages in and delivers again"
        case .drain: "Takes no new messages and lets consumers empty the queue."
        case .purge: "This deletes stored messages. It cannot be undone."
        case .delete: "This deletes the queue with everything in it. It cannot be undone."
        case .redrive: "Puts dead-lettered messages back; they are delivered again."
        case .kick: "Closes the connection; a well-made client comes back at once."
        case .throttle: "limits to \(ActionPlan.choice(confirmation, "limit"))"
        case .rotate: rotateEffect(confirmation.step)
        case .holdRewrite: "holds the rewriting of old data, or lets it go on"
        case .verify: "reads samples back under every key"
        case .retireKey: "The key is used for nothing but reading what is left under it."
        case .destroyKey: "This destroys the key for ever. What it sealed can never be read again."
        case .compromise:
            "The key only decrypts from now on; its data is rewritten before all other."
        case .addSlot: "Adds a recovery key; it is shown once, outside the console."
        case .removeSlot: "This way to open the store is gone for ever."
        case .lock: "Wipes all keys from memory: nothing can be stored or read until unlocked."
        case .unlock: "opens the store again"
        case .resumeWriting: "Recovers the tail of the journal, then takes messages again."
        case .lameDuck: "Tells all clients to move, delivers what is left, and stops the server."
        }
    }

    private static func rotateEffect(_ step: RotationStep?) -> String {
        switch step {
        case .prepare, .retire, .destroy, nil:
            "Makes a new key and reads it back. Writes stay on the old one until step 2."
        case .activate: "Moves writes to the new key at once. There is no way back to the old one."
        case .reencrypt: "Rewrites old data under the new key, in the background."
        case .verify: "Reads samples back under every key."
        }
    }

    private static func preview(_ confirmation: Confirmation, _ picture: Picture) -> [TextLine] {
        switch confirmation.action {
        case .purge: purge(confirmation, picture)
        case .drain, .pause, .pauseIngress, .resume, .delete, .redrive: queue(confirmation, picture)
        case .kick, .throttle: client(confirmation, picture)
        case .rotate, .verify, .retireKey, .destroyKey, .compromise, .holdRewrite:
            key(confirmation, picture)
        case .addSlot, .removeSlot: slots(confirmation, picture)
        case .lock, .lameDuck:
            [
                fact(
                    "now",
                    Format.counted(picture.snapshot.totals.connections, "client") + " connected, "
                        + Format.counted(UInt64(picture.snapshot.streams.count), "queue")
                )
            ]
        case .unlock, .resumeWriting: []
        }
    }

    /// The ways to open the store, or the one that goes and how many stay.
    private static func slots(_ confirmation: Confirmation, _ picture: Picture) -> [TextLine] {
        let slots = picture.snapshot.keys.slots
        guard case .slot(let index) = confirmation.targets.first,
            let slot = slots.first(where: { $0.index == index })
        else {
            let words = slots.map { "\($0.index) \($0.kind.word)" }.joined(separator: "  ")
            return [fact("slots", words)]
        }
        let rest = slots.filter { $0.index != index }
        let words = rest.map { "\($0.index) \($0.kind.word)" }.joined(separator: "  ")
        return [
            fact("slot", "\(index) \(slot.kind.word)"),
            fact("left", words.isEmpty ? "none" : words),
        ]
    }

    private static func purge(_ confirmation: Confirmation, _ picture: Picture) -> [TextLine] {
        let streams = confirmation.targets.compactMap { picture.model.stream($0) }
        let stored = streams.reduce(UInt64(0)) { $0 &+ $1.storedMessages }
        let unacked = streams.reduce(UInt64(0)) { $0 &+ $1.unacked }
        let rate = streams.reduce(0.0) { $0 + $1.ingress.messagesPerSecond }
        let at = picture.style.clock(confirmation.openedAt)
        var lines = [
            fact(
                "messages",
                "\(Format.exact(stored)) stored, \(Format.exact(unacked)) of them unacknowledged"
            )
        ]
        if streams.count == 1, let ceiling = confirmation.ceilings[streams[0].name] {
            lines.append(fact("up to", "sequence \(Format.exact(ceiling)), the last one at \(at)"))
        } else {
            lines.append(fact("up to", "the last sequence of each queue at \(at)"))
        }
        lines.append(
            fact(
                "newer",
                "messages published after that stay (\(Format.rate(rate))/s arriving now)"
            )
        )
        let consumers = streams.reduce(UInt32(0)) { $0 &+ $1.activeConsumerCount }
        let noun = consumers == 1 ? "consumer" : "consumers"
        lines.append(fact("state", "\(consumers) \(noun) attached"))
        if streams.count > 1 {
            let names = streams.prefix(6).map { picture.style.name($0.name, cellsMax: 20) }
            lines.insert(fact("queues", names.joined(separator: "  ")), at: 0)
        }
        return lines
    }

    private static func queue(_ confirmation: Confirmation, _ picture: Picture) -> [TextLine] {
        confirmation.targets.prefix(6).compactMap { target -> [TextLine]? in
            guard let stream = picture.model.stream(target) else { return nil }
            let facts = fact(
                "now",
                "depth \(Format.exact(stream.depth))"
                    + "  in \(Format.rate(stream.ingress.messagesPerSecond))/s"
                    + "  out \(Format.rate(stream.egress.messagesPerSecond))/s"
                    + "  consumers \(stream.activeConsumerCount)  unacked \(Format.exact(stream.unacked))"
            )
            var lines: [TextLine] = [facts]
            if confirmation.targets.count > 1 {
                lines[0] =
                    [
                        TextRun(
                            TextWidth.pad(picture.style.name(stream.name), cells: 14),
                            .textStrong
                        )
                    ] + facts.dropFirst()
            }
            if confirmation.action == .drain, confirmation.targets.count == 1 {
                lines.append(
                    [TextRun(TextWidth.pad("estimate", cells: 12), .textMuted)]
                        + QueueRows.drainEstimate(stream).dropFirst()
                )
                lines.append(checks(stream, picture))
            }
            if confirmation.action == .redrive {
                lines.append(fact("letters", "\(Format.exact(stream.deadLetters)) waiting"))
            }
            return lines
        }.flatMap { $0 }
    }

    private static func checks(_ stream: StreamStatus, _ picture: Picture) -> TextLine {
        let hasConsumers = stream.activeConsumerCount > 0
        let hasLetters = !stream.policy.deadLetter.isEmpty
        return [
            TextRun(TextWidth.pad("preflight", cells: 12), .textMuted),
            check(
                hasConsumers,
                hasConsumers ? "consumers attached" : "nobody is attached",
                picture
            ),
            TextRun("  ", .text),
            check(hasLetters, hasLetters ? "dead letters kept" : "no dead letter queue", picture),
        ]
    }

    private static func check(_ isGood: Bool, _ text: String, _ picture: Picture) -> TextRun {
        let glyph = picture.style.glyphs.text(isGood ? .stepDone : .stateWarn)
        return TextRun("\(glyph) \(text)", isGood ? .stateOk : .stateWarn)
    }

    private static func client(_ confirmation: Confirmation, _ picture: Picture) -> [TextLine] {
        confirmation.targets.prefix(6).compactMap { target in
            guard case .connection(let id) = target,
                let connection = picture.snapshot.connections.first(where: { $0.id == id })
            else { return nil }
            let work =
                connection.stream.isEmpty
                ? ""
                : "  lag \(Format.count(connection.lag))"
                    + "  unacked \(Format.count(connection.unacked))"
            return fact(
                "client",
                "\(picture.style.name(connection.address, cellsMax: 24))\(work)"
                    + "  waiting \(Format.bytes(connection.pendingBytes))"
            )
        }
    }

    private static func key(_ confirmation: Confirmation, _ picture: Picture) -> [TextLine] {
        let keys = picture.snapshot.keys
        let scope = ActionPlan.scope(confirmation)
        let mine = keys.keys.filter { scope == .allStreams ? $0.scope != .root : $0.scope == scope }
        let total = mine.reduce(UInt64(0)) { $0 &+ $1.bytes }
        var lines: [TextLine] = []
        if let step = confirmation.step { lines.append(fact("step", sequence(step))) }
        let isOfAll = confirmation.action == .rotate || confirmation.action == .verify
        if case .key(_, let version) = confirmation.targets.first,
            let key = mine.first(where: { $0.version == version }), !isOfAll
        {
            lines.append(
                fact(
                    "key",
                    "k\(version)  \(StateText(key.state).word)  \(Format.bytes(key.bytes)) in "
                        + Format.counted(key.segments, "segment")
                )
            )
        } else if let active = mine.filter({ $0.state == .active }).map(\.version).max() {
            let arrow = picture.style.glyphs.isAscii ? "->" : "→"
            let makesNew = confirmation.step == .prepare || confirmation.step == .activate
            let change = makesNew ? "k\(active) \(arrow) k\(active + 1)" : "k\(active)"
            lines.append(fact("active", "\(change)  \(picture.style.name(keys.cipher))"))
        }
        let used = mine.count { $0.bytes > 0 }
        lines.append(
            fact("data", "\(Format.bytes(total)) under \(used) \(used == 1 ? "key" : "keys")")
        )
        guard confirmation.action == .rotate else { return lines }
        lines.append([
            TextRun(TextWidth.pad("preflight", cells: 12), .textMuted),
            check(
                keys.memory.isLocked,
                keys.memory.isLocked ? "memory locked" : "memory not locked",
                picture
            ),
            TextRun("  ", .text),
            check(
                keys.slots.count > 1,
                keys.slots.count > 1 ? "\(keys.slots.count) slots" : "only one slot",
                picture
            ),
            TextRun("  ", .text),
            check(
                picture.model.rewriting == nil,
                picture.model.rewriting == nil ? "nothing being rewritten" : "rewriting goes on",
                picture
            ),
        ])
        return lines
    }

    /// Which step of a rotation it is, and which ones come after it.
    private static func sequence(_ step: RotationStep) -> String {
        let all: [RotationStep] = [.prepare, .activate, .reencrypt]
        guard let place = all.firstIndex(of: step) else { return step.name }
        let rest = all[(place + 1)...].map(\.name).joined(separator: ", ")
        return "\(place + 1) of \(all.count): \(step.name)" + (rest.isEmpty ? "" : "  then \(rest)")
    }

    private static func fact(_ label: String, _ value: String) -> TextLine {
        [TextRun(TextWidth.pad(label, cells: 12), .textMuted), TextRun(value, .text)]
    }
}

extension Action {
    /// The first word of a dialog.
    var headline: String {
        switch self {
        case .pauseIngress: "REFUSE MESSAGES FOR"
        case .rotate: "ROTATE KEYS"
        case .holdRewrite: "HOLD REWRITING"
        case .retireKey: "RETIRE"
        case .destroyKey: "DESTROY KEY"
        case .compromise: "COMPROMISED KEY"
        case .addSlot: "ADD SLOT"
        case .removeSlot: "REMOVE SLOT"
        case .resumeWriting: "RESUME WRITING"
        case .lameDuck: "LAME DUCK"
        case .pause, .resume, .drain, .purge, .delete, .redrive, .kick, .throttle, .verify, .lock,
            .unlock:
            verb.uppercased()
        }
    }
}
