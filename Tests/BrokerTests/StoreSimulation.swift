// Many lives of one broker with a store: clients, accidents, and what was promised.

import Base
import DiskSimulation
import Testing

@testable import Broker

/// One simulated broker; everything follows from the seed.
struct StoreSimulation: ~Copyable {
    let seed: UInt64
    var random: Random
    let disk: SimulatedDisk
    /// Streams by name; a name stands for one creation.
    var queues: [String: QueueModel] = [:]
    /// The stream that listens on `q<slot>.>`; `nil` while there is none.
    var slots: [String?] = [nil, nil, nil]
    private var questions: [UInt64: Question] = [:]
    /// The number given last, to a message, a question or a stream.
    var lastId: UInt64 = 1
    /// Whether something other than room was missing in this life.
    private(set) var hasFault = false
    /// Grows with everything that happened: two runs of one seed agree.
    private(set) var trace: UInt64 = 14_695_981_039_346_656_037
    var counts = StoreCounts()

    /// Whether everything that happens is printed.
    private let isTold: Bool

    /// In some lives little is kept back, so that what makes room is refused too.
    private var ballastBytes: UInt64 { seed % 2 == 0 ? 4_096 : 256 << 10 }

    init(seed: UInt64, isTold: Bool = false) {
        self.seed = seed
        self.isTold = isTold
        random = Random(seed: seed)
        disk = SimulatedDisk(seed: seed &* 131 &+ 5)
    }

    /// Runs `lives` lives of about `steps` steps each.
    mutating func run(lives: Int, steps: Int) throws {
        for life in 0..<lives {
            stumble()
            var bench = try StoreBench(disk, ballastBytes: ballastBytes)
            tell("-- life \(life)")
            check(&bench, "seed \(seed), life \(life)")
            for queue in queues.keys { queues[queue]?.mayReturn = [] }
            hasFault = random.below(3) == 0
            if hasFault { inject(within: UInt32(steps)) }
            if random.below(4) == 0 { limitRoom() }
            for _ in 0..<steps where !disk.isDead { step(&bench) }
            end(&bench, life)
            note(UInt64(disk.writeCalls))
            questions = [:]
            restart()
        }
        hasFault = false
        var bench = try StoreBench(disk, ballastBytes: ballastBytes)
        check(&bench, "seed \(seed), the end")
    }

    private mutating func restart() {
        if random.below(3) == 0 { disk.restartProcess() } else { disk.restart() }
    }

    /// Some starts end in the middle, or while what they found is put in order.
    private mutating func stumble() {
        while random.below(4) == 0 {
            inject(within: 40)
            let calls = disk.writeCalls
            if var bench = try? StoreBench(disk, ballastBytes: ballastBytes) { bench.settle() }
            tell("stumbled after \(disk.writeCalls - calls) calls, dead \(disk.isDead)")
            if disk.isDead { counts.stumbled += 1 }
            restart()
        }
    }

    /// Some lives end at rest, and with room all must go on as ever.
    private mutating func end(_ bench: inout StoreBench, _ life: Int) {
        disk.limit(toFree: nil)
        guard !disk.isDead, random.below(2) == 0 else { return }
        bench.settle()
        take(&bench)
        guard !disk.isDead, !hasFault, random.below(2) == 0 else { return }
        // What was refused for want of room is made good, and synced.
        for time in [600, 300] {
            bench.pass(milliseconds: time)
            bench.settle()
        }
        take(&bench)
        for queue in queues.keys { queues[queue]?.endReturning() }
        check(&bench, "seed \(seed), end of life \(life)")
        checkExpectations(&bench)
    }

    /// Lets one of the next calls that write go wrong.
    private mutating func inject(within calls: UInt32) {
        let faults: [DiskFault] = [.fails(5), .crashesInside, .crashesBefore]
        let fault = faults[Int(random.below(3))]
        disk.inject(fault, at: disk.writeCalls + 1 + Int(random.below(calls)))
    }

    private mutating func limitRoom() {
        let most: [UInt32] = [1, 10_000, 100_000, 300_000]
        let room = random.below(3) > 0 ? Int(random.below(most[Int(random.below(4))])) : nil
        tell("room \(room ?? -1)")
        disk.limit(toFree: room)
    }

    func tell(_ words: @autoclosure () -> String) {
        if isTold { print(words()) }
    }

    mutating func note(_ value: UInt64) {
        trace = (trace ^ value) &* 1_099_511_628_211
    }

    private mutating func step(_ bench: inout StoreBench) {
        let slot = Int(random.below(UInt32(slots.count)))
        if let queue = slots[slot] {
            act(queue, slot, &bench)
        } else {
            create(slot, &bench)
        }
        if random.below(15) == 0 { limitRoom() }
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

    private mutating func act(_ queue: String, _ slot: Int, _ bench: inout StoreBench) {
        switch random.below(60) {
        case 0: remove(queue, &bench)
        case 1, 2, 3: purge(queue, &bench)
        case 4, 5:
            publish(queue, slot, &bench)
            purge(queue, &bench)
        case 6, 7, 8: delete(queue, &bench)
        case 9...22: fetch(queue, count: 8, &bench)
        case 23, 24, 25: retry(queue, slot, &bench)
        case 26, 27, 28: bench.pass(milliseconds: 150)
        case 29: if queues[queue]?.hasConsumer == false { makeConsumer(queue, &bench) }
        case 30: for _ in 0..<4 { publish(queue, slot, size: 9_000, &bench) }
        default: publish(queue, slot, &bench)
        }
    }

    /// Messages of which the publisher heard nothing.
    var unanswered: [UInt64] {
        questions.filter { if case .publish = $0.value { true } else { false } }.keys.sorted()
    }

    private mutating func ask(
        _ question: Question,
        _ subject: String,
        _ body: String,
        _ bench: inout StoreBench
    ) {
        lastId += 1
        questions[lastId] = question
        tell("\(lastId): \(question)")
        bench.send(subject, body, reply: "r.\(lastId)")
    }

    // MARK: - What clients do

    private mutating func create(_ slot: Int, _ bench: inout StoreBench) {
        lastId += 1
        let queue = "S\(lastId)"
        let kinds = QueueKind.allCases
        let kind = kinds[Int(random.below(UInt32(kinds.count)))]
        queues[queue] = QueueModel(kind)
        slots[slot] = queue
        let fields = #""storage":"file","allow_direct":true\#(kind.fields)"#
        ask(
            .create(queue: queue),
            "$JS.API.STREAM.CREATE.\(queue)",
            #"{"name":"\#(queue)","subjects":["q\#(slot).>"],\#(fields)}"#,
            &bench
        )
        makeConsumer(queue, &bench)
    }

    private mutating func makeConsumer(_ queue: String, _ bench: inout StoreBench) {
        let rules = #""ack_policy":"explicit","ack_wait":100000000"#
        ask(
            .consumer(queue: queue),
            "$JS.API.CONSUMER.DURABLE.CREATE.\(queue).C",
            #"{"stream_name":"\#(queue)","config":{"durable_name":"C",\#(rules)}}"#,
            &bench
        )
    }

    private mutating func remove(_ queue: String, _ bench: inout StoreBench) {
        queues[queue]?.mayBeRemoved = true
        ask(.remove(queue: queue), "$JS.API.STREAM.DELETE.\(queue)", "", &bench)
        // Clients wait for the answer, or they do not.
        if random.below(2) == 0 { bench.settle() }
    }

    private mutating func purge(_ queue: String, _ bench: inout StoreBench) {
        guard let known = queues[queue]?.known else { return }
        var ids = Set(known.values)
        // What waits for its confirmation goes too.
        for question in questions.values {
            if case .publish(queue, let id) = question { ids.insert(id) }
        }
        queues[queue]?.mayBeGone.formUnion(ids)
        ask(.purge(queue: queue, ids: ids), "$JS.API.STREAM.PURGE.\(queue)", "", &bench)
    }

    private mutating func delete(_ queue: String, _ bench: inout StoreBench) {
        guard let known = queues[queue]?.known, !known.isEmpty else { return }
        let sequences = known.keys.sorted()
        let sequence = sequences[Int(random.below(UInt32(sequences.count)))]
        guard let id = known[sequence] else { return }
        queues[queue]?.mayBeGone.insert(id)
        ask(
            .purge(queue: queue, ids: [id]),
            "$JS.API.STREAM.MSG.DELETE.\(queue)",
            #"{"seq":\#(sequence)}"#,
            &bench
        )
    }

    private mutating func publish(
        _ queue: String,
        _ slot: Int,
        size: Int = 0,
        _ bench: inout StoreBench
    ) {
        for _ in 0..<1 + random.below(6) {
            let key = random.below(4) == 0 ? lastId + 1 : nil
            if let key { queues[queue]?.keys.append(key) }
            publish(queue, slot, size: size, key: key, &bench)
        }
    }

    /// Sends a message again of which the client does not know enough, or too much.
    private mutating func retry(_ queue: String, _ slot: Int, _ bench: inout StoreBench) {
        guard let keys = queues[queue]?.keys.suffix(8), !keys.isEmpty else { return }
        let key = Array(keys)[Int(random.below(UInt32(keys.count)))]
        publish(queue, slot, size: 0, key: key, &bench)
    }

    /// Sends one message, under the message id `key` if there is one.
    private mutating func publish(
        _ queue: String,
        _ slot: Int,
        size: Int,
        key: UInt64?,
        _ bench: inout StoreBench
    ) {
        lastId += 1
        questions[lastId] = .publish(queue: queue, id: lastId)
        tell("\(lastId): published to \(queue) under \(key ?? 0)")
        if queues[queue]?.hasConsumer == true { queues[queue]?.wanted.insert(lastId) }
        let most: UInt32 = random.below(8) == 0 ? 3_000 : 60
        let text = "\(lastId).\(StoreNoise.words(size + Int(random.below(most)), &random))"
        let subject = "q\(slot).\(QueueModel.subject(lastId))"
        guard let key else { return bench.send(subject, text, reply: "r.\(lastId)") }
        queues[queue]?.attempts[key, default: []].insert(lastId)
        bench.send(subject, text, header: ("Nats-Msg-Id", "\(key)"), reply: "r.\(lastId)")
    }

    func fetch(_ queue: String, count: Int, _ bench: inout StoreBench) {
        tell("fetch \(queue)")
        bench.send(
            "$JS.API.CONSUMER.MSG.NEXT.\(queue).C",
            #"{"batch":\#(count),"no_wait":true}"#,
            reply: "d.\(queue)"
        )
    }

    // MARK: - What clients hear

    private mutating func take(_ bench: inout StoreBench) {
        for message in bench.received() {
            if let delivery = StoreDelivery(message) {
                take(delivery)
                guard random.below(3) > 0 else { continue }
                queues[delivery.queue]?.taken.insert(delivery.sequence)
                ask(
                    .acknowledge(queue: delivery.queue, sequence: delivery.sequence),
                    message.reply,
                    "+ACK",
                    &bench
                )
            } else if let id = UInt64(message.subject.dropFirst(2)) {
                take(answer: message, id)
            }
        }
    }

    private mutating func take(answer: Received, _ number: UInt64) {
        guard let question = questions.removeValue(forKey: number) else { return }
        note(number)
        tell("\(number) answered: \(answer.payload.prefix(120))")
        let isError = answer.isError
        switch question {
        case .publish(let queue, let id):
            // The stream that answers need not be the one that was meant.
            if let sequence = answer.number("seq"), !isError {
                let name = answer.word("stream") ?? queue
                confirm(name, sequence, id, isDuplicate: answer.isDuplicate)
            } else {
                counts.refused += 1
                if !hasFault { queues[queue]?.refused.insert(id) }
            }
        case .create(let queue):
            queues[queue]?.isCreated = !isError
            // What a broken disk refused may be there all the same.
            if isError, !hasFault { leave(queue) }
        case .consumer(let queue): if !isError { queues[queue]?.hasConsumer = true }
        case .remove(let queue): if !isError { leave(queue) }
        case .purge(let queue, let ids):
            if !isError {
                counts.purged += 1
                queues[queue]?.gone.formUnion(ids)
            } else {
                counts.unpurged += 1
                queues[queue]?.mayReturn.formUnion(ids)
            }
        case .acknowledge(let queue, let sequence):
            counts.acknowledged += 1
            queues[queue]?.acknowledged.insert(sequence)
        }
    }

    mutating func leave(_ queue: String) {
        queues[queue]?.isRemoved = true
        for slot in slots.indices where slots[slot] == queue { slots[slot] = nil }
    }
}

/// How much happened.
struct StoreCounts {
    var confirmed = 0
    var refused = 0
    var purged = 0
    /// Purges and deletions that were refused.
    var unpurged = 0
    var delivered = 0
    var acknowledged = 0
    /// Starts that ended in the middle.
    var stumbled = 0

    mutating func add(_ other: StoreCounts) {
        confirmed += other.confirmed
        refused += other.refused
        purged += other.purged
        unpurged += other.unpurged
        delivered += other.delivered
        acknowledged += other.acknowledged
        stumbled += other.stumbled
    }
}

/// Text that no compression makes much smaller.
enum StoreNoise {
    private static let pool: [UInt8] = {
        var random = Random(seed: 99)
        return (0..<32_768).map { _ in UInt8(35 + random.below(57)) }
    }()

    /// `count` characters, none of which has to be escaped in JSON.
    static func words(_ count: Int, _ random: inout Random) -> String {
        let start = Int(random.below(UInt32(pool.count - count)))
        return String(decoding: pool[start..<(start + count)], as: UTF8.self)
    }
}
