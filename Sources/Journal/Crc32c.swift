// CRC32C (Castagnoli), RFC 3720 appendix B.4.

import CLinux

/// The checksum that tells bit rot from a wrong key without any key.
enum Crc32c {
    /// The checksum of `bytes`.
    static func of(_ bytes: RawSpan) -> UInt32 {
        unsafe bytes.withUnsafeBytes { input in
            // SAFETY: the input lives through the call.
            unsafe clinux_crc32c(0, input.baseAddress, input.count)
        }
    }
}
