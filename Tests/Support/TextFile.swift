// Small files of tests.

import Glibc

/// Small files of tests.
public enum TextFile {
    /// Whether the environment variable `name` is set.
    public static func isSet(_ name: String) -> Bool {
        // SAFETY: nothing in the tests changes the environment, and the pointer is only compared.
        unsafe getenv(name) != nil
    }

    /// The text of the file at `path`; nil if there is none.
    public static func read(_ path: String) -> String? {
        // SAFETY: the file is used and closed in this function only.
        guard let file = unsafe fopen(path, "r") else { return nil }
        defer { unsafe fclose(file) }
        var bytes: [UInt8] = []
        while true {
            let byte = unsafe fgetc(file)
            guard byte >= 0 else { break }
            bytes.append(UInt8(truncatingIfNeeded: byte))
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// Writes `text` to the file at `path`.
    public static func write(_ text: String, to path: String) {
        // SAFETY: the file is used and closed in this function only.
        guard let file = unsafe fopen(path, "w") else { return }
        let bytes = Array(text.utf8)
        unsafe fwrite(bytes, 1, bytes.count, file)
        unsafe fclose(file)
    }
}
