// What the streams of an account may use, and what they do.

import Base
import Configuration
import JetStreamApi
import Queueing

/// Bytes that the streams of an account hold, counted once a tick.
struct AccountUse: BitwiseCopyable {
    var memory: UInt64 = 0
    var disk: UInt64 = 0
    var countedAt = Instant.never
}

extension Shard {
    /// What the account may use, as clients see it.
    func streamLimits(_ account: UInt32) -> Queueing.AccountLimits {
        var shown = Queueing.AccountLimits()
        guard let limits = accounts[Int(account)].streamLimits else { return shown }
        shown.memoryMax = limits.memoryBytesMax ?? -1
        shown.storageMax = limits.storeBytesMax ?? -1
        shown.streamsMax = limits.streamsMax.map(Int64.init) ?? -1
        shown.consumersMax = limits.consumersMax.map(Int64.init) ?? -1
        shown.ackPendingMax = limits.ackPendingMax.map(Int64.init) ?? -1
        shown.memoryStreamBytesMax = limits.memoryStreamBytesMax ?? -1
        shown.storageStreamBytesMax = limits.storeStreamBytesMax ?? -1
        shown.isBytesMaxRequired = limits.requiresBytesLimit
        return shown
    }

    /// Adds what the check of a configuration has to know about the account.
    mutating func addLimits(
        _ account: UInt32,
        _ storage: StorageKind,
        to place: inout StreamSurroundings
    ) {
        let limits = streamLimits(account)
        place.isBytesMaxRequired = limits.isBytesMaxRequired
        let most =
            storage == .memory ? limits.memoryStreamBytesMax : limits.storageStreamBytesMax
        place.bytesMaxLimit = max(0, most)
        place.duplicateWindowMax = host.settings.duplicateWindowMax
    }

    /// Refuses a stream for which the account has no room; `current` is what it is now.
    mutating func checkRoom(
        for wanted: StreamConfiguration,
        _ account: UInt32,
        instead current: StreamConfiguration?
    ) throws(QueueingError) {
        let limits = streamLimits(account)
        let all = host.streams(of: account)
        if current == nil, limits.streamsMax >= 0, all.count >= limits.streamsMax {
            throw QueueingError(.streamsMax)
        }
        let asked = max(0, wanted.limits.bytesMax) - max(0, current?.limits.bytesMax ?? 0)
        guard asked > 0 else { return }
        let isInMemory = wanted.storage == .memory
        let own = isInMemory ? limits.memoryMax : limits.storageMax
        let server = isInMemory ? host.settings.memoryBytesMax : host.settings.diskBytesMax
        let isTooMuch =
            own >= 0 && reserved(isInMemory, all) + asked > own
            || server >= 0 && reserved(isInMemory, Array(host.names.values)) + asked > server
        if isTooMuch {
            throw QueueingError(isInMemory ? .insufficientMemory : .insufficientStorage)
        }
    }

    private mutating func reserved(_ isInMemory: Bool, _ streams: [UInt32]) -> Int64 {
        var sum: Int64 = 0
        for index in streams where host.streams[index].isOnDisk != isInMemory {
            sum += max(0, host.streams[index].stream.state.configuration.limits.bytesMax)
        }
        return sum
    }

    /// Whether a message of `bytes` is more than the account, or the server, may hold.
    mutating func isOverLimit(_ index: UInt32, adding bytes: Int) -> Bool {
        let account = Int(host.streams[index].account)
        let isInMemory = !host.streams[index].isOnDisk
        let limits = accounts[account].streamLimits
        let own = isInMemory ? limits?.memoryBytesMax : limits?.storeBytesMax
        guard let own else { return false }
        if accounts[account].use.countedAt != tick.now { count(account) }
        let used = isInMemory ? accounts[account].use.memory : accounts[account].use.disk
        guard used + UInt64(bytes) <= UInt64(max(0, own)) else { return true }
        if isInMemory {
            accounts[account].use.memory += UInt64(bytes)
        } else {
            accounts[account].use.disk += UInt64(bytes)
        }
        return false
    }

    private mutating func count(_ account: Int) {
        var use = AccountUse()
        use.countedAt = tick.now
        for (name, index) in host.names where name.account == UInt32(account) {
            let bytes = host.streams[index].stream.state.bytes
            if host.streams[index].isOnDisk { use.disk += bytes } else { use.memory += bytes }
        }
        accounts[account].use = use
    }

    /// What the check of a consumer has to know about the account.
    mutating func consumerSurroundings(_ account: UInt32, isPedantic: Bool) -> ConsumerSurroundings
    {
        var place = ConsumerSurroundings()
        place.isPedantic = isPedantic
        let own = streamLimits(account).ackPendingMax
        let server = host.settings.ackPendingMax
        place.ackPendingMax = own > 0 && server > 0 ? min(own, server) : max(0, max(own, server))
        place.requestBatchMax = host.settings.requestBatchMax
        return place
    }

    /// Refuses one consumer more than the account lets a stream have.
    func checkConsumerCount(_ index: UInt32, _ name: [UInt8]) throws(QueueingError) {
        let most = streamLimits(host.streams[index].account).consumersMax
        guard most > 0, host.streams[index].stream.consumer(named: name.raw) == nil else { return }
        if Int64(visibleConsumers(index)) >= most { throw QueueingError(.consumersMax) }
    }
}
