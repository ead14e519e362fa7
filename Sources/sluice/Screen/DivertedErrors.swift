// Standard error while the screen is up.

import Glibc
import Terminal

/// A pipe in place of standard error; a crash puts the old one back before anything is printed.
final class DivertedErrors {
    /// Where what was written comes out.
    let reading: Int32
    private let writing: Int32
    private let before: Int32

    /// Diverts standard error; nil if the system has no descriptor left.
    init?() {
        var ends: (Int32, Int32) = (-1, -1)
        // SAFETY: the call writes exactly two descriptors.
        let isMade = unsafe withUnsafeMutablePointer(to: &ends) { pair in
            unsafe pair.withMemoryRebound(to: Int32.self, capacity: 2) { unsafe pipe($0) == 0 }
        }
        guard isMade else { return nil }
        before = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3)
        reading = ends.0
        writing = ends.1
        for end in [reading, writing] {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        TerminalSession.speakOfCrashes(on: before)
        divert()
    }

    deinit {
        TerminalSession.speakOfCrashes(on: -1)
        restore()
        close(reading)
        close(writing)
        close(before)
    }

    /// Sends standard error into the pipe.
    func divert() { dup2(writing, STDERR_FILENO) }

    /// Gives up the old standard error if it is a terminal: one that takes nothing would hold up
    /// whoever writes to it.
    func abandonTerminal() {
        guard isatty(before) == 1 else { return }
        // SAFETY: the path is a literal.
        let nowhere = unsafe open("/dev/null", O_WRONLY | O_CLOEXEC)
        guard nowhere >= 0 else { return }
        dup2(nowhere, before)
        _ = fcntl(before, F_SETFD, FD_CLOEXEC)
        close(nowhere)
    }

    /// Gives standard error back.
    func restore() { dup2(before, STDERR_FILENO) }

    /// What was written since the last time, at most 4,096 bytes of it.
    func read() -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        // SAFETY: the buffer has as many bytes as the call may fill.
        let count = unsafe Glibc.read(reading, &buffer, buffer.count)
        return Array(buffer.prefix(max(count, 0)))
    }
}
