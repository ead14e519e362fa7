// A terminal for tests: a private tmux server with one window.

import Glibc
import Testing

/// A private tmux server with one window, gone with the object.
final class Tmux {
    private let socket: String
    /// A directory for files of the test.
    let directory: String

    /// Starts `command` in a window of `columns` by `rows`; nil where there is no room for files.
    init?(_ columns: Int, _ rows: Int, _ command: (String) -> String) {
        var template = Array("/tmp/sluice-screen-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { return nil }
        directory = String(
            decoding: template.dropLast().map { UInt8(bitPattern: $0) },
            as: UTF8.self
        )
        socket = String(directory.split(separator: "/").last ?? "sluice")
        let script = "\(directory)/script"
        guard let file = unsafe fopen(script, "w") else { return nil }
        unsafe fputs(command(directory), file)
        unsafe fclose(file)
        tmux("new-session -d -s a -x \(columns) -y \(rows) 'sh \(script)'")
    }

    deinit {
        tmux("kill-server")
        _ = Tmux.output("rm -rf '\(directory)'")
    }

    /// Runs one tmux command and gives what it prints.
    @discardableResult
    func tmux(_ command: String) -> String {
        Tmux.output("tmux -L \(socket) -f /dev/null \(command) 2>/dev/null")
    }

    /// What the window shows.
    var screen: String { tmux("capture-pane -p -t a") }

    /// Waits until the window shows `text`; false after five seconds.
    func shows(_ text: String) -> Bool {
        Tmux.waits { self.screen.contains(text) }
    }

    /// Presses keys, by the names that tmux has for them.
    func press(_ keys: String) { tmux("send-keys -t a \(keys)") }

    /// Everything that the program sends from now on also goes to the file `log`.
    func record() {
        tmux("pipe-pane -t a 'cat > \(directory)/log'")
    }

    /// A variable of the window, such as `alternate_on`.
    func variable(_ name: String) -> String {
        tmux("display-message -p -t a '#{\(name)}'").filter { $0 != "\n" }
    }

    /// The text of a file in the directory.
    func file(_ name: String) -> String { Tmux.output("cat '\(directory)/\(name)' 2>/dev/null") }

    /// Asks again and again until `condition` holds; false after `tries` hundredths of a second.
    static func waits(tries: Int = 500, _ condition: () -> Bool) -> Bool {
        for _ in 0..<tries {
            if condition() { return true }
            // Ten milliseconds until the next look.
            _ = poll(nil, 0, 10)
        }
        return false
    }

    static let isInstalled = !output("command -v tmux").isEmpty

    /// The program under test, which lies beside the test bundle.
    static let program: String = {
        var path = [CChar](repeating: 0, count: 4_096)
        // SAFETY: the buffer has as many bytes as the call may fill, and one more.
        let count = unsafe readlink("/proc/self/exe", &path, path.count - 1)
        let own = String(
            decoding: path.prefix(max(count, 0)).map { UInt8(bitPattern: $0) },
            as: UTF8.self
        )
        return "/" + own.split(separator: "/").dropLast().joined(separator: "/") + "/sluice"
    }()

    /// What a shell command prints.
    static func output(_ command: String) -> String {
        guard let stream = unsafe popen(command, "r") else { return "" }
        defer { unsafe pclose(stream) }
        var result: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            // SAFETY: the buffer has as many bytes as the call may fill.
            let count = unsafe fread(&buffer, 1, buffer.count, stream)
            guard count > 0 else { break }
            result += buffer.prefix(count)
        }
        return String(decoding: result, as: UTF8.self)
    }
}
