// How many cells a scalar takes.
// Source: Unicode East Asian Width (W and F are wide, A is narrow) and general categories.

/// What a scalar does on a grid of cells.
public enum CellWidth: BitwiseCopyable, Equatable, Sendable {
    /// It must not reach a screen: control, format, bidi, private, unassigned and the like.
    case hidden
    /// It joins the character before it.
    case mark
    /// It takes one cell.
    case narrow
    /// It takes two cells.
    case wide
}

/// Widths of text on a grid of cells.
public enum TextWidth {
    /// The most marks that one character keeps.
    public static let marksMax = 2

    /// What `scalar` does on the grid.
    ///
    /// - Complexity: constant for ASCII and box drawing, else a binary search.
    public static func width(of scalar: Unicode.Scalar) -> CellWidth {
        let value = scalar.value
        if value < 0x7F { return value < 0x20 ? .hidden : .narrow }
        if value >= 0x2190 && value < 0x2300 { return .narrow }
        if value >= 0x2500 && value < 0x25FD { return .narrow }
        if value >= 0x2800 && value < 0x2900 { return .narrow }
        if isUnwelcome(value) { return .hidden }
        if isJoiningHangul(value) { return .mark }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark: return .mark
        case .control, .format, .surrogate, .privateUse, .unassigned: return .hidden
        case .lineSeparator, .paragraphSeparator: return .hidden
        default: return isWide(value) ? .wide : .narrow
        }
    }

    /// Whether `byte` is printable ASCII, which takes one cell wherever it stands.
    static func isPlain(_ byte: UInt8) -> Bool { byte >= 0x20 && byte < 0x7F }

    /// Whether all of `bytes` are printable ASCII.
    static func isPlain(_ bytes: Span<UInt8>) -> Bool {
        for place in 0..<bytes.count where !isPlain(bytes[place]) { return false }
        return true
    }

    /// The cells that `text` takes when it is drawn; hidden scalars count as their stand-ins.
    public static func cells(of text: String) -> Int {
        if isPlain(text.utf8.span) { return text.utf8.count }
        var meter = TextMeter()
        var count = 0
        for scalar in text.unicodeScalars {
            switch meter.width(of: scalar) {
            case .narrow: count += 1
            case .wide: count += 2
            case .mark: break
            case .hidden: count += StandIn(for: scalar).cellCount
            }
        }
        return count
    }

    /// Characters that have a category of letters or marks but mislead a reader or the grid:
    /// variation selectors, skin tones, tags, blank letters and the byte order mark.
    private static func isUnwelcome(_ value: UInt32) -> Bool {
        switch value {
        case 0x7F...0x9F, 0xAD, 0x34F, 0x061C, 0x115F...0x1160, 0x17B4...0x17B5: true
        case 0x180B...0x180F, 0x2028...0x202E, 0x200B...0x200F, 0x2060...0x206F: true
        case 0x3164, 0xFE00...0xFE0F, 0xFEFF, 0xFFA0, 0xFFF0...0xFFFB: true
        case 0x1F3FB...0x1F3FF, 0xE0000...0xE0FFF: true
        default: false
        }
    }

    /// Vowels and final consonants that join the syllable before them.
    private static func isJoiningHangul(_ value: UInt32) -> Bool {
        (0x1161...0x11FF).contains(value) || (0xD7B0...0xD7FB).contains(value)
    }

    private static func isWide(_ value: UInt32) -> Bool {
        guard value >= 0x1100 else { return false }
        var low = 0
        var high = wideRanges.count
        while low < high {
            let middle = (low + high) / 2
            if wideRanges[middle].1 < value { low = middle + 1 } else { high = middle }
        }
        return low < wideRanges.count && wideRanges[low].0 <= value
    }

    /// Ranges of wide scalars in order; unassigned neighbours are merged.
    private static let wideRanges: [(UInt32, UInt32)] = [
        (0x1100, 0x115F), (0x231A, 0x231B), (0x2329, 0x232A), (0x23E9, 0x23EC), (0x23F0, 0x23F0),
        (0x23F3, 0x23F3), (0x25FD, 0x25FE), (0x2614, 0x2615), (0x2648, 0x2653), (0x267F, 0x267F),
        (0x2693, 0x2693), (0x26A1, 0x26A1), (0x26AA, 0x26AB), (0x26BD, 0x26BE), (0x26C4, 0x26C5),
        (0x26CE, 0x26CE), (0x26D4, 0x26D4), (0x26EA, 0x26EA), (0x26F2, 0x26F3), (0x26F5, 0x26F5),
        (0x26FA, 0x26FA), (0x26FD, 0x26FD), (0x2705, 0x2705), (0x270A, 0x270B), (0x2728, 0x2728),
        (0x274C, 0x274C), (0x274E, 0x274E), (0x2753, 0x2755), (0x2757, 0x2757), (0x2795, 0x2797),
        (0x27B0, 0x27B0), (0x27BF, 0x27BF), (0x2B1B, 0x2B1C), (0x2B50, 0x2B50), (0x2B55, 0x2B55),
        (0x2E80, 0x303E), (0x3041, 0x3247), (0x3250, 0x4DBF), (0x4E00, 0xA4C6), (0xA960, 0xA97C),
        (0xAC00, 0xD7A3), (0xF900, 0xFAD9), (0xFE10, 0xFE19), (0xFE30, 0xFE6B), (0xFF01, 0xFF60),
        (0xFFE0, 0xFFE6), (0x16FE0, 0x1B2FB), (0x1F004, 0x1F004), (0x1F0CF, 0x1F0CF),
        (0x1F18E, 0x1F18E), (0x1F191, 0x1F19A), (0x1F200, 0x1F320), (0x1F32D, 0x1F335),
        (0x1F337, 0x1F37C), (0x1F37E, 0x1F393), (0x1F3A0, 0x1F3CA), (0x1F3CF, 0x1F3D3),
        (0x1F3E0, 0x1F3F0), (0x1F3F4, 0x1F3F4), (0x1F3F8, 0x1F43E), (0x1F440, 0x1F440),
        (0x1F442, 0x1F4FC), (0x1F4FF, 0x1F53D), (0x1F54B, 0x1F54E), (0x1F550, 0x1F567),
        (0x1F57A, 0x1F57A), (0x1F595, 0x1F596), (0x1F5A4, 0x1F5A4), (0x1F5FB, 0x1F64F),
        (0x1F680, 0x1F6C5), (0x1F6CC, 0x1F6CC), (0x1F6D0, 0x1F6D2), (0x1F6D5, 0x1F6DF),
        (0x1F6EB, 0x1F6EC), (0x1F6F4, 0x1F6FC), (0x1F7E0, 0x1F7F0), (0x1F90C, 0x1F93A),
        (0x1F93C, 0x1F945), (0x1F947, 0x1F9FF), (0x1FA70, 0x1FAF6), (0x20000, 0x3134A),
    ]
}
