// A journal on a simulated disk, driven on one thread.

import Base
import DiskSimulation
import Journal
import Sealing
import Testing

/// A shard's side that remembers what it was told.
struct JournalDriver: ~Copyable {
    let journal: Journal
    var client: JournalClient
    var now = Instant(nanoseconds: 1_000_000_000)
    var reports: [JournalReport] = []

    /// Opens the store on `disk`.
    init(
        _ disk: any Disk,
        publishers: PublishWatch = .none,
        auditFileBytesMax: UInt64 = 4 << 20,
        ballastBytes: UInt64 = 256 << 10
    ) throws {
        let secret = SlotSecret(.keyFile, try SecretBytes(copying: [7, 7, 7].raw))
        var options = StoreOptions(
            slot: .keyFile,
            now: Instant(nanoseconds: 1_700_000_000_000_000_000)
        )
        options.publishers = publishers
        options.auditFileBytesMax = auditFileBytesMax
        options.ballastBytes = ballastBytes
        journal = try Journal.open(disk, options, secret, wake: {})
        client = journal.makeClient()
    }

    /// Steps until nothing is left to do, and gives what was reported; loans are redeemed.
    mutating func run() -> [JournalReport] {
        var reports: [JournalReport] = []
        var isBusy = true
        while isBusy {
            now = now.adding(nanoseconds: 1_000_000)
            client.flush()
            isBusy = journal.step(at: now)
            while let report = client.next() {
                reports.append(report)
                isBusy = true
            }
        }
        return reports
    }

    /// Lets `nanoseconds` pass.
    mutating func pass(nanoseconds: UInt64) {
        now = now.adding(nanoseconds: nanoseconds)
    }

    mutating func create(_ stream: UInt32, _ name: [UInt8] = [1]) -> Bool {
        _ = client.create(stream: stream, configuration: name, segmentBytesMax: 256 << 10)
        return run().contains { if case .created = $0 { true } else { false } }
    }

    /// Appends messages and gives the last durable sequence, or `nil` if they were refused.
    mutating func append(_ messages: [Message], to stream: UInt32) -> UInt64? {
        post(messages, to: stream)
        var durable: UInt64?
        for report in run() {
            switch report {
            case .durable(_, _, let last, let loan):
                _ = RecordBuffer(loan)
                durable = last
            case .appendRefused(_, _, _, let loan):
                _ = RecordBuffer(loan)
            default: break
            }
        }
        return durable
    }

    /// Hands messages over without waiting; gives the sequences of each batch.
    @discardableResult
    mutating func post(
        _ messages: [Message],
        to stream: UInt32
    ) -> [JournalTicket: ClosedRange<UInt64>] {
        var tickets: [JournalTicket: ClosedRange<UInt64>] = [:]
        var writer = BatchWriter()
        for message in messages where !writer.add(message) {
            let range = writer.firstSequence...writer.lastSequence
            tickets[client.append(writer.finish(), to: stream)] = range
            writer = BatchWriter()
            _ = writer.add(message)
        }
        let range = writer.firstSequence...writer.lastSequence
        tickets[client.append(writer.finish(), to: stream)] = range
        return tickets
    }

    mutating func write(
        _ state: consuming StateWriter,
        to stream: UInt32,
        isDurable: Bool = true
    ) -> Bool {
        _ = client.write(state, to: stream, isDurable: isDurable)
        var isWritten = false
        for report in run() {
            switch report {
            case .stateWritten(_, _, let loan):
                _ = RecordBuffer(loan)
                isWritten = true
            case .stateRefused(_, _, _, let loan): _ = RecordBuffer(loan)
            default: break
            }
        }
        return isWritten
    }

    /// Everything readable of `stream` from `sequence` on, and what is damaged.
    mutating func readAll(
        _ stream: UInt32,
        from sequence: UInt64 = 1,
        blockCountMax: UInt32 = 8
    ) -> (messages: [Message], lost: [LostRange]) {
        var next = sequence
        var found: [Message] = []
        var lost: [LostRange] = []
        while next < .max {
            _ = client.read(stream: stream, from: next, blockCountMax: blockCountMax)
            for report in run() {
                switch report {
                case .block(_, _, _, let last, _, let loan):
                    let batch = RecordBuffer(loan)
                    found += decoded(batch).filter { $0.sequence >= next }
                    next = last + 1
                case .damaged(_, _, let range):
                    lost.append(range)
                    next = range.lastSequence + 1
                case .endOfLog, .refused: return (found, lost)
                case .unreadable: return (found, lost)
                default: break
                }
            }
        }
        return (found, lost)
    }

    /// Seals everything.
    mutating func stop() -> Bool {
        _ = client.stop()
        return run().contains { if case .stopped = $0 { true } else { false } }
    }
}

func decoded(_ buffer: borrowing RecordBuffer) -> [Message] {
    messages(buffer.bytes) ?? []
}

/// Messages `first...last`, whose content follows from their sequence.
func numbered(_ range: ClosedRange<UInt64>, payload: Int = 40) -> [Message] {
    range.map { sequence in
        Message(
            sequence: sequence,
            time: 1_700_000_000_000_000_000 + sequence * 1_000,
            subject: Array("orders.\(sequence % 7)".utf8),
            headers: sequence % 3 == 0 ? Array("NATS/1.0\r\n\r\n".utf8) : [],
            payload: (0..<payload).map {
                UInt8(truncatingIfNeeded: sequence &* 31 &+ UInt64($0) &* (sequence | 1))
            }
        )
    }
}
