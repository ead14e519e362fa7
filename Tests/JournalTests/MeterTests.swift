// What the journal measures is what was done.

import Base
import DiskSimulation
import Journal
import Sealing
import Telemetry
import Testing

@Suite struct MeterTests {
    @Test func `messages, bytes, syncs and waits are counted once each`() throws {
        var driver = try JournalDriver(SimulatedDisk(seed: 3))
        let isMade = driver.create(0)
        #expect(isMade)
        for first in stride(from: 1, to: 41, by: 10) as StrideTo<UInt64> {
            let durable = driver.append(numbered(first...first + 9), to: 0)
            #expect(durable == first + 9)
        }
        let meter = driver.journal.meter
        let figures = meter.figures
        #expect(figures.messages == 40)
        #expect(figures.batches == 4)
        #expect(figures.syncs == 4)
        #expect(figures.stalls == 0)
        #expect(figures.rawBytes > 0 && figures.sealedBytes > 0)
        #expect(Histogram(reading: meter.syncs).count == 4)
        #expect(Histogram(reading: meter.writes).count == 40)
        #expect(Histogram(reading: meter.waits).count == 40)
        let (messages, _) = driver.readAll(0)
        #expect(messages.count == 40)
        #expect(meter.figures.readBytes > 0)
        #expect(driver.journal.openingNanoseconds > 0)
    }

    @Test func `files are counted when somebody looks`() throws {
        var driver = try JournalDriver(SimulatedDisk(seed: 4))
        let isMade = driver.create(0)
        #expect(isMade)
        _ = driver.append(numbered(1...10), to: 0)
        #expect(driver.journal.meter.figures.segments == 0, "nobody has looked")
        _ = driver.journal.keys.picture
        _ = driver.run()
        let figures = driver.journal.meter.figures
        #expect(figures.segments == 1 && figures.activeSegments == 1)
        #expect(figures.segmentBytes == 256 << 10)
        #expect(figures.usedBytes > 0)
    }
}
