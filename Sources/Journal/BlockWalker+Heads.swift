// What a start reads of a segment: its heads, where there are any to be trusted.

extension BlockWalker {
    /// Reads the next heads of `segment` that hold a message of at least `sequence`.
    ///
    /// Heads count as far as they are authentic, follow one another without a gap, and were made of
    /// the segment as the catalog knows it.
    /// - Returns: `nil` if there are none that count; the segment itself is to be read then.
    mutating func readHeads(
        _ segment: ReadSegment,
        of stream: ReadStream,
        from sequence: UInt64,
        into buffer: inout RecordBuffer
    ) -> Outcome? {
        guard !segment.hasNoHeads else { return nil }
        do throws(Stop) {
            let heads = try heads(of: segment)
            let outcome = try walk(heads, of: stream, from: sequence, into: &buffer)
            if case .block(_, let last) = outcome, last < segment.lastSequence { return outcome }
            close(segment)
            return outcome
        } catch {
            close(segment)
            segment.hasNoHeads = true
            return nil
        }
    }

    private mutating func heads(of segment: ReadSegment) throws(Stop) -> ReadSegment {
        if let heads = segment.heads { return heads }
        guard let facts = segment.sealed else { throw .bad(.missing) }
        let heads = ReadSegment(
            name: segment.name.heads,
            firstSequence: segment.firstSequence,
            lastSequence: segment.lastSequence,
            end: 0,
            sealed: nil,
            index: SparseIndex()
        )
        let file = try openFile(heads)
        segment.heads = heads
        guard file.header.previousChain == facts.chain else { throw .bad(.chain) }
        do throws(DiskError) {
            heads.end = try disk.size(file.file)
        } catch {
            throw .failed(error.number)
        }
        return heads
    }
}
