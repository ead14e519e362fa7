// Many lives of one broker with a store: clients, accidents, and what was promised.

import Base
import DiskSimulation
import Testing

@testable import Broker

/// What clients know of one stream, from its creation to its removal.
private struct QueueModel {
    /// Confirmed messages by sequence.
    var confirmed: [UInt64: UInt64] = [:]
    /// Messages that were refused although no write had failed: nobody may ever see them.
    var refused: Set<UInt64> = []
    /// Messages of which clients asked that they go.
    var mayBeGone: Set<UInt64> = []
    /// Acknowledgements that were confirmed.
    var acknowledged: Set<UInt64> = []
    /// Whether the creation was confirmed.
    var isCreated = false
    /// Whether somebody asked for its removal; confirmed if `isRemoved`.
    var mayBeRemoved = false
    var isRemoved = false
}

/// What an answer is about.
private enum Question {
    case publish(queue: String, id: UInt64)
    case create(queue: String)
    case remove(queue: String)
    case acknowledge(queue: String, sequence: UInt64)
}

/// One simulated broker; everything follows from the seed.
struct StoreSimulation: ~Copyable {
    private let seed: UInt64
    private var random: Random
    private let disk: SimulatedDisk
    /// Streams by name; a name stands for one creation.
    private var queues: [String: QueueModel] = [:]
    /// The stream that listens on `q<slot>.>`; `nil` while there is none.
    private var slots: [String?] = [nil, nil, nil]
    private var questions: [UInt64: Question] = [:]
    private var nextId: UInt64 = 1
    /// Whether something other than room was missing in this life.
    private var hasFault = false
    /// Grows with everything that happened: two runs of one seed agree.
    private(set) var trace: UInt64 = 14_695_981_039_346_656_037
    private(set) var confirmedCount = 0
    private(set) var refusedCount = 0

    /// Whether everything that happens is printed.
    private let isTold: Bool

    init(seed: UInt64, isTold: Bool = false) {
        self.seed = seed
        self.isTold = isTold
        random = Random(seed: seed)
        disk = SimulatedDisk(seed: seed &* 131 &+ 5)
    }

    /// Runs `lives` lives of about `steps` steps each.
    mutating func run(lives: Int, steps: Int) throws {
        for life in 0..<lives {
            var bench = try StoreBench(disk)
            tell("-- life \(life)")
            check(&bench, life)
            hasFault = random.below(3) == 0
            if hasFault { inject(within: UInt32(steps)) }
            for _ in 0..<steps where !disk.isDead { step(&bench) }
            disk.limit(toFree: nil)
            if !disk.isDead, random.below(2) == 0 {
                bench.settle()
                take(&bench)
            }
            note(UInt64(disk.writeCalls))
            questions = [:]
            if random.below(3) == 0 { disk.restartProcess() } else { disk.restart() }
        }
        var bench = try StoreBench(disk)
        check(&bench, lives)
    }

    /// Lets one of the next calls that write go wrong.
    private mutating func inject(within calls: UInt32) {
        let faults: [DiskFault] = [.fails(5), .crashesInside, .crashesBefore]
        let fault = faults[Int(random.below(3))]
        disk.inject(fault, at: disk.writeCalls + 1 + Int(random.below(calls)))
    }

    private func tell(_ words: @autoclosure () -> String) {
        if isTold { print(words()) }
    }

    private mutating func note(_ value: UInt64) {
        trace = (trace ^ value) &* 1_099_511_628_211
    }

    private mutating func step(_ bench: inout StoreBench) {
        let slot = Int(random.below(UInt32(slots.count)))
        if let queue = slots[slot] {
            switch random.below(40) {
            case 0, 1: remove(queue, &bench)
            case 2: purge(queue, &bench)
            case 3...6: fetch(queue, &bench)
            default: publish(queue, slot, &bench)
            }
        } else {
            create(slot, &bench)
        }
        if random.below(30) == 0 {
            let room = random.below(2) == 0 ? Int(random.below(300_000)) : nil
            tell("room \(room ?? -1)")
            disk.limit(toFree: room)
        }
        let turn = random.below(6)
        tell("turn \(turn)")
        switch turn {
        case 0: break
        case 1: bench.endTick()
        case 2:
            bench.endTick()
            bench.runJournal()
        case 3: bench.takeReports()
        default: bench.settle()
        }
        take(&bench)
        #expect(
            hasFault || bench.bench.shard.host.writeStopped == nil,
            "seed \(seed): a full disk stops writing for good"
        )
    }

    private mutating func ask(
        _ question: Question,
        _ subject: String,
        _ body: String,
        _ bench: inout StoreBench
    ) {
        nextId += 1
        questions[nextId] = question
        tell("\(nextId): \(question)")
        bench.send(subject, body, reply: "r.\(nextId)")
    }

    // MARK: - What clients do

    private mutating func create(_ slot: Int, _ bench: inout StoreBench) {
        nextId += 1
        let queue = "S\(nextId)"
        queues[queue] = QueueModel()
        slots[slot] = queue
        ask(
            .create(queue: queue),
            "$JS.API.STREAM.CREATE.\(queue)",
            #"{"name":"\#(queue)","subjects":["q\#(slot).>"],"storage":"file"}"#,
            &bench
        )
        bench.send(
            "$JS.API.CONSUMER.DURABLE.CREATE.\(queue).C",
            #"{"stream_name":"\#(queue)","config":{"durable_name":"C","ack_policy":"explicit"}}"#
        )
    }

    private mutating func remove(_ queue: String, _ bench: inout StoreBench) {
        queues[queue]?.mayBeRemoved = true
        ask(.remove(queue: queue), "$JS.API.STREAM.DELETE.\(queue)", "", &bench)
        // Clients wait for the answer, or they do not.
        if random.below(2) == 0 { bench.settle() }
    }

    private mutating func purge(_ queue: String, _ bench: inout StoreBench) {
        let confirmed = queues[queue]?.confirmed ?? [:]
        queues[queue]?.mayBeGone.formUnion(confirmed.values)
        // What waits for its confirmation goes too.
        for question in questions.values {
            if case .publish(queue, let id) = question { queues[queue]?.mayBeGone.insert(id) }
        }
        tell("purge \(queue)")
        bench.send("$JS.API.STREAM.PURGE.\(queue)")
    }

    private mutating func publish(_ queue: String, _ slot: Int, _ bench: inout StoreBench) {
        for _ in 0..<1 + random.below(6) {
            nextId += 1
            let size = random.below(4) == 0 ? Int(random.below(50_000)) : Int(random.below(100))
            let text = "\(nextId).\(String(repeating: "x", count: size))"
            questions[nextId] = .publish(queue: queue, id: nextId)
            bench.send("q\(slot).a", text, reply: "r.\(nextId)")
        }
    }

    private func fetch(_ queue: String, _ bench: inout StoreBench) {
        bench.send(
            "$JS.API.CONSUMER.MSG.NEXT.\(queue).C",
            #"{"batch":4,"no_wait":true}"#,
            reply: "d.\(queue)"
        )
    }

    // MARK: - What clients hear

    private mutating func take(_ bench: inout StoreBench) {
        for message in bench.received() {
            if message.subject.hasPrefix("q") || message.subject.hasPrefix("d.") {
                take(delivery: message, &bench)
            } else if let id = UInt64(message.subject.dropFirst(2)) {
                take(answer: message, id)
            }
        }
    }

    private mutating func take(delivery message: Received, _ bench: inout StoreBench) {
        let words = message.reply.split(separator: ".").map(String.init)
        guard words.count == 9, let sequence = UInt64(words[5]) else { return }
        let id = UInt64(message.payload.prefix { $0 != "." })
        let model = queues[words[2]]
        if let expected = model?.confirmed[sequence] {
            #expect(id == expected, "seed \(seed): \(words[2]) \(sequence) is another message")
        }
        #expect(
            model?.acknowledged.contains(sequence) == false,
            "seed \(seed): \(words[2]) \(sequence) comes again after its acknowledgement"
        )
        tell("delivered \(words[2]) \(sequence), id \(id ?? 0), by \(message.reply)")
        guard random.below(3) > 0 else { return }
        ask(
            .acknowledge(queue: words[2], sequence: sequence),
            message.reply,
            "+ACK",
            &bench
        )
    }

    private mutating func take(answer: Received, _ number: UInt64) {
        guard let question = questions.removeValue(forKey: number) else { return }
        note(number)
        tell("\(number) answered: \(answer.payload.prefix(120))")
        switch question {
        case .publish(let queue, let id):
            // The stream that answers need not be the one that was meant.
            if let sequence = answer.number("seq"), !answer.isError {
                confirm(name(in: answer) ?? queue, sequence, id)
            } else {
                refusedCount += 1
                if !hasFault { queues[queue]?.refused.insert(id) }
            }
        case .create(let queue): if !answer.isError { queues[queue]?.isCreated = true }
        case .remove(let queue): if !answer.isError { leave(queue) }
        case .acknowledge(let queue, let sequence):
            queues[queue]?.acknowledged.insert(sequence)
        }
    }

    private mutating func leave(_ queue: String) {
        queues[queue]?.isRemoved = true
        for slot in slots.indices where slots[slot] == queue { slots[slot] = nil }
    }

    private func name(in answer: Received) -> String? {
        guard let at = answer.payload.firstRange(of: #""stream":""#) else { return nil }
        return String(answer.payload[at.upperBound...].prefix { $0 != "\"" })
    }

    private mutating func confirm(_ queue: String, _ sequence: UInt64, _ id: UInt64) {
        confirmedCount += 1
        if let other = queues[queue]?.confirmed[sequence] {
            Issue.record("seed \(seed): \(queue) \(sequence) given to \(other) and \(id)")
        }
        queues[queue]?.confirmed[sequence] = id
    }

    // MARK: - What is there after an accident

    private mutating func check(_ bench: inout StoreBench, _ life: Int) {
        guard !disk.isDead else { return }
        for queue in queues.keys.sorted() {
            guard let model = queues[queue], !model.isRemoved || slots.contains(queue) else {
                continue
            }
            let place = "seed \(seed), life \(life), \(queue)"
            let info = bench.ask("$JS.API.STREAM.INFO.\(queue)")
            guard let info, !info.isError else {
                #expect(
                    model.mayBeRemoved || !model.isCreated,
                    "the stream is gone: \(place) \(String(describing: info))"
                )
                leave(queue)
                continue
            }
            #expect(!model.isRemoved, "the stream is back: \(place)")
            queues[queue]?.isCreated = true
            checkMessages(queue, model, info, &bench, place)
        }
    }

    private mutating func checkMessages(
        _ queue: String,
        _ model: QueueModel,
        _ info: Received,
        _ bench: inout StoreBench,
        _ place: String
    ) {
        let last = info.number("last_seq") ?? 0
        let highest = model.confirmed.keys.max() ?? 0
        #expect(last >= highest, "sequences would be given again: \(place)")
        note(last)
        let first = max(1, info.number("first_seq") ?? 1)
        for sequence in first..<max(first, last + 1) {
            let id = message(sequence, queue, &bench)
            if let expected = model.confirmed[sequence], !model.mayBeGone.contains(expected) {
                #expect(id == expected, "\(sequence) is not what it was: \(place)")
            }
            guard let id else { continue }
            #expect(!model.refused.contains(id), "\(id) was refused and is there: \(place)")
        }
        for (sequence, id) in model.confirmed where sequence < first {
            #expect(model.mayBeGone.contains(id), "\(sequence) is gone: \(place)")
        }
    }

    /// The message at `sequence`, by its number; `nil` if there is none.
    private func message(
        _ sequence: UInt64,
        _ queue: String,
        _ bench: inout StoreBench
    ) -> UInt64? {
        let answer = bench.ask("$JS.API.STREAM.MSG.GET.\(queue)", #"{"seq":\#(sequence)}"#)
        guard let answer, !answer.isError,
            let at = answer.payload.firstRange(of: #""data":""#)
        else { return nil }
        return Self.number(base64: answer.payload[at.upperBound...].utf8)
    }

    /// The number at the beginning of what `text` encodes.
    private static func number(base64 text: Substring.UTF8View) -> UInt64? {
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
