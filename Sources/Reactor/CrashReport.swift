// A crash says where it happened, also where the language's tools are not installed.

import CLinux

/// What is left on standard error by a signal like SIGSEGV.
public enum CrashReport {
    /// Leaves the name of the program, what happened and the addresses of the calls under way.
    ///
    /// Registers and memory are not told, since they may hold a secret. At most 63 bytes of `name`
    /// are kept.
    /// - Returns: false where the language's own reporter is found. It has taken these signals
    ///   before any of our code runs, and keeps them: it knows the lines of the source.
    public static func install(name: String) -> Bool {
        // SAFETY: the text is copied before the call returns.
        unsafe name.withCString { text in unsafe clinux_report_crashes(text) != 0 }
    }
}
