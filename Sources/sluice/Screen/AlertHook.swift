// The command that a person wants run when an alert begins or ends.

import Base
import Canvas
import Console
import Engine
import Glibc

/// Runs the command, at most a few times a minute, and never waits for it.
struct AlertHook {
    private let command: String
    private var limit = NewsLimit()
    private var children: [pid_t] = []

    /// Commands that run at once.
    private static let childrenMax = 4

    /// Runs `command`; nothing if it is empty.
    init(_ command: String) {
        self.command = command
    }

    /// Runs the command for `news`, which it finds in its environment.
    mutating func tell(_ news: AlertNews, at now: Instant) {
        guard !command.isEmpty else { return }
        reap()
        let hasRoom = children.count < Self.childrenMax
        guard limit.allows(at: now, isPossible: hasRoom) else { return }
        let severity =
            switch news.severity {
            case .info: "info"
            case .warning: "warning"
            case .critical: "critical"
            }
        let facts = [
            "SLUICE_ALERT_RULE=\(news.rule)",
            "SLUICE_ALERT_SEVERITY=\(severity)",
            "SLUICE_ALERT_STATE=\(news.isOver ? "over" : "begun")",
            "SLUICE_ALERT_SUBJECT=\(DisplayText(news.subject, cellsMax: 200).text)",
            "SLUICE_ALERT_TEXT=\(news.text)",
            "SLUICE_ALERT_HELD_BACK=\(limit.heldBack)",
        ]
        guard let child = spawn(facts) else { return limit.fail() }
        limit.settle()
        children.append(child)
    }

    /// Forgets commands that have ended.
    mutating func reap() {
        children.removeAll { child in
            var status: Int32 = 0
            // SAFETY: the call fills the value it is given.
            return unsafe waitpid(child, &status, WNOHANG) != 0
        }
    }

    private func spawn(_ facts: [String]) -> pid_t? {
        var actions = unsafe posix_spawn_file_actions_t()
        // SAFETY: the actions are initialised, used by one call, and destroyed.
        guard unsafe posix_spawn_file_actions_init(&actions) == 0 else { return nil }
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        for (descriptor, mode) in [(0, O_RDONLY), (1, O_WRONLY), (2, O_WRONLY)] {
            let number = Int32(descriptor)
            unsafe posix_spawn_file_actions_addopen(&actions, number, "/dev/null", mode, 0)
        }
        var attributes = posix_spawnattr_t()
        // SAFETY: as with the actions.
        guard unsafe posix_spawnattr_init(&attributes) == 0 else { return nil }
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        Self.resetSignals(&attributes)
        var arguments = unsafe Self.copies(["sh", "-c", command])
        var variables = unsafe Self.copies(facts + Self.environment)
        // SAFETY: the copies are freed once, after the call that reads them.
        defer {
            unsafe arguments.forEach { unsafe free($0) }
            unsafe variables.forEach { unsafe free($0) }
        }
        var child = pid_t()
        let number = unsafe posix_spawn(
            &child,
            "/bin/sh",
            &actions,
            &attributes,
            &arguments,
            &variables
        )
        return number == 0 ? child : nil
    }

    /// Lets the command be ended by signals that the console ignores or blocks.
    private static func resetSignals(_ attributes: inout posix_spawnattr_t) {
        var all = sigset_t()
        var none = sigset_t()
        // SAFETY: the sets are local values that the calls fill and read.
        unsafe sigfillset(&all)
        unsafe sigemptyset(&none)
        unsafe posix_spawnattr_setsigdefault(&attributes, &all)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        let flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
        unsafe posix_spawnattr_setflags(&attributes, Int16(flags))
    }

    /// Copies of `texts` for a call, ended by nil.
    private static func copies(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] {
        // SAFETY: whoever gets the copies frees them.
        unsafe texts.map { unsafe strdup($0) } + [nil]
    }

    private static var environment: [String] {
        var list: [String] = []
        // SAFETY: the list is only read, and ends with a null pointer.
        var next = unsafe environ
        while let entry = unsafe next.pointee {
            unsafe list.append(String(cString: entry))
            unsafe next += 1
        }
        return list
    }
}
