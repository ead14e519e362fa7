// What the clients of a simulated broker find, compared with what they were told.

import Base
import DiskSimulation
import Testing

@testable import Broker

/// A message on its way to a consumer.
struct StoreDelivery {
    let queue: String
    let sequence: UInt64
    /// The number that its text begins with.
    let id: UInt64

    /// `nil` for everything that is no delivery.
    init?(_ message: Received) {
        guard message.reply.hasPrefix("$JS.ACK.") else { return nil }
        let words = message.reply.split(separator: ".")
        guard words.count == 9, let sequence = UInt64(words[5]), let id = Self.id(message.payload)
        else { return nil }
        queue = String(words[2])
        self.sequence = sequence
        self.id = id
    }

    static func id(_ payload: String) -> UInt64? { UInt64(payload.prefix { $0 != "." }) }
}

extension StoreSimulation {
    // MARK: - While it happens

    mutating func take(_ delivery: StoreDelivery) {
        let (queue, sequence, id) = (delivery.queue, delivery.sequence, delivery.id)
        tell("delivered \(queue) \(sequence), id \(id)")
        counts.delivered += 1
        guard let model = queues[queue] else { return }
        let place = "seed \(seed): \(queue) \(sequence)"
        if let expected = model.confirmed[sequence] ?? model.delivered[sequence] {
            #expect(id == expected, "\(place) is another message")
        }
        #expect(
            !model.acknowledged.contains(sequence),
            "\(place) comes again after its acknowledgement"
        )
        #expect(!model.gone.contains(id), "\(place) comes although it is gone")
        queues[queue]?.delivered[sequence] = id
    }

    mutating func confirm(_ queue: String, _ sequence: UInt64, _ id: UInt64, isDuplicate: Bool) {
        counts.confirmed += 1
        guard let model = queues[queue] else { return }
        let other = model.confirmed[sequence] ?? model.delivered[sequence]
        guard isDuplicate else {
            #expect(
                other == nil || other == id,
                "seed \(seed): \(queue) \(sequence) given to \(other ?? 0) and \(id)"
            )
            queues[queue]?.confirmed[sequence] = id
            return
        }
        queues[queue]?.refused.insert(id)
        guard let key = model.attempts.first(where: { $0.value.contains(id) })?.key else { return }
        queues[queue]?.duplicates[sequence] = key
    }

    // MARK: - After an accident

    /// Compares all streams with what was promised; what is found now is there to stay.
    mutating func check(_ bench: inout StoreBench, _ place: String) {
        // Whatever was sent and not acknowledged is due again.
        bench.pass(milliseconds: 150)
        for queue in queues.keys.sorted() {
            guard !disk.isDead, let model = queues[queue] else { return }
            let info = bench.ask("$JS.API.STREAM.INFO.\(queue)")
            guard let info, !info.isError else {
                #expect(
                    model.isRemoved || model.mayBeRemoved || !model.isCreated,
                    "the stream is gone: \(place), \(queue) \(String(describing: info))"
                )
                leave(queue)
                continue
            }
            #expect(!model.isRemoved, "the stream is back: \(place), \(queue)")
            guard !model.isRemoved else { continue }
            queues[queue]?.isCreated = true
            queues[queue]?.mayBeRemoved = false
            let last = info.number("last_seq") ?? 0
            let highest = model.known.keys.max() ?? 0
            #expect(last >= highest, "sequences would be given again: \(place), \(queue)")
            note(last)
            let found = present(queue, &bench)
            guard !disk.isDead else { return }
            #expect(info.number("messages") == UInt64(found.count), "\(place), \(queue)")
            checkMessages(model, found, "\(place), \(queue)")
            checkDeliveries(queue, model, found, &bench, place)
            checkOne(queue, found, &bench, place)
            queues[queue]?.settle(found, through: lastId)
        }
    }

    private func checkMessages(
        _ model: QueueModel,
        _ found: [UInt64: UInt64],
        _ place: String
    ) {
        let known = model.known
        for (sequence, id) in found {
            if let expected = known[sequence] {
                #expect(id == expected, "\(sequence) is not what it was: \(place)")
            }
            #expect(!model.refused.contains(id), "\(id) was refused and is there: \(place)")
            #expect(!model.gone.contains(id), "\(id) was deleted and is there: \(place)")
            #expect(model.maySurvive(id), "\(id) was not there and is back: \(place)")
        }
        for (sequence, id) in model.required(beside: found) where found[sequence] == nil {
            Issue.record("\(sequence), id \(id), is gone: \(place), \(model.kind)")
        }
        for (sequence, key) in model.duplicates {
            #expect(
                model.isDuplicate(found[sequence], of: key),
                "\(sequence) was named for what is not there: \(place), \(model.kind)"
            )
        }
        #expect(model.isWithinLimits(found), "more than is kept: \(place), \(model.kind)")
    }

    /// Every message comes to the consumer unless it was acknowledged, and no other.
    private mutating func checkDeliveries(
        _ queue: String,
        _ model: QueueModel,
        _ found: [UInt64: UInt64],
        _ bench: inout StoreBench,
        _ place: String
    ) {
        guard model.hasConsumer else { return }
        fetch(queue, count: 900, &bench)
        bench.settle()
        let deliveries = bench.received().compactMap { StoreDelivery($0) }
        guard !disk.isDead else { return }
        var sequences: Set<UInt64> = []
        for delivery in deliveries where delivery.queue == queue {
            sequences.insert(delivery.sequence)
            take(delivery)
            #expect(found[delivery.sequence] == delivery.id, "\(delivery): \(place)")
        }
        for sequence in found.keys where !model.taken.contains(sequence) {
            #expect(sequences.contains(sequence), "\(sequence) never comes: \(place), \(queue)")
        }
    }

    /// With room and a sound disk a stream goes on where it is.
    mutating func checkExpectations(_ bench: inout StoreBench) {
        #expect(unanswered.isEmpty, "seed \(seed): never answered")
        for (slot, queue) in slots.enumerated() {
            guard let queue, let info = bench.ask("$JS.API.STREAM.INFO.\(queue)"),
                let last = info.number("last_seq")
            else { continue }
            let place = "seed \(seed), \(queue)"
            let early = expect(last + 1, slot, queue, &bench)
            #expect(early?.number("err_code") == 10_071, "\(place): \(String(describing: early))")
            let next = expect(last, slot, queue, &bench)
            #expect(next?.number("seq") == last + 1, "\(place): \(String(describing: next))")
            if next?.isError == false { confirm(queue, last + 1, lastId, isDuplicate: false) }
        }
    }

    /// Sends a message that is to follow `last`.
    private mutating func expect(
        _ last: UInt64,
        _ slot: Int,
        _ queue: String,
        _ bench: inout StoreBench
    ) -> Received? {
        lastId += 1
        let subject = "q\(slot).\(QueueModel.subject(lastId))"
        let header = ("Nats-Expected-Last-Sequence", "\(last)")
        bench.send(subject, "\(lastId).", header: header, reply: "r.ask")
        bench.settle()
        return bench.received().last { $0.subject == "r.ask" }
    }

    // MARK: - Reading

    /// The messages of a stream, by sequence.
    private func present(_ queue: String, _ bench: inout StoreBench) -> [UInt64: UInt64] {
        let wanted = #"{"seq":1,"batch":10000,"next_by_subj":">"}"#
        bench.send("$JS.API.DIRECT.GET.\(queue)", wanted, reply: "r.all")
        bench.settle()
        var found: [UInt64: UInt64] = [:]
        for message in bench.received() where message.subject == "r.all" {
            guard let sequence = message.header("Nats-Sequence") else { continue }
            found[sequence] = StoreDelivery.id(message.payload)
        }
        return found
    }

    /// Asks for one of the messages in the other way.
    private mutating func checkOne(
        _ queue: String,
        _ found: [UInt64: UInt64],
        _ bench: inout StoreBench,
        _ place: String
    ) {
        let sequences = found.keys.sorted()
        guard !sequences.isEmpty else { return }
        let sequence = sequences[Int(random.below(UInt32(sequences.count)))]
        let answer = bench.ask("$JS.API.STREAM.MSG.GET.\(queue)", #"{"seq":\#(sequence)}"#)
        guard !disk.isDead else { return }
        let id = answer?.word("data").flatMap { Self.number(base64: $0.utf8) }
        #expect(id == found[sequence], "\(sequence) is read as \(id ?? 0): \(place), \(queue)")
    }

    /// The number at the beginning of what `text` encodes.
    private static func number(base64 text: String.UTF8View) -> UInt64? {
        let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
        let alphabet = Array((letters + "0123456789+/").utf8)
        var bits: UInt32 = 0
        var count = 0
        var value: UInt64?
        for letter in text {
            guard let six = alphabet.firstIndex(of: letter) else { return value }
            bits = bits << 6 | UInt32(six)
            count += 6
            guard count >= 8 else { continue }
            count -= 8
            let byte = UInt8(truncatingIfNeeded: bits >> UInt32(count))
            guard (48...57).contains(byte) else { return value }
            value = (value ?? 0) * 10 + UInt64(byte - 48)
        }
        return value
    }
}
