// A picture as text that can be kept in a file and compared.

public import Canvas

/// A picture as text: what is seen, then what it means, row by row.
public enum GoldenFrame {
    /// The text of `frame`.
    public static func text(_ frame: Frame) -> String {
        var lines = ["size \(frame.size.columns)x\(frame.size.rows)", "text"]
        lines += frame.lines
        lines.append("roles")
        for row in 0..<frame.size.rows { lines.append(roles(frame, row)) }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Runs of equal role and ground: `role@ground*cells`.
    private static func roles(_ frame: Frame, _ row: Int) -> String {
        var runs: [String] = []
        var current = ""
        var count = 0
        for column in 0..<frame.size.columns {
            let cell = frame[column, row]
            let name = cell.role == cell.ground ? "\(cell.role)" : "\(cell.role)@\(cell.ground)"
            if name == current {
                count += 1
            } else {
                if count > 0 { runs.append("\(current)*\(count)") }
                current = name
                count = 1
            }
        }
        if count > 0 { runs.append("\(current)*\(count)") }
        return runs.joined(separator: " ")
    }
}
