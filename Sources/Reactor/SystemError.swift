// A refused system call, with what was called and why it failed.

import CLinux

/// A system call that failed.
public struct SystemError: Error, Equatable, Sendable {
    /// The call, as the manual names it.
    public let call: StaticString
    /// The error number it left.
    public let number: Int32

    /// The failure of `call` that `errno` tells of now.
    public init(_ call: StaticString) {
        self.init(call, number: clinux_errno())
    }

    /// The failure of `call` with `number`.
    public init(_ call: StaticString, number: Int32) {
        self.call = call
        self.number = number
    }

    /// Whether both tell of the same call and number.
    public static func == (left: SystemError, right: SystemError) -> Bool {
        left.number == right.number && left.call.description == right.call.description
    }

    /// The call and the system's words for the error.
    public var text: String {
        // SAFETY: strerror answers a string that lives until the next call on this thread.
        let words = unsafe String(cString: clinux_error_text(number))
        return "\(call): \(words)"
    }
}
