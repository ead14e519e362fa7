// The thread that reads: finds, checks, opens and unpacks blocks, so that commits are not held up.

import Base
import Sealing
import Telemetry

/// Answers read orders; owns the index of everything durable.
struct ReadLoop: ~Copyable {
    let disk: any Disk
    let store: UniqueId
    let vault: KeyVault
    var streams: [ReadStream?]
    var orders: RingReceiver<ReadOrder>
    var reports: RingSender<JournalReport>
    var notes: RingReceiver<IndexNote>
    var walker: BlockWalker
    let keeper: KeeperDesk
    /// Counts the bytes of blocks.
    let byteCount: CounterWriter

    /// Most orders that one step answers.
    static var stepOrdersMax: Int { 64 }
    /// Most blocks that one order gives.
    static var blockCountMax: UInt32 { 64 }
    /// Bytes after which an order that wants messages gets no further block: of several large ones
    /// the first would be forgotten before somebody looks at it.
    static var readAheadBytesMax: Int { 4 * BatchWriter.byteCountMax }

    /// Takes what became durable, then answers what waits.
    /// - Returns: whether there was anything to do.
    mutating func step() -> Bool {
        // Without keys whoever asks waits.
        guard vault.enter() else { return false }
        defer { vault.leave() }
        var hasWork = takeNotes()
        var count = 0
        while count < Self.stepOrdersMax, reports.room > Int(Self.blockCountMax),
            let order = orders.receive()
        {
            // What the asker knows to be durable was noted before the asker heard of it.
            _ = takeNotes()
            serve(order)
            count += 1
            hasWork = true
        }
        return hasWork
    }

    private mutating func takeNotes() -> Bool {
        var count = 0
        while let note = notes.receive() {
            take(note)
            count += 1
        }
        return count > 0
    }

    private mutating func take(_ note: IndexNote) {
        switch note {
        case .streamAdded(let index, let id):
            while streams.count <= Int(index) { streams.append(nil) }
            streams[Int(index)] = ReadStream(id: id, segments: [])
        case .streamRemoved(let index):
            for segment in streams[Int(index)]?.segments ?? [] { walker.close(segment) }
            streams[Int(index)] = nil
        case .segmentAdded(let index, let number, let generation, let firstSequence):
            addSegment(index, number, generation, firstSequence)
        case .durable(let index, let number, let end, let lastSequence):
            let segment = streams[Int(index)]?.segment(number: number)
            segment?.end = end
            segment?.lastSequence = lastSequence
        case .indexed(let index, let number, let entry):
            streams[Int(index)]?.segment(number: number)?.index?.note(entry)
        case .sealed(let index, let number, let facts):
            let segment = streams[Int(index)]?.segment(number: number)
            segment?.sealed = facts
            segment?.end = facts.end
            segment?.lastSequence = facts.lastSequence
            // The index is in the seal block; readers load it again when they need it.
            if facts.sealOffset > 0 { segment?.index = nil }
        case .segmentRemoved(let index, let number, let generation):
            removeSegment(index, number, generation)
        case .segmentRewritten(let index, let number, let generation, let facts):
            replaceSegment(index, number, generation, facts)
        }
    }

    private mutating func removeSegment(
        _ index: UInt32,
        _ number: UInt64,
        _ generation: UInt32
    ) {
        guard let stream = streams[Int(index)] else { return }
        let place = stream.segments.firstIndex {
            $0.name.number == number && $0.name.generation == generation
        }
        if let place { walker.close(stream.segments.remove(at: place)) }
    }

    private mutating func replaceSegment(
        _ index: UInt32,
        _ number: UInt64,
        _ generation: UInt32,
        _ facts: SealedFacts
    ) {
        guard Int(index) < streams.count, let stream = streams[Int(index)] else { return }
        let place = stream.segments.firstIndex {
            $0.name.number == number && $0.name.generation == generation
        }
        guard let place else { return }
        let old = stream.segments[place]
        walker.close(old)
        stream.segments[place] = ReadSegment(
            name: old.name.rewritten,
            firstSequence: old.firstSequence,
            lastSequence: facts.lastSequence,
            end: facts.end,
            sealed: facts,
            index: nil
        )
    }

    private func addSegment(
        _ index: UInt32,
        _ number: UInt64,
        _ generation: UInt32,
        _ firstSequence: UInt64
    ) {
        guard let stream = streams[Int(index)] else { return }
        stream.segments.append(
            ReadSegment(
                name: SegmentName(
                    stream: stream.id,
                    lane: .log,
                    number: number,
                    generation: generation
                ),
                firstSequence: firstSequence,
                lastSequence: firstSequence &- 1,
                end: UInt64(SegmentHeader.byteCount),
                sealed: nil,
                index: SparseIndex()
            )
        )
    }

    private mutating func serve(_ order: ReadOrder) {
        guard Int(order.stream) < streams.count, let stream = streams[Int(order.stream)] else {
            return answer(
                .refused(order.ticket, stream: order.stream, .noSuchStream, nil)
            )
        }
        var next = order.sequence
        var left = max(1, min(order.blockCountMax, Self.blockCountMax))
        var bytesLeft = order.takesHeads ? Int.max : Self.readAheadBytesMax
        while let segment = stream.segment(from: next) {
            var buffer = RecordBuffer(capacity: BatchWriter.byteCountMax)
            let outcome: BlockWalker.Outcome
            if let heads = readHeads(order, segment, of: stream, from: next, into: &buffer) {
                outcome = heads
            } else {
                outcome = walker.read(segment, of: stream, from: next, into: &buffer)
            }
            switch outcome {
            case .block(let first, let last):
                left -= 1
                bytesLeft -= buffer.count
                byteCount.add(UInt64(buffer.count), to: 0)
                let isLast = left == 0 || bytesLeft <= 0 || last >= stream.lastSequence
                answer(
                    .block(
                        order.ticket,
                        stream: order.stream,
                        firstSequence: first,
                        lastSequence: last,
                        isLast: isLast,
                        buffer.lend()
                    )
                )
                if isLast { return }
                next = last + 1
            case .nothing:
                next = segment.lastSequence + 1
            case .damaged(let range):
                if hasChanged(segment, of: stream, range.defect == .missing) { continue }
                return answer(.damaged(order.ticket, stream: order.stream, range))
            case .failed(let number):
                if hasChanged(segment, of: stream, number == noSuchFile) { continue }
                return answer(
                    .unreadable(order.ticket, stream: order.stream, number: number)
                )
            }
        }
        answer(.endOfLog(order.ticket, stream: order.stream))
    }

    /// What `order` is answered with from the heads of `segment`; if it has none that count, they
    /// are written once more.
    private mutating func readHeads(
        _ order: ReadOrder,
        _ segment: ReadSegment,
        of stream: ReadStream,
        from sequence: UInt64,
        into buffer: inout RecordBuffer
    ) -> BlockWalker.Outcome? {
        guard order.takesHeads, !segment.hasNoHeads, let facts = segment.sealed,
            let lacking = RewriteOrder(
                headsOf: segment.name,
                firstSequence: segment.firstSequence,
                facts
            )
        else { return nil }
        let outcome = walker.readHeads(segment, of: stream, from: sequence, into: &buffer)
        if outcome == nil { keeper.writeHeads(lacking) }
        return outcome
    }

    /// Whether `segment`, whose file is not there, was rewritten or removed meanwhile.
    ///
    /// That was noted before the file went, so that the note is there for who misses the file.
    private mutating func hasChanged(
        _ segment: ReadSegment,
        of stream: ReadStream,
        _ isMissing: Bool
    ) -> Bool {
        guard isMissing else { return false }
        _ = takeNotes()
        return !stream.segments.contains { $0 === segment }
    }

    private mutating func answer(_ report: JournalReport) {
        let isSent = reports.send(report)
        precondition(isSent, "an order is taken only when its answers have room")
    }
}
