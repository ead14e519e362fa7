// Gives memory back that a burst has taken.

import Base
import CLinux

/// What the allocator keeps of a burst goes back to the system once there is little to do.
///
/// The allocator keeps free memory between blocks in use for the next burst, as much as the last
/// one took. Asking for it costs some milliseconds, in which others may wait for the allocator.
struct IdleTrim {
    private var lastLook: Instant?
    private var seenBytes: UInt64 = 0
    private var trimmedBytes: UInt64 = 0
    /// Whether there may be something from before the first look: to open a store takes memory.
    private var isFresh = true

    /// Bytes of one look to the next, a second or more, up to which there is little to do.
    static var quietBytesMax: UInt64 { 1 << 20 }
    /// Bytes from which on there may be something to give back.
    static var burstBytesMin: UInt64 { 16 << 20 }

    /// Whether memory goes back at `now`, when the journal has taken `bytes` since its start.
    mutating func isDue(_ bytes: UInt64, at now: Instant) -> Bool {
        if let lastLook, now.nanoseconds(since: lastLook) < nanosecondsPerSecond { return false }
        let isQuiet = lastLook != nil && bytes &- seenBytes <= Self.quietBytesMax
        lastLook = now
        seenBytes = bytes
        guard isQuiet, isFresh || bytes &- trimmedBytes >= Self.burstBytesMin else { return false }
        isFresh = false
        trimmedBytes = bytes
        return true
    }

    /// Gives the memory back.
    static func trim() { clinux_trim_memory() }
}
