// Which messages a purge removes.

/// A selection of messages to remove; says nothing, and everything goes.
public struct Purge: Equatable, Sendable {
    /// Only messages on subjects that match; empty for all.
    public var filter: [UInt8] = []
    /// Only messages below this sequence; 0 for all.
    public var below: UInt64 = 0
    /// How many of the newest of the selection stay.
    public var keep: UInt64 = 0

    /// Everything.
    public init() {}
}
