// Numbers that one thread writes and any thread reads, without locks.

import Synchronization

/// A row of counters with one writer and any number of readers.
///
/// The row starts on a cache line of its own, so that two writers never disturb each other. A
/// reader sees every counter whole, but not all of them as of the same moment.
@safe
public final class CounterBlock: @unchecked Sendable {
    // Unchecked because of the pointer: it never changes, and what it points to is atomic.

    /// How many counters there are.
    public let count: Int
    let slots: UnsafeMutablePointer<Atomic<UInt64>>
    private let hasWriter = Atomic(false)

    private static let lineBytes = 64

    /// A row of `count` zeros.
    public init(count: Int) {
        precondition(count > 0, "a block has at least one counter")
        self.count = count
        let bytes = count * MemoryLayout<Atomic<UInt64>>.stride
        let raw = UnsafeMutableRawPointer.allocate(
            byteCount: (bytes + Self.lineBytes - 1) / Self.lineBytes * Self.lineBytes,
            alignment: Self.lineBytes
        )
        // SAFETY: the memory has room for `count` counters, and each is initialised here.
        unsafe slots = raw.bindMemory(to: Atomic<UInt64>.self, capacity: count)
        for index in 0..<count {
            unsafe (slots + index).initialize(to: Atomic(0))
        }
    }

    deinit {
        // SAFETY: allocated and initialised by `init`; atomics of integers need no destruction.
        unsafe slots.deallocate()
    }

    /// The counter at `index` as it is now.
    public subscript(index: Int) -> UInt64 {
        precondition(index >= 0 && index < count, "no such counter")
        // SAFETY: checked above.
        return unsafe slots[index].load(ordering: .relaxed)
    }

    /// The one writer of this block; traps when asked twice.
    public func takeWriter() -> CounterWriter {
        precondition(!hasWriter.exchange(true, ordering: .relaxed), "a block has one writer")
        return CounterWriter(self)
    }
}

/// The end of a `CounterBlock` that writes.
///
/// Writing costs a load and a store; it needs no atomic addition because nobody else writes.
@safe
public struct CounterWriter: ~Copyable {
    private let slots: UnsafeMutablePointer<Atomic<UInt64>>
    private let count: Int
    /// What is written to, for readers.
    public let block: CounterBlock

    init(_ block: CounterBlock) {
        self.block = block
        count = block.count
        // SAFETY: the block is kept alive beside the pointer to its slots.
        unsafe slots = block.slots
    }

    /// Adds `amount` to the counter at `index`; wraps at the end of 64 bits.
    public func add(_ amount: UInt64, to index: Int) {
        set(index, to: value(at: index) &+ amount)
    }

    /// Makes the counter at `index` show `value`.
    public func set(_ index: Int, to value: UInt64) {
        precondition(index >= 0 && index < count, "no such counter")
        // SAFETY: checked above, and `block` keeps the memory.
        unsafe slots[index].store(value, ordering: .relaxed)
    }

    /// Makes the counter at `index` show `value` unless it shows more already.
    public func raise(_ index: Int, to value: UInt64) {
        if value > self.value(at: index) { set(index, to: value) }
    }

    /// The counter at `index`, which the caller knows to be one of the block's.
    @inline(__always)
    func known(_ index: Int) -> UInt64 {
        // SAFETY: the caller has made sure of the index, and `block` keeps the memory.
        unsafe slots[index].load(ordering: .relaxed)
    }

    /// Makes the counter at `index`, which the caller knows to be one of the block's, show `value`.
    @inline(__always)
    func setKnown(_ index: Int, to value: UInt64) {
        // SAFETY: the caller has made sure of the index, and `block` keeps the memory.
        unsafe slots[index].store(value, ordering: .relaxed)
    }

    /// The counter at `index`.
    public func value(at index: Int) -> UInt64 {
        precondition(index >= 0 && index < count, "no such counter")
        // SAFETY: checked above, and `block` keeps the memory.
        return unsafe slots[index].load(ordering: .relaxed)
    }
}
