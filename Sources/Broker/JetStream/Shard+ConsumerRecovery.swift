// Consumers come back from what the store kept.

import Base
import JetStreamApi
import Journal
import Queueing

extension Shard {
    /// Makes a stream's consumers again from what the store kept.
    mutating func recoverConsumers(_ index: UInt32, _ values: [StateValue]) {
        for value in values where ConsumerKey.name(value.key) != nil {
            do throws(QueueingError) {
                try recoverConsumer(index, value)
            } catch {
                host.unreadableConsumers += 1
            }
        }
    }

    private mutating func recoverConsumer(
        _ index: UInt32,
        _ value: StateValue
    ) throws(QueueingError) {
        guard let space = value.value.firstIndex(of: 0x20),
            let count = Int(String(decoding: value.value[..<space], as: UTF8.self)), count >= 0,
            value.value.count - space - 1 >= count
        else { throw QueueingError(.invalidJson) }
        let text = Array(value.value[(space + 1)..<(space + 1 + count)])
        let snapshot = Array(value.value[(space + 1 + count)...])
        let archive = try ConsumerArchive(text)
        let now = tick.now
        var made: (index: UInt32, isNew: Bool) = (noIndex, false)
        try withEffects(of: index) { host, effects throws(QueueingError) in
            made = try host.streams[index].stream.addConsumer(
                archive.configuration,
                name: archive.name,
                mayCreate: true,
                mayUpdate: false,
                isBound: false,
                at: now,
                into: &effects
            )
        }
        let isWhole = host.streams[index].stream.restoreConsumer(
            made.index,
            snapshot: snapshot.raw,
            changes: value.deltas,
            at: now
        )
        if !isWhole { host.unreadableConsumers += 1 }
        if archive.configuration.isPush {
            host.pushConsumers.insert(PushConsumer(stream: index, consumer: archive.name))
        }
        markActive(index)
    }
}
