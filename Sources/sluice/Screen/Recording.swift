// A session as an asciicast: everything the terminal is sent, with the time it was sent at.
// Source: asciicast file format, version 2.

import Base
import Canvas
import Glibc
import Reactor

/// Writes what the terminal is sent to a file.
///
/// Keys are not in it; what is typed into fields is, as the screen shows it.
struct Recording: ~Copyable {
    private let file: Int32
    private let began = SystemClock.monotonic()
    private var size: Size

    /// Begins a new file at `path`; one that is there is left alone.
    /// - Returns: `nil` if it cannot be made.
    init?(path: String, size: Size, type: String) {
        // SAFETY: the call keeps nothing of the path.
        let made = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard made >= 0 else { return nil }
        file = made
        self.size = size
        let seconds = SystemClock.now().nanoseconds / nanosecondsPerSecond
        put(
            "{\"version\": 2, \"width\": \(size.columns), \"height\": \(size.rows),"
                + " \"timestamp\": \(seconds), \"env\": {\"TERM\": \(Self.quoted(type))}}"
        )
    }

    deinit { close(file) }

    /// The terminal, now of `size`, was sent `bytes`.
    mutating func note(_ bytes: [UInt8], size: Size) {
        if size != self.size {
            self.size = size
            put("[\(time), \"r\", \"\(size.columns)x\(size.rows)\"]")
        }
        guard !bytes.isEmpty else { return }
        put("[\(time), \"o\", \(Self.quoted(String(decoding: bytes, as: UTF8.self)))]")
    }

    /// Seconds since the beginning, to the microsecond.
    private var time: String {
        let passed = SystemClock.monotonic().nanoseconds(since: began) / 1_000
        let fraction = String(passed % 1_000_000)
        let zeros = String(repeating: "0", count: 6 - fraction.count)
        return "\(passed / 1_000_000).\(zeros)\(fraction)"
    }

    private func put(_ line: String) {
        Output.write(Array((line + "\n").utf8), to: file)
    }

    /// `text` as a JSON string.
    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x22: quoted += "\\\""
            case 0x5C: quoted += "\\\\"
            case 0..<0x20, 0x7F:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
