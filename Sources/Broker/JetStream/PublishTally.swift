// How publishers fare: recorded by the shard, read by the control thread and by the journal.

import Base
import Journal
import Telemetry

/// The counters of publishers, for any thread to read.
struct PublishBlocks: Sendable {
    /// How long publishers waited until their messages were safe.
    let times = CounterBlock(count: Histogram.counterCount)
    /// One counter: publishes that failed because of the store.
    let failures = CounterBlock(count: 1)

    /// The same as the journal looks at it.
    var watch: PublishWatch {
        let (times, failures) = (self.times, self.failures)
        return PublishWatch {
            PublishCounts(times: Histogram(reading: times), failures: failures[0])
        }
    }
}

/// The recording end of `PublishBlocks`.
struct PublishTally: ~Copyable {
    private let times: HistogramWriter
    private let failures: CounterWriter

    /// The one writer of `blocks`.
    init(_ blocks: PublishBlocks) {
        times = HistogramWriter(blocks.times)
        failures = blocks.failures.takeWriter()
    }

    /// Notes a message that was safe after `nanoseconds`.
    func noteSafe(_ nanoseconds: UInt64) { times.record(nanoseconds) }

    /// Notes a publish that the store refused, or will not answer.
    func noteFailure() { failures.add(1, to: 0) }
}

/// A publish that was answered in this tick.
struct AnsweredPublish: BitwiseCopyable {
    /// The stream that took it.
    let stream: UInt32
    /// When it came.
    let time: Instant
    /// Connections that had something to be written once the answer was among it, which was for the
    /// last of them or for one before.
    let written: UInt32
}
