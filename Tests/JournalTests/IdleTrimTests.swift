// When memory that a burst has taken goes back.

import Base
import Testing

@testable import Journal

@Suite struct IdleTrimTests {
    private var trim = IdleTrim()

    private func second(_ number: UInt64) -> Instant {
        Instant(nanoseconds: (100 + number) * nanosecondsPerSecond)
    }

    @Test mutating func `goes back once it is quiet after a burst, and once`() {
        let bytes: [UInt64] = [0, 50 << 20, 50 << 20, 50 << 20, 51 << 20, 52 << 20]
        var due: [Bool] = []
        for (number, taken) in bytes.enumerated() {
            due.append(trim.isDue(taken, at: second(UInt64(number))))
        }
        #expect(due == [false, false, true, false, false, false])
    }

    @Test mutating func `what a start took goes back once, when nothing is written yet`() {
        var due: [Bool] = []
        for number in 0..<5 as Range<UInt64> {
            due.append(trim.isDue(number << 10, at: second(number)))
        }
        #expect(due == [false, true, false, false, false])
    }

    @Test mutating func `stays while much is written`() {
        for number in 0..<60 as Range<UInt64> {
            let isDue = trim.isDue(number * (2 << 20), at: second(number))
            #expect(!isDue)
        }
        let isDue = trim.isDue(59 * (2 << 20), at: second(60))
        #expect(isDue)
    }

    @Test mutating func `is not looked at twice in a second`() {
        let first = trim.isDue(50 << 20, at: second(0))
        let early = trim.isDue(50 << 20, at: second(0).adding(nanoseconds: 999_999_999))
        let late = trim.isDue(50 << 20, at: second(1))
        #expect(!first && !early && late)
    }
}
