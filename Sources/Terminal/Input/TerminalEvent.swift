// What comes from a terminal: keys, the mouse, pastes, focus and answers.

public import Canvas

/// A key without its modifiers.
public enum KeyName: Hashable, Sendable {
    /// A character; letters are as typed, so that a capital needs no modifier.
    case scalar(Unicode.Scalar)
    /// F1 to F24.
    case function(UInt8)
    /// Keys without a character.
    case enter, escape, tab, backspace, insert, delete
    /// Movement.
    case up, down, left, right, home, end, pageUp, pageDown
}

/// What is held down while a key is pressed.
public struct ModifierKeys: OptionSet, BitwiseCopyable, Hashable, Sendable {
    /// The bits.
    public let rawValue: UInt8

    /// A set from its bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Shift, where it does not already make another character.
    public static let shift = ModifierKeys(rawValue: 1)
    /// Alt or Meta.
    public static let alt = ModifierKeys(rawValue: 2)
    /// Control.
    public static let control = ModifierKeys(rawValue: 4)
}

/// A key as it was pressed.
public struct KeyStroke: Hashable, Sendable {
    /// The key.
    public let name: KeyName
    /// What was held down.
    public let modifiers: ModifierKeys

    /// A key with what is held down.
    public init(_ name: KeyName, _ modifiers: ModifierKeys = []) {
        self.name = name
        self.modifiers = modifiers
    }
}

/// Something the mouse did.
public struct MouseStroke: BitwiseCopyable, Hashable, Sendable {
    /// What happened.
    public enum Action: UInt8, BitwiseCopyable, Hashable, Sendable {
        /// A button.
        case press, release
        /// A movement while a button is held down.
        case drag
        /// The wheel.
        case wheelUp, wheelDown
    }

    /// What happened.
    public let action: Action
    /// The button: 0 left, 1 middle, 2 right; 0 for the wheel.
    public let button: UInt8
    /// The column, counted from 0.
    public let column: Int
    /// The row, counted from 0.
    public let row: Int
    /// What was held down.
    public let modifiers: ModifierKeys

    /// Something the mouse did at a place.
    public init(
        _ action: Action,
        button: UInt8,
        column: Int,
        row: Int,
        modifiers: ModifierKeys = []
    ) {
        self.action = action
        self.button = button
        self.column = column
        self.row = row
        self.modifiers = modifiers
    }
}

/// What comes from a terminal.
public enum TerminalEvent: Hashable, Sendable {
    /// A key was pressed.
    case key(KeyStroke)
    /// The mouse did something.
    case mouse(MouseStroke)
    /// Text was pasted; `isCut` if there was more than `KeyDecoder.pasteByteCountMax`.
    case paste([UInt8], isCut: Bool)
    /// The terminal's window got or lost the keyboard.
    case focus(Bool)
    /// The terminal told its background colour.
    case background(Rgb)
}
