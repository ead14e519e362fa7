// When a key has done enough and the next one takes over.

public import Base

/// The most that one version of a data key may do.
public struct RotationPolicy: BitwiseCopyable, Equatable, Sendable {
    /// Its age in nanoseconds; 0 for no limit.
    public var ageMax: UInt64
    /// Bytes sealed under it; 0 for no limit.
    public var bytesMax: UInt64
    /// Messages sealed under it; 0 for no limit.
    public var messagesMax: UInt64

    /// The limits; 0 is none.
    public init(ageMax: UInt64, bytesMax: UInt64, messagesMax: UInt64) {
        self.ageMax = ageMax
        self.bytesMax = bytesMax
        self.messagesMax = messagesMax
    }

    /// 90 days, 1 TiB, 10⁹ messages.
    public static var standard: RotationPolicy {
        RotationPolicy(
            ageMax: 90 * 86_400 * nanosecondsPerSecond,
            bytesMax: 1 << 40,
            messagesMax: 1_000_000_000
        )
    }

    /// Whether a version made at `created` with so much under it gives way at `now`.
    public func isDue(created: Instant, bytes: UInt64, messages: UInt64, at now: Instant) -> Bool {
        if ageMax > 0, now.nanoseconds(since: created) >= ageMax { return true }
        if bytesMax > 0, bytes >= bytesMax { return true }
        return messagesMax > 0 && messages >= messagesMax
    }
}
