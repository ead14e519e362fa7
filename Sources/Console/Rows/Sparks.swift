// Small graphs inside a line of text.

import Canvas

/// Small graphs inside a line of text.
enum Sparks {
    /// One character for each value, as high as its share of the largest; gaps are blank.
    static func text(_ values: [Double?], glyphs: GlyphSet) -> String {
        let top = values.compactMap { $0 }.max() ?? 0
        var text = String.UnicodeScalarView()
        for value in values {
            text.append(scalar(value, top: top, glyphs: glyphs))
        }
        return String(text)
    }

    private static func scalar(_ value: Double?, top: Double, glyphs: GlyphSet) -> Unicode.Scalar {
        guard let value else { return " " }
        let steps = glyphs.columns.count - 1
        guard top > 0, value > 0 else { return glyphs.columns[1] }
        // What is there is always seen: the lowest step stands for everything above nothing.
        let step = Int((value / top * Double(steps)).rounded(.up))
        return glyphs.columns[min(max(1, step), steps)]
    }

    /// A bar of `cells` characters, filled by `share`.
    static func bar(_ share: Double, cells: Int, glyphs: GlyphSet) -> String {
        let steps = glyphs.bars.count - 1
        let kept = share.isFinite ? min(1, max(0, share)) : 0
        let filled = Int((kept * Double(max(0, cells) * steps)).rounded())
        var text = String.UnicodeScalarView()
        for cell in 0..<max(0, cells) {
            text.append(glyphs.bars[min(steps, max(0, filled - cell * steps))])
        }
        return String(text)
    }
}
