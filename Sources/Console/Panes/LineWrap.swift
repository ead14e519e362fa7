// Lines of runs that go on in the next line where there is little room.

import Canvas

extension [TextRun] {
    /// The line in lines of at most `cells`; what goes on begins at the column `indent`.
    ///
    /// Lines break between runs and at wide gaps, and between words in what is longer than a line.
    func wrapped(cells: Int, indent: Int = 0) -> [TextLine] {
        guard self.cells > cells else { return [self] }
        // Beside a label that takes most of the room nothing could be read.
        let indent = indent * 2 <= cells ? indent : 0
        let start = indent > 0 ? [TextRun(String(repeating: " ", count: indent), .text)] : []
        var lines: [TextLine] = [[]]
        for run in flatMap({ $0.parts(cells: Swift.max(1, cells - indent)) }) {
            let line = lines[lines.count - 1]
            if line.cells + run.cells <= cells {
                lines[lines.count - 1].append(run)
                continue
            }
            let text = String(run.text.drop { $0 == " " })
            if text.isEmpty { continue }
            let part = TextRun(text, run.role)
            if line.isEmpty { lines = [[part]] } else { lines.append(start + [part]) }
        }
        // A gap at the end of a line is no part of it.
        return lines.map { line in
            let isGap = line.last?.text.allSatisfy { $0 == " " } ?? false
            return isGap ? line.dropLast() : line
        }
    }
}

extension [TextLine] {
    /// The parts one behind the other, `gap` cells apart, in lines of at most `cells`; a part is
    /// broken only when it is longer than a line.
    func flowed(gap: Int, cells: Int) -> [TextLine] {
        var lines: [TextLine] = []
        for part in self {
            if let line = lines.last, line.cells + gap + part.cells <= cells {
                let space = TextRun(String(repeating: " ", count: gap), .text)
                lines[lines.count - 1] = line + [space] + part
            } else {
                lines += part.wrapped(cells: cells)
            }
        }
        return lines
    }
}

extension TextRun {
    fileprivate var cells: Int { TextWidth.cells(of: text) }

    /// The run in parts that stay whole, each with the blanks before it.
    fileprivate func parts(cells: Int) -> [TextRun] {
        TextRun.split(text, gap: 2).flatMap { part -> [String] in
            guard TextWidth.cells(of: part) > cells else { return [part] }
            return TextRun.split(part, gap: 1).flatMap { word -> [String] in
                guard TextWidth.cells(of: word) > cells else { return [word] }
                return TextWidth.wrapped(word, cells: cells)
            }
        }.map { TextRun($0, role) }
    }

    /// `text` in parts that begin with at least `gap` blanks, but for the first.
    private static func split(_ text: String, gap: Int) -> [String] {
        var parts = [""]
        var blanks = 0
        for character in text {
            if character == " " {
                blanks += 1
                continue
            }
            let space = String(repeating: " ", count: blanks)
            if blanks >= gap, !parts[parts.count - 1].isEmpty {
                parts.append(space)
            } else {
                parts[parts.count - 1] += space
            }
            parts[parts.count - 1].append(character)
            blanks = 0
        }
        parts[parts.count - 1] += String(repeating: " ", count: blanks)
        return parts
    }
}
