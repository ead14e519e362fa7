// Who looks at the keys wakes the journal only for news.

import Base
import DiskSimulation
import Testing

@testable import Journal

@Suite struct KeyDeskTests {
    @Test func `a look wakes the journal after it has worked, not while it rests`() throws {
        var driver = try JournalDriver(SimulatedDisk(seed: 61))
        let desk = driver.journal.keys
        #expect(desk.isBehind(desk.lastPicture), "there was none yet")
        let isMade = driver.create(0)
        _ = driver.append(numbered(1...10), to: 0)
        let first = driver.keyPicture()
        #expect(isMade && first.uses.contains { $0.messages == 10 })
        #expect(!desk.isBehind(first))
        _ = driver.keyPicture()
        #expect(!desk.isBehind(desk.lastPicture), "to look is no work")
        _ = driver.append(numbered(11...20), to: 0)
        #expect(desk.isBehind(desk.lastPicture))
        let second = driver.keyPicture()
        #expect(second.uses.contains { $0.messages == 20 })
        #expect(!desk.isBehind(second))
    }

    @Test func `while keys are rotated every look wakes the journal`() throws {
        var driver = try JournalDriver(SimulatedDisk(seed: 62))
        let desk = driver.journal.keys
        let isMade = driver.create(0)
        _ = driver.append(numbered(1...100), to: 0)
        #expect(isMade && !desk.isBehind(driver.keyPicture()))
        _ = driver.post(.stream(0), .rotate(destroysOld: false, bytesPerSecond: 0))
        _ = desk.picture
        driver.discard(driver.tick())
        let during = desk.lastPicture
        #expect(!during.rotations.isEmpty)
        driver.discard(driver.tick())
        #expect(desk.isBehind(during))
        let after = driver.keyPicture()
        #expect(after.rotations.first?[.retire] != .waiting)
        #expect(!desk.isBehind(after))
    }
}
