// Streams come back from the store before the first client is served.

import Base
import JetStreamApi
import Journal
import Queueing

/// How far a stream has been read back.
struct StreamRecovery {
    let stream: RecoveredStream
    var ticket: JournalTicket?
    /// The next sequence to ask for.
    var next: UInt64
    var isDone = false
}

extension Shard {
    /// Blocks that are asked for at once.
    private static var blocksAtOnce: UInt32 { 64 }

    /// Takes over the journal and begins to read the streams back.
    mutating func beginRecovery(_ recovered: [RecoveredStream], _ client: consuming JournalClient) {
        host.journal = consume client
        for stream in recovered { begin(stream) }
        continueRecovery()
    }

    /// Whether streams are still being read back.
    var isRecovering: Bool { host.recoveries.contains { !$0.isDone } }

    private mutating func begin(_ stream: RecoveredStream) {
        do throws(QueueingError) {
            let archive = try StreamArchive(stream.configuration)
            guard let account = accounts.firstIndex(where: { $0.name == archive.account }) else {
                setAside(stream.stream)
                return
            }
            let index = try addStream(
                archive.configuration.served,
                UInt32(account),
                created: archive.created
            )
            precondition(index == stream.stream, "streams are numbered in the order of the store")
            host.recoveries.append(StreamRecovery(stream: stream, next: stream.firstSequence))
        } catch {
            setAside(stream.stream)
        }
    }

    /// Leaves a stream on disk as it is: its configuration is not understood, or its account is not
    /// among those of the configuration and nobody else may see it.
    ///
    /// Its number stays taken by a stream without a name, which nobody can reach.
    private mutating func setAside(_ number: UInt32) {
        host.unreadable.append(number)
        var nameless = StreamConfiguration()
        nameless.storage = .memory
        let state = StreamState(nameless, created: tick.now, residentBytesMax: 0, seed: 0)
        let index = host.streams.insert(HostedStream(account: 0, state: state))
        precondition(index == number, "streams are numbered in the order of the store")
    }

    /// Asks for more of every stream that waits for nothing.
    private mutating func continueRecovery() {
        for at in 0..<host.recoveries.count where !host.recoveries[at].isDone {
            guard host.recoveries[at].ticket == nil else { continue }
            let stream = host.recoveries[at].stream
            if stream.recordCount == 0 || host.recoveries[at].next > stream.lastSequence {
                finishRecovery(at)
                continue
            }
            host.recoveries[at].ticket =
                host.journal?.readHeads(
                    stream: stream.stream,
                    from: host.recoveries[at].next,
                    blockCountMax: Self.blocksAtOnce
                )
        }
        host.journal?.flush()
    }

    /// Takes the journal's answers while streams are being read back.
    mutating func readBack() {
        while let report = host.journal?.next() {
            switch report {
            case .block(let ticket, let stream, _, let last, let isLast, let loan):
                recover(loan, into: stream)
                advance(ticket, to: last &+ 1, isLast: isLast)
            case .endOfLog(let ticket, _), .unreadable(let ticket, _, _):
                advance(ticket, to: .max, isLast: true)
            case .damaged(let ticket, _, let lost):
                advance(ticket, to: lost.lastSequence &+ 1, isLast: true)
            case .created, .configured, .removed, .durable, .stateWritten, .appendRefused,
                .stateRefused, .refused, .writeStopped, .stopped:
                break
            }
        }
        continueRecovery()
    }

    private mutating func advance(_ ticket: JournalTicket, to next: UInt64, isLast: Bool) {
        guard let at = host.recoveries.firstIndex(where: { $0.ticket == ticket }) else { return }
        host.recoveries[at].next = max(host.recoveries[at].next, next)
        if isLast { host.recoveries[at].ticket = nil }
    }

    private mutating func recover(_ loan: BufferLoan, into index: UInt32) {
        let buffer = RecordBuffer(loan)
        guard let at = host.recoveries.firstIndex(where: { $0.stream.stream == index }) else {
            return
        }
        let deleted = host.recoveries[at].stream.deleted
        let hasDeleted = deleted.count > 0
        if !hasDeleted, var pages = HeadPageReader(buffer.bytes) {
            while let page = pages.next(buffer.bytes) {
                host.streams[index].stream.recoverPage(page, buffer.bytes)
            }
            return
        }
        let hasLinks = host.linksInto[index] != nil
        var reader = BatchReader(buffer.bytes)
        while let message = reader.next(buffer.bytes) {
            if hasDeleted, deleted.contains(message.sequence) { continue }
            if hasLinks {
                resumeLinks(index, headers: buffer.bytes.extracting(message.headers.range))
            }
            if reader.isOfHeads {
                host.streams[index].stream.recoverHead(
                    sequence: message.sequence,
                    time: message.time,
                    subject: buffer.bytes.extracting(message.subject.range),
                    headers: buffer.bytes.extracting(message.headers.range),
                    payloadByteCount: Int(clamping: message.payloadByteCount)
                )
            } else {
                host.streams[index].stream.recover(
                    sequence: message.sequence,
                    time: message.time,
                    subject: buffer.bytes.extracting(message.subject.range),
                    headers: buffer.bytes.extracting(message.headers.range),
                    payload: buffer.bytes.extracting(message.payload.range)
                )
            }
        }
    }

    private mutating func finishRecovery(_ at: Int) {
        host.recoveries[at].isDone = true
        let stream = host.recoveries[at].stream
        host.streams[stream.stream].stream.endRecovery(
            first: stream.firstSequence,
            last: stream.lastSequence
        )
        recoverConsumers(stream.stream, stream.values)
        recoverMode(stream.stream, stream.values)
        recoverLinks(stream.stream, stream.values)
    }
}
