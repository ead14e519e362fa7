// Journal and disk in lines.

import Base
import Canvas
import Engine

/// Journal and disk in lines.
enum StorageRows {
    /// Every fact, as label and value, the most wanted first.
    static func facts(_ context: PaneContext) -> [(String, TextLine)] {
        let storage = context.snapshot.storage
        let process = ("process", process(context.snapshot.server))
        if let reason = reasonAgainst(context) {
            return [("journal", [TextRun("unknown: \(reason)", .textMuted)]), process]
        }
        var facts: [(String, TextLine)] = [
            ("journal", journal(storage)),
            ("group", group(storage)),
            ("sync", syncs(storage)),
            ("flow", flow(storage)),
            ("squeeze", squeeze(storage)),
        ]
        // Engines without such a thing say nothing of it.
        if storage.cacheBytesMax > 0 { facts.append(("cache", cache(storage))) }
        if storage.compactions > 0 || storage.compactedAt != .never {
            facts.append(("compact", compaction(storage, context)))
        }
        return facts + [
            ("damage", damage(storage)),
            ("writing", writing(storage, isUnlocked: context.snapshot.keys.memory.isUnlocked)),
            ("recovery", recovery(storage)),
            process,
            ("store", [TextRun(context.style.name(storage.path, cellsMax: 120), .textMuted)]),
        ]
    }

    /// Why nothing is known of journal and disk; `nil` when it is.
    static func reasonAgainst(_ context: PaneContext) -> String? {
        let capabilities = context.model.session.capabilities
        if let reason = capabilities.reasonAgainst(.storageFigures) { return reason }
        let isKnown = !context.snapshot.storage.path.isEmpty
        return isKnown ? nil : "the server has no store"
    }

    private static func journal(_ storage: StorageStatus) -> TextLine {
        let line = [
            TextRun(Format.counted(storage.segments, "segment"), .text),
            TextRun("  \(Format.exact(storage.activeSegments)) active", .text),
            TextRun("  \(Format.bytes(storage.usedBytes))", .text),
        ]
        guard storage.segmentBytes > 0 else { return line }
        return line + [TextRun("  of \(Format.bytes(storage.segmentBytes)) each", .textMuted)]
    }

    private static func group(_ storage: StorageStatus) -> TextLine {
        [
            TextRun(average(storage), .text),
            TextRun("  wait ", .textMuted),
            TextRun(Format.latency(nanoseconds: storage.groupWaitNanoseconds), .text),
        ]
    }

    private static func average(_ storage: StorageStatus) -> String {
        guard storage.syncs > 0 else { return "no sync yet" }
        return "\(Format.rate(storage.messagesPerSync)) msgs a sync"
    }

    private static func syncs(_ storage: StorageStatus) -> TextLine {
        guard storage.syncLatency.count > 0 else { return [TextRun("none yet", .textMuted)] }
        let maximum =
            storage.syncLatency.maximum.map { Format.milliseconds(nanoseconds: $0) } ?? "-"
        return [
            TextRun("p50 \(Latencies.cell(storage.syncLatency, 0.5).text)", .text),
            TextRun("  p99 \(Latencies.cell(storage.syncLatency, 0.99).text)", .text),
            TextRun("  max \(maximum) ms", .text),
            TextRun("  \(Format.rate(storage.syncsPerSecond))/s", .text),
            TextRun("  stalls \(storage.stalls)", storage.stalls == 0 ? .textMuted : .stateWarn),
        ]
    }

    private static func flow(_ storage: StorageStatus) -> TextLine {
        [
            TextRun("write ", .textMuted),
            TextRun(Format.byteRate(storage.written.bytesPerSecond), .seriesIn),
            TextRun("  read ", .textMuted),
            TextRun(Format.byteRate(storage.read.bytesPerSecond), .seriesOut),
        ]
    }

    private static func squeeze(_ storage: StorageStatus) -> TextLine {
        let sealed = storage.written.bytes
        guard sealed > 0, storage.rawBytes > 0 else { return [TextRun("-", .textMuted)] }
        let ratio = Double(storage.rawBytes) / Double(sealed)
        return [
            TextRun("\(Format.fixed(ratio, decimals: 2)) to 1", .text),
            TextRun("  from \(Format.bytes(storage.rawBytes))", .textMuted),
        ]
    }

    private static func cache(_ storage: StorageStatus) -> TextLine {
        [
            TextRun("hit \(Format.percent(storage.cacheHitRatio))", .text),
            TextRun(
                "  \(Format.bytes(storage.cacheBytes)) of \(Format.bytes(storage.cacheBytesMax))",
                .textMuted
            ),
        ]
    }

    private static func compaction(_ storage: StorageStatus, _ context: PaneContext) -> TextLine {
        let last =
            storage.compactedAt == .never ? "never" : context.style.clock(storage.compactedAt)
        return [
            TextRun(storage.compactions == 0 ? "idle" : "\(storage.compactions) running", .text),
            TextRun("  last \(last)", .textMuted),
            TextRun("  reclaimed \(Format.bytes(storage.reclaimedBytes))", .text),
        ]
    }

    private static func damage(_ storage: StorageStatus) -> TextLine {
        storage.damage.isEmpty
            ? [TextRun("none", .stateOk)]
            : [TextRun(Format.counted(UInt64(storage.damage.count), "range"), .stateCrit)]
    }

    private static func writing(_ storage: StorageStatus, isUnlocked: Bool) -> TextLine {
        if storage.writeStoppedErrno != 0 {
            return [TextRun("STOPPED, error \(storage.writeStoppedErrno)", .stateCrit)]
        }
        guard isUnlocked else { return [TextRun("no, the store is locked", .stateCrit)] }
        guard storage.hangNanoseconds > 0 else {
            let isFull = storage.diskBytes > 0 && storage.freeBytes == 0
            return isFull
                ? [TextRun("yes, but the disk is full", .stateWarn)] : [TextRun("yes", .stateOk)]
        }
        let waited = Format.age(nanoseconds: storage.hangNanoseconds)
        return [TextRun("HANGS, the disk has not answered for \(waited)", .stateCrit)]
    }

    private static func recovery(_ storage: StorageStatus) -> TextLine {
        [
            TextRun("took \(Format.latency(nanoseconds: storage.recoveryNanoseconds))", .text)
        ]
            + (storage.recoveryTruncatedBytes == 0
                ? []
                : [
                    TextRun(
                        "  set aside \(Format.bytes(storage.recoveryTruncatedBytes))",
                        .textMuted
                    )
                ])
    }

    private static func process(_ server: ServerStatus) -> TextLine {
        [
            TextRun("cpu \(Format.percent(server.processorShare))", .text),
            TextRun("  memory \(Format.bytes(server.memoryBytes))", .text),
            TextRun("  busiest shard \(Format.percent(server.shardLoad))", .text),
            TextRun("  \(server.cores) cores", .textMuted),
        ]
    }
}
