// Looks at every byte of a closed store and says what is wrong; changes nothing.

import Base
public import Sealing

/// Something that is not as it was written.
public struct StoreFinding: BitwiseCopyable, Equatable, Sendable {
    /// The segment.
    public let segment: SegmentName
    /// What is wrong.
    public let defect: Defect
    /// Where the bad bytes begin.
    public let offset: UInt64
    /// The first sequence that is lost; meaningful in the log lane.
    public let firstSequence: UInt64
    /// The last sequence that is lost; below `firstSequence` if no message is.
    public let lastSequence: UInt64
}

/// What a check found in a store.
public struct StoreReport: Sendable {
    /// How many streams there are.
    public internal(set) var streamCount = 0
    /// How many segments were read.
    public internal(set) var segmentCount = 0
    /// How many blocks are intact.
    public internal(set) var blockCount = 0
    /// How many messages they hold, deleted ones included.
    public internal(set) var messageCount: UInt64 = 0
    /// Bytes of all segments.
    public internal(set) var byteCount: UInt64 = 0
    /// How many intact blocks lie under each key.
    public internal(set) var blocksByKey: [DataKeyName: Int] = [:]
    /// Segments that end in bytes which were never acknowledged; no fault.
    public internal(set) var tornTailCount = 0
    /// Everything that is wrong.
    public internal(set) var findings: [StoreFinding] = []
    /// Files of streams that the catalog does not name; no fault after a run that was cut off.
    public internal(set) var strays: [String] = []
    /// The configuration of each stream.
    public internal(set) var configurations: [UniqueId: [UInt8]] = [:]
    /// Messages that earlier starts found lost, by stream.
    public internal(set) var lost: [UniqueId: [LostRange]] = [:]

    /// Whether nothing is wrong now; what earlier starts found lost does not count.
    public var isIntact: Bool { findings.isEmpty }
}

/// Checks a store.
public enum StoreCheck {
    /// How often a living store is looked at before a finding counts that is new each time.
    private static var looksMax: Int { 4 }

    /// Checks a store that another process has open and goes on to write.
    ///
    /// A file that is rewritten while it is looked at looks damaged once; what counts is what is
    /// found again.
    /// - Throws: as `run`.
    public static func watch(
        _ disk: any Disk,
        _ secret: borrowing SlotSecret
    ) throws(JournalError) -> StoreReport {
        let view = WatchingDisk(disk)
        var before: [StoreFinding] = []
        var report = StoreReport()
        for look in 0..<looksMax {
            report = try run(view, secret)
            let found = report.findings
            report.findings.removeAll { !before.contains($0) }
            if found.isEmpty || (look > 0 && report.findings == found) { break }
            before = found
        }
        return report
    }

    /// A look at a store that another process may have open: it can be read and not changed.
    public static func view(of disk: any Disk) -> any Disk { WatchingDisk(disk) }

    /// Checks a store that no process has open: reads every segment, checks every block under its
    /// key and every record inside.
    /// - Throws: `JournalError` if the store cannot be opened at all.
    public static func run(
        _ disk: any Disk,
        _ secret: borrowing SlotSecret
    ) throws(JournalError) -> StoreReport {
        let options = StoreOptions(slot: .keyFile, now: .never)
        var opening = StoreOpening(disk: disk, options: options)
        let marks = Watermarks.read(disk)
        let opened = try opening.look(secret, marks)
        var walk = CheckWalk(disk: disk, store: opened.origin.store, vault: opened.origin.vault)
        for (id, stream) in opened.catalog.ordered {
            walk.report.streamCount += 1
            walk.report.configurations[id] = stream.configuration
            if !stream.lost.isEmpty { walk.report.lost[id] = stream.lost }
            for entry in stream.segments {
                walk.look(entry, marks[entry.name] ?? .none)
            }
            walk.findStrays(id, stream)
        }
        return walk.report
    }
}

/// One check as it goes on.
private struct CheckWalk: ~Copyable {
    let disk: any Disk
    let store: UniqueId
    let vault: KeyVault
    var report = StoreReport()
    private var opener = BlockOpener()
    private var plain = RecordBuffer(capacity: 64 << 10)

    init(disk: any Disk, store: UniqueId, vault: KeyVault) {
        self.disk = disk
        self.store = store
        self.vault = vault
    }

    mutating func look(_ entry: SegmentEntry, _ watermark: Watermark) {
        report.segmentCount += 1
        let image: SegmentImage
        do {
            let bytes = try disk.readAll(
                entry.name.path,
                byteCountMax: SegmentImage.byteCountMax
            )
            image = try SegmentImage(bytes, name: entry.name, store: store, vault: vault)
        } catch let defect as Defect {
            return noteWhole(entry, watermark, defect)
        } catch {
            return noteWhole(entry, watermark, .missing)
        }
        report.byteCount += UInt64(image.bytes.count)
        let sealed = entry.sealed.map { Watermark(offset: $0.end, sequence: $0.lastSequence) }
        let scan = image.scan(&opener, watermark: watermark, sealed: sealed)
        if scan.tornOffset != nil { report.tornTailCount += 1 }
        for damage in scan.damages {
            report.findings.append(
                StoreFinding(
                    segment: entry.name,
                    defect: damage.defect,
                    offset: damage.offset,
                    firstSequence: damage.firstSequence,
                    lastSequence: damage.lastSequence
                )
            )
        }
        let key = DataKeyName(stream: entry.name.stream, version: image.header.identity.keyVersion)
        report.blocksByKey[key, default: 0] += scan.blocks.count
        report.blockCount += scan.blocks.count
        for block in scan.blocks where block.header.recordCount > 0 {
            if entry.name.lane == .log {
                report.messageCount += UInt64(block.header.recordCount)
            }
            if image.open(block, &opener, into: &plain) != nil || !isWhole(block, entry.name.lane) {
                note(entry, block)
            }
        }
    }

    /// Whether the records in `plain` are as many as the header says and break no rule.
    private func isWhole(_ block: ScannedBlock, _ lane: Lane) -> Bool {
        let batch = plain.bytes
        var count: UInt32 = 0
        switch lane {
        case .log:
            var reader = BatchReader(batch)
            while reader.next(batch) != nil { count += 1 }
            return !reader.isMalformed && count == block.header.recordCount
        case .state:
            var reader = StateReader(batch)
            while reader.next(batch) != nil { count += 1 }
            return !reader.isMalformed && count == block.header.recordCount
        case .catalog, .heads: return true
        }
    }

    private mutating func note(_ entry: SegmentEntry, _ block: ScannedBlock) {
        report.findings.append(
            StoreFinding(
                segment: entry.name,
                defect: .records,
                offset: block.offset,
                firstSequence: block.header.firstSequence,
                lastSequence: block.header.lastSequence
            )
        )
    }

    private mutating func noteWhole(
        _ entry: SegmentEntry,
        _ watermark: Watermark,
        _ defect: Defect
    ) {
        let last = max(entry.sealed?.lastSequence ?? 0, watermark.sequence)
        report.findings.append(
            StoreFinding(
                segment: entry.name,
                defect: defect,
                offset: 0,
                firstSequence: entry.firstSequence,
                lastSequence: last
            )
        )
    }

    mutating func findStrays(_ id: UniqueId, _ stream: StreamEntry) {
        let known = stream.fileNames
        let directory = "s/\(id.hex)"
        for name in (try? disk.list(directory)) ?? []
        where !known.contains(name) && name != "quarantine" {
            report.strays.append("\(directory)/\(name)")
        }
    }
}
