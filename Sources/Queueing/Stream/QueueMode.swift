// What an operator has done to a queue: pause, drain, resume.

public import Base

/// Whether a queue takes messages in and gives them out.
public enum QueueMode: UInt8, BitwiseCopyable, Sendable {
    /// It does both.
    case open = 0
    /// Nothing is taken in.
    case ingressPaused = 1
    /// Nothing is taken in until everything is given out.
    case draining = 2
    /// Everything was given out; nothing is taken in.
    case drained = 3

    /// Whether publishes are refused.
    public var refusesIngress: Bool { self != .open }
}

/// How a drain is going.
public struct DrainProgress: BitwiseCopyable, Equatable, Sendable {
    /// When it began.
    public var since = Instant.never
    /// How deep the queue was when it began.
    public var startDepth: UInt64 = 0
    /// When it was done; `never` while it is not.
    public var finished = Instant.never

    /// No drain.
    public init() {}

    /// Nanoseconds it still takes at the pace so far, from `depth` at `now`; `nil` while there is
    /// no pace.
    public func remaining(depth: UInt64, at now: Instant) -> UInt64? {
        guard finished == .never, startDepth > depth, now > since else { return nil }
        let done = Double(startDepth - depth)
        let passed = Double(now.nanoseconds(since: since))
        let left = passed * Double(depth) / done
        return left < 9e18 ? UInt64(left) : nil
    }
}

/// Which dead letters are still to be put back.
///
/// Reading and publishing is the shell's; this says what is next.
public struct RedrivePlan: BitwiseCopyable, Equatable, Sendable {
    /// The next sequence to look at.
    public private(set) var next: UInt64
    /// The last sequence that was there when it began.
    public let last: UInt64
    /// How many more messages are put back.
    public private(set) var left: UInt64
    /// How many were put back.
    public private(set) var done: UInt64 = 0

    /// Puts back at most `most` messages from `first` through `last`; 0 stands for all.
    public init(first: UInt64, last: UInt64, most: UInt64) {
        next = max(1, first)
        self.last = last
        left = most == 0 ? .max : most
    }

    /// Whether nothing is left to do.
    public var isDone: Bool { next > last || left == 0 }

    /// The message `sequence` was put back, or passed over.
    public mutating func advance(past sequence: UInt64, wasPutBack: Bool) {
        next = max(next, sequence &+ 1)
        guard wasPutBack else { return }
        done += 1
        left -= 1
    }
}
