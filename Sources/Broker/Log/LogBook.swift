// The end of the log that keeps and writes: on the control thread.

import Base
import Configuration
import Reactor

/// Writes lines to a file or standard error and remembers the newest.
struct LogBook: ~Copyable {
    private var file: AppendFile
    private var settings: Logging
    private var written: Int64
    private var draft: [UInt8] = []
    /// The newest lines, oldest first.
    private(set) var newest: [EventLine] = []
    private var count: UInt64 = 0
    private let processId = ProcessUse.processId

    /// A line and its number.
    struct EventLine: Sendable {
        let number: UInt64
        let line: LogLine
    }

    /// Lines that are remembered.
    static let lineCountMax = 512

    /// A book that writes where `settings` say, or to standard error if that cannot be opened.
    init(_ settings: Logging) {
        self.settings = settings
        if !settings.file.isEmpty, let opened = try? AppendFile(path: settings.file) {
            file = opened
        } else {
            file = AppendFile()
        }
        written = file.byteCount
    }

    /// Makes sure that the file that `settings` name can be written.
    /// - Throws: `ServerError.log`.
    static func check(_ settings: Logging) throws(ServerError) {
        guard !settings.file.isEmpty else { return }
        do throws(SystemError) {
            _ = try AppendFile(path: settings.file)
        } catch {
            throw .log(path: settings.file, error)
        }
    }

    /// Takes `line` in; `flush` writes it.
    mutating func take(_ line: LogLine) {
        count &+= 1
        line.append(to: &draft, processId: processId, offsetSeconds: offset(line.at))
        // What single commands and connections do is nothing to remember.
        guard line.level != .trace, line.level != .debug else { return }
        if newest.count >= Self.lineCountMax * 2 {
            newest.removeFirst(newest.count - Self.lineCountMax)
        }
        newest.append(EventLine(number: count, line: line))
    }

    /// Writes what was taken in.
    mutating func flush() {
        guard !draft.isEmpty else { return }
        if file.append(draft) { written += Int64(draft.count) }
        draft.removeAll(keepingCapacity: true)
        if let most = settings.fileBytesMax, most > 0, !settings.file.isEmpty, written > most {
            rotate()
        }
    }

    /// Opens the file anew, which somebody else has moved away.
    /// - Returns: whether there is a file to open.
    mutating func reopen() -> Bool {
        guard !settings.file.isEmpty else { return false }
        flush()
        guard let opened = try? AppendFile(path: settings.file) else { return false }
        file = opened
        written = file.byteCount
        return true
    }

    /// Works with other settings from now on.
    /// - Throws: `SystemError` when another file cannot be opened; the old one stays in use.
    mutating func change(_ settings: Logging) throws(SystemError) {
        if settings.file != self.settings.file {
            flush()
            file = settings.file.isEmpty ? AppendFile() : try AppendFile(path: settings.file)
            written = file.byteCount
        }
        self.settings = settings
    }

    private func offset(_ at: Instant) -> Int? {
        switch settings.clock {
        case .none: nil
        case .local: SystemClock.localOffsetSeconds(at: at)
        case .universal: 0
        }
    }

    /// Sets the full file aside under a name with the time and starts a new one.
    private mutating func rotate() {
        let stamp = String(decoding: SystemClock.now().text.map(Self.nameByte), as: UTF8.self)
        SmallFile.move(settings.file, to: "\(settings.file).\(stamp)")
        _ = reopen()
        // Without a new file the old one is written on, and the next try is as many bytes away.
        written = 0
        if let most = settings.filesMax, most > 0 {
            SmallFile.removeOldest(startingWith: settings.file + ".", keeping: most - 1)
        }
    }

    private static func nameByte(_ byte: UInt8) -> UInt8 {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte
        default: UInt8(ascii: ".")
        }
    }
}
