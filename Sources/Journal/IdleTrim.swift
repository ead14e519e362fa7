// Gives memory back that a burst has taken.

import Base
import CLinux

/// What the allocator keeps of a burst goes back to the system once there is little to do.
///
/// The allocator keeps free memory between blocks in use for the next burst, as much as the last
/// one took. Asking for it costs some milliseconds, in which others may wait for the allocator.
struct IdleTrim {
    private var lastLook = Instant(nanoseconds: 0)
    private var seenBytes: UInt64 = 0
    private var trimmedBytes: UInt64 = 0

    /// Bytes of one look to the next, a second or more, up to which there is little to do.
    static var quietBytesMax: UInt64 { 1 << 20 }
    /// Bytes from which on there may be something to give back.
    static var burstBytesMin: UInt64 { 16 << 20 }

    /// Whether memory goes back at `now`, when the journal has taken `bytes` since its start.
    mutating func isDue(_ bytes: UInt64, at now: Instant) -> Bool {
        guard now.nanoseconds(since: lastLook) >= nanosecondsPerSecond else { return false }
        let isQuiet = bytes &- seenBytes <= Self.quietBytesMax
        lastLook = now
        seenBytes = bytes
        guard isQuiet, bytes &- trimmedBytes >= Self.burstBytesMin else { return false }
        trimmedBytes = bytes
        return true
    }

    /// Gives the memory back.
    static func trim() { clinux_trim_memory() }
}
