// What another thread records reaches the console's buckets, also after the first look.

import Engine
import Telemetry
import Testing

@testable import Broker

@Suite struct LatencyReaderTests {
    @Test func `what was recorded since the last look is there at the next`() {
        let writer = HistogramWriter()
        var reader = LatencyReader(writer.block)
        #expect(reader.read().count == 0)
        writer.record(1_000)
        #expect(reader.read()[LatencyHistogram.bucket(of: 1_000)] == 1)
        #expect(reader.read().count == 1, "a look changes nothing")
        writer.record(70_000, times: 3)
        let latest = reader.read()
        #expect(latest.count == 4)
        #expect(latest[LatencyHistogram.bucket(of: 70_000)] == 3)
    }

    @Test func `a sum that is as large as it gets hides nothing`() {
        let writer = HistogramWriter()
        var reader = LatencyReader(writer.block)
        writer.record(.max)
        #expect(reader.read().count == 1)
        writer.record(5)
        #expect(reader.read().count == 2)
    }
}
