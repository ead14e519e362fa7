// Copies of a store, at rest and while it is written and its keys turn.

import Base
import DiskSimulation
import Journal
import Sealing
import Testing

@Suite struct StoreCopyTests {
    private func secret() throws -> SlotSecret {
        SlotSecret(.keyFile, try SecretBytes(copying: [7, 7, 7].raw))
    }

    private func store(seed: UInt64) throws -> SimulatedDisk {
        let disk = SimulatedDisk(seed: seed)
        var driver = try JournalDriver(disk)
        _ = driver.create(0, [1])
        for first in stride(from: 1, to: 100, by: 10) as StrideTo<UInt64> {
            _ = driver.append(numbered(first...first + 9), to: 0)
        }
        disk.restartProcess()
        return disk
    }

    @Test func `a restored store has every message and leaves out the sequences after the copy`()
        throws
    {
        let source = try store(seed: 31)
        let copy = SimulatedDisk(seed: 32)
        let before = source.files.map { source.bytes($0) }
        let made = try StoreCopy.backUp(StoreCheck.view(of: source), to: copy, try secret())
        #expect(made.isIntact)
        #expect(source.files.map { source.bytes($0) } == before, "a backup changes nothing")
        let target = SimulatedDisk(seed: 33)
        let options = StoreOptions(slot: .keyFile, now: Instant(nanoseconds: 9))
        let report = try StoreCopy.restore(copy, to: target, try secret(), options)
        #expect(report.messageCount == 100)
        target.restartProcess()
        var driver = try JournalDriver(target)
        let next = 100 + StoreCopy.sequenceJump
        #expect(driver.journal.recovered.map(\.lastSequence) == [next])
        _ = driver.append(numbered(next + 1...next + 1), to: 0)
        let (found, lost) = driver.readAll(0)
        #expect(lost.isEmpty)
        #expect(found == numbered(1...100) + numbered(next + 1...next + 1))
    }

    @Test func `a copy goes only where nothing is and is none without its first file`() throws {
        let source = try store(seed: 34)
        let copy = SimulatedDisk(seed: 35)
        _ = try StoreCopy.backUp(source, to: copy, try secret())
        #expect(throws: JournalError.notEmpty) {
            _ = try StoreCopy.backUp(source, to: copy, try secret())
        }
        try copy.remove("STORE")
        let made = SimulatedDisk(seed: 36)
        let options = StoreOptions(slot: .keyFile, now: Instant(nanoseconds: 9))
        #expect(throws: JournalError.disk(DiskError(.open, number: 2))) {
            _ = try StoreCopy.restore(copy, to: made, try secret(), options)
        }
    }

    @Test func `a store that is in use can be looked at and not changed`() throws {
        let disk = SimulatedDisk(seed: 37)
        var driver = try JournalDriver(disk)
        _ = driver.create(0, [1])
        _ = driver.append(numbered(1...30), to: 0)
        let report = try StoreCheck.watch(disk, try secret())
        #expect(report.isIntact && report.messageCount == 30)
        let view = StoreCheck.view(of: disk)
        let file = try view.open("STORE", .write)
        #expect(throws: DiskError(.write, number: 30)) {
            try view.write(file, at: 0, [1].raw)
        }
        #expect(throws: DiskError(.remove, number: 30)) { try view.remove("STORE") }
        view.close(file)
    }

    /// A store of three sealed segments and one that is written, and a copy that is made of it
    /// while its key turns whenever the catalog has been read.
    private func copied(seed: UInt64, turns: Int, destroysOld: Bool) throws -> LivingCopy {
        let disk = SimulatedDisk(seed: seed)
        let bench = try KeyBench(disk)
        #expect(bench.fill())
        let living = LivingDisk(disk, bench, turns: turns, destroysOld: destroysOld)
        let copy = SimulatedDisk(seed: seed + 1)
        let report = try StoreCopy.backUp(living, to: copy, try secret())
        return LivingCopy(report: report, attempts: living.attempts, disk: copy)
    }

    @Test func `a copy is whole at once although every segment is rewritten meanwhile`() throws {
        let copy = try copied(seed: 41, turns: .max, destroysOld: false)
        #expect(copy.attempts == 1)
        #expect(copy.report.isIntact)
        #expect(copy.report.messageCount == 192)
        copy.disk.restartProcess()
        let again = try KeyBench(copy.disk)
        let isSame = again.read().messages == noisy(1...192, payload: 4_000)
        #expect(isSame)
    }

    @Test func `a copy is begun again as long as keys are destroyed meanwhile`() throws {
        let copy = try copied(seed: 43, turns: 7, destroysOld: true)
        #expect(copy.attempts == 8)
        #expect(copy.report.isIntact)
        #expect(copy.report.messageCount == 192)
    }

    @Test func `damage that is found twice is in the copy, and named`() throws {
        let source = try store(seed: 45)
        let log = try #require(source.files.first { $0.contains("/log-") })
        source.damage(log) { $0[4 * 4_096 + 130] ^= 1 }
        let watched = LivingDisk(source, nil, turns: 0, destroysOld: false)
        let copy = SimulatedDisk(seed: 46)
        let report = try StoreCopy.backUp(watched, to: copy, try secret())
        #expect(report.findings.map(\.firstSequence) == [31])
        #expect(watched.attempts == 2)
    }

    @Test(arguments: 1...30)
    func `where the system opens no more files, the rest is copied one by one`(most: Int) throws {
        let disk = SimulatedDisk(seed: 49)
        let bench = try KeyBench(disk)
        #expect(bench.fill())
        let living = LivingDisk(disk, nil, turns: 0, destroysOld: false, openMax: most)
        let copy = SimulatedDisk(seed: 50)
        let report = try StoreCopy.backUp(living, to: copy, try secret())
        #expect(living.attempts == 1 && report.isIntact && report.messageCount == 192)
        #expect(living.openCount == 0)
    }

    @Test func `a wrong secret copies once`() throws {
        let watched = LivingDisk(try store(seed: 47), nil, turns: 0, destroysOld: false)
        #expect(throws: JournalError.sealing(.slotNotOpened)) {
            let wrong = SlotSecret(.keyFile, try SecretBytes(copying: [8].raw))
            _ = try StoreCopy.backUp(watched, to: SimulatedDisk(seed: 48), wrong)
        }
        #expect(watched.attempts == 1)
    }
}

/// What came of a copy.
private struct LivingCopy {
    let report: StoreReport
    let attempts: Int
    let disk: SimulatedDisk
}

/// A disk to read from, whose store turns its key whenever the catalog has been read.
private final class LivingDisk: Disk {
    private struct State {
        var bench: KeyBench?
        var turns: Int
        var hasCatalog = false
        var openCount = 0
        var attempts = 0
    }

    private let disk: SimulatedDisk
    private let destroysOld: Bool
    private let openMax: Int
    private let state: Guarded<State>

    init(
        _ disk: SimulatedDisk,
        _ bench: sending KeyBench?,
        turns: Int,
        destroysOld: Bool,
        openMax: Int = .max
    ) {
        self.disk = disk
        self.openMax = openMax
        self.destroysOld = destroysOld
        state = Guarded(State(bench: bench, turns: turns))
    }

    /// Files that are open.
    var openCount: Int { state.withLock { $0.openCount } }

    /// How often the store was read from its beginning.
    var attempts: Int { state.withLock { $0.attempts } }

    func open(_ path: String, _ mode: DiskMode) throws(DiskError) -> DiskFile {
        guard state.withLock({ $0.openCount < openMax }) else {
            throw DiskError(.open, number: 24)
        }
        let file = try disk.open(path, mode)
        state.withLock { state in
            state.openCount += 1
            if path == "STORE" { state.attempts += 1 }
            if path.hasPrefix("catalog-") { state.hasCatalog = true }
        }
        return file
    }

    func close(_ file: DiskFile) {
        disk.close(file)
        state.withLock { $0.openCount -= 1 }
    }

    func read(
        _ file: DiskFile,
        at offset: UInt64,
        into bytes: inout MutableRawSpan
    ) throws(DiskError) -> Int {
        try disk.read(file, at: offset, into: &bytes)
    }

    func size(_ file: DiskFile) throws(DiskError) -> UInt64 { try disk.size(file) }

    func list(_ path: String) throws(DiskError) -> [String] {
        state.withLock { state in
            guard path == "s", state.hasCatalog, state.turns > 0 else { return }
            state.hasCatalog = false
            state.turns -= 1
            let order = KeyCommand.rotate(destroysOld: destroysOld, bytesPerSecond: 0)
            _ = state.bench?.ask(.stream(0), order)
        }
        return try disk.list(path)
    }

    func lock(_ file: DiskFile) throws(DiskError) {}
    func freeBytes() -> UInt64 { 0 }

    // MARK: - What a source is not asked for

    private func refuse(_ call: DiskError.Call) -> DiskError { DiskError(call, number: 30) }

    func write(_ file: DiskFile, at offset: UInt64, _ bytes: RawSpan) throws(DiskError) {
        throw refuse(.write)
    }
    func writeOut(_ file: DiskFile, at offset: UInt64, count: UInt64) throws(DiskError) {
        throw refuse(.sync)
    }
    func sync(_ file: DiskFile) throws(DiskError) { throw refuse(.sync) }
    func truncate(_ file: DiskFile, to size: UInt64) throws(DiskError) { throw refuse(.truncate) }
    func makeDirectory(_ path: String) throws(DiskError) { throw refuse(.makeDirectory) }
    func rename(_ path: String, to target: String) throws(DiskError) { throw refuse(.rename) }
    func remove(_ path: String) throws(DiskError) { throw refuse(.remove) }
    func removeDirectory(_ path: String) throws(DiskError) { throw refuse(.remove) }
    func syncDirectory(_ path: String) throws(DiskError) { throw refuse(.syncDirectory) }
}
