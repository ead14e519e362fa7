// A secret typed at the terminal, which does not show it.

import Base
import CLinux
import Glibc
public import Sealing

/// Asks a person for a passphrase or a recovery key.
public enum SecretPrompt {
    /// Ends the line without an answer.
    static var cancel: UInt8 { 3 }

    /// Shows `question` on the terminal and reads a line without showing it.
    ///
    /// The line goes into locked memory only. Control-C ends the question, not the process, so that
    /// the terminal is always as it was before.
    /// - Throws: `DiskError` without a terminal, `SealingError` for an empty line and Control-C.
    public static func read(_ question: String) throws -> SlotSecret {
        let terminal = unsafe open("/dev/tty", O_RDWR | O_CLOEXEC)
        guard terminal >= 0 else { throw DiskError(.open, number: clinux_errno()) }
        defer { _ = close(terminal) }
        show(question, terminal)
        var before = termios()
        // SAFETY: the call fills a record of its own kind.
        guard unsafe tcgetattr(terminal, &before) == 0 else {
            throw DiskError(.open, number: clinux_errno())
        }
        var quiet = before
        quiet.c_lflag &= ~tcflag_t(ECHO | ISIG)
        unsafe withUnsafeMutableBytes(of: &quiet.c_cc) { characters in
            // SAFETY: the array has NCCS places, more than VEOL.
            unsafe characters.storeBytes(of: cancel, toByteOffset: Int(VEOL), as: UInt8.self)
        }
        // SAFETY: both records live through the calls.
        unsafe _ = tcsetattr(terminal, TCSAFLUSH, &quiet)
        defer {
            unsafe _ = tcsetattr(terminal, TCSAFLUSH, &before)
            show("\n", terminal)
        }
        return try SecretFile.readLine(terminal)
    }

    /// The same; `nil` where there is no terminal.
    /// - Throws: `SealingError` for an empty line and Control-C.
    public static func ask(_ question: String) throws -> SlotSecret? {
        do {
            return try read(question)
        } catch is DiskError {
            return nil
        }
    }

    private static func show(_ text: String, _ terminal: Int32) {
        let bytes = Array(text.utf8)
        // SAFETY: the array lives through the call.
        unsafe bytes.withUnsafeBytes { unsafe _ = write(terminal, $0.baseAddress, $0.count) }
    }
}

/// A typed secret that another process of the same user may read once, on this machine.
///
/// It is in a pipe, never in a file, a message, an argument or the environment.
public struct LentSecret: ~Copyable {
    private let descriptor: Int32

    private init(descriptor: Int32) { self.descriptor = descriptor }

    /// What a person types when asked `question`.
    /// - Throws: `DiskError` without a terminal or a descriptor, `SealingError` for an empty line
    ///   and Control-C.
    public static func ask(_ question: String) throws -> LentSecret {
        let secret = try SecretPrompt.read(question)
        var ends: [Int32] = [-1, -1]
        // SAFETY: the call fills both places.
        guard unsafe pipe(&ends) == 0 else { throw DiskError(.open, number: clinux_errno()) }
        // A pipe holds more than the longest secret.
        let count = secret.withBytes { bytes in
            unsafe bytes.withUnsafeBytes { memory in
                // SAFETY: the memory is as long as the call is told.
                unsafe write(ends[1], memory.baseAddress, memory.count)
            }
        }
        _ = close(ends[1])
        let lent = LentSecret(descriptor: ends[0])
        guard count > 0 else { throw DiskError(.write, number: clinux_errno()) }
        return lent
    }

    deinit { _ = close(descriptor) }

    /// Where the other process finds it.
    public var path: String { "/proc/\(getpid())/fd/\(descriptor)" }
}

/// A secret on its way to whoever opens the store; taken once.
public final class HeldSecret: Sendable {
    private let secret: Guarded<SlotSecret?>
    /// Where it came from.
    public let source: SlotSecret.Source

    /// Holds `secret`.
    public init(_ secret: consuming SlotSecret) {
        source = secret.source
        self.secret = Guarded(consume secret)
    }

    /// The secret; `nil` if it was taken.
    public func take() -> SlotSecret? {
        secret.withLock { $0.take() }
    }

    /// The kind of slot that a new store gets for it.
    public var slot: SlotKind { source.newSlot }
}

extension Journal {
    /// The words that the slots of the ring on `disk` begin with; read without any key, so that
    /// nothing but a question may follow from them.
    public static func slotWords(_ disk: any Disk) -> [String] {
        for name in RingFile.names {
            guard let file = try? disk.readAll(name, byteCountMax: KeyRing.byteCountMax) else {
                continue
            }
            let lines = file.array.split(separator: UInt8(ascii: "\n"))
            return lines.compactMap { line in
                let words = line.split(separator: 0x20)
                guard words.count > 2, words[0].elementsEqual("slot".utf8) else { return nil }
                return String(decoding: words[2], as: UTF8.self)
            }
        }
        return []
    }
}
