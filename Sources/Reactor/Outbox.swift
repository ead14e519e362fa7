// What waits to be written: one queue of chunks per connection, from one pool.

public import Base
import Glibc

/// Bytes that wait for one connection.
@frozen
public struct OutQueue: BitwiseCopyable, Sendable {
    /// The chunk whose bytes go first; `noIndex` when nothing waits.
    public var first: UInt32 = noIndex
    /// The chunk that takes new bytes.
    public var last: UInt32 = noIndex
    /// How many bytes wait.
    public var byteCount = 0

    /// An empty queue.
    @inlinable
    public init() {}

    /// Whether nothing waits.
    @inlinable
    public var isEmpty: Bool { byteCount == 0 }
}

/// The outbound queues' memory and the calls that empty them.
///
/// An empty queue holds no memory. When the pool is used up, appending fails and the caller ends
/// the connection.
@safe
public struct Outbox: ~Copyable {
    /// Longest piece that is kept in one chunk even if that wastes the end of the chunk before.
    @inlinable
    public static var wholeBytesMax: Int { 4_096 }
    /// Most chunks of one write.
    private static let partCountMax = 64

    /// Where the chunks come from.
    public var pool: ChunkPool
    private var parts: UnsafeMutableBufferPointer<iovec>

    /// An empty outbox that grows to `byteCountMax` bytes.
    public init(byteCountMax: Int) {
        pool = ChunkPool(byteCountMax: byteCountMax)
        unsafe parts = .allocate(capacity: Self.partCountMax)
    }

    deinit { unsafe parts.deallocate() }

    /// Room for `count` bytes in a row at the end of `queue`; `commit` makes them part of it.
    ///
    /// - Returns: `nil` when they do not fit the last chunk and are more than `wholeBytesMax`, or
    ///   when the pool is used up.
    @unsafe
    @inlinable
    @inline(__always)
    public mutating func reserve(
        _ count: Int,
        in queue: inout OutQueue
    ) -> UnsafeMutableRawPointer? {
        if queue.last != noIndex {
            let end = Int(pool.chunks[queue.last].end)
            if end &+ count <= ChunkPool.chunkBytes {
                // SAFETY: the chunk is out, and `end` lies inside it.
                return unsafe pool.address(queue.last) + end
            }
        }
        guard count <= Self.wholeBytesMax, addChunk(to: &queue) else { return nil }
        return unsafe pool.address(queue.last) + Int(pool.chunks[queue.last].end)
    }

    /// Makes `count` reserved bytes part of `queue`.
    @inlinable
    @inline(__always)
    public mutating func commit(_ count: Int, to queue: inout OutQueue) {
        pool.chunks[queue.last].end &+= UInt32(truncatingIfNeeded: count)
        queue.byteCount &+= count
    }

    /// Appends a copy of `bytes`, in pieces if need be.
    /// - Returns: `false` when the pool is used up; a part may have been appended.
    public mutating func append(_ bytes: RawSpan, to queue: inout OutQueue) -> Bool {
        var done = 0
        while done < bytes.byteCount {
            if queue.last == noIndex || pool.chunks[queue.last].end >= ChunkPool.chunkBytes {
                guard addChunk(to: &queue) else { return false }
            }
            let end = Int(pool.chunks[queue.last].end)
            let count = min(bytes.byteCount - done, ChunkPool.chunkBytes - end)
            // SAFETY: `count` bytes are left in the span, and that much room in the chunk.
            unsafe bytes.withUnsafeBytes { source in
                guard let from = source.baseAddress else { return }
                unsafe (pool.address(queue.last) + end).copyMemory(
                    from: from + done,
                    byteCount: count
                )
            }
            commit(count, to: &queue)
            done += count
        }
        return true
    }

    /// Appends a copy of `bytes`; see `append(_: RawSpan, to:)`.
    public mutating func append(_ bytes: [UInt8], to queue: inout OutQueue) -> Bool {
        append(bytes.raw, to: &queue)
    }

    /// Writes as much of `queue` as `descriptor` takes at once.
    public mutating func send(_ queue: inout OutQueue, to descriptor: Int32) -> Transfer {
        let wanted = gather(queue)
        // SAFETY: `gather` filled that many parts with live chunks.
        let list = unsafe UnsafeMutableBufferPointer(rebasing: parts[0..<wanted])
        let outcome = unsafe Socket.write(descriptor, parts: list)
        if case .bytes(let count) = outcome { consume(count, of: &queue) }
        return outcome
    }

    /// The bytes of the first chunk of `queue`, for writers that take one piece at a time.
    @_lifetime(borrow self)
    public func firstBytes(of queue: OutQueue) -> RawSpan {
        guard queue.first != noIndex else { return RawSpan() }
        let chunk = pool.chunks[queue.first]
        // SAFETY: the chunk is out and holds the bytes from start to end.
        let region = unsafe UnsafeRawBufferPointer(
            start: pool.address(queue.first) + Int(chunk.start),
            count: Int(chunk.end - chunk.start)
        )
        return unsafe _overrideLifetime(region.bytes, borrowing: self)
    }

    /// Takes the first `count` bytes, which were written, out of `queue`.
    public mutating func consume(_ count: Int, of queue: inout OutQueue) {
        precondition(count <= queue.byteCount, "more written than waited")
        queue.byteCount -= count
        var left = count
        while queue.first != noIndex {
            let chunk = pool.chunks[queue.first]
            let held = Int(chunk.end - chunk.start)
            if held > left {
                pool.chunks[queue.first].start &+= UInt32(truncatingIfNeeded: left)
                return
            }
            left -= held
            let next = chunk.next
            pool.give(queue.first)
            queue.first = next
        }
        queue.last = noIndex
    }

    /// Forgets everything in `queue`.
    public mutating func drop(_ queue: inout OutQueue) {
        consume(queue.byteCount, of: &queue)
    }

    @usableFromInline
    @inline(never)
    mutating func addChunk(to queue: inout OutQueue) -> Bool {
        let index = pool.take()
        guard index != noIndex else { return false }
        if queue.last == noIndex {
            queue.first = index
        } else {
            pool.chunks[queue.last].next = index
        }
        queue.last = index
        return true
    }

    private func gather(_ queue: OutQueue) -> Int {
        var index = queue.first
        var count = 0
        while index != noIndex, count < Self.partCountMax {
            let chunk = pool.chunks[index]
            // SAFETY: `parts` has room for `partCountMax`, and the chunk is out.
            unsafe parts[count] = iovec(
                iov_base: pool.address(index) + Int(chunk.start),
                iov_len: Int(chunk.end - chunk.start)
            )
            count += 1
            index = chunk.next
        }
        return count
    }
}
