// How many files and connections the system lets this process have open.

import Glibc

/// The limit of open files, RLIMIT_NOFILE in setrlimit(2).
public enum OpenFiles {
    /// Raises the limit as far as the process may by itself.
    ///
    /// The lower one that shells give protects programs that wait with select(2), which this one
    /// does not.
    public static func raiseLimit() {
        guard var limit = current, limit.rlim_cur < limit.rlim_max else { return }
        limit.rlim_cur = limit.rlim_max
        // SAFETY: the call reads a value of its own kind. Where it is refused all goes on as it is.
        _ = unsafe setrlimit(files, &limit)
    }

    /// The limit in force; `Int.max` where there is none.
    public static var limit: Int {
        guard let current else { return .max }
        return Int(clamping: current.rlim_cur)
    }

    /// How many of them connections may be: three quarters, so that a queue never misses a file
    /// because too many clients came.
    public static var connectionsMax: Int { limit - limit / 4 }

    private static var files: __rlimit_resource_t { __rlimit_resource_t(RLIMIT_NOFILE.rawValue) }

    private static var current: rlimit? {
        var limit = rlimit()
        // SAFETY: the call fills a value of its own kind.
        return unsafe getrlimit(files, &limit) == 0 ? limit : nil
    }
}
