// A shard with its store on a simulated disk, all on one thread, and one client that talks to it.

import Base
import DiskSimulation
import Journal
import Sealing

@testable import Broker

/// A message that the client was sent.
struct Received: Equatable {
    let subject: String
    let reply: String
    let payload: String

    /// The number that stands behind `"name":` in the payload.
    func number(_ name: String) -> UInt64? {
        guard let at = payload.firstRange(of: "\"\(name)\":") else { return nil }
        return UInt64(payload[at.upperBound...].prefix { $0.isNumber })
    }

    /// Whether this is an answer that refuses.
    var isError: Bool { payload.contains("\"error\":") }
}

/// Drives a shard and the journal behind it; nothing happens unless a test asks for it.
struct StoreBench: ~Copyable {
    var bench: ShardBench
    let journal: Journal
    let client: UInt32
    private var milliseconds: UInt64 = 1_000

    /// Opens the store on `disk` and reads its streams back.
    init(_ disk: SimulatedDisk) throws {
        let secret = SlotSecret(.keyFile, try SecretBytes(copying: [7, 7, 7].raw))
        var options = StoreOptions(
            slot: .keyFile,
            now: Instant(nanoseconds: 1_700_000_000_000_000_000)
        )
        options.ballastBytes = 256 << 10
        let opened = try Journal.open(disk, options, secret, wake: {})
        var made = ShardBench { $0.hasStreams = true }
        made.shard.beginRecovery(opened.recovered, opened.makeClient())
        while made.shard.isRecovering, !disk.isDead {
            _ = opened.step(at: Instant(nanoseconds: nanosecondsPerSecond))
            made.shard.readBack()
        }
        client = made.client()
        made.say(client, "SUB r.> 1\r\nSUB d.> 2\r\n")
        journal = opened
        bench = consume made
    }

    /// Sends `payload` to `subject`; the answer comes to `reply`.
    mutating func send(_ subject: String, _ payload: String = "", reply: String = "r.x") {
        bench.say(client, "PUB \(subject) \(reply) \(payload.utf8.count)\r\n\(payload)\r\n")
    }

    /// Ends the tick of the shard: what it has for the journal is handed over.
    mutating func endTick() {
        bench.shard.flushJournal()
    }

    /// Lets the journal do what it was given.
    /// - Returns: whether it did something.
    @discardableResult
    mutating func runJournal() -> Bool {
        milliseconds += 1
        return journal.step(at: Instant(nanoseconds: milliseconds * nanosecondsPerMillisecond))
    }

    /// Lets the shard take the journal's answers.
    mutating func takeReports() {
        bench.shard.readJournal()
        bench.shard.flushJournal()
    }

    /// Runs both until neither has anything to do.
    mutating func settle() {
        endTick()
        var rounds = 0
        while runJournal(), rounds < 1_000 {
            takeReports()
            rounds += 1
        }
        takeReports()
    }

    /// Sends a request, lets it be answered, and gives the answer.
    mutating func ask(_ subject: String, _ body: String = "") -> Received? {
        send(subject, body, reply: "r.ask")
        settle()
        return received().last { $0.subject == "r.ask" }
    }

    /// What the client was sent since the last call.
    mutating func received() -> [Received] {
        var text = Substring(bench.output(client))
        var found: [Received] = []
        while let end = text.firstIndex(of: "\r\n") {
            let words = text[..<end].split(separator: " ")
            text = text[text.index(after: end)...]
            guard let verb = words.first, verb == "MSG" || verb == "HMSG", words.count >= 4,
                let size = Int(words[words.count - 1])
            else { continue }
            let headers = verb == "HMSG" ? Int(words[words.count - 2]) ?? 0 : 0
            let counts = verb == "HMSG" ? 2 : 1
            let reply = words.count - counts == 4 ? String(words[3]) : ""
            let body = text.utf8.prefix(size).dropFirst(headers)
            found.append(
                Received(
                    subject: String(words[1]),
                    reply: reply,
                    payload: String(decoding: body, as: UTF8.self)
                )
            )
            text = Substring(text.utf8.dropFirst(size))
        }
        return found
    }
}
