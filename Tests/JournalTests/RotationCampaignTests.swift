// A rotation meets an accident at every call that writes; then it goes on where it was.

import Base
import DiskSimulation
import Journal
import Sealing
import Testing

/// One life of a store in which keys are rotated, destroyed and slots change.
private struct RotationLife {
    let disk: SimulatedDisk
    private(set) var acknowledged: UInt64 = 0
    private(set) var posted: UInt64 = 0
    private(set) var refused: Set<UInt64> = []
    /// Calls that wrote before the keys were touched, and at the end.
    private(set) var firstCall = 0
    private(set) var lastCall = 0
    private(set) var isDone = false

    init(_ disk: SimulatedDisk) {
        self.disk = disk
    }

    static func payload(_ sequence: UInt64) -> Int { sequence <= 72 ? 7_000 : 300 }

    /// Runs until everything is done or the disk is dead; `fault` comes at the call `at`.
    mutating func run(_ fault: DiskFault?, at call: Int) throws {
        var driver = try JournalDriver(disk)
        _ = driver.create(0)
        for first in stride(from: 1, to: 72, by: 8) as StrideTo<UInt64> {
            append(first...(first + 7), &driver)
            tick(&driver)
        }
        var state = StateWriter()
        state.put([1].raw, [2].raw)
        state.delete(first: 3, through: 3)
        _ = driver.write(state, to: 0)
        firstCall = disk.writeCalls
        if let fault { disk.inject(fault, at: call) }
        work(&driver)
        lastCall = disk.writeCalls
        if !disk.isDead { _ = driver.stop() }
    }

    private mutating func work(_ driver: inout JournalDriver) {
        _ = driver.post(.all, .rotate(destroysOld: true, bytesPerSecond: 0))
        for _ in 0..<14 where !disk.isDead {
            append((posted + 1)...(posted + 2), &driver)
            tick(&driver)
        }
        changeSlots(&driver)
        _ = driver.post(.stream(0), .prepare)
        tick(&driver)
        _ = driver.post(.stream(0), .activate)
        tick(&driver)
        _ = driver.post(.stream(0), .reencrypt(bytesPerSecond: 0))
        for _ in 0..<14 where !disk.isDead {
            append((posted + 1)...(posted + 2), &driver)
            tick(&driver)
        }
        isDone = !disk.isDead && driver.keyPicture().rotations.allSatisfy { isRetired($0) }
    }

    private mutating func changeSlots(_ driver: inout JournalDriver) {
        guard let secret = try? SecretBytes(copying: [9, 9].raw),
            let slot = try? driver.journal.vault.makeSlot(
                .recovery,
                secret: SlotSecret(.recovery, secret)
            )
        else { return }
        _ = driver.post(.all, .addSlot(slot))
        tick(&driver)
        _ = driver.post(.all, .removeSlot(2))
        tick(&driver)
    }

    private mutating func append(_ range: ClosedRange<UInt64>, _ driver: inout JournalDriver) {
        let messages = range.flatMap { noisy($0...$0, payload: Self.payload($0)) }
        driver.post(messages, to: 0)
        posted = range.upperBound
    }

    /// One step; a full disk is given the time to have room again.
    private mutating func tick(_ driver: inout JournalDriver) {
        for report in driver.tick() {
            switch report {
            case .durable(_, _, let last, _): acknowledged = max(acknowledged, last)
            case .appendRefused:
                refused.insert(posted)
                refused.insert(posted - 1)
                driver.pass(nanoseconds: 1_100_000_000)
            default: break
            }
            driver.discard([report])
        }
        driver.pass(nanoseconds: 400_000_000)
    }
}

@Suite struct RotationCampaignTests {
    private func check(_ life: RotationLife, _ what: Comment) throws {
        let disk = life.disk
        let driver = try KeyBench(disk)
        let (found, lost) = driver.read()
        #expect(lost.isEmpty, what)
        var byNumber: [UInt64: Message] = [:]
        for message in found { byNumber[message.sequence] = message }
        for sequence in 1...max(1, life.acknowledged)
        where sequence != 3 && !life.refused.contains(sequence) {
            let wanted = noisy(sequence...sequence, payload: RotationLife.payload(sequence)).first
            guard byNumber[sequence] == wanted else {
                Issue.record("message \(sequence) is gone or altered: \(what)")
                return
            }
        }
        // What was begun has come to its end by now.
        let picture = driver.picture()
        #expect(picture.rotations.allSatisfy { isRetired($0) }, what)
        let ring = try #require(picture.ring)
        for (_, keys) in Dictionary(grouping: ring.dataKeys, by: \.name.stream) {
            #expect(keys.filter { $0.state == .active }.count == 1, what)
        }
        let active = Set(ring.dataKeys.filter { $0.state == .active }.map(\.name))
        #expect(picture.uses.allSatisfy { $0.segments == 0 || active.contains($0.name) }, what)
        #expect(driver.append(noisy(10_000...10_001, payload: 10)) == 10_001, what)
        #expect(driver.stop(), what)
        disk.restartProcess()
        let report = try checked(disk)
        #expect(report.isIntact, what)
        #expect(report.strays.isEmpty, what)
        let streams = report.blocksByKey.keys.filter { $0.stream != .none }
        #expect(streams.allSatisfy { active.contains($0) }, what)
        #expect(disk.ledger.repeatCount == 0, what)
        #expect(disk.ledger.sealCount > 20, what)
    }

    @Test func `an accident at any call that writes loses nothing, and the rotation goes on`()
        throws
    {
        var quiet = RotationLife(SimulatedDisk(seed: 50))
        try quiet.run(nil, at: 0)
        #expect(quiet.isDone)
        #expect(quiet.acknowledged == quiet.posted)
        try check(quiet, "without an accident")
        let faults: [DiskFault] = [.crashesInside, .crashesBefore, .fails(5), .fails(28)]
        var points = 0
        // POINTS=1 tries every fault at every call, otherwise a few of them are.
        let isThorough = setting("POINTS") != nil
        for call in (quiet.firstCall + 1)...quiet.lastCall {
            for (at, fault) in faults.enumerated()
            where isThorough || (call % 19 == 0 && call % faults.count == at) {
                var life = RotationLife(SimulatedDisk(seed: UInt64(call * 7 + at)))
                try life.run(fault, at: call)
                if at == 3 || call.isMultiple(of: 3) {
                    life.disk.restartProcess()
                } else {
                    life.disk.restart()
                }
                try check(life, "\(fault) at call \(call)")
                points += 1
            }
        }
        #expect(points > 5)
        print("rotation campaign: \(points) points, calls \(quiet.lastCall - quiet.firstCall)")
    }
}
