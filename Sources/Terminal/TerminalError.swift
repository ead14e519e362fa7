// Why there is no console on a terminal.

/// Why a terminal was refused.
public enum TerminalError: Error, Equatable, Sendable {
    /// The process has no terminal.
    case noTerminal(errno: Int32)
    /// The terminal's type is unknown, or too simple to place a cursor.
    case unknownType
    /// The terminal cannot be set to give single keys.
    case notRaw(errno: Int32)
}
