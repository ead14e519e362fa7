// `sluice serve --signal`: finds a running server and sends it a signal.

import Configuration
import Glibc

/// Sends signals to running servers.
enum SignalCommand {
    /// Carries out `order`.
    static func run(_ order: SignalOrder) -> ExitStatus {
        let process: pid_t
        if let target = order.target {
            guard let found = processNumber(target) else {
                Output.complain("'\(String(decoding: target, as: UTF8.self))' is no process")
                return .usage
            }
            process = found
        } else {
            let found = servers()
            guard found.count == 1, let only = found.first else {
                let list = found.map { String($0) }.joined(separator: ", ")
                Output.complain(
                    found.isEmpty ? "no server is running" : "several servers are running: \(list)"
                )
                return .failure
            }
            process = only
        }
        guard kill(process, number(order.word)) == 0 else {
            // SAFETY: strerror answers a string that lives until the next call on this thread.
            let words = unsafe String(cString: strerror(errno))
            Output.complain("process \(process): \(words)")
            return .failure
        }
        return .success
    }

    private static func number(_ word: SignalOrder.Word) -> Int32 {
        switch word {
        case .stop: SIGKILL
        case .quit: SIGINT
        case .term: SIGTERM
        case .reopen: SIGUSR1
        case .reload: SIGHUP
        case .ldm: SIGUSR2
        }
    }

    /// The process that `target` is the number of, or the file with the number.
    private static func processNumber(_ target: [UInt8]) -> pid_t? {
        let text = String(decoding: target, as: UTF8.self)
        if let number = pid_t(text) { return number > 0 ? number : nil }
        guard let content = try? Process.read(text) else { return nil }
        let digits = content.prefix { $0 != 0x0A && $0 != 0x20 }
        guard let number = pid_t(String(decoding: digits, as: UTF8.self)) else { return nil }
        return number > 0 ? number : nil
    }

    /// The processes of this program that run `serve`, other than this one.
    private static func servers() -> [pid_t] {
        guard let directory = unsafe opendir("/proc") else { return [] }
        defer { unsafe closedir(directory) }
        var found: [pid_t] = []
        // SAFETY: each entry is read before the next call.
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) {
                    unsafe String(cString: $0)
                }
            }
            guard let process = pid_t(name), process != getpid(),
                let words = try? Process.read("/proc/\(name)/cmdline")
            else { continue }
            let parts = words.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
            let program = parts.first?.split(separator: "/").last
            if parts.count > 1, program == "sluice", parts[1] == "serve" { found.append(process) }
        }
        return found.sorted()
    }
}
