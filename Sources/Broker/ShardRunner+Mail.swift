// What a shard's thread does about its letters.

import Base
import Engine
import Reactor
import Wire

extension ShardRunner {
    /// Reads every letter that waits.
    mutating func readMail() {
        posts.shard.doorbell.answer()
        for letter in posts.shard.takeAll() { obey(letter) }
    }

    /// Takes the picture that the console will want soon.
    mutating func leavePicture() {
        posts.stand.leave { shard.picture(EngineSampler.request(0)) }
    }

    private mutating func obey(_ order: ShardOrder) {
        switch order {
        case .stop: isStopping = true
        case .decide(let index, let generation, let admission):
            decide(index, generation, admission)
        case .picture(let request): report(.picture(shard.picture(request)))
        case .kick(let connection):
            let index = shard.find(connection)
            if let index { shard.end(index, .kicked) }
            report(.found(connection: connection, index != nil))
        case .throttle(let connection, let bytesPerSecond):
            let wasFound = shard.throttle(connection, bytesPerSecond: bytesPerSecond)
            report(.found(connection: connection, wasFound))
        case .operate(let order, let ticket): operate(order, ticket)
        case .lameDuck:
            closeListener()
            shard.sayFarewell()
            report(.remaining(shard.connections.used))
        case .retire(let count):
            let ended = shard.endOldest(count)
            report(.remaining(shard.connections.used - ended))
        case .publish(let payload, let subject, let account):
            shard.publish(payload, to: subject, in: account)
        case .change(let settings):
            shard.change(settings)
            log.topics = settings.topics
        }
    }

    /// Hands requests to the server on to the control thread.
    mutating func forwardRequests() {
        for request in shard.tick.systemRequests { _ = posts.office.post(.system(request)) }
        shard.tick.systemRequests.removeAll()
    }

    /// Carries out a console's order; what it changes on disk is reported once it is safe there.
    private mutating func operate(_ order: EngineOrder, _ ticket: Ticket) {
        let outcome = shard.operate(order, ticket)
        if let change = shard.host.operation {
            shard.host.pending[change] = .operated(outcome)
        } else {
            report(.operated(outcome))
        }
    }

    /// Hands on what came of consoles' orders.
    mutating func forwardOutcomes() {
        for outcome in shard.host.operated { report(.operated(outcome)) }
        shard.host.operated.removeAll()
    }

    /// Hands on what clients did to queues.
    mutating func forwardDeeds() {
        report(.done(shard.tick.deeds))
        shard.tick.deeds.removeAll()
    }

    private func report(_ report: ShardReport) {
        _ = posts.office.post(.shard(report))
    }

    // MARK: - Throttling

    /// How many bytes of a throttled connection are read at once: a tenth of a second's worth.
    func throttledBytes(_ index: UInt32) -> Int {
        let rate = shard.details[Int(index)]?.throttleBytesPerSecond ?? 0
        return Int(truncatingIfNeeded: min(max(rate / 10, 512), 128 << 10))
    }

    /// Pauses a throttled connection for as long as the bytes that came should have taken.
    mutating func pause(_ index: UInt32, after bytes: Int) {
        guard let details = shard.details[Int(index)], details.throttleBytesPerSecond > 0,
            !shard.connections[index].flags.contains(.isStalled)
        else { return }
        let duration = Double(bytes) / Double(details.throttleBytesPerSecond)
        shard.connections[index].flags.insert(.isStalled)
        hold(index, nanoseconds: UInt64(min(duration, 10) * Double(nanosecondsPerSecond)))
    }
}

extension Shard {
    /// The index of the connection numbered `id`.
    ///
    /// - Complexity: O(connections)
    mutating func find(_ id: UInt64) -> UInt32? {
        for index in 0..<UInt32(connections.limit)
        where connections[index].descriptor >= 0 && connections[index].id == id {
            return index
        }
        return nil
    }

    /// Limits what the connection numbered `id` may send; 0 lifts the limit.
    /// - Returns: whether there is such a connection.
    mutating func throttle(_ id: UInt64, bytesPerSecond: UInt64) -> Bool {
        guard let index = find(id) else { return false }
        details[Int(index)]?.throttleBytesPerSecond = bytesPerSecond
        if bytesPerSecond > 0 {
            connections[index].flags.insert(.isThrottled)
        } else {
            connections[index].flags.remove(.isThrottled)
        }
        return true
    }

    /// Tells every client that understands it to connect elsewhere.
    mutating func sayFarewell() {
        settings.info.flags.insert(.lameDuck)
        for index in 0..<UInt32(connections.limit) where connections[index].descriptor >= 0 {
            let flags = connections[index].flags
            guard flags.contains(.takesInfo), !flags.contains(.isClosing) else { continue }
            sendInfo(to: index, isWelcome: false)
        }
    }

    /// Ends up to `count` connections, the oldest first.
    /// - Returns: how many that were.
    mutating func endOldest(_ count: Int) -> Int {
        var candidates: [(id: UInt64, index: UInt32)] = []
        for index in 0..<UInt32(connections.limit) where connections[index].descriptor >= 0 {
            candidates.append((connections[index].id, index))
        }
        candidates.sort { $0.id < $1.id }
        for candidate in candidates.prefix(max(0, count)) { end(candidate.index, .serverShutdown) }
        return min(max(0, count), candidates.count)
    }

    /// Works with other settings from now on.
    ///
    /// What was decided when a connection began stays for that connection.
    mutating func change(_ settings: ShardSettings) {
        let isLeaving = self.settings.info.flags.contains(.lameDuck)
        let seed = self.settings.seed
        if settings.access != self.settings.access { changeAccess(settings) }
        self.settings = settings
        self.settings.seed = seed
        if isLeaving { self.settings.info.flags.insert(.lameDuck) }
    }
}
