// A mirror takes messages as they are: sequence, time and all.

public import Base

extension Stream {
    /// Stores a message of the origin under its own sequence; what lies between was deleted there.
    ///
    /// - Returns: `nil` if the mirror has it already.
    public mutating func mirror(
        sequence: UInt64,
        time: Instant,
        subject: RawSpan,
        headers: RawSpan,
        payload: RawSpan,
        into effects: inout Effects
    ) -> Stored? {
        guard sequence > state.lastSequence else { return nil }
        let stored = state.take(
            sequence: sequence,
            time: time,
            subject: subject,
            headers: headers,
            payload: payload
        )
        announce(stored, into: &effects)
        return stored
    }
}
