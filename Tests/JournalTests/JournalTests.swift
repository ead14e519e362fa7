// A store from the shard's side: what was acknowledged is there in the next run.

import Base
import DiskSimulation
import Journal
import Sealing
import Testing

@Suite struct JournalTests {
    @Test(arguments: [true, false])
    func `the next run finds messages, configuration and state`(isClean: Bool) throws {
        let disk = SimulatedDisk(seed: 1)
        do {
            var driver = try JournalDriver(disk)
            #expect(driver.journal.recovered.isEmpty)
            let isMade = driver.create(0, [9, 9])
            #expect(isMade)
            for first in stride(from: 1, to: 200, by: 10) as StrideTo<UInt64> {
                let durable = driver.append(numbered(first...first + 9), to: 0)
                #expect(durable == first + 9)
            }
            var state = StateWriter()
            state.put([1].raw, [10, 11].raw)
            state.delta([1].raw, [12].raw)
            state.put([2].raw, [20].raw)
            state.remove([2].raw)
            state.delete(first: 50, through: 59)
            state.setFloor(11)
            let isWritten = driver.write(state, to: 0)
            #expect(isWritten)
            let (before, lost) = driver.readAll(0)
            #expect(before == numbered(1...200))
            #expect(lost.isEmpty)
            if isClean {
                let isStopped = driver.stop()
                #expect(isStopped)
            }
        }
        disk.restartProcess()
        var driver = try JournalDriver(disk)
        let stream = try #require(driver.journal.recovered.first)
        #expect(stream.configuration == [9, 9])
        #expect(stream.firstSequence == 11)
        #expect(stream.lastSequence == 200)
        #expect(stream.recordCount == 200)
        #expect(stream.lastTime.nanoseconds == 1_700_000_000_000_200_000)
        #expect(stream.deleted.ranges == [50...59])
        #expect(stream.values.map(\.value) == [[10, 11]])
        #expect(stream.values.map(\.deltas) == [[[12]]])
        #expect(stream.lost.isEmpty)
        let (after, lost) = driver.readAll(stream.stream)
        #expect(after == numbered(1...200))
        #expect(lost.isEmpty)
        let durable = driver.append(numbered(201...203), to: stream.stream)
        #expect(durable == 203)
        let (tail, _) = driver.readAll(stream.stream, from: 199)
        #expect(tail == numbered(199...203))
    }

    @Test func `a segment that a killed run had only begun is not in the way`() throws {
        let disk = SimulatedDisk(seed: 12)
        do {
            var driver = try JournalDriver(disk)
            _ = driver.create(0)
            _ = driver.append(numbered(1...3), to: 0)
            let isStopped = driver.stop()
            #expect(isStopped)
        }
        disk.restartProcess()
        let first = try #require(disk.files.first { $0.contains("/log-000000000001.") })
        let begun = first.replacing("/log-000000000001.", with: "/log-000000000002.")
        let file = try disk.open(begun, .create)
        try disk.write(file, at: 0, [1, 2, 3].raw)
        disk.close(file)
        var driver = try JournalDriver(disk)
        let durable = driver.append(numbered(4...6), to: 0)
        #expect(durable == 6)
        let (found, lost) = driver.readAll(0)
        #expect(found == numbered(1...6))
        #expect(lost.isEmpty)
    }

    @Test func `many segments are read in order, from any sequence`() throws {
        let disk = SimulatedDisk(seed: 2)
        var driver = try JournalDriver(disk)
        _ = driver.create(0)
        let count: UInt64 = 2_000
        for first in stride(from: 1, to: count, by: 100) as StrideTo<UInt64> {
            _ = driver.append(numbered(first...first + 99, payload: 700), to: 0)
        }
        #expect(disk.files.filter { $0.contains("/log-") }.count > 1)
        for sequence in [1, 99, 100, 101, 1_345, count] as [UInt64] {
            let (found, lost) = driver.readAll(0, from: sequence, blockCountMax: 64)
            #expect(lost.isEmpty)
            #expect(found.map(\.sequence) == Array(sequence...count))
        }
        let isStopped = driver.stop()
        #expect(isStopped)
        disk.restartProcess()
        var next = try JournalDriver(disk)
        let (found, _) = next.readAll(0, from: 1_210, blockCountMax: 64)
        #expect(found == numbered(1_210...count, payload: 700))
    }

    @Test func `a segment without live messages goes from the disk`() throws {
        let disk = SimulatedDisk(seed: 3)
        var driver = try JournalDriver(disk)
        _ = driver.create(0)
        for first in stride(from: 1, to: 3_000, by: 100) as StrideTo<UInt64> {
            _ = driver.append(numbered(first...first + 99, payload: 700), to: 0)
        }
        let before = disk.files.filter { $0.contains("/log-") }
        var state = StateWriter()
        state.setFloor(3_001)
        _ = driver.write(state, to: 0)
        #expect(disk.files.filter { $0.contains("/log-") }.isEmpty, "was \(before.count)")
        let (found, lost) = driver.readAll(0)
        #expect(found.isEmpty && lost.isEmpty)
        _ = driver.append(numbered(3_001...3_002), to: 0)
        disk.restartProcess()
        let next = try JournalDriver(disk)
        #expect(next.journal.recovered.map(\.firstSequence) == [3_001])
        #expect(next.journal.recovered.map(\.lastSequence) == [3_002])
    }

    @Test func `no sequence comes back when all messages are gone`() throws {
        let disk = SimulatedDisk(seed: 4)
        do {
            var driver = try JournalDriver(disk)
            _ = driver.create(0)
            _ = driver.append(numbered(1...50), to: 0)
            var state = StateWriter()
            state.delete(first: 1, through: 50)
            state.setFloor(51)
            _ = driver.write(state, to: 0)
            _ = driver.stop()
        }
        disk.restartProcess()
        let next = try JournalDriver(disk)
        #expect(next.journal.recovered.map(\.firstSequence) == [51])
        #expect(next.journal.recovered.map(\.lastSequence) == [50])
    }

    @Test func `more orders than the journal has places for are carried out in order`() throws {
        let disk = SimulatedDisk(seed: 6)
        var driver = try JournalDriver(disk)
        _ = driver.create(0)
        let count = UInt64(JournalClient.appendsInFlightMax) + 1_000
        for sequence in 1...count { driver.post(numbered(sequence...sequence), to: 0) }
        let isCongested = driver.client.isCongested
        let hasBacklog = driver.client.hasBacklog
        #expect(isCongested && hasBacklog)
        for sequence in 1...count { _ = driver.client.read(stream: 0, from: sequence) }
        let reads = driver.client.readsInFlight
        #expect(reads == Int(count))
        var last: UInt64 = 0
        var isOrdered = true
        for report in driver.run() {
            switch report {
            case .durable(_, _, let sequence, let loan):
                _ = RecordBuffer(loan)
                isOrdered = isOrdered && sequence > last
                last = sequence
            case .block(_, _, _, _, _, let loan): _ = RecordBuffer(loan)
            default: break
            }
        }
        #expect(isOrdered)
        #expect(last == count)
        let left = (driver.client.appendsInFlight, driver.client.readsInFlight)
        let isDone = !driver.client.hasBacklog
        #expect(left == (0, 0) && isDone)
        let (found, lost) = driver.readAll(0, blockCountMax: 64)
        #expect(found.count == Int(count) && lost.isEmpty)
    }

    @Test func `a removed stream leaves no file and does not come back`() throws {
        let disk = SimulatedDisk(seed: 5)
        do {
            var driver = try JournalDriver(disk)
            _ = driver.create(0)
            _ = driver.create(1, [2])
            _ = driver.append(numbered(1...5), to: 0)
            _ = driver.append(numbered(1...6), to: 1)
            _ = driver.client.remove(stream: 0)
            let reports = driver.run()
            #expect(reports.contains { if case .removed = $0 { true } else { false } })
            #expect(disk.files.filter { $0.contains("/log-") }.count == 1)
            #expect(driver.journal.vault.ring.destroyed.count == 1)
            let refused = driver.append(numbered(6...6), to: 0)
            #expect(refused == nil)
        }
        disk.restartProcess()
        let next = try JournalDriver(disk)
        #expect(next.journal.recovered.map(\.configuration) == [[2]])
        #expect(next.journal.vault.ring.destroyed.count == 1)
    }

    @Test func `a full disk refuses at once and takes messages again when room returns`() throws {
        let disk = SimulatedDisk(seed: 6)
        var driver = try JournalDriver(disk)
        _ = driver.create(0)
        _ = driver.append(numbered(1...10), to: 0)
        disk.limit(toFree: 8_192)
        var accepted: UInt64 = 10
        while let durable = driver.append(
            numbered(accepted + 1...accepted + 10, payload: 500),
            to: 0
        ) {
            accepted = durable
            #expect(accepted < 5_000)
        }
        _ = driver.client.append(
            batch(numbered(accepted + 1...accepted + 1, payload: 60_000)),
            to: 0
        )
        let refusals = driver.run().compactMap { report -> JournalRefusal? in
            guard case .appendRefused(_, _, let why, let loan) = report else { return nil }
            _ = RecordBuffer(loan)
            return why
        }
        #expect(refusals == [.diskFull])
        disk.limit(toFree: nil)
        let durable = driver.append(numbered(accepted + 1...accepted + 10), to: 0)
        #expect(durable == accepted + 10)
        disk.restartProcess()
        var next = try JournalDriver(disk)
        let (found, lost) = next.readAll(0)
        #expect(found.map(\.sequence) == Array(1...accepted + 10))
        #expect(lost.isEmpty)
    }

    @Test func `state that was given before a refusal was seen is refused with it`() throws {
        let disk = SimulatedDisk(seed: 9)
        var driver = try JournalDriver(disk)
        let isMade = driver.create(0)
        #expect(isMade)
        disk.limit(toFree: 100_000)
        var large = StateWriter()
        large.put([1].raw, [UInt8](repeating: 7, count: 1 << 20).raw)
        var small = StateWriter()
        small.put([2].raw, [3].raw)
        let first = driver.client.write(large, to: 0, isDurable: false)
        let second = driver.client.write(small, to: 0, isDurable: true)
        var refused: [JournalTicket] = []
        for report in driver.run() {
            guard case .stateRefused(let ticket, 0, .diskFull, let loan) = report else { continue }
            _ = RecordBuffer(loan)
            refused.append(ticket)
        }
        #expect(refused == [first, second])
        var third = StateWriter()
        third.put([4].raw, [5].raw)
        let isWritten = driver.write(third, to: 0)
        #expect(isWritten, "the refusal is known by now")
        disk.restart()
        let again = try JournalDriver(disk)
        #expect(again.journal.recovered.first?.values.map(\.key) == [[4]])
    }

    @Test func `a failed sync refuses the group and everything after it`() throws {
        let disk = SimulatedDisk(seed: 7)
        var driver = try JournalDriver(disk)
        _ = driver.create(0)
        _ = driver.append(numbered(1...10), to: 0)
        disk.inject(.fails(5), at: disk.writeCalls + 2)
        let failed = driver.append(numbered(11...20), to: 0)
        #expect(failed == nil)
        let after = driver.append(numbered(21...30), to: 0)
        #expect(after == nil)
        disk.restart()
        var next = try JournalDriver(disk)
        let (found, _) = next.readAll(0)
        #expect(Array(found.prefix(10)) == numbered(1...10))
        let last = try #require(next.journal.recovered.first).lastSequence
        let durable = next.append(numbered(last + 1...last + 5), to: 0)
        #expect(durable == last + 5)
    }

    private func batch(_ messages: [Message]) -> RecordBatch {
        var writer = BatchWriter()
        for message in messages { _ = writer.add(message) }
        return writer.finish()
    }
}
