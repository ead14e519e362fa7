// A store as a whole: checked, copied, restored, and what was found in words.

import Base
public import Configuration
import JSON
import JetStreamApi
public import Journal
import Queueing
import Reactor
import Sealing

/// What the check of a store, or of a copy of it, found.
public struct StoreInspection: Sendable {
    /// Everything that was found.
    public let report: StoreReport
    private let directory: String
    private let isInUse: Bool

    /// Checks the store that `settings` name, while a server has it open as well as without.
    /// - Throws: `StoreError` if it cannot be opened at all.
    public init(checking settings: JetStreamSettings) throws(StoreError) {
        directory = settings.storeDirectory + "/store"
        let disk = try Self.disk(of: settings)
        let secret = try StoreKey.secret(settings)
        do throws(JournalError) {
            var found: StoreReport?
            do throws(JournalError) {
                found = try StoreCheck.run(disk, secret)
            } catch {
                guard error == .storeInUse else { throw error }
            }
            isInUse = found == nil
            if let found { report = found } else { report = try StoreCheck.watch(disk, secret) }
        } catch {
            throw .journal(error)
        }
    }

    /// Copies the store that `settings` name to a new directory, while a server has it open as well
    /// as without, and checks the copy.
    /// - Throws: `StoreError` if there is no copy at the end.
    public init(
        backingUp settings: JetStreamSettings,
        to target: String
    ) throws(StoreError) {
        (directory, isInUse) = (target + "/store", false)
        let disk = try Self.disk(of: settings)
        let secret = try StoreKey.secret(settings)
        let copy = try Self.emptyDisk(target)
        do throws(JournalError) {
            report = try StoreCopy.backUp(StoreCheck.view(of: disk), to: copy, secret)
        } catch {
            throw .journal(error)
        }
    }

    /// Makes the store that `settings` name out of the copy in the directory `source`.
    /// - Throws: `StoreError` if there is no store at the end.
    public init(
        restoring settings: JetStreamSettings,
        from source: String
    ) throws(StoreError) {
        var kept = settings
        kept.storeDirectory = source
        (directory, isInUse) = (settings.storeDirectory + "/store", false)
        let disk = try Self.disk(of: kept)
        let secret = try StoreKey.secret(kept)
        let made = try Self.emptyDisk(settings.storeDirectory)
        do throws(JournalError) {
            report = try StoreCopy.restore(
                StoreCheck.view(of: disk),
                to: made,
                secret,
                StoreOptions(slot: .keyFile, now: SystemClock.now())
            )
        } catch {
            throw .journal(error)
        }
    }

    private static func disk(of settings: JetStreamSettings) throws(StoreError) -> SystemDisk {
        let directory = settings.storeDirectory + "/store"
        guard Directories.exists(directory) else {
            throw .directory(directory, SystemError("open", number: noSuchFile))
        }
        let disk = try open(directory)
        guard Journal.hasStore(disk) else {
            throw .journal(.disk(DiskError(.open, number: noSuchFile)))
        }
        return disk
    }

    private static func emptyDisk(_ directory: String) throws(StoreError) -> SystemDisk {
        do throws(SystemError) {
            try Directories.make(directory + "/store")
        } catch {
            throw .directory(directory, error)
        }
        return try open(directory + "/store")
    }

    private static func open(_ directory: String) throws(StoreError) -> SystemDisk {
        do throws(DiskError) {
            return try SystemDisk(path: directory)
        } catch {
            throw .journal(.disk(error))
        }
    }

    // MARK: - In words

    /// The name of the queue with this number on disk.
    private func name(_ id: UniqueId) -> [UInt8] {
        guard id != .none else { return Array("the catalog".utf8) }
        guard let configuration = report.configurations[id],
            let archive = try? StreamArchive(configuration)
        else { return Array(id.hex.utf8) }
        return archive.configuration.name
    }

    private var keys: [(name: DataKeyName, blocks: Int)] {
        report.blocksByKey.map { ($0.key, $0.value) }
            .sorted { ($0.0.stream, $0.0.version) < ($1.0.stream, $1.0.version) }
    }

    /// A page for a person.
    public var text: String {
        var text = "\(directory): \(report.streamCount) queues, \(report.messageCount) messages in "
        text += "\(report.blockCount) blocks of \(report.segmentCount) segments, "
        text += "\(report.byteCount) bytes\n"
        if isInUse { text += "a server has it open: this is how it was found meanwhile\n" }
        for (key, blocks) in keys {
            let name = LogText.safe(name(key.stream))
            text += "\(name): \(blocks) blocks under key version \(key.version)\n"
        }
        for (id, ranges) in report.lost.sorted(by: { $0.key < $1.key }) {
            for range in ranges {
                text += "\(LogText.safe(name(id))): messages \(range.firstSequence) through "
                text += "\(range.lastSequence) were lost before: \(range.defect.words)\n"
            }
        }
        for finding in report.findings {
            text += "\(LogText.safe(name(finding.segment.stream))): "
            if finding.lastSequence >= finding.firstSequence, finding.segment.lane == .log {
                text += "messages \(finding.firstSequence) through \(finding.lastSequence) "
                text += "are damaged: "
            }
            text += "\(finding.defect.words) (\(finding.segment.path), byte \(finding.offset))\n"
        }
        if !report.strays.isEmpty {
            text += "\(report.strays.count) files that nothing names; the next start removes them\n"
        }
        return text + (report.isIntact ? "no damage found\n" : "the store is damaged\n")
    }

    /// The same for scripts.
    public var json: [UInt8] {
        var json = JSONWriter(.compact)
        json.beginObject()
        json.field("directory", directory)
        json.field("intact", report.isIntact)
        json.field("in_use", isInUse)
        json.field("queues", report.streamCount)
        json.field("segments", report.segmentCount)
        json.field("blocks", report.blockCount)
        json.field("messages", report.messageCount)
        json.field("bytes", report.byteCount)
        json.field("torn_tails", report.tornTailCount)
        json.field("strays", report.strays.count)
        json.name("keys")
        json.beginArray()
        for (key, blocks) in keys {
            json.beginObject()
            json.field("queue", name(key.stream))
            json.field("version", UInt64(key.version))
            json.field("blocks", blocks)
            json.endObject()
        }
        json.endArray()
        json.name("damage")
        json.beginArray()
        for finding in report.findings {
            write(
                finding.segment.stream,
                (finding.firstSequence, finding.lastSequence),
                finding.defect,
                (finding.segment.path, finding.offset),
                into: &json
            )
        }
        json.endArray()
        json.name("lost")
        json.beginArray()
        for (id, ranges) in report.lost.sorted(by: { $0.key < $1.key }) {
            for range in ranges {
                write(
                    id,
                    (range.firstSequence, range.lastSequence),
                    range.defect,
                    nil,
                    into: &json
                )
            }
        }
        json.endArray()
        json.endObject()
        return json.bytes
    }

    private func write(
        _ id: UniqueId,
        _ sequences: (first: UInt64, last: UInt64),
        _ defect: Defect,
        _ place: (path: String, offset: UInt64)?,
        into json: inout JSONWriter
    ) {
        json.beginObject()
        json.field("queue", name(id))
        json.field("first_seq", sequences.first)
        json.field("last_seq", sequences.last)
        json.field("defect", defect.words)
        if let place {
            json.field("file", place.path)
            json.field("offset", place.offset)
        }
        json.endObject()
    }
}

extension Defect {
    /// What it is, for an operator.
    var words: String {
        switch self {
        case .segmentHeader: "the segment's header is damaged"
        case .keyMismatch: "the segment was not written under the key that the ring has for it"
        case .blockHeader: "a block's header is damaged"
        case .blockBody: "a block's body is damaged"
        case .notAuthentic: "a block is not authentic: another key, or tampering"
        case .chain: "a block does not follow the one before it"
        case .cutShort: "the file ends before bytes that were durable"
        case .records: "the records in a block break the format"
        case .missing: "the file is not there"
        case .misplaced: "a segment of another place: tampering"
        }
    }
}
