// Secrets of any length: passphrases, slot keys.

import CSodium

/// Bytes in guarded, locked memory with exactly one owner; wiped when the owner goes.
///
/// Each costs several pages: meant for the few secrets that open a store. Keys by the thousand live
/// in a
/// `KeyArena`.
@safe
public struct SecretBytes: ~Copyable, Sendable {
    private nonisolated(unsafe) let base: UnsafeMutableRawPointer
    /// How many bytes.
    public let count: Int

    /// `count` zero bytes.
    /// - Throws: `keyMemoryFull` when the system gives no memory, `libraryUnavailable` without
    ///   libsodium.
    public init(count: Int) throws(SealingError) {
        try SealingError.check(start: csodium_start())
        // SAFETY: the memory has at least `count` bytes and is this value's own.
        guard let memory = unsafe csodium_allocate(max(count, 1)) else { throw .keyMemoryFull }
        unsafe csodium_wipe(memory, count)
        unsafe base = memory
        self.count = count
    }

    /// A copy of `bytes`, which the caller wipes.
    /// - Throws: `keyMemoryFull` when the system gives no memory, `libraryUnavailable` without
    ///   libsodium.
    public init(copying bytes: RawSpan) throws(SealingError) {
        try self.init(count: bytes.byteCount)
        unsafe bytes.withUnsafeBytes { source in
            if let from = source.baseAddress {
                // SAFETY: the allocation is as long as `bytes`.
                unsafe base.copyMemory(from: from, byteCount: source.count)
            }
        }
    }

    /// `count` bytes from the system's generator.
    /// - Throws: `keyMemoryFull` when the system gives no memory, `libraryUnavailable` without
    ///   libsodium.
    public static func random(count: Int) throws(SealingError) -> SecretBytes {
        let secret = try SecretBytes(count: count)
        // SAFETY: the new secret holds `count` bytes.
        unsafe csodium_random(secret.base, count)
        return secret
    }

    deinit { unsafe csodium_free(base) }

    /// The bytes, readable while the owner lives.
    public var bytes: RawSpan {
        @_lifetime(borrow self)
        get {
            // SAFETY: `base` covers `count` bytes until deinit, and the span borrows `self`.
            let region = unsafe UnsafeRawBufferPointer(start: base, count: count)
            return unsafe _overrideLifetime(region.bytes, borrowing: self)
        }
    }

    /// Lets `body` write the bytes, for example from a file, without a copy elsewhere.
    public mutating func fill<Failure: Error>(
        _ body: (inout MutableRawSpan) throws(Failure) -> Int
    ) throws(Failure) -> Int {
        // SAFETY: `base` covers `count` bytes and nobody else uses them during the call.
        let region = unsafe UnsafeMutableRawBufferPointer(start: base, count: count)
        var bytes = unsafe region.mutableBytes
        return try body(&bytes)
    }

    /// Whether both hold the same bytes; takes the same time wherever they differ.
    public func isEqual(to other: borrowing SecretBytes) -> Bool {
        guard count == other.count else { return false }
        // SAFETY: both hold `count` bytes.
        return unsafe csodium_compare(base, other.base, count) == 0
    }

    @unsafe
    var address: UnsafeMutablePointer<UInt8> {
        unsafe base.assumingMemoryBound(to: UInt8.self)
    }
}
