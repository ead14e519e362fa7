// How a disk that hangs is noticed.

import Base
import DiskSimulation
import Testing

@testable import Journal

@Suite struct DiskPulseTests {
    private func at(seconds: UInt64) -> Instant {
        Instant(nanoseconds: seconds * nanosecondsPerSecond)
    }

    @Test func `a disk hangs for as long as the oldest call that has not come back`() {
        let pulse = DiskPulse()
        let first = pulse.begin(at: at(seconds: 10))
        let second = pulse.begin(at: at(seconds: 13))
        #expect(pulse.hang(at: at(seconds: 11)) == 0)
        #expect(pulse.hang(at: at(seconds: 14)) == 4 * nanosecondsPerSecond)
        pulse.end(first)
        #expect(pulse.hang(at: at(seconds: 14)) == 0)
        #expect(pulse.hang(at: at(seconds: 16)) == 3 * nanosecondsPerSecond)
        let third = pulse.begin(at: at(seconds: 16))
        #expect(third == first)
        pulse.end(second)
        pulse.end(third)
        #expect(pulse.hang(at: at(seconds: 99)) == 0)
    }

    @Test func `calls are over when they have come back, also those that fail`() throws {
        let pulse = DiskPulse()
        let disk = PulseDisk(SimulatedDisk(seed: 1), pulse)
        let file = try disk.open("one", .create)
        try disk.write(file, at: 0, [1].raw)
        try disk.sync(file)
        try disk.sync([file])
        try disk.syncDirectory("")
        #expect(throws: DiskError.self) { _ = try disk.open("none", .read) }
        disk.close(file)
        #expect(pulse.hang(at: .distantFuture) == 0)
    }
}
