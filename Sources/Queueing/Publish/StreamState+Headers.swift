// Headers that are stored otherwise than they came.

import Base

extension StreamState {
    /// Leaves out what is not stored: the status and what routing added.
    ///
    /// - Returns: whether `stagedHeaders` now stand for the headers.
    mutating func stripHeaders(_ asked: PublishHeaders, _ headers: RawSpan) -> Bool {
        guard asked.hasStatus || asked.isBare || !asked.requestInfoLine.isEmpty else {
            return false
        }
        var made = stagedHeaders.take() ?? Table(capacity: 1)
        made.removeAll()
        let gone = asked.requestInfoLine
        let isEmptied = asked.isBare || !gone.isEmpty && isOnlyField(gone, asked, headers)
        if !isEmptied {
            made.append("NATS/1.0\r\n")
            copyFields(headers, asked, without: gone, to: &made)
        }
        stagedHeaderCount = made.count
        stagedHeaders = consume made
        return true
    }

    /// Writes the time to live that markers ask for.
    mutating func raiseTtl(_ asked: PublishHeaders, _ headers: RawSpan, _ isStaged: Bool) {
        let requestInfo = asked.requestInfoLine
        var made = stagedHeaders.take() ?? Table(capacity: 1)
        made.removeAll()
        made.append("NATS/1.0\r\n")
        var offset = Int(asked.firstField)
        let end = headers.byteCount
        while offset < end {
            let next = lineEnd(headers, offset)
            let isGone =
                offset == Int(asked.ttlLine.start)
                || isStaged && !requestInfo.isEmpty && offset == Int(requestInfo.start)
            if next - offset <= 2 { break }
            if !isGone { made.append(headers.extracting(offset..<next)) }
            offset = next
        }
        made.append("Nats-TTL: ")
        made.append(decimal: rules.deleteMarkerTtl / nanosecondsPerSecond)
        made.append("\r\n\r\n")
        stagedHeaderCount = made.count
        stagedHeaders = consume made
    }

    private func isOnlyField(
        _ line: ByteSlice,
        _ asked: PublishHeaders,
        _ headers: RawSpan
    ) -> Bool {
        guard line.start == asked.firstField else { return false }
        return headers.byteCount - line.end <= 2
    }

    private func copyFields(
        _ headers: RawSpan,
        _ asked: PublishHeaders,
        without gone: ByteSlice,
        to made: inout Table<UInt8>
    ) {
        let first = Int(asked.firstField)
        guard !gone.isEmpty else {
            made.append(headers.extracting(first..<headers.byteCount))
            return
        }
        made.append(headers.extracting(first..<Int(gone.start)))
        made.append(headers.extracting(gone.end..<headers.byteCount))
    }

    private func lineEnd(_ headers: RawSpan, _ start: Int) -> Int {
        var offset = start
        while offset < headers.byteCount, headers.byte(offset) != 0x0A { offset += 1 }
        return min(offset + 1, headers.byteCount)
    }
}

extension RawSpan {
    /// Whether these are the letters of `text`, which is in lower case.
    func equalsIgnoringCase(_ text: StaticString) -> Bool {
        guard byteCount == text.utf8CodeUnitCount else { return false }
        for offset in 0..<byteCount {
            let letter = byte(offset)
            let lower = (0x41...0x5A).contains(letter) ? letter | 0x20 : letter
            // SAFETY: both have `byteCount` bytes.
            if unsafe lower != text.utf8Start[offset] { return false }
        }
        return true
    }
}
