// What a queue is and does, in lines.

import Base
import Canvas
import Engine

/// What a queue is and does, in lines.
enum QueueRows {
    /// Lines below the table of queues about the selected one.
    static func summary(_ picture: Picture) -> [TextLine] {
        guard let stream = picture.selectedStream else { return [] }
        let policy = stream.policy
        var first: TextLine = [
            TextRun(" selected ", .textMuted),
            TextRun(picture.style.name(stream.name, cellsMax: 40), .textStrong),
        ]
        first += pair("  stored", Format.exact(stream.storedMessages))
        first += pair("  unacked", Format.exact(stream.unacked))
        first += pair("  scheduled", Format.exact(stream.scheduled))
        first += pair("  dead letters", Format.exact(stream.deadLetters))
        first += pair("  keeps", limits(policy))
        first += pair("  class", stream.durability.word)
        let second = [TextRun(" ", .text)] + drainEstimate(stream)
        return [first, second, actions(picture.model.keymap)]
    }

    /// How long a drain would take in `cells`: what is second is left out.
    static func drainEstimate(_ stream: StreamStatus, cells: Int) -> TextLine {
        let whole = drainEstimate(stream)
        if whole.cells <= cells { return whole }
        let short = TextLine(whole.prefix(2))
        return short.cells <= cells ? short : [TextRun("drain ", .textMuted)] + short.dropFirst()
    }

    /// How long a drain would take, or why it would not end.
    static func drainEstimate(_ stream: StreamStatus) -> TextLine {
        let out = stream.egress.messagesPerSecond
        var line: TextLine = [TextRun("drain estimate ", .textMuted)]
        if stream.depth == 0 {
            line.append(TextRun("nothing to drain", .stateOk))
        } else if stream.state.holdsDelivery {
            line.append(TextRun("unknown while paused", .stateWarn))
        } else if stream.activeConsumerCount == 0 || out < 0.05 {
            line.append(TextRun("never: nobody consumes", .stateCrit))
        } else {
            let seconds = Double(stream.depth) / out
            let low = UInt64(saturating: seconds * 0.7) * nanosecondsPerSecond
            let high = UInt64(saturating: min(seconds * 1.5, 1e9)) * nanosecondsPerSecond
            let isShort = high < nanosecondsPerSecond
            let range = "\(Format.span(nanoseconds: low)) to \(Format.span(nanoseconds: high))"
            line.append(TextRun(isShort ? "under 1s" : range, .text))
        }
        let growth = stream.ingress.messagesPerSecond - out
        line += [
            TextRun("   out-in ", .textMuted),
            TextRun(
                (growth > 0 ? "-" : "+") + Format.rate(abs(growth)) + "/s",
                growth > 0.5 ? .stateWarn : .stateOk
            ),
        ]
        if let left = timeToFull(stream) {
            line += [TextRun("   full in ", .textMuted), TextRun(left, .stateWarn)]
        }
        return line
    }

    /// How far a drain is; nil when there is none.
    static func drainProgress(_ stream: StreamStatus) -> String? {
        guard case .draining(let from) = stream.state else { return nil }
        let done = from > stream.depth ? from - stream.depth : 0
        let share = Format.progress(done: done, of: from)
        let left = "\(share)  \(Format.exact(stream.depth)) left"
        let out = stream.egress.messagesPerSecond
        guard out >= 0.05 else { return left + "  nobody takes them" }
        let seconds = UInt64(saturating: min(Double(stream.depth) / out, 1e9))
        return left + "  ETA \(Format.span(nanoseconds: seconds * nanosecondsPerSecond))"
    }

    /// When the stream's own limit is reached at this rate; nil when it is not.
    static func timeToFull(_ stream: StreamStatus) -> String? {
        let growth = stream.ingress.messagesPerSecond - stream.egress.messagesPerSecond
        let most = stream.policy.messagesMax
        guard most > stream.storedMessages, growth > 0.5 else { return nil }
        let seconds = Double(most - stream.storedMessages) / growth
        guard seconds < 30 * 86_400 else { return nil }
        return Format.span(nanoseconds: UInt64(saturating: seconds) * nanosecondsPerSecond)
    }

    private static func actions(_ keymap: Keymap) -> TextLine {
        var line: TextLine = [TextRun(" actions ", .textMuted)]
        for name in ["pause", "drain", "purge", "redrive"] {
            guard let binding = keymap[name], let key = binding.keys.last else { continue }
            line += [
                TextRun(" \(key.label) ", .keybarKey), TextRun("!", .actionMutating),
                TextRun(binding.label + " ", .text),
            ]
        }
        line.append(TextRun("  view ", .textMuted))
        for name in ["open", "peek", "mark", "copy", "export"] {
            guard let binding = keymap[name], let key = binding.keys.first else {
                continue
            }
            line += [
                TextRun(" \(key.label)", .keybarKey),
                TextRun(" \(binding.label.lowercased()) ", .text),
            ]
        }
        return line
    }

    /// The sequences of what is stored, or where the next message will be behind.
    private static func sequences(_ stream: StreamStatus) -> String {
        let last = Format.exact(stream.lastSequence)
        guard stream.storedMessages > 0 else {
            return stream.lastSequence == 0 ? "none" : "none, last was \(last)"
        }
        return "\(Format.exact(stream.firstSequence)) to \(last)"
    }

    /// The limits of a stream in words.
    static func limits(_ policy: StreamPolicy) -> String {
        var parts: [String] = []
        if policy.ageMaxNanoseconds > 0 {
            parts.append(Format.brief(nanoseconds: policy.ageMaxNanoseconds))
        }
        if policy.bytesMax > 0 { parts.append(Format.bytes(policy.bytesMax)) }
        if policy.messagesMax > 0 { parts.append(Format.count(policy.messagesMax) + " msgs") }
        return parts.isEmpty ? "everything" : parts.joined(separator: " / ")
    }

    private static func pair(_ label: String, _ value: String) -> TextLine {
        [TextRun(label + " ", .textMuted), TextRun(value, .text)]
    }

    /// Every fact about a queue, as label and value, the most wanted first.
    static func facts(_ stream: StreamStatus, _ picture: Picture) -> [(String, TextRun)] {
        let style = picture.style
        let alert = picture.model.data.alerts.worst(about: stream.name)
        let state = StateText(stream, alert: alert, now: picture.snapshot.takenAt)
        let history = picture.model.data.history.queues[stream.name]
        let latency = history?.latency(at: picture.snapshot.takenAt) ?? stream.publishLatency
        var facts: [(String, TextRun)] = [
            ("state", TextRun("\(style.glyphs.text(state.glyph)) \(state.word)", state.role)),
            ("depth", TextRun(Format.exact(stream.depth), alert == nil ? .textStrong : state.role)),
            (
                "consumers",
                TextRun(
                    "\(stream.activeConsumerCount) of \(stream.consumerCount) active",
                    stream.activeConsumerCount == 0 && stream.depth > 0 ? .stateWarn : .text
                )
            ),
            (
                "stored",
                TextRun(
                    "\(Format.exact(stream.storedMessages)) in \(Format.bytes(stream.storedBytes))",
                    .text
                )
            ),
            ("sequence", TextRun(sequences(stream), .text)),
            (
                "latency",
                TextRun(
                    "p50 \(Latencies.cell(latency, 0.5).text)  p99 \(Latencies.cell(latency, 0.99).text) ms",
                    .text
                )
            ),
        ]
        facts.insert(contentsOf: flowFacts(stream, picture), at: 2)
        facts += policyFacts(stream, picture)
        if picture.model.data.time.isComparing,
            let change = Comparison(stream.name, picture.model)
        {
            facts.insert(("", TextRun(change.rates, .markerA)), at: 2)
            facts.insert((change.span, TextRun(change.level, .markerA)), at: 2)
        }
        if let progress = drainProgress(stream) {
            facts.insert(("drain", TextRun(progress, .stateDraining)), at: 1)
        }
        if !stream.stateReason.isEmpty {
            facts.insert(("because", TextRun(style.name(stream.stateReason), .text)), at: 1)
        }
        return facts
    }

    private static func flowFacts(
        _ stream: StreamStatus,
        _ picture: Picture
    ) -> [(String, TextRun)] {
        let hasDepth = stream.depth > 0 && stream.oldestPendingAt != .never
        return [
            (
                "rates",
                TextRun(
                    "in \(Format.rate(stream.ingress.messagesPerSecond))"
                        + " out \(Format.rate(stream.egress.messagesPerSecond))"
                        + " ack \(Format.rate(stream.acks.messagesPerSecond)) /s",
                    .text
                )
            ),
            ("oldest", TextRun(hasDepth ? picture.style.age(stream.oldestPendingAt) : "-", .text)),
            (
                "unacked",
                TextRun(
                    "\(Format.exact(stream.unacked))   redelivered "
                        + Format.exact(stream.redeliveries.messages),
                    .text
                )
            ),
        ]
    }

    private static func policyFacts(
        _ stream: StreamStatus,
        _ picture: Picture
    ) -> [(String, TextRun)] {
        let policy = stream.policy
        let style = picture.style
        let subjects = policy.subjects.map { style.name($0, cellsMax: 40) }.joined(separator: " ")
        return [
            (
                "dead",
                TextRun(
                    stream.deadLetters == 0
                        ? "none"
                        : "\(Format.exact(stream.deadLetters)) in \(style.name(policy.deadLetter))",
                    stream.deadLetters == 0 ? .textMuted : .stateWarn
                )
            ),
            ("subjects", TextRun(subjects.isEmpty ? "-" : subjects, .text)),
            ("keeps", TextRun("\(policy.retention.word), \(limits(policy))", .text)),
            (
                "full",
                TextRun(policy.discardsNew ? "refuses new messages" : "drops the oldest", .text)
            ),
            (
                "class",
                TextRun(
                    stream.durability.sentence,
                    stream.durability == .synced ? .text : .stateWarn
                )
            ),
            (
                "sealed",
                stream.keyVersion == 0
                    ? TextRun("not encrypted", .stateWarn)
                    : TextRun("with key k\(stream.keyVersion)", .seriesKey)
            ),
            ("made", TextRun(made(stream, style), .text)),
            (
                "damage",
                TextRun(
                    stream.damage.isEmpty
                        ? "none" : Format.counted(UInt64(stream.damage.count), "range"),
                    stream.damage.isEmpty ? .textMuted : .stateCrit
                )
            ),
        ]
    }

    private static func made(_ stream: StreamStatus, _ style: TextStyle) -> String {
        stream.createdAt == .never
            ? "-" : Format.date(stream.createdAt, offsetSeconds: style.offsetSeconds)
    }
}

extension RetentionKind {
    /// Its name.
    var word: String {
        switch self {
        case .limits: "limits"
        case .interest: "interest"
        case .workQueue: "work queue"
        }
    }
}

extension StreamState {
    /// Whether an operator holds delivery.
    var holdsDelivery: Bool {
        switch self {
        case .deliveryPaused, .paused: true
        default: false
        }
    }
}

extension Durability {
    /// What an acknowledgement means.
    var sentence: String {
        switch self {
        case .synced: "acknowledged after sync"
        case .relaxed: "relaxed: power failure may lose the last moments"
        case .memory: "memory: gone after a restart"
        case .replicated: "acknowledged by a majority"
        }
    }
}
