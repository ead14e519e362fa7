// What operators do to streams: hold, drain, resume, purge, look, remove.

import Base
import Engine
import JetStreamApi
import Journal
import Queueing

extension Shard {
    /// Carries out an order about a stream and says what came of it.
    ///
    /// The stream is that of `account`; of the first that has one of its name without.
    mutating func operate(
        _ order: EngineOrder,
        _ ticket: Ticket,
        in account: UInt32? = nil
    ) -> EngineReport {
        host.operation = nil
        do throws(EngineRefusal) {
            switch order {
            case .peek(let name, let from, let count):
                peek(try named(name, account), from: from, count: count, for: .console(ticket))
                return .progress(ticket, done: 0, total: 0)
            case .pauseDelivery(let name, let consumer, let until, _):
                try holdDelivery(try named(name, account), consumer, until: until)
            case .pauseIngress(let name, _, _):
                let index = try named(name, account)
                host.streams[index].stream.pauseIngress()
                keepMode(index)
            case .resume(let name, let consumer): try resume(try named(name, account), consumer)
            case .drain(let name, _, _):
                let index = try named(name, account)
                host.streams[index].stream.startDrain(at: tick.now)
                keepMode(index)
            case .purge(let name, let scope):
                var outcome = OrderOutcome()
                outcome.messages = try purge(try named(name, account), scope)
                return .finished(ticket, outcome)
            case .deleteStream(let name): host.operation = remove(try named(name, account))
            case .deleteConsumer(let name, let consumer):
                let index = try named(name, account)
                guard let found = host.streams[index].stream.consumer(named: consumer.raw) else {
                    throw .notFound
                }
                host.operation = remove(found, of: index)
            case .redrive(let name, let limit):
                let index = try named(name, account)
                let total = try beginRedrive(index, limit: limit, .console(ticket))
                return .progress(ticket, done: 0, total: total)
            case .kick, .throttle, .key, .lameDuck, .shutDown, .resumeWriting,
                .resample:
                throw .unsupported(order.capability)
            }
            return .finished(ticket, OrderOutcome())
        } catch {
            return .failed(ticket, error)
        }
    }

    /// The stream called `name`, in `account` or in the first that has one.
    private mutating func named(
        _ name: [UInt8],
        _ account: UInt32?
    ) throws(EngineRefusal) -> UInt32 {
        if let account {
            guard let index = host.find(account, name) else { throw .notFound }
            return index
        }
        for account in 0..<UInt32(accounts.count) {
            if let index = host.find(account, name) { return index }
        }
        throw .notFound
    }

    private mutating func holdDelivery(
        _ index: UInt32,
        _ name: [UInt8]?,
        until: Instant
    ) throws(EngineRefusal) {
        defer { markActive(index) }
        guard let name else {
            host.streams[index].stream.holdDelivery(true)
            host.streams[index].holdUntil = until
            keepMode(index)
            return
        }
        guard let consumer = host.streams[index].stream.consumer(named: name.raw) else {
            throw .notFound
        }
        guard until != .distantFuture else {
            host.streams[index].stream.holdDelivery(true, consumer: consumer)
            host.operation = keep(consumer, of: index)
            return
        }
        let now = tick.now
        withEffects(of: index) { host, effects in
            host.streams[index].stream.pauseConsumer(
                consumer,
                until: until,
                at: now,
                into: &effects
            )
        }
        host.operation = keep(consumer, of: index)
    }

    private mutating func resume(_ index: UInt32, _ name: [UInt8]?) throws(EngineRefusal) {
        defer { markActive(index) }
        guard let name else {
            host.streams[index].stream.resume()
            keepMode(index)
            return
        }
        guard let consumer = host.streams[index].stream.consumer(named: name.raw) else {
            throw .notFound
        }
        host.streams[index].stream.holdDelivery(false, consumer: consumer)
        let now = tick.now
        withEffects(of: index) { host, effects in
            host.streams[index].stream.pauseConsumer(
                consumer,
                until: .never,
                at: now,
                into: &effects
            )
        }
        host.operation = keep(consumer, of: index)
    }

    private mutating func purge(
        _ index: UInt32,
        _ scope: PurgeScope
    ) throws(EngineRefusal) -> UInt64 {
        if let error = host.writeStopped, host.streams[index].isOnDisk {
            throw .storage(errno: error.number)
        }
        var purge = Purge()
        purge.filter = scope.filter
        purge.keep = scope.keep
        let last = host.streams[index].stream.state.lastSequence
        purge.below = scope.ceiling >= last ? 0 : scope.ceiling + 1
        var purged: UInt64 = 0
        do throws(QueueingError) {
            try withEffects(of: index) { host, effects throws(QueueingError) in
                purged = try host.streams[index].stream.purge(purge, into: &effects)
            }
        } catch {
            throw .wrongState
        }
        host.operation = writeRemovals(index)
        markActive(index)
        return purged
    }

    /// Lets delivery go on when the time of a hold is over.
    mutating func endHold(_ index: UInt32) {
        guard host.streams[index].stream.isHeld, tick.now >= host.streams[index].holdUntil else {
            return
        }
        host.streams[index].stream.holdDelivery(false)
        host.streams[index].holdUntil = .distantFuture
        keepMode(index)
    }

    // MARK: - Through a restart

    /// The key under which a store keeps what operators did to a stream.
    private static var modeKey: [UInt8] { Array("mode".utf8) }

    /// Writes what operators did to the stream to the store.
    private mutating func keepMode(_ index: UInt32) {
        markActive(index)
        guard host.streams[index].isOnDisk else { return }
        let drain = host.streams[index].stream.drain
        var value = Table<UInt8>(capacity: 64)
        value.append(host.streams[index].stream.mode.rawValue)
        value.append(host.streams[index].stream.isHeld ? 1 : 0)
        for number in [
            drain.since.nanoseconds, drain.startDepth, drain.finished.nanoseconds,
            host.streams[index].holdUntil.nanoseconds,
        ] {
            value.append(decimal: number)
            value.append(0x20)
        }
        var writer = StateWriter(host.takeBuffer())
        writer.put(Self.modeKey.raw, value.bytes)
        host.operation = host.journal?.write(writer, to: index, isDurable: true)
    }

    /// Does again what operators had done.
    mutating func recoverMode(_ index: UInt32, _ values: [StateValue]) {
        guard let value = values.first(where: { $0.key == Self.modeKey })?.value, value.count >= 2,
            let mode = QueueMode(rawValue: value[0])
        else { return }
        let numbers = value.dropFirst(2).split(separator: 0x20).map {
            UInt64(String(decoding: $0, as: UTF8.self)) ?? 0
        }
        var drain = DrainProgress()
        if numbers.count == 4 {
            drain.since = Instant(nanoseconds: numbers[0])
            drain.startDepth = numbers[1]
            drain.finished = Instant(nanoseconds: numbers[2])
            host.streams[index].holdUntil = Instant(nanoseconds: numbers[3])
        }
        host.streams[index].stream.restore(mode, drain: drain, isHeld: value[1] == 1)
    }
}
