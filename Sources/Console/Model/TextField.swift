// A line of text that is being typed.

/// A line of text that is being typed.
///
/// Holds only characters that can be shown; at most `scalarsMax` of them.
public struct TextField: Hashable, Sendable {
    /// The most characters a field takes; more are ignored.
    public static let scalarsMax = 256

    /// The characters.
    public private(set) var scalars: [Unicode.Scalar]
    /// How many characters stand before the cursor.
    public private(set) var cursor: Int

    /// A field that holds `text`, with the cursor behind it.
    public init(_ text: String = "") {
        scalars = Array(text.unicodeScalars.filter(Self.isText).prefix(Self.scalarsMax))
        cursor = scalars.count
    }

    /// What was typed.
    public var text: String { Self.string(scalars) }

    /// What stands before the cursor.
    public var head: String { Self.string(scalars[..<cursor]) }

    /// Inserts what can be shown of `text` at the cursor.
    public mutating func insert(_ text: String) {
        let room = Self.scalarsMax - scalars.count
        let added = text.unicodeScalars.filter(Self.isText).prefix(max(0, room))
        scalars.insert(contentsOf: added, at: cursor)
        cursor += added.count
    }

    /// Applies an editing key.
    /// - Returns: whether the key meant something here.
    public mutating func apply(_ key: Key) -> Bool {
        switch (key.code, key.modifiers) {
        case (.scalar(let scalar), []), (.scalar(let scalar), .shift): insert(Self.string([scalar]))
        case (.backspace, _), (.scalar("h"), .control): remove(cursor - 1..<cursor)
        case (.delete, _): remove(cursor..<cursor + 1)
        case (.left, _), (.scalar("b"), .control): cursor = max(0, cursor - 1)
        case (.right, _), (.scalar("f"), .control): cursor = min(scalars.count, cursor + 1)
        case (.home, _), (.scalar("a"), .control): cursor = 0
        case (.end, _), (.scalar("e"), .control): cursor = scalars.count
        case (.scalar("u"), .control): remove(0..<cursor)
        case (.scalar("k"), .control): remove(cursor..<scalars.count)
        case (.scalar("w"), .control): remove(wordStart..<cursor)
        default: return false
        }
        return true
    }

    private var wordStart: Int {
        var start = cursor
        while start > 0, scalars[start - 1] == " " { start -= 1 }
        while start > 0, scalars[start - 1] != " " { start -= 1 }
        return start
    }

    private mutating func remove(_ range: Range<Int>) {
        let kept = range.clamped(to: 0..<scalars.count)
        scalars.removeSubrange(kept)
        cursor = min(kept.lowerBound, scalars.count)
    }

    private static func string(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    private static func isText(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value >= 0x20 && scalar.value != 0x7F && !(0x80..<0xA0).contains(scalar.value)
    }
}
