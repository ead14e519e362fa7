// `sluice top`: what queues do, from two answers of the server.

import Base
public import Configuration
import JSON
import Reactor
import Wire

/// One queue in an answer.
private struct TopQueue {
    let name: [UInt8]
    let state: [UInt8]
    let depth: UInt64
    let unacked: UInt64
    /// Messages in, out, acknowledged and repeated since the server started.
    let totals: [UInt64]

    init(_ value: JSONValue) {
        name = value["name"]?.asBytes ?? []
        state = value["state"]?.asBytes ?? []
        depth = value["depth"]?.asUInt64 ?? 0
        unacked = (value["consumers"]?.asArray ?? []).reduce(0) {
            $0 &+ ($1["unacked"]?.asUInt64 ?? 0)
        }
        totals = TopText.flows.map { value[$0]?.asUInt64 ?? 0 }
    }
}

/// A report over the time between two answers.
struct TopText {
    private let queues: [TopQueue]
    private let earlier: [[UInt8]: TopQueue]
    private let seconds: Double
    private let server: [UInt8]

    /// The counts that rates come from, by their names in the answer.
    fileprivate static let flows = ["in", "out", "acks", "redelivered"]

    /// The report of `server` on what happened in the `seconds` between two answers.
    init(_ server: [UInt8], from first: [JSONValue], to second: [JSONValue], seconds: Double) {
        self.server = server
        self.seconds = max(seconds, 0.001)
        queues = second.map { TopQueue($0) }
        var earlier: [[UInt8]: TopQueue] = [:]
        for queue in first.map({ TopQueue($0) }) { earlier[queue.name] = queue }
        self.earlier = earlier
    }

    /// The rates of `queue`, in the order of `flows`; a queue that is new has none yet.
    private func rates(_ queue: TopQueue) -> [Double] {
        guard let before = earlier[queue.name] else { return Self.flows.map { _ in 0 } }
        return zip(before.totals, queue.totals).map { before, after in
            after >= before ? Double(after - before) / seconds : 0
        }
    }

    private var sums: [Double] {
        queues.map { rates($0) }.reduce(Self.flows.map { _ in 0 }) { zip($0, $1).map { $0 + $1 } }
    }

    /// The server's name and a blank; nothing for one that is only called by its id, which nobody
    /// wants to hear every second.
    private var known: String {
        let isId = server.count == 56 && server.first == UInt8(ascii: "N")
        return isId ? "" : AnswerText.safe(server) + " "
    }

    /// One fact a line: the rates of all queues, then each queue, the deepest first.
    var lines: [UInt8] {
        let sums = sums
        var text = "rate: \(known)in \(Self.whole(sums[0]))/s"
        text += " out \(Self.whole(sums[1]))/s ack \(Self.whole(sums[2]))/s"
        text += " redelivered \(Self.whole(sums[3]))/s queues \(queues.count)\n"
        let ordered = queues.sorted {
            $0.depth != $1.depth
                ? $0.depth > $1.depth : $0.name.lexicographicallyPrecedes($1.name)
        }
        for queue in ordered {
            let rates = rates(queue)
            text += "queue: \(AnswerText.safe(queue.name)) \(AnswerText.safe(queue.state))"
            text += " depth \(queue.depth) unacked \(queue.unacked)"
            text += " in \(Self.whole(rates[0]))/s out \(Self.whole(rates[1]))/s"
            text += " ack \(Self.whole(rates[2]))/s redelivered \(Self.whole(rates[3]))/s\n"
        }
        return Array(text.utf8)
    }

    /// The same as one line of JSON.
    func json(at now: Instant) -> [UInt8] {
        var json = JSONWriter(.compact)
        json.beginObject()
        json.field("server", server)
        json.field("time_ns", now.nanoseconds)
        addRates(sums, to: &json)
        json.name("queues")
        json.beginArray()
        for queue in queues {
            json.beginObject()
            json.field("name", queue.name)
            json.field("state", queue.state)
            json.field("depth", queue.depth)
            json.field("unacked", queue.unacked)
            addRates(rates(queue), to: &json)
            json.endObject()
        }
        json.endArray()
        json.endObject()
        return json.bytes + [0x0A]
    }

    private func addRates(_ rates: [Double], to json: inout JSONWriter) {
        for (name, rate) in zip(Self.flows, rates) {
            json.field(name + "_per_second", UInt64(rate.rounded()))
        }
    }

    private static func whole(_ rate: Double) -> UInt64 { UInt64(rate.rounded()) }
}

extension ClientCommands {
    /// Asks a server again and again what its queues do, and says it.
    /// - Returns: whether there were answers in time.
    public static func top(
        _ request: TopRequest,
        _ surroundings: ClientSurroundings
    ) throws(ClientError) -> Bool {
        var connection = try surroundings.connect(request.connection)
        var names = Nuid(seed: surroundings.nameSeed)
        let inbox = Array("_INBOX.".utf8) + names.next()
        connection.subscribe(inbox, queue: [], sid: 1)
        let server = connection.greeting.info.identity.name
        guard var last = try askForQueues(&connection, inbox, request) else { return false }
        var takenAt = SystemClock.monotonic()
        var left = request.count
        while true {
            let due = takenAt.adding(nanoseconds: request.intervalNanoseconds)
            // Nothing is awaited but the time; pings are answered meanwhile.
            while SystemClock.monotonic() < due { _ = try connection.next(until: due) }
            guard let answer = try askForQueues(&connection, inbox, request) else { return false }
            let now = SystemClock.monotonic()
            let seconds = Double(now.nanoseconds(since: takenAt)) / 1e9
            let report = TopText(server, from: last, to: answer, seconds: seconds)
            let bytes = request.isJson ? report.json(at: SystemClock.now()) : report.lines
            guard surroundings.write(bytes) else { return true }
            (last, takenAt) = (answer, now)
            if left > 0 {
                left -= 1
                if left == 0 { return true }
            }
        }
    }

    /// Every queue of the account, page by page.
    private static func askForQueues(
        _ connection: inout ClientConnection,
        _ inbox: [UInt8],
        _ request: TopRequest
    ) throws(ClientError) -> [JSONValue]? {
        var queues: [JSONValue] = []
        while true {
            guard let answer = try askForQueues(&connection, inbox, request, from: queues.count)
            else { return nil }
            let page = QueuePage(answer)
            queues += page.queues
            if page.queues.isEmpty || queues.count >= page.total { return queues }
        }
    }

    private static func askForQueues(
        _ connection: inout ClientConnection,
        _ inbox: [UInt8],
        _ request: TopRequest,
        from offset: Int
    ) throws(ClientError) -> OperatorAnswer? {
        let found = try ask(
            &connection,
            Array("$SLUICE.API.QUEUE.LIST".utf8),
            QueuePage.request(from: offset),
            inbox: inbox,
            request.connection
        )
        guard let found else { return nil }
        let answer = OperatorAnswer(found)
        guard !answer.isRefusal else { throw .refused(answer.reason) }
        return answer
    }
}
