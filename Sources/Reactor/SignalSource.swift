// Signals as something to wait for, instead of something that interrupts.

import CLinux
import Glibc

/// The signals that mean something to a server.
public enum ProcessSignal: Int32, CaseIterable, Sendable {
    /// SIGHUP.
    case hangUp = 1
    /// SIGINT.
    case interrupt = 2
    /// SIGUSR1.
    case user1 = 10
    /// SIGUSR2.
    case user2 = 12
    /// SIGTERM.
    case terminate = 15

    /// The words for it in the log.
    public var text: String {
        switch self {
        case .hangUp: "hangup"
        case .interrupt: "interrupt"
        case .user1: "user defined signal 1"
        case .user2: "user defined signal 2"
        case .terminate: "terminated"
        }
    }
}

/// Takes the process's signals by way of a descriptor.
public struct SignalSource: ~Copyable {
    /// What to watch for input.
    public let descriptor: Int32

    /// Blocks every `ProcessSignal` for this thread and those it starts from now on, and SIGPIPE
    /// too, so that a reader who went away is an error of the write.
    /// - Throws: `SystemError` when the system has no descriptor left.
    public init() throws(SystemError) {
        var set = sigset_t()
        // SAFETY: the set is a local value that the calls fill and read.
        unsafe sigemptyset(&set)
        for signal in ProcessSignal.allCases { unsafe sigaddset(&set, signal.rawValue) }
        var blocked = set
        unsafe sigaddset(&blocked, SIGPIPE)
        unsafe _ = pthread_sigmask(SIG_BLOCK, &blocked, nil)
        descriptor = unsafe signalfd(-1, &set, Int32(SFD_CLOEXEC) | Int32(SFD_NONBLOCK))
        guard descriptor >= 0 else { throw SystemError("signalfd") }
    }

    deinit { close(descriptor) }

    /// The next signal that came; `nil` when none did.
    public func next() -> ProcessSignal? {
        var record = signalfd_siginfo()
        let size = MemoryLayout<signalfd_siginfo>.size
        // SAFETY: the record has the size the call is told.
        guard unsafe read(descriptor, &record, size) == size else { return nil }
        return ProcessSignal(rawValue: Int32(truncatingIfNeeded: record.ssi_signo))
    }

    /// Sends `signal` to the process `id`.
    /// - Throws: `SystemError` when there is no such process or it belongs to somebody else.
    public static func send(_ signal: ProcessSignal, to id: Int32) throws(SystemError) {
        guard kill(id, signal.rawValue) == 0 else { throw SystemError("kill") }
    }
}
