// Fuzzing text and theme files: nothing traps, and nothing hidden reaches the screen.

import Canvas

/// Reads the input as a name of somebody else and as a theme.
@c(LLVMFuzzerTestOneInput)
public func fuzzTheme(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = unsafe [UInt8](UnsafeBufferPointer(start: start, count: count))
    let shown = DisplayText(input, cellsMax: 512)
    for scalar in shown.text.unicodeScalars {
        precondition(TextWidth.width(of: scalar) != .hidden, "a hidden scalar is shown")
    }
    precondition(TextWidth.cells(of: shown.text) <= 512, "more cells than asked for")
    let again = DisplayText(shown.text, cellsMax: 512)
    precondition(again.text == shown.text && !again.isAltered, "shown text is altered again")

    var frame = Frame(size: Size(columns: 40, rows: 3))
    let rect = Rect(column: 3, row: 1, columns: Int(input.first ?? 0) % 40, rows: 1)
    frame.put(shown.text, in: rect, column: -Int(input.last ?? 0) % 8, role: .text)
    for row in 0..<3 {
        for column in 0..<40 where !rect.contains(column: column, row: row) {
            precondition(frame[column, row] == .blank, "drawn outside")
        }
    }

    let reading = ThemeParser.builtIn.read(input)
    let lineCount = input.count { $0 == 0x0A } + 1
    for problem in reading.problems {
        precondition((0...lineCount).contains(problem.line), "a line that is not there")
    }
    _ = reading.theme.contrastProblems
    return 0
}
