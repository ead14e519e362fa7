// The store's first file: who the store is and what it has seen.
// Layout: sluice-journal(5), STORE.

import Base
import Sealing

/// What the file STORE says.
struct StoreState: BitwiseCopyable, Equatable {
    var store: UniqueId
    /// Grows with every write; the higher of the two copies counts.
    var counter: UInt64 = 0
    /// How often the store was opened.
    var incarnation: UInt64 = 0
    /// No key ring below this generation is taken.
    var ringFloor: UInt64 = 0
    /// No catalog below this number is taken.
    var catalogFloor: UInt64 = 0
    /// The audit log has at least so many entries.
    var auditFloor: UInt64 = 0
    /// Whether the last run sealed everything before it ended.
    var isClean = false

    static var slotBytes: Int { 4_096 }
    private static var magic: UInt64 { 0x4552_4F54_5345_434C }
    private static var version: UInt16 { 1 }
    private static var checkedBytes: Int { 72 }

    var encoded: RecordBuffer {
        var buffer = RecordBuffer(capacity: Self.slotBytes)
        buffer.append(Self.magic)
        buffer.append(Self.version)
        buffer.append(UInt8(isClean ? 1 : 0))
        buffer.appendZeros(5)
        buffer.append(store.low)
        buffer.append(store.high)
        buffer.append(counter)
        buffer.append(incarnation)
        buffer.append(ringFloor)
        buffer.append(catalogFloor)
        buffer.append(auditFloor)
        buffer.append(Crc32c.of(buffer.bytes))
        buffer.appendZeros(Self.slotBytes - buffer.count)
        return buffer
    }

    init(store: UniqueId) {
        self.store = store
    }

    /// Reads one copy; `nil` if it is damaged.
    init?(_ bytes: RawSpan) throws(JournalError) {
        guard bytes.byteCount >= Self.slotBytes,
            bytes.number(UInt64.self, at: 0) == Self.magic,
            bytes.number(UInt32.self, at: Self.checkedBytes)
                == Crc32c.of(bytes.part(0, Self.checkedBytes))
        else { return nil }
        let version = bytes.number(UInt16.self, at: 8)
        guard version == Self.version else { throw .storeVersion(version) }
        isClean = bytes.number(UInt8.self, at: 10) == 1
        store = bytes.uniqueId(at: 16)
        counter = bytes.number(UInt64.self, at: 32)
        incarnation = bytes.number(UInt64.self, at: 40)
        ringFloor = bytes.number(UInt64.self, at: 48)
        catalogFloor = bytes.number(UInt64.self, at: 56)
        auditFloor = bytes.number(UInt64.self, at: 64)
    }
}

/// The file STORE, held and locked while the store is open.
final class StoreFile {
    private let disk: any Disk
    private let file: DiskFile
    private(set) var state: StoreState

    static var name: String { "STORE" }

    /// Makes the file of a new store.
    init(creating store: UniqueId, on disk: any Disk) throws(JournalError) {
        self.disk = disk
        state = StoreState(store: store)
        do {
            file = try disk.open(Self.name, .create)
            try disk.lock(file)
            let slot = state.encoded
            try disk.write(file, at: 0, slot.bytes)
            try disk.write(file, at: UInt64(StoreState.slotBytes), slot.bytes)
            try disk.sync(file)
            try disk.syncDirectory("")
        } catch {
            throw .disk(error)
        }
    }

    /// Opens and locks the file of an existing store.
    init(openingOn disk: any Disk) throws(JournalError) {
        self.disk = disk
        do {
            file = try disk.open(Self.name, .write)
        } catch {
            throw .disk(error)
        }
        do {
            try disk.lock(file)
        } catch {
            disk.close(file)
            throw .storeInUse
        }
        let first = try Self.read(disk, file, slot: 0)
        let second = try Self.read(disk, file, slot: 1)
        guard
            let newest = [first, second].compactMap({ $0 }).max(by: { $0.counter < $1.counter })
        else {
            disk.close(file)
            throw .storeDamaged
        }
        state = newest
    }

    deinit { disk.close(file) }

    /// Changes what the file says and makes it durable.
    func update(_ change: (inout StoreState) -> Void) throws(DiskError) {
        var next = state
        change(&next)
        next.counter += 1
        let slot = next.encoded
        let offset = next.counter.isMultiple(of: 2) ? 0 : UInt64(StoreState.slotBytes)
        try disk.write(file, at: offset, slot.bytes)
        try disk.sync(file)
        state = next
    }

    private static func read(
        _ disk: any Disk,
        _ file: DiskFile,
        slot: Int
    ) throws(JournalError) -> StoreState? {
        let offset = UInt64(slot * StoreState.slotBytes)
        do {
            let bytes = try disk.readBytes(file, at: offset, count: StoreState.slotBytes)
            return try StoreState(bytes.bytes)
        } catch let error as DiskError {
            throw .disk(error)
        } catch let error as JournalError {
            throw error
        } catch {
            throw .storeDamaged
        }
    }
}

extension Disk {
    /// The `count` bytes at `offset`, fewer where the file ends.
    func readBytes(
        _ file: DiskFile,
        at offset: UInt64,
        count: Int
    ) throws(DiskError) -> RecordBuffer {
        var buffer = RecordBuffer(capacity: count)
        buffer.extend(count)
        var target = buffer.mutableBytes(0..<count)
        let got = try read(file, at: offset, into: &target)
        buffer.truncate(got)
        return buffer
    }

    /// All of the file `path`; fails with EFBIG beyond `byteCountMax`.
    func readAll(_ path: String, byteCountMax: Int) throws(DiskError) -> RecordBuffer {
        let file = try open(path, .read)
        defer { close(file) }
        let size = try size(file)
        guard size <= UInt64(byteCountMax) else { throw DiskError(.read, number: 27) }
        return try readBytes(file, at: 0, count: Int(size))
    }

    /// Replaces the file `path` as a whole; durable when it returns.
    func replace(_ path: String, in directory: String, with bytes: RawSpan) throws(DiskError) {
        let temporary = path + ".tmp"
        try? remove(temporary)
        let file = try open(temporary, .create)
        do throws(DiskError) {
            try write(file, at: 0, bytes)
            try sync(file)
        } catch {
            close(file)
            throw error
        }
        close(file)
        try rename(temporary, to: path)
        try syncDirectory(directory)
    }
}
