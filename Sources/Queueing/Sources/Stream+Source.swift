// A stream as the origin of others.

public import Base
import Routing

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

/// What a way into another stream has still to take from a stream that keeps only what is wanted:
/// there it counts as a consumer.
struct OriginClaim {
    let id: UInt32
    let filters: [[UInt8]]
    /// Everything up to here was taken for good, or never wanted.
    var position: UInt64

    /// Whether messages on `subject` are taken.
    func takes(_ subject: RawSpan) -> Bool {
        if filters.isEmpty { return true }
        for filter in filters where SubjectPattern.matches(filter.raw, subject) { return true }
        return false
    }
}

extension Stream {
    /// Whether links count as consumers here.
    public var hasClaims: Bool { !claims.isEmpty }

    /// Keeps what `link`, which is called `id`, has still to take, if the stream keeps only what
    /// somebody wants.
    public mutating func claim(for link: inout SourceLink, as id: UInt32) {
        guard state.rules.retention != .limits, link.isStarted,
            !claims.contains(where: { $0.id == id })
        else { return }
        claims.append(
            OriginClaim(id: id, filters: link.filters, position: link.claimStart)
        )
    }

    /// Lets go of what the link `id` has taken for good: everything up to `position`.
    /// - Returns: whether that was not known before.
    public mutating func settleClaim(
        _ id: UInt32,
        upTo position: UInt64,
        into effects: inout Effects
    ) -> Bool {
        guard let at = claims.firstIndex(where: { $0.id == id }), claims[at].position < position
        else { return false }
        var sequence = state.index.next(from: claims[at].position &+ 1)
        claims[at].position = position
        while sequence > 0, sequence <= position {
            let subject = state.index.subject(of: sequence)
            if claims[at].takes(state.subjects.name(subject)) { release(sequence) }
            sequence = state.index.next(from: sequence &+ 1)
        }
        tellRemovals(into: &effects)
        return true
    }

    /// The link `id` takes nothing any more.
    public mutating func dropClaim(_ id: UInt32, into effects: inout Effects) {
        let count = claims.count
        claims.removeAll { $0.id == id }
        if claims.count < count, state.rules.retention == .interest {
            releaseUnwanted(into: &effects)
        }
    }

    /// Whether a link has still to take the message `sequence`, which is on the subject `number`.
    func isClaimed(_ sequence: UInt64, _ number: UInt32) -> Bool {
        for claim in claims where claim.position < sequence {
            if claim.takes(state.subjects.name(number)) { return true }
        }
        return false
    }
}
