// Where the bytes of keys come from.

import CSodium

/// A source of random bytes.
struct RandomSource: Sendable {
    /// Fills the span; `false` if there are no bytes to be had now.
    let fill: @Sendable (inout MutableRawSpan) -> Bool

    /// The system's generator; one that is not seeded is not waited for.
    static var system: RandomSource {
        RandomSource { bytes in
            guard csodium_has_generator() == 1 else { return false }
            unsafe bytes.withUnsafeMutableBytes { memory in
                // SAFETY: the memory is as long as the call is told.
                unsafe csodium_random(memory.baseAddress, memory.count)
            }
            return true
        }
    }
}
