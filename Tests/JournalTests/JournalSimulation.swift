// Many lives of one store, each ended by an accident, checked against what was acknowledged.

import Base
import DiskSimulation
import Journal
import Sealing
import Testing

/// One simulated store; everything follows from the seed.
struct JournalSimulation: ~Copyable {
    private var random: Random
    let disk: SimulatedDisk
    private let seed: UInt64
    /// Streams by the first eight bytes of their configuration.
    private var models: [UInt64: JournalModel] = [:]
    /// What the streams are called in this life.
    private var names: [UInt32: UInt64] = [:]
    private var nextKey: UInt64 = 1
    /// Batches of this life that are not answered.
    private var batches: [JournalTicket: (key: UInt64, range: ClosedRange<UInt64>)] = [:]
    /// State batches of this life that are not answered.
    private var orders: [JournalTicket: StateOrder] = [:]
    /// Grows with everything that happened: two runs of one seed agree.
    private(set) var trace: UInt64 = 14_695_981_039_346_656_037
    private(set) var acknowledgedCount = 0
    /// How often a segment was found that had been rewritten.
    private(set) var rewrittenCount = 0
    /// State batches refused for want of room.
    private(set) var refusedCount = 0
    /// Whether the next opening has an accident before it.
    private var mayFailOpening = false

    /// In some lives little is kept back, so that state is refused too.
    private var ballastBytes: UInt64 { seed % 2 == 0 ? 4_096 : 256 << 10 }

    init(seed: UInt64) {
        self.seed = seed
        random = Random(seed: seed)
        disk = SimulatedDisk(seed: seed &* 31 &+ 7)
    }

    /// Runs `lives` lives of about `steps` steps each.
    mutating func run(lives: Int, steps: Int) throws {
        for life in 0..<lives {
            var driver: JournalDriver
            do {
                driver = try JournalDriver(disk, ballastBytes: ballastBytes)
            } catch {
                guard mayFailOpening else { throw error }
                endLife()
                continue
            }
            try check(&driver, life)
            if random.below(4) > 0 { inject(within: UInt32(steps * 3)) }
            for _ in 0..<steps where !disk.isDead {
                step(&driver)
                if random.below(25) == 0 {
                    disk.limit(toFree: random.below(2) == 0 ? Int(random.below(200_000)) : nil)
                }
            }
            disk.limit(toFree: nil)
            let logs = disk.files.filter { $0.contains("/log-") }
            rewrittenCount += logs.count { !$0.hasSuffix(".0.seg") }
            if !disk.isDead, random.below(3) == 0 { _ = driver.stop() }
            note(UInt64(disk.writeCalls))
            endLife()
        }
        try spoilStates()
    }

    /// The states of all streams are damaged after their messages were deleted: no sequence is
    /// given out again all the same.
    private mutating func spoilStates() throws {
        mayFailOpening = false
        disk.restart()
        var driver = try JournalDriver(disk)
        try check(&driver, -1)
        var last: [UInt64: UInt64] = [:]
        for (stream, key) in names.sorted(by: { $0.value < $1.value }) {
            let first = models[key]?.next ?? 1
            let next = first + 3
            last[key] = driver.append(numbered(first...next - 1), to: stream)
            var state = StateWriter()
            state.setFloor(next)
            let isWritten = driver.write(state, to: stream)
            #expect(isWritten, "seed \(seed): room and a sound disk")
        }
        disk.restart()
        for path in disk.files where path.contains("/state-") {
            disk.damage(path) { bytes in
                let last = bytes.lastIndex { $0 != 0 } ?? 0
                for at in 4_096..<max(4_097, last + 1) where at < bytes.count { bytes[at] ^= 4 }
            }
        }
        driver = try JournalDriver(disk)
        for recovered in driver.journal.recovered {
            let expected = last[Self.key(recovered.configuration)] ?? 0
            #expect(
                recovered.lastSequence >= expected,
                "seed \(seed): \(recovered.lastSequence) and not \(expected) without a state"
            )
        }
    }

    private mutating func endLife() {
        if random.below(3) == 0 { disk.restartProcess() } else { disk.restart() }
        // Some accidents happen while the store is being opened again.
        mayFailOpening = random.below(4) == 0
        if mayFailOpening { inject(within: 60) }
    }

    /// Lets one of the next calls that write go wrong.
    private mutating func inject(within calls: UInt32) {
        let call = disk.writeCalls + 1 + Int(random.below(calls))
        let fault: DiskFault =
            switch random.below(6) {
            case 0: .fails(5)
            case 1: .fails(28)
            case 2, 3: .crashesInside
            default: .crashesBefore
            }
        disk.inject(fault, at: call)
    }

    private mutating func note(_ value: UInt64) {
        trace = (trace ^ value) &* 1_099_511_628_211
    }

    private mutating func step(_ driver: inout JournalDriver) {
        let streams = names.sorted { $0.value < $1.value }.map(\.key)
        guard let stream = streams.isEmpty ? nil : streams[Int(random.below(UInt32(streams.count)))]
        else { return create(&driver) }
        switch random.below(20) {
        case 0: if streams.count < 4 { create(&driver) }
        case 1: configure(stream, &driver)
        case 2: if random.below(6) == 0 { remove(stream, &driver) }
        case 3, 4, 5: for _ in 0...random.below(4) { changeState(stream, &driver) }
        case 6: driver.pass(nanoseconds: 300_000_000)
        case 7: _ = driver.readAll(stream)
        default: append(stream, &driver)
        }
        settle(&driver)
    }

    private mutating func create(_ driver: inout JournalDriver) {
        let key = nextKey
        nextKey += 1
        let name = (0..<UInt32.max).first { names[$0] == nil } ?? 0
        models[key] = JournalModel(configurations: [configuration(key, 0)])
        models[key]?.mayBeRemoved = true
        names[name] = key
        _ = driver.client.create(
            stream: name,
            configuration: configuration(key, 0),
            segmentBytesMax: 256 << 10
        )
        settle(&driver)
    }

    private func configuration(_ key: UInt64, _ version: UInt8) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: key >> ($0 * 8)) } + [version]
    }

    private static func key(_ configuration: [UInt8]) -> UInt64 {
        configuration.prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    private mutating func configure(_ stream: UInt32, _ driver: inout JournalDriver) {
        guard let key = names[stream] else { return }
        let new = configuration(key, UInt8(truncatingIfNeeded: random.next()))
        models[key]?.configurations.append(new)
        _ = driver.client.configure(stream: stream, configuration: new)
    }

    private mutating func remove(_ stream: UInt32, _ driver: inout JournalDriver) {
        guard let key = names[stream] else { return }
        models[key]?.mayBeRemoved = true
        _ = driver.client.remove(stream: stream)
        settle(&driver)
        if models[key]?.isRemoved == true { names[stream] = nil }
    }

    private mutating func append(_ stream: UInt32, _ driver: inout JournalDriver) {
        guard let key = names[stream], let model = models[key] else { return }
        let count = 1 + UInt64(random.below(6))
        let payload = random.below(8) == 0 ? Int(random.below(20_000)) : Int(random.below(200))
        var messages = numbered(model.next...(model.next + count - 1), payload: payload)
        // Two messages with one sequence in different lives must be told apart.
        let mark = UInt8(truncatingIfNeeded: random.next())
        let start = Int(random.below(UInt32(Self.noise.count)))
        for index in messages.indices {
            messages[index].subject.append(mark)
            // No compression makes these smaller.
            if mark & 1 == 0 { messages[index].payload = Self.noise(payload, from: start + index) }
        }
        for message in messages { models[key]?.posted[message.sequence] = message }
        models[key]?.next = model.next + count
        for (ticket, range) in driver.post(messages, to: stream) { batches[ticket] = (key, range) }
    }

    private static let noise: [UInt8] = {
        var random = Random(seed: 98)
        return (0..<32_768).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    }()

    private static func noise(_ count: Int, from start: Int) -> [UInt8] {
        let first = start % (noise.count - count)
        return Array(noise[first..<(first + count)])
    }

    private mutating func changeState(_ stream: UInt32, _ driver: inout JournalDriver) {
        guard let key = names[stream], let model = models[key], model.next > 1 else { return }
        var state = StateWriter()
        let isDurable = random.below(2) == 0
        // A large one may be refused where the small one behind it has room.
        let size = random.below(4) == 0 ? 24_000 : 4
        let value = Self.noise(size, from: Int(random.below(8_000)))
        var whole = value
        if let last = model.values.last?.value, !last.isEmpty, random.below(2) == 0 {
            state.delta([1].raw, value.raw)
            whole = last + value
        } else {
            state.put([1].raw, value.raw)
        }
        var range: ClosedRange<UInt64>?
        switch random.below(4) {
        case 0:
            let first = 1 + UInt64(random.below(UInt32(model.next)))
            range = first...min(model.next, first + UInt64(random.below(20)))
        case 1 where random.below(3) == 0:
            range = 0...UInt64(random.below(UInt32(model.next)))
        case 2 where random.below(3) == 0:
            // Little is left of what came so far.
            let first = 2 + UInt64(random.below(4))
            range = first...max(first, model.next - 1)
        default: break
        }
        if let range {
            models[key]?.maybeDeleted.insert(range)
            if range.lowerBound == 0 {
                state.setFloor(range.upperBound + 1)
            } else {
                state.delete(first: range.lowerBound, through: range.upperBound)
            }
        }
        let ticket = driver.client.write(state, to: stream, isDurable: isDurable)
        orders[ticket] = StateOrder(key: key, deleted: range, isDurable: isDurable)
        models[key]?.values.append((ticket, whole))
    }

    /// Takes all answers.
    private mutating func settle(_ driver: inout JournalDriver) {
        // Streams of which state was refused before anybody could know.
        var refused: Set<UInt32> = []
        for report in driver.run() {
            switch report {
            case .created(_, let stream, _):
                guard let key = names[stream] else { continue }
                models[key]?.mayBeRemoved = false
                models[key]?.isCreated = true
            case .configured(_, let stream):
                guard let key = names[stream], let last = models[key]?.configurations.last else {
                    continue
                }
                models[key]?.configurations = [last]
            case .removed(_, let stream):
                if let key = names[stream] { models[key]?.isRemoved = true }
            case .durable(let ticket, _, let last, let loan):
                _ = RecordBuffer(loan)
                #expect(batches[ticket]?.range.upperBound == last, "seed \(seed)")
                acknowledge(ticket)
            case .stateWritten(let ticket, let stream, let loan):
                _ = RecordBuffer(loan)
                #expect(!refused.contains(stream), "seed \(seed): what it rests on is not there")
                keep(ticket)
            case .appendRefused(let ticket, _, let why, let loan):
                _ = RecordBuffer(loan)
                // Nothing of such a batch was written: it must never appear.
                if why == .diskFull { withdraw(ticket) }
            case .stateRefused(let ticket, let stream, let why, let loan):
                _ = RecordBuffer(loan)
                refused.insert(stream)
                if why == .diskFull { drop(ticket) }
            case .refused(_, let stream, _, let loan):
                if let loan { _ = RecordBuffer(loan) }
                refuse(stream)
            case .block, .endOfLog, .damaged, .unreadable, .writeStopped, .stopped: break
            }
        }
    }

    /// A state batch was written: what it says is there to stay if it was to be durable.
    private mutating func keep(_ ticket: JournalTicket) {
        guard let order = orders.removeValue(forKey: ticket), order.isDurable else { return }
        models[order.key]?.keep(ticket, deleted: order.deleted)
    }

    /// Nothing of a state batch was written: it must never appear.
    private mutating func drop(_ ticket: JournalTicket) {
        guard let order = orders.removeValue(forKey: ticket) else { return }
        refusedCount += 1
        models[order.key]?.drop(ticket)
    }

    /// A stream whose creation was refused is not used in this life.
    private mutating func refuse(_ stream: UInt32) {
        if let key = names[stream], models[key]?.isCreated == false { names[stream] = nil }
    }

    private mutating func acknowledge(_ ticket: JournalTicket) {
        guard let (key, range) = batches.removeValue(forKey: ticket) else { return }
        for sequence in range {
            let message = models[key]?.posted[sequence]
            models[key]?.acknowledged[sequence] = message
            acknowledgedCount += 1
        }
    }

    private mutating func withdraw(_ ticket: JournalTicket) {
        guard let (key, range) = batches.removeValue(forKey: ticket) else { return }
        for sequence in range { models[key]?.posted[sequence] = nil }
    }

    /// Compares what recovery found with what was promised, then goes on from it.
    private mutating func check(_ driver: inout JournalDriver, _ life: Int) throws {
        names = [:]
        batches = [:]
        orders = [:]
        let what = "seed \(seed), life \(life)"
        // Names on disk are random; the order of keys is the same in every run of a seed.
        let streams = driver.journal.recovered.map { ($0, Self.key($0.configuration)) }
        for (recovered, key) in streams.sorted(by: { $0.1 < $1.1 }) {
            names[recovered.stream] = key
            note(key &+ recovered.lastSequence)
            let model = try #require(models[key], "an unknown stream: \(what)")
            #expect(!model.isRemoved, "a removed stream is back: \(what)")
            #expect(model.configurations.contains(recovered.configuration), "\(what)")
            #expect(recovered.lost.isEmpty, "an accident is no damage: \(what)")
            #expect(!recovered.isStateDamaged, "\(what)")
            let value = recovered.values.first.map { $0.value + $0.deltas.joined() } ?? []
            #expect(model.values.contains { $0.value == value }, "a durable value is gone: \(what)")
            let found = checkMessages(&driver, recovered, model, what)
            // What was never acknowledged and is not there now must never come back.
            models[key]?.posted = model.posted.filter { sequence, _ in
                found.contains(sequence) || model.acknowledged[sequence] != nil
            }
            models[key]?.configurations = [recovered.configuration]
            models[key]?.values = [(0, value)]
            models[key]?.mayBeRemoved = false
            models[key]?.isCreated = true
            models[key]?.next = recovered.lastSequence + 1
        }
        for (key, model) in models where !names.values.contains(key) {
            #expect(model.isRemoved || model.mayBeRemoved, "stream \(key) is gone: \(what)")
            models[key]?.isRemoved = true
        }
    }

    private mutating func checkMessages(
        _ driver: inout JournalDriver,
        _ recovered: RecoveredStream,
        _ model: JournalModel,
        _ what: String
    ) -> Set<UInt64> {
        // The accident that was meant for the opening may come while the store is looked at.
        guard !disk.isDead else { return Set(model.posted.keys) }
        let (found, lost) = driver.readAll(recovered.stream)
        guard !disk.isDead else { return Set(model.posted.keys) }
        #expect(lost.isEmpty, "an accident is no damage: \(what)")
        var sequences: Set<UInt64> = []
        var last: UInt64 = 0
        for message in found {
            #expect(message.sequence > last, "out of order: \(what)")
            last = message.sequence
            sequences.insert(last)
            #expect(model.posted[last] == message, "altered \(last): \(what)")
            #expect(last <= recovered.lastSequence, "beyond the last sequence: \(what)")
        }
        for sequence in model.acknowledged.keys.sorted()
        where !model.maybeDeleted.contains(sequence) {
            #expect(sequences.contains(sequence), "\(sequence) is gone: \(what)")
            #expect(sequence >= recovered.firstSequence, "\(what)")
            #expect(!recovered.deleted.contains(sequence), "\(sequence) deleted: \(what)")
        }
        for range in model.deleted.ranges where range.upperBound >= recovered.firstSequence {
            for sequence in range where sequence >= recovered.firstSequence {
                guard sequence <= recovered.lastSequence else { break }
                #expect(recovered.deleted.contains(sequence), "\(sequence) is back: \(what)")
            }
        }
        note(UInt64(found.count))
        return sequences
    }
}
