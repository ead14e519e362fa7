// Single messages for who asks: from memory, or from disk a moment later.

import Base
import JetStreamApi
import Journal
import Queueing
import Wire

/// Somebody who waits for messages that may have to be read.
struct MessageReader {
    /// How the messages are wanted.
    enum Form: Equatable {
        /// As JSON.
        case json
        /// As they are, with what is known about them in headers.
        case direct
        /// As they are, one of several, with an end mark.
        case batch
    }

    let form: Form
    let root: UInt32
    let reply: [UInt8]
    let isWithoutHeaders: Bool
    /// The messages, in order.
    var sequences: [UInt64]
    /// How many of them were sent.
    var sent = 0
    /// Bytes that may still be sent.
    var bytesLeft = Int64.max
    /// Messages that match but are not among `sequences`.
    var beyond: UInt64 = 0
    /// What the end mark says about the highest sequence; 0 for nothing.
    var upToSequence: UInt64 = 0
    /// What whoever watches is told with the answer.
    var audited: AuditedRequest?
    /// Whether an end mark is sent also where there is no message before it.
    var isEnded = false
    /// The sequence of the last message sent.
    var lastSent: UInt64 = 0
}

extension Shard {
    /// Sends the reader what is in memory and asks the journal for the rest.
    mutating func serve(_ reader: MessageReader, of index: UInt32, afterLoad: Bool = false) {
        var reader = reader
        var isRetry = afterLoad
        while reader.sent < reader.sequences.count {
            let sequence = reader.sequences[reader.sent]
            guard let message = copy(sequence, of: index) else {
                if !isRetry, host.streams[index].stream.contains(sequence),
                    let ticket = host.journal?.read(stream: index, from: sequence)
                {
                    host.pending[ticket] = .readEnded(stream: index, .client(reader))
                    return
                }
                isRetry = false
                reader.sequences.remove(at: reader.sent)
                continue
            }
            isRetry = false
            let size = Int64(message.headers.count + message.payload.count)
            if reader.sent > 0, size > reader.bytesLeft { break }
            reader.bytesLeft -= size
            send(message, to: &reader, of: index)
        }
        finish(reader, of: index)
    }

    /// A copy of a message whose bytes are in memory.
    mutating func copy(_ sequence: UInt64, of index: UInt32) -> Queueing.StoredMessage? {
        guard let record = host.streams[index].stream.find(sequence) else { return nil }
        return StoredMessage(
            subject: host.streams[index].stream.state.records.subject(of: record).array,
            sequence: sequence,
            headers: host.streams[index].stream.state.records.headers(of: record).array,
            payload: host.streams[index].stream.state.records.payload(of: record).array,
            time: record.time
        )
    }

    private mutating func send(
        _ message: Queueing.StoredMessage,
        to reader: inout MessageReader,
        of index: UInt32
    ) {
        reader.sent += 1
        defer { reader.lastSent = message.sequence }
        switch reader.form {
        case .json:
            var shown = message
            if reader.isWithoutHeaders { shown.headers = [] }
            answer(reader.root, reader.reply, ApiResponse.messageGet(shown), reader.audited)
        case .direct, .batch:
            var block: [UInt8] = []
            if !reader.isWithoutHeaders { block = directHeaders(message, reader, of: index) }
            emit(
                reader.root,
                to: reader.reply.raw,
                subject: reader.reply.raw,
                reply: RawSpan(),
                headers: block.raw,
                payload: message.payload.raw
            )
        }
    }

    private mutating func directHeaders(
        _ message: Queueing.StoredMessage,
        _ reader: MessageReader,
        of index: UInt32
    ) -> [UInt8] {
        var block = HeaderWriter()
        if !message.headers.isEmpty {
            let headers = Headers(message.headers.span)
            block.append(headers) { _ in false }
        }
        block.append("Nats-Stream", host.streams[index].name)
        block.append("Nats-Subject", message.subject)
        block.append("Nats-Sequence", message.sequence)
        block.append("Nats-Time-Stamp", message.time.text)
        if reader.form == .batch {
            let left = UInt64(reader.sequences.count - reader.sent) + reader.beyond
            block.append("Nats-Num-Pending", left)
            block.append("Nats-Last-Sequence", reader.lastSent)
        }
        return block.finish()
    }

    private mutating func finish(_ reader: MessageReader, of index: UInt32) {
        if reader.sent == 0, !reader.isEnded {
            if reader.form == .json {
                let error = QueueingError(.noMessage)
                let text = ApiResponse.refusal(error, to: .messageGet)
                answer(reader.root, reader.reply, text, reader.audited)
            } else {
                sendStatus(404, "Message Not Found", reader.root, reader.reply)
            }
            return
        }
        guard reader.form == .batch else { return }
        var block = HeaderWriter(status: 204, text: "EOB")
        let left = UInt64(reader.sequences.count - reader.sent) + reader.beyond
        block.append("Nats-Num-Pending", left)
        block.append("Nats-Last-Sequence", reader.lastSent)
        if reader.upToSequence > 0 { block.append("Nats-UpTo-Sequence", reader.upToSequence) }
        sendHeaders(block.finish(), reader.root, reader.reply)
    }

    /// Sends a status without more.
    mutating func sendStatus(_ code: UInt16, _ text: String, _ root: UInt32, _ reply: [UInt8]) {
        sendHeaders(HeaderWriter(status: code, text: text).finish(), root, reply)
    }

    /// Sends a header block without more.
    mutating func sendHeaders(_ block: [UInt8], _ root: UInt32, _ reply: [UInt8]) {
        emit(
            root,
            to: reply.raw,
            subject: reply.raw,
            reply: RawSpan(),
            headers: block.raw,
            payload: RawSpan()
        )
    }

    // MARK: - Requests

    /// `STREAM.MSG.GET`.
    mutating func getMessage(
        _ name: [UInt8],
        _ request: ApiRequest
    ) throws(QueueingError) -> [UInt8]? {
        guard !request.body.isEmpty else { throw QueueingError(.badRequest) }
        let asked = try MessageGetRequest(request.body, isStrict: host.settings.isStrict)
        let index = try stream(name, request)
        guard !asked.isConflictingForGet else { throw QueueingError(.badRequest) }
        let sequence = find(asked, in: index)
        guard sequence > 0, host.streams[index].stream.contains(sequence) else {
            throw QueueingError(.noMessage)
        }
        var reader = MessageReader(
            form: .json,
            root: request.root,
            reply: request.reply,
            isWithoutHeaders: asked.isWithoutHeaders,
            sequences: [sequence]
        )
        reader.audited = request.audited
        serve(reader, of: index)
        return nil
    }

    /// The message that a request means; 0 for none.
    private mutating func find(_ asked: MessageGetRequest, in index: UInt32) -> UInt64 {
        if !asked.lastFor.isEmpty {
            return host.streams[index].stream.state.lastSequence(matching: asked.lastFor.raw)
        }
        var start = max(asked.sequence, 1)
        if let time = asked.startTime {
            start = host.streams[index].stream.state.firstSequence(since: time)
        }
        if !asked.nextFor.isEmpty {
            return host.streams[index].stream.state.nextSequence(
                from: start,
                matching: asked.nextFor.raw
            )
        }
        return start
    }

    /// `DIRECT.GET`, for which there are no JSON refusals.
    mutating func directGet(_ name: [UInt8], subject: [UInt8]?, _ request: ApiRequest) {
        guard !request.reply.isEmpty else { return }
        guard let index = directServer(of: name, request.account) else {
            var block = HeaderWriter(status: 503, text: "")
            block.append("Nats-Subject", Array("$JS.API.DIRECT.GET.".utf8) + name)
            sendHeaders(block.finish(), request.root, request.reply)
            return
        }
        guard let asked = directRequest(subject, request) else { return }
        if asked.batch > 0 || !asked.lastForEach.isEmpty {
            directBatch(asked, index, request)
            return
        }
        let sequence = find(asked, in: index)
        let exists = sequence > 0 && host.streams[index].stream.contains(sequence)
        let reader = MessageReader(
            form: .direct,
            root: request.root,
            reply: request.reply,
            isWithoutHeaders: asked.isWithoutHeaders,
            sequences: exists ? [sequence] : []
        )
        serve(reader, of: index)
    }

    /// The stream that answers direct requests for the one called `name`: itself, or a mirror that
    /// stands in for it.
    private mutating func directServer(of name: [UInt8], _ account: UInt32) -> UInt32? {
        if let index = host.find(account, name), has(.allowDirect, index) { return index }
        for at in host.linksFrom[StreamName(account: account, name: name)] ?? [] {
            let target = host.links[at].target
            if host.links[at].link.isMirror, has(.mirrorDirect, target) { return target }
        }
        return nil
    }

    private func has(_ flag: StreamFlags, _ index: UInt32) -> Bool {
        host.streams[index].stream.state.configuration.flags.contains(flag)
    }

    private mutating func directRequest(
        _ subject: [UInt8]?,
        _ request: ApiRequest
    ) -> MessageGetRequest? {
        if request.body.isEmpty, subject == nil {
            sendStatus(408, "Empty Request", request.root, request.reply)
            return nil
        }
        let text = request.body.isEmpty ? Array("{}".utf8) : request.body
        do throws(QueueingError) {
            var asked = try MessageGetRequest(text, isStrict: false)
            if let subject {
                asked.lastFor = subject
                return asked
            }
            guard !asked.isEmpty else {
                sendStatus(408, "Empty Request", request.root, request.reply)
                return nil
            }
            guard !asked.isConflictingForDirectGet else {
                sendStatus(408, "Bad Request", request.root, request.reply)
                return nil
            }
            return asked
        } catch {
            sendStatus(408, "Malformed Request", request.root, request.reply)
            return nil
        }
    }

    private mutating func directBatch(
        _ asked: MessageGetRequest,
        _ index: UInt32,
        _ request: ApiRequest
    ) {
        var reader = MessageReader(
            form: .batch,
            root: request.root,
            reply: request.reply,
            isWithoutHeaders: asked.isWithoutHeaders,
            sequences: []
        )
        reader.bytesLeft =
            asked.bytesMax > 0 ? asked.bytesMax : Int64(settings.limits.pendingBytesMax)
        let most = asked.batch > 0 ? Int(clamping: asked.batch) : Int.max
        if asked.lastForEach.isEmpty {
            collect(asked, index, most: most, into: &reader)
        } else {
            guard collectLast(asked, index, most: most, into: &reader) else {
                sendStatus(413, "Too Many Results", request.root, request.reply)
                return
            }
            if !reader.isEnded {
                sendStatus(404, "No Results", request.root, request.reply)
                return
            }
        }
        serve(reader, of: index)
    }

    /// Messages of one batch that are collected at once; the rest is counted.
    private static var collectedMax: Int { 16_384 }

    private mutating func collect(
        _ asked: MessageGetRequest,
        _ index: UInt32,
        most: Int,
        into reader: inout MessageReader
    ) {
        let filter = asked.nextFor
        var next = max(asked.sequence, 1)
        if let time = asked.startTime {
            next = host.streams[index].stream.state.firstSequence(since: time)
        }
        while next > 0, reader.sequences.count < min(most, Self.collectedMax) {
            next = host.streams[index].stream.state.nextSequence(from: next, matching: filter.raw)
            guard next > 0 else { break }
            reader.sequences.append(next)
            next += 1
        }
        guard next > 0 else { return }
        reader.beyond = host.streams[index].stream.state.count(from: next, matching: filter.raw)
    }

    private mutating func collectLast(
        _ asked: MessageGetRequest,
        _ index: UInt32,
        most: Int,
        into reader: inout MessageReader
    ) -> Bool {
        var upTo = asked.upToSequence > 0 ? asked.upToSequence : .max
        if let time = asked.upToTime {
            let behind = host.streams[index].stream.state.firstSequence(since: time)
            if behind > 0 { upTo = behind - 1 }
        }
        guard
            let found = host.streams[index].stream.state.lastSequences(
                matching: asked.lastForEach,
                upTo: upTo,
                most: 1_024
            )
        else { return false }
        var start = asked.sequence
        if let time = asked.startTime {
            start = host.streams[index].stream.state.firstSequence(since: time)
        }
        let wanted = found.drop { $0 < start }
        reader.sequences = Array(wanted.prefix(most))
        reader.beyond = UInt64(wanted.count - reader.sequences.count)
        reader.isEnded = !found.isEmpty
        reader.upToSequence = min(upTo, host.streams[index].stream.state.lastSequence)
        return true
    }
}
