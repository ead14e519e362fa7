// A shard's thread at the beginning and at the end of its store.

import Base
import Journal
import Reactor

extension ShardRunner {
    /// Reads the streams back; clients wait meanwhile.
    mutating func recoverStreams() {
        guard let store else { return }
        shard.begin(at: SystemClock.now())
        shard.beginRecovery(store.store.journal.recovered, store.store.journal.makeClient())
        while shard.isRecovering {
            store.bell.wait()
            store.bell.answer()
            shard.begin(at: SystemClock.now())
            shard.readBack()
        }
        logSetAside()
    }

    /// Lets the journal finish what it was given and let go of the store.
    mutating func stopJournal() {
        guard let store else { return }
        while !shard.endJournal() {
            store.bell.wait()
            store.bell.answer()
        }
        store.store.join()
    }
}
