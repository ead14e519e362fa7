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
    var headers = ""
    let payload: String

    /// The number that stands behind `"name":` in the payload.
    func number(_ name: String) -> UInt64? { number(behind: "\"\(name)\":", in: payload) }

    /// The number that stands in the header `name`.
    func header(_ name: String) -> UInt64? { number(behind: "\(name): ", in: headers) }

    private func number(behind words: String, in text: String) -> UInt64? {
        guard let at = place(behind: words, in: text) else { return nil }
        return UInt64(text[at...].prefix { $0.isNumber })
    }

    /// The words that stand behind `"name":"` in the payload.
    func word(_ name: String) -> String? {
        guard let at = place(behind: "\"\(name)\":\"", in: payload) else { return nil }
        return String(payload[at...].prefix { $0 != "\"" })
    }

    /// Whether this confirms what was sent before.
    var isDuplicate: Bool { place(behind: "\"duplicate\": true", in: payload) != nil }

    /// Whether this is an answer that refuses.
    var isError: Bool { place(behind: "\"error\":", in: payload) != nil }

    /// Where `text` goes on behind `words`; bytes are compared, which is many times faster than
    /// to compare characters.
    private func place(behind words: String, in text: String) -> String.Index? {
        let wanted = words.utf8
        guard let first = wanted.first else { return nil }
        var rest = text.utf8[...]
        while let at = rest.firstIndex(of: first) {
            rest = rest[at...]
            if rest.starts(with: wanted) { return rest.index(at, offsetBy: wanted.count) }
            rest = rest.dropFirst()
        }
        return nil
    }
}

/// Drives a shard and the journal behind it; nothing happens unless a test asks for it.
struct StoreBench: ~Copyable {
    var bench: ShardBench
    let journal: Journal
    let client: UInt32
    private var milliseconds: UInt64 = 1_000

    /// Opens the store on `disk` and reads its streams back.
    init(_ disk: SimulatedDisk, ballastBytes: UInt64 = 256 << 10) throws {
        let secret = SlotSecret(.keyFile, try SecretBytes(copying: [7, 7, 7].raw))
        var options = StoreOptions(
            slot: .keyFile,
            now: Instant(nanoseconds: 1_700_000_000_000_000_000)
        )
        options.ballastBytes = ballastBytes
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

    /// Sends `payload` to `subject` with one header.
    mutating func send(
        _ subject: String,
        _ payload: String,
        header: (name: String, value: String),
        reply: String
    ) {
        let block = "NATS/1.0\r\n\(header.name): \(header.value)\r\n\r\n"
        let sizes = "\(block.utf8.count) \(block.utf8.count + payload.utf8.count)"
        bench.say(client, "HPUB \(subject) \(reply) \(sizes)\r\n\(block)\(payload)\r\n")
    }

    /// Lets time pass for both.
    mutating func pass(milliseconds time: Int) {
        milliseconds += UInt64(time)
        bench.wait(milliseconds: time)
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
        // What waits behind answers that are there already goes too.
        takeReports()
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
        let bytes = Array(bench.output(client).utf8)[...]
        var rest = bytes
        var found: [Received] = []
        while let end = rest.firstIndex(of: 13) {
            let line = String(decoding: rest[..<end], as: UTF8.self)
            rest = rest[end...].dropFirst(2)
            let words = line.split(separator: " ")
            guard let verb = words.first, verb == "MSG" || verb == "HMSG", words.count >= 4,
                let size = Int(words[words.count - 1])
            else { continue }
            let headers = verb == "HMSG" ? Int(words[words.count - 2]) ?? 0 : 0
            let counts = verb == "HMSG" ? 2 : 1
            let reply = words.count - counts == 4 ? String(words[3]) : ""
            found.append(
                Received(
                    subject: String(words[1]),
                    reply: reply,
                    headers: String(decoding: rest.prefix(headers), as: UTF8.self),
                    payload: String(decoding: rest.prefix(size).dropFirst(headers), as: UTF8.self)
                )
            )
            rest = rest.dropFirst(size)
        }
        return found
    }
}
