// How far frames are apart.

/// How far frames are apart: at most 60 a second in the long run, and a key is shown at once
/// unless many have just been.
public struct FramePace: Equatable, Sendable {
    /// Nanoseconds between two frames, which is 60 a second.
    private static let gap: UInt64 = 16_000_000
    /// Frames that keys may be ahead of that.
    private static let aheadMax: UInt64 = 16

    private var lastFrame: UInt64 = 0
    /// When as many frames as keys have had are due, one a gap.
    private var keysPaid: UInt64 = 0

    /// A pace before its first frame.
    public init() {}

    /// Nanoseconds from `now` on until a frame may be drawn; 0 for at once.
    public func wait(at now: UInt64, forKey isForKey: Bool) -> UInt64 {
        let due =
            isForKey
            ? keysPaid &- min(keysPaid, Self.gap &* Self.aheadMax) : lastFrame &+ Self.gap
        return due <= now ? 0 : due &- now
    }

    /// Notes a frame.
    public mutating func drew(at now: UInt64, forKey isForKey: Bool) {
        lastFrame = now
        if isForKey { keysPaid = max(keysPaid, now) &+ Self.gap }
    }
}
