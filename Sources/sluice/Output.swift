// Words for whoever started the program.

import Glibc

/// Standard output and standard error.
enum Output {
    /// Writes `text` to standard output.
    static func show(_ text: String) {
        write(Array(text.utf8), to: STDOUT_FILENO)
    }

    /// Writes `text` as a line to standard error, after the program's name.
    static func complain(_ text: String) {
        write(Array("sluice: \(text)\n".utf8), to: STDERR_FILENO)
    }

    /// Writes all of `bytes`.
    /// - Returns: whether everything was taken.
    @discardableResult
    static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var offset = 0
        while offset < bytes.count {
            // SAFETY: the array lives through the call, and the offset is below its count.
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(
                    descriptor,
                    buffer.baseAddress.map { unsafe $0 + offset },
                    buffer.count - offset
                )
            }
            if count > 0 {
                offset += count
            } else if errno != EINTR {
                return false
            }
        }
        return true
    }
}
