// What a configuration may say that this server does not do.

public import Queueing

extension StreamConfiguration {
    /// Which properties are not served, by the members that stand for them.
    private static var flagsNotServed: [(String, StreamFlags)] {
        [
            ("allow_msg_counter", .allowCounter), ("allow_atomic", .allowAtomic),
            ("allow_msg_schedules", .allowSchedules), ("allow_batched", .allowBatched),
        ]
    }

    /// The configuration without what is not served, for a stream that was made by another version.
    public var served: StreamConfiguration {
        var served = self
        for (_, flag) in Self.flagsNotServed { served.flags.remove(flag) }
        return served
    }

    /// Refuses what would be taken without effect, as a server does that does not know the member.
    ///
    /// - Throws: the first member that is not served.
    public func checkServed() throws(QueueingError) {
        for (name, flag) in Self.flagsNotServed where flags.contains(flag) {
            throw Self.unknown(name)
        }
        if persistence == .whenTaken { throw Self.unknown("persist_mode") }
        for source in sources + (mirror.map { [$0] } ?? []) {
            if source.external != nil { throw Self.unknown("external") }
            if source.consumer != nil { throw Self.unknown("consumer") }
        }
    }

    private static func unknown(_ member: String) -> QueueingError {
        QueueingError(.invalidJson, "json: unknown field \"\(member)\"")
    }
}
