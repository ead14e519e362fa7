// Directories that a program keeps for itself.

import CLinux
import Glibc

/// Directories of this user.
public enum Directories {
    /// Whether there is something called `path`.
    public static func exists(_ path: String) -> Bool {
        // SAFETY: the call reads a terminated path.
        unsafe access(path, F_OK) == 0
    }

    /// Makes the directory at `path` and those above it, for the owner alone.
    ///
    /// - Throws: `SystemError` when one of them cannot be made.
    public static func make(_ path: String) throws(SystemError) {
        var made = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            made += made.isEmpty || made.hasSuffix("/") ? String(part) : "/" + part
            // SAFETY: the call reads a terminated path.
            guard unsafe mkdir(made, 0o700) != 0 else { continue }
            let error = SystemError("mkdir")
            guard error.number == EEXIST else { throw error }
        }
    }
}
