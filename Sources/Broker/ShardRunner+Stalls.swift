// Publishers that are not read for a while, so that others can catch up.

import Base

/// A publisher whose socket is not read for a while.
struct Stall: BitwiseCopyable {
    var index: UInt32
    var generation: UInt32
    var until: Instant
    /// Whether it ends as soon as the disk has caught up.
    var isForDisk: Bool
}

extension ShardRunner {
    /// Does not read from a publisher until its receivers or the disk can have caught up.
    mutating func holdForSlower(_ index: UInt32) {
        let moment = shard.settings.stallNanoseconds
        let isForDisk = moment > 0 && shard.isDiskBehind
        hold(
            index,
            nanoseconds: isForDisk ? ShardSettings.diskStallNanoseconds : moment,
            isForDisk: isForDisk
        )
    }

    /// Does not read from the connection for a while.
    mutating func hold(_ index: UInt32, nanoseconds: UInt64, isForDisk: Bool = false) {
        let connection = shard.connections[index]
        guard connection.descriptor >= 0 else { return }
        let until = shard.tick.now.adding(nanoseconds: nanoseconds)
        stalled.append(
            Stall(
                index: index,
                generation: connection.generation,
                until: until,
                isForDisk: isForDisk
            )
        )
        watch(index)
    }

    /// Reads again from those whose pause is over.
    mutating func resumeStalled() {
        guard stalled.count > 0 else { return }
        let isDiskBehind = shard.isDiskBehind
        var kept = 0
        for at in 0..<stalled.count {
            let stall = stalled[at]
            guard shard.isCurrent(stall.index, generation: stall.generation) else { continue }
            if shard.tick.now < stall.until, isDiskBehind || !stall.isForDisk {
                stalled[kept] = stall
                kept += 1
                continue
            }
            shard.connections[stall.index].flags.remove(.isStalled)
            watch(stall.index)
        }
        while stalled.count > kept { _ = stalled.popLast() }
    }
}
