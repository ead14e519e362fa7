// Keys are rotated while messages come: nothing is lost, nothing is left behind.

import Base
import DiskSimulation
import Journal
import Sealing
import Testing

@Suite struct RotationTests {
    /// Three sealed segments and one that is being written, some state, 24 batches.
    private func filled(_ disk: SimulatedDisk) throws -> KeyBench {
        let driver = try KeyBench(disk)
        #expect(driver.fill())
        var state = StateWriter()
        state.put([1].raw, [2].raw)
        let isWritten = driver.write(state)
        #expect(isWritten)
        return driver
    }

    @Test func `a rotation rewrites every segment and then the old key is destroyed`() throws {
        let disk = SimulatedDisk(seed: 31)
        let driver = try filled(disk)
        let id = try #require(driver.picture().ring?.dataKeys.first { $0.name.stream != .none })
        #expect(id.state == .active)
        let answer = driver.ask(.stream(0), .rotate(destroysOld: false, bytesPerSecond: 0))
        let outcome = try #require(try? answer?.get())
        #expect(outcome.segments >= 3)
        #expect(outcome.bytes > 700_000)
        let rotation = try #require(driver.rotation(of: .stream(0)))
        #expect(isRetired(rotation))
        #expect(rotation.fromVersion == 1 && rotation.toVersion == 2)
        #expect(rotation.segmentsDone == rotation.segmentsTotal)
        #expect(rotation.verifiedBlocks >= 24)
        #expect(driver.read().messages == noisy(1...192, payload: 4_000))

        let uses = driver.picture().uses.filter { $0.stream == 0 }
        #expect(uses.map(\.segments).first == 0)
        #expect(uses.last?.messages == 192)
        #expect(driver.ask(.stream(0), .destroy(2)) == .failure(.wrongState))
        #expect(driver.ask(.stream(0), .destroy(1)) == .success(KeyOutcome()))
        #expect(driver.picture().ring?.destroyed.map(\.name.version) == [1])
        #expect(driver.append(noisy(193...200, payload: 400)) == 200)
        #expect(driver.stop())
        disk.restart()
        let report = try checked(disk)
        #expect(report.isIntact && report.strays.isEmpty)
        #expect(report.messageCount == 200)
        let streams = report.blocksByKey.keys.filter { $0.stream != .none }
        #expect(streams.map(\.version) == [2])
        let again = try KeyBench(disk)
        let last = noisy(193...200, payload: 400)
        #expect(again.read().messages == noisy(1...192, payload: 4_000) + last)
        #expect(again.picture().rotations.isEmpty)
    }

    @Test func `progress and speed are told piece by piece, not segment by segment`() throws {
        let driver = try filled(SimulatedDisk(seed: 35))
        _ = driver.post(.stream(0), .rotate(destroysOld: false, bytesPerSecond: 0))
        var looks: [RotationProgress] = []
        for _ in 0..<500 where !(looks.last.map(isRetired) ?? false) {
            driver.pass(nanoseconds: nanosecondsPerSecond)
            _ = driver.journal.keys.picture
            _ = driver.tick()
            looks += driver.journal.keys.picture.rotations
        }
        let end = try #require(looks.last)
        #expect(isRetired(end))
        #expect(end.bytesDone == end.bytesTotal && end.bytesPerSecond == 0)
        let done = looks.map(\.bytesDone)
        #expect(done == done.sorted(), "what was done stays done")
        #expect(looks.allSatisfy { $0.bytesDone <= $0.bytesTotal })
        let first = Set(looks.filter { $0.segmentsDone == 0 }.map(\.bytesDone))
        #expect(first.count > 3, "within the first segment: \(first.sorted())")
        // At most a piece of 128 KiB in a second, which is half the work; less between segments.
        let speeds = looks.map(\.bytesPerSecond).filter { $0 > 0 }
        #expect(speeds.count > 3)
        #expect(speeds.allSatisfy { 10_000...100_000 ~= $0 }, "\(speeds)")
    }

    @Test func `every step can be taken by itself, and out of order is refused`() throws {
        let disk = SimulatedDisk(seed: 32)
        let driver = try filled(disk)
        #expect(driver.ask(.stream(7), .prepare) == .failure(.notFound))
        #expect(driver.ask(.stream(0), .hold(true)) == .failure(.wrongState))
        _ = driver.ask(.stream(0), .prepare)
        #expect(driver.ask(.stream(0), .destroy(1)) == .failure(.wrongState))
        #expect(driver.ask(.stream(0), .destroy(9)) == .failure(.notFound))
        var versions = driver.picture().uses.filter { $0.stream == 0 }
        #expect(versions.map(\.segments)[1] == 0, "a prepared key seals nothing")
        _ = driver.ask(.stream(0), .activate)
        #expect(driver.ask(.stream(0), .activate) == .failure(.wrongState))
        guard case .failure(.stillInUse(let bytes)) = driver.ask(.stream(0), .destroy(1)) else {
            Issue.record("a key that is still needed was destroyed")
            return
        }
        #expect(bytes > 500_000)
        _ = driver.append(noisy(193...200, payload: 100))
        _ = driver.ask(.stream(0), .reencrypt(bytesPerSecond: 0))
        #expect(isRetired(driver.rotation(of: .stream(0))))
        versions = driver.picture().uses.filter { $0.stream == 0 }
        #expect(versions.map(\.segments)[0] == 0)
        #expect(driver.read().messages.count == 200)
    }

    @Test func `messages are taken in and read while segments are rewritten`() throws {
        let disk = SimulatedDisk(seed: 33)
        let driver = try filled(disk)
        let box = driver.post(.all, .rotate(destroysOld: true, bytesPerSecond: 0))
        var next: UInt64 = 193
        var durable: UInt64 = 192
        var steps = 0
        while steps < 500 {
            steps += 1
            durable = max(durable, driver.tick(noisy(next...(next + 1), payload: 300)))
            next += 2
            #expect(durable == next - 1, "a publish waited for more than its own round")
            if driver.journal.keys.picture.rotations.contains(where: { isRetired($0) }) { break }
        }
        #expect(steps > 5 && steps < 500)
        _ = try #require(try? box.value?.get())
        #expect(driver.read().messages.count == Int(next - 1))
        let states = driver.picture().ring?.dataKeys.map(\.state) ?? []
        #expect(!states.contains(.decryptOnly), "the old versions are destroyed")
        #expect(driver.picture().ring?.destroyed.count == 2, "the stream's and the catalog's")
        #expect(driver.stop())
        disk.restart()
        #expect(try checked(disk).isIntact)
    }

    @Test func `a compromised key is left at once and its data is rewritten`() throws {
        let disk = SimulatedDisk(seed: 34)
        let driver = try filled(disk)
        _ = try #require(try? driver.ask(.stream(0), .compromise(1))?.get())
        let states = driver.picture().ring?.dataKeys.filter { $0.name.stream != .none } ?? []
        #expect(states.filter { $0.state == .compromised }.map(\.name.version) == [1])
        #expect(driver.picture().uses.first { $0.stream == 0 }?.segments == 0)
        #expect(driver.ask(.stream(0), .compromise(1)) == .failure(.wrongState))
        #expect(driver.read().messages.count == 192)
    }

    @Test func `blocks of which every message is deleted are left out`() throws {
        let disk = SimulatedDisk(seed: 35)
        let driver = try filled(disk)
        let before = driver.picture().uses.first { $0.stream == 0 }?.bytes ?? 0
        var state = StateWriter()
        state.delete(first: 9, through: 24)
        let isWritten = driver.write(state)
        #expect(isWritten)
        _ = driver.ask(.stream(0), .rotate(destroysOld: true, bytesPerSecond: 0))
        #expect(isRetired(driver.rotation(of: .stream(0))))
        let after = driver.picture().uses.filter { $0.stream == 0 }.last
        let messagesAfter = after?.messages ?? 0
        #expect(messagesAfter == 192 - 16)
        #expect((after?.bytes ?? 0) + 60_000 < before)
        #expect(driver.read().messages.count == 192 - 16)
        #expect(driver.read().lost.isEmpty)
        #expect(driver.stop())
        disk.restart()
        #expect(try checked(disk).isIntact)
        let again = try KeyBench(disk)
        #expect(again.read(from: 12).messages.first?.sequence == 25)
        #expect(again.journal.recovered.first?.lost.isEmpty == true)
    }

    @Test func `a damaged block is named and kept, and the rest is rewritten`() throws {
        let disk = SimulatedDisk(seed: 36)
        let driver = try filled(disk)
        let first = try #require(disk.files.first { $0.contains("/log-") })
        disk.damage(first) { $0[4_096 + 40_960 + 200] ^= 1 }
        _ = driver.ask(.stream(0), .rotate(destroysOld: true, bytesPerSecond: 0))
        #expect(isRetired(driver.rotation(of: .stream(0))))
        #expect(driver.read().messages.count == 192 - 8)
        #expect(disk.files.contains { $0.contains("/quarantine/") })
        #expect(driver.stop())
        disk.restart()
        let report = try checked(disk)
        #expect(report.isIntact)
        #expect(report.lost.values.first?.map(\.firstSequence) == [9])
        #expect(report.lost.values.first?.map(\.lastSequence) == [16])
    }

    @Test func `a rotation that is held goes on when it is let go`() throws {
        let disk = SimulatedDisk(seed: 37)
        let driver = try filled(disk)
        _ = driver.post(.stream(0), .rotate(destroysOld: false, bytesPerSecond: 0))
        _ = driver.tick()
        let held = driver.post(.stream(0), .hold(true))
        driver.run()
        #expect((try? held.value?.get()) != nil)
        let stopped = try #require(driver.rotation(of: .stream(0)))
        #expect(!isRetired(stopped) && stopped.isHeld)
        _ = driver.ask(.stream(0), .hold(false))
        #expect(isRetired(driver.rotation(of: .stream(0))))
    }

    @Test func `as many rotations run as are remembered, one more is refused`() throws {
        let bench = try KeyBench(SimulatedDisk(seed: 40))
        for stream in 0..<65 as Range<UInt32> { #expect(bench.create(stream)) }
        let answers = (0..<65 as Range<UInt32>).map { stream in
            bench.post(.stream(stream), .rotate(destroysOld: false, bytesPerSecond: 0))
        }
        _ = bench.tick()
        for answer in answers.dropLast() { #expect((try? answer.value?.get()) != nil) }
        #expect(answers.last?.value == .failure(.busy))
        bench.run()
        let again = bench.ask(.stream(64), .rotate(destroysOld: false, bytesPerSecond: 0))
        #expect((try? again?.get()) != nil)
        #expect(isRetired(bench.rotation(of: .stream(64))))
    }

    @Test func `a segment of another stream or of an older generation is refused as such`() throws {
        let disk = SimulatedDisk(seed: 38)
        let driver = try filled(disk)
        let first = try #require(disk.files.first { $0.contains("/log-") })
        let old = disk.bytes(first)
        _ = driver.ask(.stream(0), .rotate(destroysOld: false, bytesPerSecond: 0))
        #expect(driver.stop())
        disk.restartProcess()
        let logs = disk.files.filter { $0.contains("/log-") }
        let rewritten = try #require(logs.first)
        #expect(rewritten != first)
        let whole = disk.bytes(rewritten)
        let next = disk.bytes(logs[1])
        for other in [old, next] {
            disk.damage(rewritten) { $0 = other }
            let report = try checked(disk)
            #expect(report.findings.map(\.defect) == [.misplaced])
        }
        disk.damage(rewritten) { $0 = whole }
        #expect(try checked(disk).isIntact)
    }

    @Test func `a version that is old enough gives way by itself`() throws {
        let disk = SimulatedDisk(seed: 39)
        let secret = SlotSecret(.keyFile, try SecretBytes(copying: [7, 7, 7].raw))
        var options = StoreOptions(
            slot: .keyFile,
            now: Instant(nanoseconds: 1_700_000_000_000_000_000)
        )
        options.rotation = RotationPolicy(
            ageMax: 100 * nanosecondsPerSecond,
            bytesMax: 0,
            messagesMax: 0
        )
        let journal = try Journal.open(disk, options, secret, wake: {})
        var now = Instant(nanoseconds: 1_000_000_000)
        for _ in 0..<2_000 where journal.step(at: now) {}
        _ = journal.keys.picture
        _ = journal.step(at: now)
        #expect(journal.keys.picture.rotations.isEmpty)
        let due = options.now.adding(nanoseconds: 100 * nanosecondsPerSecond)
        #expect(journal.keys.picture.nextRotation == due)
        now = now.adding(nanoseconds: 200 * nanosecondsPerSecond)
        for _ in 0..<50 {
            _ = journal.step(at: now)
            now = now.adding(nanoseconds: 1_000_000)
        }
        _ = journal.keys.picture
        _ = journal.step(at: now)
        let rotation = try #require(journal.keys.picture.rotations.first)
        #expect(isRetired(rotation))
        #expect(rotation.author == Array("schedule".utf8))
    }
}
