// What one connection may use, and how long it may take.

import Base

/// Limits of a client connection; what happens at each is `WireError`'s business.
public struct WireLimits: Equatable, Sendable {
    /// Longest argument part of a control line, in bytes.
    public var controlLineBytesMax = 4_096
    /// Longest payload, headers included, in bytes.
    public var payloadBytesMax = 1 << 20
    /// Longest header block, in bytes.
    public var headerBytesMax = 65_535
    /// Bytes that may wait for a client before it counts as a slow consumer.
    public var pendingBytesMax = 64 << 20
    /// Subscriptions of one connection; 0 is no limit.
    public var subscriptionsMax = 0
    /// Tokens in the subject of a subscription; 0 is no limit.
    public var subscriptionTokensMax = 0
    /// Connections of the whole server.
    public var connectionsMax = 65_536
    /// Pings that may be unanswered when the next one is due.
    public var pingsOutMax = 2
    /// Time between two pings.
    public var pingIntervalNanoseconds: UInt64 = 120 * nanosecondsPerSecond
    /// Time from accepting a connection to its CONNECT, where one is required.
    public var authenticationNanoseconds: UInt64 = 2 * nanosecondsPerSecond
    /// Time from accepting a connection to the end of its TLS handshake.
    public var handshakeNanoseconds: UInt64 = 2 * nanosecondsPerSecond
    /// Time a write may be blocked before the client counts as a slow consumer.
    public var writeNanoseconds: UInt64 = 10 * nanosecondsPerSecond

    /// The limits nats-server has when nothing is configured.
    public init() {}
}
