// A journal's driver asks about keys.

import Base
import DiskSimulation
import Journal
import Sealing
import Testing

typealias KeyAnswer = Result<KeyOutcome, KeyRefusal>

extension JournalDriver {
    /// Posts a request; the answer comes to the box that is returned.
    func post(_ target: KeyTarget, _ command: KeyCommand) -> Latest<KeyAnswer?> {
        let box = Latest<KeyAnswer?>(nil)
        journal.keys.post(
            KeyRequest(target, command, author: Array("test".utf8)) { box.publish($0) }
        )
        return box
    }

    /// Posts a request and steps until nothing is left to do.
    mutating func ask(_ target: KeyTarget, _ command: KeyCommand) -> KeyAnswer? {
        let box = post(target, command)
        discard(run())
        return box.value
    }

    /// One step of the journal; gives what was reported.
    mutating func tick() -> [JournalReport] {
        now = now.adding(nanoseconds: 1_000_000)
        client.flush()
        _ = journal.step(at: now)
        var reports: [JournalReport] = []
        while let report = client.next() { reports.append(report) }
        return reports
    }

    /// Redeems what `reports` lend.
    func discard(_ reports: [JournalReport]) {
        for report in reports {
            switch report {
            case .durable(_, _, _, let loan), .stateWritten(_, _, let loan),
                .stateRefused(_, _, _, let loan),
                .appendRefused(_, _, _, let loan), .block(_, _, _, _, _, let loan):
                _ = RecordBuffer(loan)
            case .refused(_, _, _, let loan): if let loan { _ = RecordBuffer(loan) }
            default: break
            }
        }
    }

    /// A picture of the keys when nothing is left to do.
    mutating func keyPicture() -> KeyPicture {
        discard(run())
        _ = journal.keys.picture
        discard(run())
        return journal.keys.picture
    }

    /// What the rotation of `target` has come to.
    mutating func rotation(of target: KeyTarget) -> RotationProgress? {
        keyPicture().rotations.last { $0.target == target }
    }
}

/// A driver that can be asked inside an expectation.
final class KeyBench {
    private var driver: JournalDriver
    let journal: Journal

    /// Opens the store on `disk` and makes the stream 0 if there is none.
    init(
        _ disk: any Disk,
        publishers: PublishWatch = .none,
        auditFileBytesMax: UInt64 = 4 << 20,
        ballastBytes: UInt64 = 256 << 10
    ) throws {
        driver = try JournalDriver(
            disk,
            publishers: publishers,
            auditFileBytesMax: auditFileBytesMax,
            ballastBytes: ballastBytes
        )
        journal = driver.journal
    }

    func create(_ stream: UInt32 = 0) -> Bool { driver.create(stream) }
    func append(_ messages: [Message], to stream: UInt32 = 0) -> UInt64? {
        driver.append(messages, to: stream)
    }

    /// Makes the stream 0 and gives it 192 messages in 24 batches: three sealed segments and one
    /// that is being written.
    func fill() -> Bool {
        guard create() else { return false }
        for first in stride(from: 1, to: 190, by: 8) as StrideTo<UInt64> {
            let messages = noisy(first...(first + 7), payload: 4_000)
            guard append(messages) != nil else { return false }
        }
        return true
    }

    func write(_ state: consuming StateWriter) -> Bool { driver.write(state, to: 0) }
    func stop() -> Bool { driver.stop() }
    func run() { driver.discard(driver.run()) }

    /// Lets a second pass, in which nothing is asked for.
    func wait() {
        driver.pass(nanoseconds: nanosecondsPerSecond)
        run()
    }

    /// Lets `nanoseconds` pass in which nothing is done.
    func pass(nanoseconds: UInt64) { driver.pass(nanoseconds: nanoseconds) }

    func ask(_ target: KeyTarget, _ command: KeyCommand) -> KeyAnswer? {
        driver.ask(target, command)
    }
    func post(_ target: KeyTarget, _ command: KeyCommand) -> Latest<KeyAnswer?> {
        driver.post(target, command)
    }
    func picture() -> KeyPicture { driver.keyPicture() }
    func rotation(of target: KeyTarget) -> RotationProgress? { driver.rotation(of: target) }
    func read(from sequence: UInt64 = 1) -> (messages: [Message], lost: [LostRange]) {
        driver.readAll(0, from: sequence)
    }

    /// Posts messages and steps once; gives the highest sequence that became durable.
    func tick(_ messages: [Message] = []) -> UInt64 {
        if !messages.isEmpty { driver.post(messages, to: 0) }
        var durable: UInt64 = 0
        for report in driver.tick() {
            if case .durable(_, _, let last, _) = report { durable = max(durable, last) }
            driver.discard([report])
        }
        return durable
    }
}

/// Messages whose payload does not compress.
func noisy(_ range: ClosedRange<UInt64>, payload: Int) -> [Message] {
    range.map { sequence in
        var random = Random(seed: sequence)
        var bytes: [UInt8] = []
        while bytes.count < payload {
            let word = random.next()
            bytes += (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) }
        }
        return Message(
            sequence: sequence,
            time: 1_700_000_000_000_000_000 + sequence * 1_000,
            subject: Array("orders.\(sequence % 7)".utf8),
            headers: [],
            payload: bytes
        )
    }
}

/// Whether the rotation has come to its end.
func isRetired(_ rotation: RotationProgress?) -> Bool {
    guard let rotation, case .done = rotation[.retire] else { return false }
    return true
}

/// The check of the closed store on `disk`.
func checked(_ disk: any Disk) throws -> StoreReport {
    try StoreCheck.run(disk, SlotSecret(.keyFile, try SecretBytes(copying: [7, 7, 7].raw)))
}
