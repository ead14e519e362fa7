// Text in the pager that the person likes.

import Glibc

/// Shows text in `$PAGER`, or `less` without it.
enum Pager {
    /// Runs the pager on the terminal and waits for its end.
    static func show(_ bytes: [UInt8]) {
        guard let file = temporaryFile(bytes) else { return }
        defer { close(file) }
        let command = "exec ${PAGER:-less} <&\(file)"
        // SAFETY: the strings live until the array is freed, after the call.
        let words = ["sh", "-c", command]
        var arguments: [UnsafeMutablePointer<CChar>?] = unsafe words.map { unsafe strdup($0) }
        unsafe arguments.append(nil)
        defer { unsafe arguments.forEach { unsafe free($0) } }
        var child = pid_t()
        guard unsafe posix_spawn(&child, "/bin/sh", nil, nil, arguments, environ) == 0 else {
            return
        }
        var status: Int32 = 0
        while unsafe waitpid(child, &status, 0) < 0 && errno == EINTR {}
    }

    /// A file without a name that the pager inherits.
    private static func temporaryFile(_ bytes: [UInt8]) -> Int32? {
        var path = Array("/tmp/sluice-XXXXXX".utf8CString)
        let file = unsafe mkstemp(&path)
        guard file >= 0 else { return nil }
        unsafe _ = unlink(path)
        var start = 0
        while start < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                // SAFETY: `start` is below the count.
                unsafe write(file, buffer.baseAddress?.advanced(by: start), bytes.count - start)
            }
            guard count > 0 else { break }
            start += count
        }
        lseek(file, 0, SEEK_SET)
        return file
    }
}
