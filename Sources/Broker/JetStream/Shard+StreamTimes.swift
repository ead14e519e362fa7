// How long deliveries and acknowledgements take.

import Base
import Engine
import Queueing
import Telemetry

extension Shard {
    /// A message that came at `time` is being sent to a consumer.
    mutating func noteDelivery(_ delivery: Delivery, time: Instant, of index: UInt32) {
        guard delivery.attempts == 1 else {
            host.streams[index].counters.redelivered &+= 1
            host.counters.redelivered &+= 1
            return
        }
        // A consumer that reads the past back did not wait for it.
        let created = host.streams[index].stream.consumers[delivery.consumer].created
        guard time >= created else { return }
        host.times.deliveries?.record(tick.now.nanoseconds(since: time))
    }

    /// A consumer says what became of a delivery; only what it has dealt with counts.
    mutating func noteAck(
        _ ack: AckSubject,
        _ kind: AckKind,
        _ consumer: UInt32,
        of index: UInt32
    ) {
        switch kind {
        case .acknowledged, .next, .terminated: break
        case .negative, .inProgress, .unknown: return
        }
        host.streams[index].counters.acknowledged &+= 1
        host.counters.acknowledged &+= 1
        let waited = host.streams[index].stream.consumers[consumer].waited(
            for: ack.sequence,
            at: tick.now
        )
        if let waited { host.times.acknowledgements?.record(waited) }
    }
}
