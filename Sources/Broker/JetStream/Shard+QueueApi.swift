// Requests about queues by message: what the console does from the keyboard, for scripts.

import Base
import Engine
import JSON
import Journal
import Queueing

/// What can be asked on a subject below `$SLUICE.API.QUEUE.`, the name of a queue behind it.
enum QueueApiVerb: String {
    case list = "LIST"
    case info = "INFO"
    case pause = "PAUSE"
    case resume = "RESUME"
    case drain = "DRAIN"
    case purge = "PURGE"
    case peek = "PEEK"
    case redrive = "REDRIVE"
    case create = "CREATE"
    case remove = "DELETE"

    /// The members that a request may have.
    var names: [String] {
        switch self {
        case .list: ["offset"]
        case .info, .drain, .remove: []
        case .pause: ["what", "consumer"]
        case .resume: ["consumer"]
        case .purge: ["up_to", "keep", "filter"]
        case .peek: ["from", "count"]
        case .redrive: ["limit"]
        case .create: ["subjects", "retention", "memory", "dead_letters"]
        }
    }

    /// The first part of every such subject.
    static let prefix = Array("$SLUICE.API.QUEUE.".utf8)
}

extension Shard {
    /// Answers a request on a subject below `$SLUICE.API.QUEUE.`; of other subjects nothing.
    ///
    /// Whoever may publish there may do everything to the queues of the own account. The answer to
    /// what changes a queue comes once the change is on disk.
    mutating func serveQueues(
        _ subject: RawSpan,
        reply: RawSpan,
        payload: RawSpan,
        root: UInt32
    ) {
        let words = subject.array
        guard words.starts(with: QueueApiVerb.prefix), !reply.isEmpty,
            let account = accounts.firstIndex(where: { $0.root == root })
        else { return }
        let parts = words.dropFirst(QueueApiVerb.prefix.count)
            .split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let address = reply.array
        do throws(EngineRefusal) {
            guard let first = parts.first, parts.count <= 2,
                let verb = QueueApiVerb(rawValue: String(decoding: first, as: UTF8.self)),
                (verb == .list) == (parts.count == 1)
            else { throw .invalid }
            let members = try OperatorMembers(payload.array, names: verb.names)
            if verb == .list {
                let offset = try members.number("offset") ?? 0
                emit(root, to: address, queueList(UInt32(account), from: offset))
                return
            }
            let deed = deed(verb, Array(parts[1]), UInt32(account))
            let text: [UInt8]
            do throws(EngineRefusal) {
                if verb == .redrive || verb == .peek {
                    guard let index = host.find(UInt32(account), Array(parts[1])) else {
                        throw .notFound
                    }
                    return try begin(verb, index, members, root, address, deed)
                }
                text = try answer(verb, Array(parts[1]), members, UInt32(account))
            } catch {
                note(deed, "refused: \(error.apiText)")
                throw error
            }
            if let ticket = host.operation {
                host.pending[ticket] = .operation(root: root, reply: address, text: text, deed)
            } else {
                note(deed, "done")
                emit(root, to: address, text)
            }
        } catch {
            emit(root, to: address, KeyApiAnswer.refused(error))
        }
    }

    /// Begins what is answered when it is done.
    private mutating func begin(
        _ verb: QueueApiVerb,
        _ index: UInt32,
        _ members: OperatorMembers,
        _ root: UInt32,
        _ address: [UInt8],
        _ deed: Deed?
    ) throws(EngineRefusal) {
        if verb == .peek {
            let from = try members.number("from") ?? 1
            let count = UInt32(clamping: try members.number("count") ?? 10)
            peek(index, from: from, count: count, for: .client(root: root, reply: address))
        } else {
            let author = Redrive.Author.client(root: root, reply: address, deed)
            _ = try beginRedrive(index, limit: try members.number("limit") ?? 0, author)
        }
    }

    /// What the audit log says of what changes a queue.
    private mutating func deed(_ verb: QueueApiVerb, _ name: [UInt8], _ account: UInt32) -> Deed? {
        switch verb {
        case .list, .info, .peek: nil
        case .pause, .resume, .drain, .purge, .redrive, .create, .remove:
            deed("queue \(verb.rawValue.lowercased())", name, account: account)
        }
    }

    private mutating func answer(
        _ verb: QueueApiVerb,
        _ name: [UInt8],
        _ members: OperatorMembers,
        _ account: UInt32
    ) throws(EngineRefusal) -> [UInt8] {
        host.operation = nil
        let order: EngineOrder
        switch verb {
        case .list, .info:
            guard let index = host.find(account, name) else { throw .notFound }
            return QueueApiAnswer.info(status(of: index))
        case .pause:
            let consumer = try members.bytes("consumer")
            switch try members.text("what") ?? "delivery" {
            case "delivery":
                order = .pauseDelivery(
                    stream: name,
                    consumer: consumer,
                    until: .distantFuture,
                    reason: []
                )
            case "ingress":
                guard consumer == nil else { throw .invalid }
                order = .pauseIngress(stream: name, until: .distantFuture, reason: [])
            default: throw .invalid
            }
        case .resume: order = .resume(stream: name, consumer: try members.bytes("consumer"))
        case .drain: order = .drain(stream: name, deadline: .distantFuture, afterwards: .rest)
        case .purge:
            let scope = PurgeScope(
                ceiling: try members.number("up_to") ?? .max,
                keep: try members.number("keep") ?? 0,
                filter: try members.bytes("filter") ?? []
            )
            order = .purge(stream: name, scope: scope)
        case .remove: order = .deleteStream(name)
        case .create: return try create(name, members, account)
        // Answered when they are done.
        case .redrive, .peek: throw .invalid
        }
        switch operate(order, Ticket(id: 0, seen: 0, author: []), in: account) {
        case .finished(_, let outcome): return QueueApiAnswer.done(messages: outcome.messages)
        case .failed(_, let refusal): throw refusal
        case .progress, .peeked: throw .invalid
        }
    }

    /// Makes a queue on disk, or in memory, with one for its dead letters if that is asked for.
    private mutating func create(
        _ name: [UInt8],
        _ members: OperatorMembers,
        _ account: UInt32
    ) throws(EngineRefusal) -> [UInt8] {
        var wanted = StreamConfiguration()
        wanted.name = name
        for value in try members.array("subjects") ?? [] {
            guard let subject = value.asBytes else { throw .invalid }
            wanted.subjects.append(subject)
        }
        switch try members.text("retention") ?? "limits" {
        case "limits": wanted.retention = .limits
        case "interest": wanted.retention = .interest
        case "workqueue": wanted.retention = .workQueue
        default: throw .invalid
        }
        if try members.flag("memory") == true { wanted.storage = .memory }
        if try members.flag("dead_letters") == true {
            wanted.deadLetterQueue = name + Array("-dead".utf8)
        }
        do throws(QueueingError) {
            let (index, isNew) = try make(wanted, isPedantic: false, account)
            if isNew { host.operation = write(index, isNew: true) }
            return QueueApiAnswer.info(status(of: index))
        } catch {
            throw .remote(code: UInt32(error.code.number))
        }
    }

    /// Queues that one answer lists.
    private static var listedMax: UInt64 { 128 }

    private mutating func queueList(_ account: UInt32, from offset: UInt64) -> [UInt8] {
        let all = host.streams(of: account)
        let first = Int(min(offset, UInt64(all.count)))
        return QueueApiAnswer.list(
            all[first...].prefix(Int(Self.listedMax)).map { status(of: $0) },
            total: all.count,
            offset: first
        )
    }
}

/// Answers about queues as JSON.
enum QueueApiAnswer {
    static func list(_ queues: [StreamStatus], total: Int, offset: Int) -> [UInt8] {
        var json = JSONWriter(.compact)
        json.beginObject()
        json.field("success", true)
        json.field("total", total)
        json.field("offset", offset)
        json.name("queues")
        json.beginArray()
        for queue in queues { append(queue, to: &json) }
        json.endArray()
        json.endObject()
        return json.bytes
    }

    static func info(_ queue: StreamStatus) -> [UInt8] {
        var json = JSONWriter(.compact)
        json.beginObject()
        json.field("success", true)
        json.name("queue")
        append(queue, to: &json)
        json.endObject()
        return json.bytes
    }

    static func done(messages: UInt64) -> [UInt8] {
        var json = JSONWriter(.compact)
        json.beginObject()
        json.field("success", true)
        json.field("messages", messages)
        json.endObject()
        return json.bytes
    }

    /// Headers and payloads are in hexadecimal: they are bytes, not text.
    static func peeked(_ messages: [PeekedMessage]) -> [UInt8] {
        var json = JSONWriter(.compact)
        json.beginObject()
        json.field("success", true)
        json.name("messages")
        json.beginArray()
        for message in messages {
            json.beginObject()
            json.field("seq", message.sequence)
            json.field("time_ns", message.storedAt.nanoseconds)
            json.field("subject", message.subject)
            json.field("size", message.payloadByteCount)
            json.field("headers_hex", Hex.encode(message.headers))
            json.field("payload_hex", Hex.encode(message.payload))
            json.endObject()
        }
        json.endArray()
        json.endObject()
        return json.bytes
    }

    private static func append(_ queue: StreamStatus, to json: inout JSONWriter) {
        json.beginObject()
        json.field("name", queue.name)
        json.field("state", word(queue.state))
        json.field("depth", queue.depth)
        json.field("messages", queue.storedMessages)
        json.field("bytes", queue.storedBytes)
        json.field("first_seq", queue.firstSequence)
        json.field("last_seq", queue.lastSequence)
        json.field("in", queue.ingress.messages)
        json.field("out", queue.egress.messages)
        json.field("acks", queue.acks.messages)
        json.field("redelivered", queue.redeliveries.messages)
        json.name("consumers")
        json.beginArray()
        for consumer in queue.consumers {
            json.beginObject()
            json.field("name", consumer.name)
            json.field("pending", consumer.pending)
            json.field("unacked", consumer.unacked)
            json.field("redelivered", consumer.redeliveries)
            json.endObject()
        }
        json.endArray()
        json.endObject()
    }

    private static func word(_ state: ShownStreamState) -> String {
        switch state {
        case .running: "running"
        case .deliveryPaused: "delivery_paused"
        case .ingressPaused: "ingress_paused"
        case .paused: "paused"
        case .draining: "draining"
        case .drained: "drained"
        case .purging: "purging"
        case .sealed: "sealed"
        case .recovering: "recovering"
        case .readOnly: "read_only"
        case .locked: "locked"
        }
    }
}
