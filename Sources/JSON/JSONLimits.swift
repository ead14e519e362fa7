// How much JSON a reader takes before it refuses.

/// Upper bounds for one JSON text.
public struct JSONLimits: Equatable, Sendable {
    /// How deep arrays and objects may nest.
    public var depthMax: Int
    /// How many members one object, or elements one array, may have.
    public var membersMax: Int
    /// How long one decoded string or member name may be, in bytes.
    public var stringBytesMax: Int
    /// How long the whole text may be, in bytes.
    public var textBytesMax: Int

    /// Limits with the given bounds.
    public init(depthMax: Int, membersMax: Int, stringBytesMax: Int, textBytesMax: Int) {
        self.depthMax = depthMax
        self.membersMax = membersMax
        self.stringBytesMax = stringBytesMax
        self.textBytesMax = textBytesMax
    }

    /// What requests from clients may contain: 32 levels, 1000 members, 1 MiB of text.
    public static let standard = JSONLimits(
        depthMax: 32,
        membersMax: 1_000,
        stringBytesMax: 1 << 20,
        textBytesMax: 1 << 20
    )
}
