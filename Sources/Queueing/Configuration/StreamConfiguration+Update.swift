// What may change about a stream that exists.
// Source: NATS JetStream API, STREAM.UPDATE; texts as clients know them.

extension StreamConfiguration {
    /// The configuration of this stream once `wanted` holds.
    ///
    /// - Throws: why the change is refused.
    public func updated(
        to wanted: StreamConfiguration,
        in place: StreamSurroundings
    ) throws(QueueingError) -> StreamConfiguration {
        var result = try wanted.checked(in: place)
        let prefix = "stream configuration update can not"
        if result.name != name { throw .stream("stream configuration name must match original") }
        if result.replicas > 1 { throw QueueingError(.replicasNotSupported) }
        if result.storage != storage { throw .stream("\(prefix) change storage type") }
        if result.retention != retention,
            retention == .workQueue || result.retention == .workQueue
        {
            throw .stream("\(prefix) change retention policy to/from workqueue")
        }
        try checkKept(result.flags, prefix)
        if let mirror = result.mirror, mirror != self.mirror {
            throw QueueingError(.mirrorNotUpdatable)
        }
        if persistence != result.persistence { throw .stream("\(prefix) change persist mode") }
        if result.flags.contains(.sealed) {
            result.limits.ageMax = 0
            result.discard = .new
            result.flags.insert(.denyDelete)
            result.flags.insert(.denyPurge)
            result.flags.remove(.allowRollup)
        }
        return result
    }

    private func checkKept(_ wanted: StreamFlags, _ prefix: String) throws(QueueingError) {
        let lost = flags.subtracting(wanted)
        if lost.contains(.sealed) { throw .stream("\(prefix) unseal a sealed stream") }
        if lost.contains(.denyDelete) { throw .stream("\(prefix) cancel deny message deletes") }
        if lost.contains(.denyPurge) { throw .stream("\(prefix) cancel deny purge") }
        if lost.contains(.allowTtl) { throw .stream("message TTL status can not be disabled") }
        if flags.symmetricDifference(wanted).contains(.allowCounter) {
            throw .stream("\(prefix) change message counter setting")
        }
        if lost.contains(.allowSchedules) { throw .stream("message schedules can not be disabled") }
    }

    /// Whether both mean the same but for metadata that servers add.
    public func isSame(as other: StreamConfiguration) -> Bool {
        var one = self
        var two = other
        one.metadata = metadata.withoutServerEntries
        two.metadata = other.metadata.withoutServerEntries
        return one == two
    }

    /// What is wrong with creating a stream that is checked but does not exist.
    ///
    /// - Throws: why it is not created on one server.
    public func checkCreation() throws(QueueingError) {
        if replicas > 1 { throw QueueingError(.replicasNotSupported) }
        if flags.contains(.sealed) {
            throw .stream("stream configuration for create can not be sealed")
        }
        if mirror == nil, flags.contains(.mirrorDirect) {
            throw .stream("stream has no mirror but does have mirror direct")
        }
    }

    /// The level of the JetStream API that the configuration needs.
    public var requiredApiLevel: Int {
        if flags.contains(.allowBatched) { return 4 }
        if !flags.isDisjoint(with: [.allowCounter, .allowAtomic, .allowSchedules]) { return 2 }
        if persistence == .whenTaken { return 2 }
        if flags.contains(.allowTtl) || limits.deleteMarkerTtl > 0 { return 1 }
        return 0
    }
}
