// What connections may use, and how long they may take.

import Base

/// Limits of connections; the defaults are nats-server's.
public struct ConnectionLimits: Equatable, Sendable {
    /// Longest argument part of a control line, in bytes.
    public var controlLineBytesMax = 4_096
    /// Longest payload, headers included, in bytes.
    public var payloadBytesMax = 1 << 20
    /// Bytes that may wait for a client before it counts as a slow consumer.
    public var pendingBytesMax = 64 << 20
    /// Clients at a time; `nil` is no limit.
    public var connectionsMax: Int? = 65_536
    /// Subscriptions of one connection; `nil` is no limit.
    public var subscriptionsMax: Int?
    /// Tokens in the subject of a subscription; `nil` is no limit.
    public var subscriptionTokensMax: Int?
    /// Closed connections that monitoring remembers.
    public var closedConnectionsMax = 10_000
    /// Pings that may be unanswered when the next one is due.
    public var pingsOutMax = 2
    /// Time between two pings.
    public var pingIntervalNanoseconds: UInt64 = 120 * nanosecondsPerSecond
    /// Time a write may be blocked before the client counts as a slow consumer.
    public var writeNanoseconds: UInt64 = 10 * nanosecondsPerSecond
    /// Whether fast publishers are never held up for slow readers.
    public var neverStallsPublishers = false

    /// The limits nats-server has when nothing is configured.
    public init() {}
}
