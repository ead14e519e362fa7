// Equal blocks of memory, handed out and taken back: what outbound bytes wait in.

/// Where one chunk's bytes lie and what comes after it.
@frozen
public struct Chunk: BitwiseCopyable, Sendable {
    /// Offset of the first byte that is still to be sent.
    public var start: UInt32 = 0
    /// Offset behind the last byte.
    public var end: UInt32 = 0
    /// The next chunk of the same queue, or of the free list.
    public var next: UInt32 = noIndex

    @usableFromInline
    init(start: UInt32 = 0, end: UInt32 = 0, next: UInt32 = noIndex) {
        self.start = start
        self.end = end
        self.next = next
    }
}

/// Hands out chunks of `chunkBytes` bytes by index.
///
/// Memory is taken from the system in blocks and kept for reuse; chunks come back in last-in
/// first-out order, so that a quiet server keeps touching the same few. `take` answers `noIndex` at
/// `chunkCountMax`.
@safe
@frozen
public struct ChunkPool: ~Copyable {
    /// Size of a chunk.
    @inlinable
    public static var chunkBytes: Int { 32_768 }

    @usableFromInline static var chunksPerBlock: Int { 16 }

    @usableFromInline var blocks = Table<UInt>(capacity: 64)
    /// The chunks by index.
    public var chunks = Table<Chunk>(capacity: 64)
    @usableFromInline var firstFree: UInt32 = noIndex
    @usableFromInline var taken = 0
    /// Most chunks that are ever out at once.
    public let chunkCountMax: Int

    /// An empty pool that grows to `byteCountMax` bytes.
    public init(byteCountMax: Int) {
        chunkCountMax = max(16, byteCountMax / Self.chunkBytes)
    }

    deinit {
        for index in 0..<blocks.count {
            // SAFETY: every entry is the address of a block that `addBlock` took.
            unsafe UnsafeMutableRawPointer(bitPattern: blocks[index])?.deallocate()
        }
    }

    /// How many chunks are out.
    @inlinable
    public var takenCount: Int { taken }

    /// An empty chunk, or `noIndex` when all are out.
    @inlinable
    public mutating func take() -> UInt32 {
        if firstFree == noIndex {
            guard chunks.count < chunkCountMax else { return noIndex }
            addBlock()
        }
        let index = firstFree
        firstFree = chunks[index].next
        // Chunks lie at multiples of the page size; beginning at different offsets keeps a thousand
        // queues from competing for the same few cache sets.
        let colour = (index & 15) &* 192
        chunks[index] = Chunk(start: colour, end: colour, next: noIndex)
        taken &+= 1
        return index
    }

    /// Takes the chunk at `index` back.
    @inlinable
    public mutating func give(_ index: UInt32) {
        chunks[index].next = firstFree
        firstFree = index
        taken &-= 1
    }

    /// Where the bytes of the chunk at `index` begin.
    @unsafe
    @inlinable
    public func address(_ index: UInt32) -> UnsafeMutableRawPointer {
        let block = blocks[Int(index) / Self.chunksPerBlock]
        let offset = (Int(index) % Self.chunksPerBlock) &* Self.chunkBytes
        // SAFETY: blocks are never 0 and hold `chunksPerBlock` chunks.
        return unsafe UnsafeMutableRawPointer(bitPattern: block &+ UInt(offset)).unsafelyUnwrapped
    }

    @usableFromInline
    @inline(never)
    mutating func addBlock() {
        let block = UnsafeMutableRawPointer.allocate(
            byteCount: Self.chunkBytes * Self.chunksPerBlock,
            alignment: 4_096
        )
        blocks.append(UInt(bitPattern: block))
        for _ in 0..<Self.chunksPerBlock {
            let index = UInt32(truncatingIfNeeded: chunks.count)
            chunks.append(Chunk(next: firstFree))
            firstFree = index
        }
    }
}
