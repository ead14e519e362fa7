// Text that is cut or padded to a width in cells.

extension TextWidth {
    /// As much of `text` as `cells` hold; what is cut ends in `ellipsis` if there is room for it.
    public static func fit(_ text: String, cells: Int, ellipsis: Unicode.Scalar = "…") -> String {
        guard TextWidth.cells(of: text) > cells else { return text }
        guard cells > 0 else { return "" }
        let kept = DisplayText(text, cellsMax: cells - 1)
        return kept.text + String(Character(ellipsis))
    }

    /// `text` with spaces around it so that it takes exactly `cells`; longer text is cut.
    public static func pad(_ text: String, cells: Int, alignment: Alignment = .left) -> String {
        let fitted = fit(text, cells: cells)
        let spare = max(cells - TextWidth.cells(of: fitted), 0)
        let left =
            switch alignment {
            case .left: 0
            case .centre: spare / 2
            case .right: spare
            }
        return String(repeating: " ", count: left) + fitted
            + String(repeating: " ", count: spare - left)
    }

    /// `text` in lines of at most `cells`, broken at blanks, and inside of words that are longer.
    public static func wrapped(_ text: String, cells: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ").flatMap({ pieces($0, cells: max(cells, 2)) }) {
            let longer = line.isEmpty ? word : line + " " + word
            if TextWidth.cells(of: longer) > cells, !line.isEmpty {
                lines.append(line)
                line = word
            } else {
                line = longer
            }
        }
        return lines + [line]
    }

    /// A word in pieces of at most `cells`, which are at least 2.
    private static func pieces(_ word: Substring, cells: Int) -> [String] {
        let whole = String(word)
        guard TextWidth.cells(of: whole) > cells else { return [whole] }
        var pieces: [String] = []
        var piece = ""
        for character in word {
            if TextWidth.cells(of: piece + String(character)) > cells, !piece.isEmpty {
                pieces.append(piece)
                piece = ""
            }
            piece.append(character)
        }
        return pieces + [piece]
    }
}
