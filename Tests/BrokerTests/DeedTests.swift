// What clients do to queues is written down, and not too often.

import Base
import Testing

@testable import Broker

@Suite struct DeedTests {
    private let deed = Deed(
        who: Array("ann in $G from 127.0.0.1:7".utf8),
        what: "message delete",
        about: Array("ORDERS".utf8),
        result: "done"
    )
    private let start = Instant(nanoseconds: 5)

    private func after(_ milliseconds: UInt64) -> Instant {
        start.adding(nanoseconds: milliseconds * nanosecondsPerMillisecond)
    }

    @Test func `the first of a kind is written at once and the rest of its second is counted`() {
        var book = DeedBook()
        #expect(book.nextFlush == .distantFuture)
        #expect(book.take(deed, 1, at: start) == 1)
        for step in 1...900 as ClosedRange<UInt64> {
            #expect(book.take(deed, 1, at: after(step)) == 0)
        }
        #expect(book.flush(at: after(999)).isEmpty)
        let due = book.flush(at: after(1_000))
        #expect(due.map(\.0) == [deed] && due.map(\.1) == [900])
        #expect(book.take(deed, 2, at: after(1_500)) == 0)
        #expect(book.flush(at: after(2_000)).map(\.1) == [2])
        #expect(book.flush(at: after(3_000)).isEmpty)
        #expect(book.nextFlush == .distantFuture, "nothing is left to wait for")
    }

    @Test func `more kinds than can be counted are written one by one`() {
        var book = DeedBook()
        for number in 0..<DeedBook.windowCountMax + 5 {
            let other = Deed(who: [], what: "queue purge", about: [], result: "\(number)")
            #expect(book.take(other, 1, at: start) == 1)
        }
        #expect(book.take(deed, 4, at: start) == 4)
    }
}
