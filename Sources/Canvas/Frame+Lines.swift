// A picture as plain text.

extension Frame {
    /// The text of each row, without the spaces at its end.
    public var lines: [String] {
        (0..<size.rows).map { row in
            var line = ""
            for column in 0..<size.columns {
                let cell = self[column, row]
                guard cell.shape != .continuation else { continue }
                line.unicodeScalars.append(cell.scalar)
                for mark in [cell.firstMark, cell.secondMark] where mark != "\0" {
                    line.unicodeScalars.append(mark)
                }
            }
            while line.unicodeScalars.last == " " { line.unicodeScalars.removeLast() }
            return line
        }
    }
}
