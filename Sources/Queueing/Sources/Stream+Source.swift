// A stream as the origin of others.

public import Base

extension Stream {
    /// What `link` is to do next, of which this stream is the origin.
    public mutating func next(for link: inout SourceLink, at now: Instant) -> SourceStep {
        link.next(in: &state, at: now)
    }

    /// Lets `link` copy the message `sequence`, which its `next` named.
    public mutating func read(_ sequence: UInt64, for link: inout SourceLink) {
        link.read(sequence, from: &state)
    }
}
