// The messages of a stream whose bytes are in memory.

import Base

/// Whole messages in chunks of memory, in sequence order.
///
/// A stream in memory keeps everything here; a stream on disk keeps what is not yet durable, what
/// came last, and what was read lately, up to `residentBytesMax`.
public struct RecordStore: ~Copyable {
    private var chunks = Table<RecordChunk>(capacity: 2)
    private var hint = 0
    private var uses: UInt64 = 0
    private var nextChunkBytes = 512
    private var loading = -1
    /// Whether the last chunk holds the newest messages and takes the next one.
    private var isOpen = false
    /// Bytes of memory.
    public private(set) var byteCount = 0
    /// How many bytes stay in memory; the newest chunk and what is not durable stay in any case.
    public var residentBytesMax: Int
    static let chunkBytesMax = 65_536

    init(residentBytesMax: Int) {
        self.residentBytesMax = residentBytesMax
    }

    deinit {
        for at in 0..<chunks.count { chunks[at].free() }
    }

    /// The message `sequence` if its bytes are in memory.
    public mutating func find(_ sequence: UInt64) -> Record? {
        let at = chunk(of: sequence)
        guard at >= 0 else { return nil }
        let slot = chunks[at].slot(of: sequence)
        guard slot >= 0, chunks[at].isAlive(slot) else { return nil }
        uses += 1
        chunks[at].lastUse = uses
        return chunks[at].record(slot, chunk: UInt32(at))
    }

    /// Whether the bytes of the message are in memory.
    public mutating func contains(_ sequence: UInt64) -> Bool {
        let at = chunk(of: sequence)
        guard at >= 0 else { return false }
        let slot = chunks[at].slot(of: sequence)
        return slot >= 0 && chunks[at].isAlive(slot)
    }

    /// The subject of `record`.
    @_lifetime(borrow self)
    public func subject(of record: Record) -> RawSpan { bytes(record.chunk, record.subject) }

    /// The header block of `record`; empty without headers.
    @_lifetime(borrow self)
    public func headers(of record: Record) -> RawSpan { bytes(record.chunk, record.headers) }

    /// The payload of `record`.
    @_lifetime(borrow self)
    public func payload(of record: Record) -> RawSpan { bytes(record.chunk, record.payload) }

    @_lifetime(borrow self)
    private func bytes(_ chunk: UInt32, _ slice: ByteSlice) -> RawSpan {
        // SAFETY: a record names a chunk that holds it, and the span borrows the store.
        unsafe _overrideLifetime(chunks[chunk].bytes(slice).bytes, borrowing: self)
    }

    // MARK: - Changes

    /// Adds a message behind all others.
    mutating func append(
        sequence: UInt64,
        time: Instant,
        subject: RawSpan,
        headers: RawSpan,
        payload: RawSpan
    ) {
        let bytes = subject.byteCount + headers.byteCount + payload.byteCount
        if !isOpen || chunks.isEmpty || !chunks[chunks.count - 1].fits(bytes) {
            insert(roomFor: bytes, at: chunks.count)
            isOpen = true
        }
        chunks[chunks.count - 1].append(
            sequence: sequence,
            time: time,
            subject: subject,
            headers: headers,
            payload: payload
        )
    }

    /// Lets a message pass whose bytes are on disk alone.
    mutating func leaveOut() {
        isOpen = false
    }

    /// Forgets the message `sequence`, if it is here.
    mutating func remove(_ sequence: UInt64) {
        let at = chunk(of: sequence)
        guard at >= 0 else { return }
        let slot = chunks[at].slot(of: sequence)
        guard slot >= 0, chunks[at].isAlive(slot) else { return }
        chunks[at].kill(slot)
        if chunks[at].live == 0, at < chunks.count - 1 {
            drop(at)
        } else if at < chunks.count - 1, isWorthCompacting(at) {
            compact(at)
        }
    }

    /// Forgets everything behind `sequence`.
    mutating func truncate(after sequence: UInt64) {
        while !chunks.isEmpty, chunks[chunks.count - 1].last > sequence {
            let at = chunks.count - 1
            if chunks[at].first > sequence {
                drop(at)
                isOpen = false
                continue
            }
            while chunks[at].slots > 0, chunks[at].last > sequence { chunks[at].popLast() }
            // Its first messages may be gone already.
            if chunks[at].slots == 0 {
                drop(at)
                isOpen = false
            }
        }
    }

    /// Forgets everything.
    mutating func removeAll() {
        isOpen = false
        while !chunks.isEmpty { drop(chunks.count - 1) }
    }

    /// Forgets what was read longest ago until `residentBytesMax` is kept.
    ///
    /// Messages behind `durable` and the newest chunk stay.
    mutating func evict(durable: UInt64) {
        while byteCount > residentBytesMax, chunks.count > 1 {
            var oldest = -1
            for at in 0..<(chunks.count - 1)
            where chunks[at].last <= durable && at != loading
                && (oldest < 0 || chunks[at].lastUse < chunks[oldest].lastUse)
            {
                oldest = at
            }
            guard oldest >= 0 else { return }
            drop(oldest)
        }
    }

    // MARK: - Loading

    /// Adds a message that was read from disk; messages of one load come in sequence order.
    mutating func load(
        sequence: UInt64,
        time: Instant,
        subject: RawSpan,
        headers: RawSpan,
        payload: RawSpan
    ) {
        guard chunk(of: sequence) < 0 else { return }
        let bytes = subject.byteCount + headers.byteCount + payload.byteCount
        let isBehindLoading =
            loading >= 0 && chunks[loading].last < sequence
            && (loading + 1 == chunks.count || chunks[loading + 1].first > sequence)
        if !isBehindLoading || !chunks[loading].fits(bytes) {
            var at = chunks.count
            while at > 0, chunks[at - 1].first > sequence { at -= 1 }
            if at == chunks.count { isOpen = false }
            insert(roomFor: max(bytes, Self.chunkBytesMax / 2), at: at)
            loading = at
        }
        uses += 1
        chunks[loading].lastUse = uses
        chunks[loading].append(
            sequence: sequence,
            time: time,
            subject: subject,
            headers: headers,
            payload: payload
        )
    }

    /// Ends a load.
    mutating func endLoad(durable: UInt64) {
        loading = -1
        evict(durable: durable)
    }

    // MARK: - Chunks

    /// The chunk whose range holds `sequence`, or -1.
    private mutating func chunk(of sequence: UInt64) -> Int {
        if hint < chunks.count, chunks[hint].slots > 0, chunks[hint].first <= sequence,
            chunks[hint].last >= sequence
        {
            return hint
        }
        var low = 0
        var high = chunks.count
        while low < high {
            let middle = (low + high) / 2
            if chunks[middle].slots > 0, chunks[middle].last < sequence {
                low = middle + 1
            } else {
                high = middle
            }
        }
        guard low < chunks.count, chunks[low].slots > 0, chunks[low].first <= sequence else {
            return -1
        }
        hint = low
        return low
    }

    private mutating func insert(roomFor bytes: Int, at place: Int) {
        let needed = RecordChunk.footprint(bytes) + 8
        let chunk = RecordChunk(byteCount: max(needed, nextChunkBytes))
        if place == chunks.count { nextChunkBytes = min(nextChunkBytes * 2, Self.chunkBytesMax) }
        byteCount += Int(chunk.byteCount)
        chunks.append(chunk)
        var at = chunks.count - 1
        while at > place {
            chunks[at] = chunks[at - 1]
            at -= 1
        }
        chunks[place] = chunk
    }

    private mutating func drop(_ at: Int) {
        byteCount -= Int(chunks[at].byteCount)
        chunks[at].free()
        for index in at..<(chunks.count - 1) { chunks[index] = chunks[index + 1] }
        _ = chunks.popLast()
        if loading > at { loading -= 1 } else if loading == at { loading = -1 }
    }

    /// Whether a chunk is mostly dead; one that is emptied from the front will go soon by itself.
    private func isWorthCompacting(_ at: Int) -> Bool {
        let share: UInt32 = chunks[at].isAlive(0) ? 2 : 8
        return chunks[at].liveBytes < chunks[at].used / share
    }

    /// Moves what is alive in a chunk into a smaller one.
    private mutating func compact(_ at: Int) {
        let old = chunks[at]
        var new = RecordChunk(byteCount: Int(old.liveBytes) + Int(old.live) * 4 + 8)
        for slot in 0..<Int(old.slots) where old.isAlive(slot) {
            let record = old.record(slot, chunk: 0)
            // SAFETY: `old` is freed after the loop, and a chunk does not overlap another.
            unsafe new.append(
                sequence: record.sequence,
                time: record.time,
                subject: old.bytes(record.subject).bytes,
                headers: old.bytes(record.headers).bytes,
                payload: old.bytes(record.payload).bytes
            )
        }
        new.first = old.first
        new.last = old.last
        new.lastUse = old.lastUse
        byteCount += Int(new.byteCount) - Int(old.byteCount)
        old.free()
        chunks[at] = new
    }
}
