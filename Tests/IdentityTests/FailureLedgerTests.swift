import Base
import Testing

@testable import Identity

@Suite struct FailureLedgerTests {
    private let source = Array("10.0.0.1".utf8)

    private func at(_ milliseconds: UInt64) -> Instant {
        Instant(nanoseconds: 1 + milliseconds * nanosecondsPerMillisecond)
    }

    @Test func `holds each further failure back for longer, up to a limit`() {
        var ledger = FailureLedger()
        let delays = (UInt64(0)..<20).map {
            ledger.fail(source, at: at($0)).delayNanoseconds / nanosecondsPerMillisecond
        }
        #expect(delays.prefix(8).allSatisfy { $0 == 0 })
        #expect(delays[8...13] == [50, 100, 200, 400, 800, 1_600])
        #expect(delays.last == 1_600)
    }

    @Test func `sources do not suffer for each other`() {
        var ledger = FailureLedger()
        for number in UInt64(0)..<20 { _ = ledger.fail(source, at: at(number)) }
        #expect(ledger.fail(Array("10.0.0.2".utf8), at: at(21)).delayNanoseconds == 0)
    }

    @Test func `a success and a quiet minute both make good`() {
        var ledger = FailureLedger()
        for number in UInt64(0)..<20 { _ = ledger.fail(source, at: at(number)) }
        ledger.succeed(source)
        #expect(ledger.fail(source, at: at(30)).delayNanoseconds == 0)
        for number in UInt64(0)..<20 { _ = ledger.fail(source, at: at(40 + number)) }
        #expect(ledger.fail(source, at: at(60_060)).delayNanoseconds == 0)
    }

    @Test func `is logged once a minute and source`() {
        var ledger = FailureLedger()
        #expect(ledger.fail(source, at: at(0)).isToBeLogged)
        #expect(!ledger.fail(source, at: at(1)).isToBeLogged)
        #expect(!ledger.fail(source, at: at(59_999)).isToBeLogged)
        #expect(ledger.fail(Array("10.0.0.2".utf8), at: at(59_999)).isToBeLogged)
        #expect(ledger.fail(source, at: at(60_000)).isToBeLogged)
    }

    @Test func `forgets the source that was quiet longest when there are too many`() {
        var ledger = FailureLedger(sourcesMax: 4)
        for number in UInt64(0)..<10 { _ = ledger.fail(source, at: at(number)) }
        for other in 0..<4 {
            _ = ledger.fail(Array("10.1.0.\(other)".utf8), at: at(20 + UInt64(other)))
        }
        #expect(ledger.fail(source, at: at(30)).delayNanoseconds == 0)
    }
}
