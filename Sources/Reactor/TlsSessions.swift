// The TLS sessions of one shard, by index: what flat connection tables refer to.

import Base

/// Owns sessions at stable 32-bit indices; freed places are used again, newest first.
@safe
public struct TlsSessions: ~Copyable {
    private var places: UnsafeMutablePointer<TlsSession?>
    private var capacity: Int
    private var free = Table<UInt32>(capacity: 16)
    /// How many sessions there are.
    public private(set) var count = 0

    /// No sessions.
    public init() {
        capacity = 16
        unsafe places = .allocate(capacity: 16)
        // SAFETY: every place of the new block is initialised once.
        for index in 0..<16 {
            unsafe (places + index).initialize(to: nil)
            free.append(UInt32(15 - index))
        }
    }

    deinit {
        unsafe places.deinitialize(count: capacity)
        unsafe places.deallocate()
    }

    /// Takes `session` in.
    /// - Returns: the index to name it by.
    public mutating func insert(_ session: consuming TlsSession) -> UInt32 {
        if free.isEmpty { grow() }
        guard let index = free.popLast() else { preconditionFailure("a grown table has room") }
        // SAFETY: free indices are below the capacity and their places hold nil.
        unsafe places[Int(index)] = consume session
        count += 1
        return index
    }

    /// The session at `index`, which must be in use.
    public subscript(index: UInt32) -> TlsSession {
        _read {
            precondition(Int(index) < capacity, "index outside the table")
            // SAFETY: checked above; every place below the capacity is initialised.
            switch unsafe places[Int(index)] {
            case .some(let session): yield session
            case .none: preconditionFailure("no session at this index")
            }
        }
    }

    /// Ends and frees the session at `index`, which must be in use.
    public mutating func remove(_ index: UInt32) {
        self[index].end()
        // SAFETY: the subscript has checked the index.
        unsafe places[Int(index)] = nil
        free.append(index)
        count -= 1
    }

    private mutating func grow() {
        let larger = UnsafeMutablePointer<TlsSession?>.allocate(capacity: capacity * 2)
        // SAFETY: the new block holds twice as many; the old places are left uninitialised.
        unsafe larger.moveInitialize(from: places, count: capacity)
        for index in (capacity..<capacity * 2).reversed() {
            unsafe (larger + index).initialize(to: nil)
            free.append(UInt32(truncatingIfNeeded: index))
        }
        unsafe places.deallocate()
        unsafe places = larger
        capacity *= 2
    }
}
