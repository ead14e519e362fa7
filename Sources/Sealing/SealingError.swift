// Why a key operation was refused.

/// A refusal of the key side.
///
/// Says what was wrong, never anything about key bytes.
public enum SealingError: Error, Equatable, BitwiseCopyable, Sendable {
    /// libsodium could not start.
    case libraryUnavailable
    /// No memory for keys is left.
    case keyMemoryFull
    /// The ciphertext, its associated bytes or the key are not what was sealed.
    case notAuthentic
    /// The key ring breaks the format at `line`, counted from 1.
    case ringMalformed(line: UInt32)
    /// The ring was changed without its key.
    case ringTampered
    /// The ring belongs to another store.
    case ringOfAnotherStore
    /// The ring is older than what the store has seen.
    case ringRolledBack(generation: UInt64, floor: UInt64)
    /// No slot opens with what was given.
    case slotNotOpened
    /// The secret that was given has no bytes.
    case secretEmpty
    /// The secret that was given is longer than a secret may be.
    case secretTooLong
    /// There is a NUL byte in the passphrase that was given: nobody types one.
    case secretHasNul
    /// A slot asks for more memory or time than is allowed.
    case slotParameters
    /// The ring has no such key, or the key does not decrypt any more.
    case keyUnknown
    /// The step is not allowed in the key's state.
    case keyState(KeyState)
    /// A limit of the ring is reached.
    case ringFull
    /// The system's random generator gave the same bytes twice.
    case generatorStuck
    /// The system's random generator gives nothing, or has not been seeded yet.
    case generatorFailed
}

extension SealingError {
    /// - Throws: what the result of `csodium_start` says.
    static func check(start result: Int32) throws(SealingError) {
        guard result >= 0 else { throw result == -2 ? .generatorFailed : .libraryUnavailable }
    }
}
