// Streams and consumers of the whole server.
// Source: NATS server configuration, `jetstream`.

import Base

/// Where streams live and what they may use.
public struct JetStreamSettings: Equatable, Sendable {
    /// Whether there are streams at all.
    public var isEnabled = false
    /// The directory of the store; empty until `settle(in:)`.
    public var storeDirectory = ""
    /// The directory of the keys; empty until `settle(in:)`.
    public var keyDirectory = ""
    /// What opens the store, if not the key file in that directory.
    public var unlock = StoreUnlock()
    /// Age in nanoseconds after which a data key gives way; 0 is never.
    public var keyAgeMax: UInt64 = 90 * 86_400 * nanosecondsPerSecond
    /// Bytes under a data key after which it gives way; 0 is never.
    public var keyBytesMax: UInt64 = 1 << 40
    /// Messages under a data key after which it gives way; 0 is never.
    public var keyMessagesMax: UInt64 = 1_000_000_000
    /// Bytes that streams may hold in memory; `nil` is the server's choice.
    public var memoryBytesMax: Int64?
    /// Bytes that streams may hold on disk; `nil` is the server's choice.
    public var storeBytesMax: Int64?
    /// The domain; empty without.
    public var domain: [UInt8] = []
    /// Whether requests with unknown JSON members are refused.
    public var isStrict = true
    /// Unacknowledged messages of a consumer; `nil` is no limit.
    public var ackPendingMax: Int?
    /// Longest window in which duplicates are recognised; `nil` is no limit.
    public var duplicateWindowNanosecondsMax: UInt64?
    /// Messages one pull request may ask for; `nil` is no limit.
    public var requestBatchMax: Int?

    /// No streams.
    public init() {}
}
