// A key as the person pressed it.

/// What was pressed, without modifiers.
public enum KeyCode: Hashable, Sendable {
    /// A character.
    case scalar(Unicode.Scalar)
    /// F1 to F24.
    case function(UInt8)
    /// A key without a character.
    case enter, escape, tab, backspace, insert, delete
    /// Movement.
    case up, down, left, right, home, end, pageUp, pageDown
}

/// What was held while a key was pressed.
public struct KeyModifiers: OptionSet, Hashable, Sendable {
    /// The bits.
    public let rawValue: UInt8

    /// The modifiers in `rawValue`.
    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// Shift; only where it does not already make another character.
    public static let shift = KeyModifiers(rawValue: 1)
    /// Control.
    public static let control = KeyModifiers(rawValue: 2)
    /// Alt or Meta.
    public static let alt = KeyModifiers(rawValue: 4)
}

/// A key and its modifiers.
public struct Key: Hashable, Sendable {
    /// What was pressed.
    public let code: KeyCode
    /// What was held.
    public let modifiers: KeyModifiers

    /// A key with modifiers.
    public init(_ code: KeyCode, _ modifiers: KeyModifiers = []) {
        self.code = code
        self.modifiers = modifiers
    }

    /// The character `scalar`.
    public static func char(_ scalar: Unicode.Scalar) -> Key { Key(.scalar(scalar)) }

    /// Control with a letter.
    public static func control(_ scalar: Unicode.Scalar) -> Key {
        Key(.scalar(scalar), .control)
    }

    /// A function key.
    public static func function(_ number: UInt8) -> Key { Key(.function(number)) }

    /// The key as it is written in help, manual and configuration: `F5`, `C-d`, `S-Tab`, `Space`.
    public var label: String {
        var text = ""
        if modifiers.contains(.control) { text += "C-" }
        if modifiers.contains(.alt) { text += "M-" }
        if modifiers.contains(.shift) { text += "S-" }
        return text + codeLabel
    }

    private var codeLabel: String {
        switch code {
        case .scalar(" "): "Space"
        case .scalar(let scalar): String(Character(scalar))
        case .function(let number): "F\(number)"
        case .enter: "Enter"
        case .escape: "Esc"
        case .tab: "Tab"
        case .backspace: "Backspace"
        case .insert: "Ins"
        case .delete: "Del"
        case .up: "Up"
        case .down: "Down"
        case .left: "Left"
        case .right: "Right"
        case .home: "Home"
        case .end: "End"
        case .pageUp: "PgUp"
        case .pageDown: "PgDn"
        }
    }

    private static let named: [KeyCode] = [
        .enter, .escape, .tab, .backspace, .insert, .delete, .up, .down, .left, .right, .home,
        .end, .pageUp, .pageDown, .scalar(" "),
    ]

    /// The key that `label` names; nil if it names none.
    public init?(label: String) {
        var rest = Substring(label)
        var modifiers: KeyModifiers = []
        let prefixes: [(String, KeyModifiers)] = [("C-", .control), ("M-", .alt), ("S-", .shift)]
        for (prefix, modifier) in prefixes where rest.hasPrefix(prefix) && rest.count > 2 {
            modifiers.insert(modifier)
            rest = rest.dropFirst(2)
        }
        if let code = Self.named.first(where: { Key($0).label == rest }) {
            self.init(code, modifiers)
        } else if rest.count > 1, rest.first == "F", let number = UInt8(rest.dropFirst()),
            (1...24).contains(number)
        {
            self.init(.function(number), modifiers)
        } else if let scalar = rest.unicodeScalars.first, rest.unicodeScalars.count == 1 {
            self.init(.scalar(scalar), modifiers)
        } else {
            return nil
        }
    }
}
