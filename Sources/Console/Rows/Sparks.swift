// Small graphs inside a line of text.

import Canvas

/// Small graphs inside a line of text.
enum Sparks {
    /// One character for each value, between the least and the most of them; gaps are blank.
    ///
    /// Values that hardly differ lie in the middle, so that a level is not mistaken for a rise.
    static func text(_ values: [Double?], glyphs: GlyphSet) -> String {
        let known = values.compactMap { $0 }
        let top = known.max() ?? 0
        let bottom = known.min() ?? 0
        let isLevel = top - bottom <= top * 0.02
        var text = String.UnicodeScalarView()
        for value in values {
            guard let value else {
                text.append(" ")
                continue
            }
            let share = top <= 0 ? 0 : isLevel ? 0.4 : (value - bottom) / (top - bottom)
            text.append(scalar(share, glyphs: glyphs))
        }
        return String(text)
    }

    /// Whether values end higher, lower or where they began.
    static func direction(_ values: [Double?]) -> StyleRole {
        let known = values.compactMap { $0 }
        guard let first = known.first, let last = known.last else { return .textMuted }
        let change = last - first
        guard abs(change) > max(first, last) * 0.05 else { return .textMuted }
        return change > 0 ? .stateWarn : .stateOk
    }

    private static func scalar(_ share: Double, glyphs: GlyphSet) -> Unicode.Scalar {
        let steps = glyphs.columns.count - 1
        // What is there is always seen: the lowest step stands for nothing.
        return glyphs.columns[min(max(1, 1 + Int(share * Double(steps - 1) + 0.5)), steps)]
    }

    /// A bar of `cells` characters, filled by `share`; the rest of its track is faint.
    static func bar(_ share: Double, cells: Int, role: StyleRole, glyphs: GlyphSet) -> [TextRun] {
        let steps = glyphs.bars.count - 1
        let kept = share.isFinite ? min(1, max(0, share)) : 0
        let exact = Int((kept * Double(max(0, cells) * steps)).rounded())
        let filled = kept > 0 ? max(1, exact) : 0
        var ink = String.UnicodeScalarView()
        var track = String.UnicodeScalarView()
        for cell in 0..<max(0, cells) {
            let level = min(steps, max(0, filled - cell * steps))
            if level > 0 { ink.append(glyphs.bars[level]) } else { track.append(glyphs.shades[1]) }
        }
        return [TextRun(String(ink), role), TextRun(String(track), .grid)]
    }
}
