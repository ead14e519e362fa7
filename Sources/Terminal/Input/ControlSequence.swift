// The meaning of a control sequence that a terminal sends.
// Source: xterm's control sequences; the kitty keyboard protocol for `CSI u`.

internal import Canvas

/// A sequence behind ESC [ (or ESC O), taken apart.
struct ControlSequence {
    private let numbers: [Int]
    private let final: UInt8
    private let prefix: UInt8?
    private let hasIntermediate: Bool

    init(_ bytes: [UInt8], final: UInt8) {
        self.final = final
        let isPrefixed = bytes.first.map { (0x3C...0x3F).contains($0) } ?? false
        prefix = isPrefixed ? bytes.first : nil
        hasIntermediate = bytes.contains { (0x20...0x2F).contains($0) }
        let digits = bytes.dropFirst(isPrefixed ? 1 : 0)
        numbers = digits.split(separator: 0x3B, omittingEmptySubsequences: false).map { part in
            part.prefix { (0x30...0x39).contains($0) }.reduce(0) { number, digit in
                min(number * 10 + Int(digit - 0x30), 0x11_0000)
            }
        }
    }

    /// Whether it has neither a private prefix nor an intermediate byte.
    var isPlain: Bool { prefix == nil && !hasIntermediate }

    /// The `index`-th number; 0 where none is written.
    func number(_ index: Int) -> Int { index < numbers.count ? numbers[index] : 0 }

    /// What was held down, by the number behind the first.
    var modifiers: ModifierKeys { ControlSequence.modifiers(number(1)) }

    /// What it means; `nil` for answers and for what is not known.
    var event: TerminalEvent? {
        guard !hasIntermediate else { return nil }
        if prefix == 0x3C { return mouse.map { .mouse($0) } }
        guard prefix == nil else { return nil }
        switch final {
        case 0x49: return .focus(true)
        case 0x4F: return .focus(false)
        case 0x5A: return .key(KeyStroke(.tab, modifiers.union(.shift)))
        case 0x75: return coded(number(0), number(1))
        case 0x7E where number(0) == 27: return coded(number(2), number(1))
        case 0x7E: return tildeName.map { .key(KeyStroke($0, modifiers)) }
        // Where the cursor is, in answer to a question, unless it is F3 with a modifier.
        case 0x52 where number(0) > 1: return nil
        default: return letterName.map { .key(KeyStroke($0, modifiers)) }
        }
    }

    private static func modifiers(_ number: Int) -> ModifierKeys {
        guard number > 1 else { return [] }
        return ModifierKeys(rawValue: UInt8((number - 1) & 7))
    }

    /// Keys that end in a letter, behind both ESC [ and ESC O.
    private var letterName: KeyName? {
        switch final {
        case 0x41: .up
        case 0x42: .down
        case 0x43: .right
        case 0x44: .left
        case 0x46: .end
        case 0x48: .home
        case 0x50...0x53: .function(final - 0x4F)
        default: nil
        }
    }

    /// Keys behind ESC O: those with a letter, and the keypad.
    var shift3Name: KeyName? {
        switch final {
        case 0x4D: .enter
        case 0x49: .tab
        case 0x6A...0x6F, 0x70...0x79: .scalar(Unicode.Scalar(final - 0x40))
        case 0x58: .scalar("=")
        default: letterName
        }
    }

    private var tildeName: KeyName? {
        switch number(0) {
        case 1, 7: .home
        case 2: .insert
        case 3: .delete
        case 4, 8: .end
        case 5: .pageUp
        case 6: .pageDown
        case 11...15: .function(UInt8(number(0) - 10))
        case 17...21: .function(UInt8(number(0) - 11))
        case 23...26: .function(UInt8(number(0) - 12))
        case 28...29: .function(UInt8(number(0) - 13))
        case 31...34: .function(UInt8(number(0) - 14))
        default: nil
        }
    }

    /// A key by the number of its character.
    private func coded(_ code: Int, _ modifier: Int) -> TerminalEvent? {
        let held = ControlSequence.modifiers(modifier)
        switch code {
        case 9: return .key(KeyStroke(.tab, held))
        case 13: return .key(KeyStroke(.enter, held))
        case 27: return .key(KeyStroke(.escape, held))
        case 8, 127: return .key(KeyStroke(.backspace, held))
        default:
            guard let scalar = UInt32(exactly: code).flatMap(Unicode.Scalar.init),
                TextWidth.width(of: scalar) != .hidden
            else { return nil }
            return .key(KeyStroke(.scalar(scalar), held))
        }
    }

    /// A report of the mouse in the form `CSI < button ; column ; row M` or `m`.
    private var mouse: MouseStroke? {
        guard final == 0x4D || final == 0x6D, numbers.count == 3 else { return nil }
        let code = number(0)
        let column = min(max(number(1) - 1, 0), Size.sideMax)
        let row = min(max(number(2) - 1, 0), Size.sideMax)
        let held = ModifierKeys(rawValue: UInt8(code >> 2 & 7))
        let button = UInt8(code & 3)
        let action: MouseStroke.Action
        if code & 64 != 0 {
            guard final == 0x4D, button < 2 else { return nil }
            action = button == 0 ? .wheelUp : .wheelDown
        } else if code & 32 != 0 {
            guard button < 3 else { return nil }
            action = .drag
        } else {
            guard button < 3 else { return nil }
            action = final == 0x4D ? .press : .release
        }
        let shown = code & 64 != 0 ? 0 : button
        return MouseStroke(action, button: shown, column: column, row: row, modifiers: held)
    }
}

/// The answer to the question for the background colour.
enum BackgroundReply {
    /// The colour in `11;rgb:RRRR/GGGG/BBBB`, with one to four digits each.
    static func colour(_ bytes: [UInt8]) -> Rgb? {
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.hasPrefix("11;rgb:") else { return nil }
        let parts = text.dropFirst(7).split(separator: "/", omittingEmptySubsequences: false)
        let lights = parts.compactMap { part -> UInt8? in
            guard (1...4).contains(part.utf8.count), let value = UInt32(part, radix: 16) else {
                return nil
            }
            let full = UInt32(1) << (4 * UInt32(part.utf8.count)) - 1
            return UInt8(truncatingIfNeeded: value * 255 / full)
        }
        return lights.count == 3 ? Rgb(lights[0], lights[1], lights[2]) : nil
    }
}
