// A terminal that knows nothing but what the console may send, and remembers every violation.

import Canvas
import Terminal

/// A small terminal: a grid, a cursor, colours and attributes.
struct ScreenModel {
    struct Drawn: Equatable {
        var text: String
        var look: Look
    }

    private(set) var cells: [[Drawn]]
    private(set) var violations: [String] = []
    private(set) var isCursorVisible = true
    private(set) var isSynchronized = false
    private(set) var column = 0
    private(set) var row = 0
    private(set) var usesColour = false
    private var look = Look(foreground: -1, background: -1, attributes: [])
    private var lastText = ""
    private let columns: Int
    private let rows: Int
    private var wraps = false
    private var region: Range<Int>
    private var wrapsAtEdge = true

    init(_ size: Size) {
        columns = size.columns
        rows = size.rows
        region = 0..<size.rows
        let blank = Drawn(text: " ", look: look)
        cells = [[Drawn]](repeating: [Drawn](repeating: blank, count: columns), count: rows)
    }

    mutating func take(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        if Array(text.utf8) != bytes { violations.append("no UTF-8") }
        var scalars = Array(text.unicodeScalars)[...]
        while let scalar = scalars.popFirst() {
            switch scalar {
            case "\u{1B}": escape(&scalars)
            case "\r": move(to: 0, row)
            case "\n": move(to: column, row + 1)
            case "\u{8}": move(to: column - 1, row)
            case "\t": move(to: min((column / 8 + 1) * 8, columns - 1), row)
            default: put(scalar)
            }
        }
        if isSynchronized { violations.append("frame without end") }
    }

    private mutating func put(_ scalar: Unicode.Scalar) {
        switch TextWidth.width(of: scalar) {
        case .hidden: violations.append("U+\(String(scalar.value, radix: 16))")
        case .mark:
            let place = wraps ? column : column - 1
            let base = cells[row][max(place, 0)].text.isEmpty ? place - 1 : place
            cells[row][max(base, 0)].text.unicodeScalars.append(scalar)
        case .narrow: put(String(Character(scalar)), 1)
        case .wide: put(String(Character(scalar)), 2)
        }
    }

    private mutating func put(_ text: String, _ width: Int) {
        if wraps {
            move(to: 0, row + 1)
        }
        guard column + width <= columns else {
            violations.append("beyond the right edge")
            return
        }
        cells[row][column] = Drawn(text: text, look: look)
        if width == 2 { cells[row][column + 1] = Drawn(text: "", look: look) }
        lastText = text
        wraps = wrapsAtEdge && column + width == columns
        column = min(column + width, columns - 1)
    }

    private mutating func move(to column: Int, _ row: Int) {
        if !(0..<columns).contains(column) || !(0..<rows).contains(row) {
            violations.append("cursor at \(column), \(row)")
        }
        self.column = min(max(column, 0), columns - 1)
        self.row = min(max(row, 0), rows - 1)
        wraps = false
    }

    private mutating func erase(_ row: Int, _ range: Range<Int>) {
        let plain = Look(foreground: -1, background: look.background, attributes: [])
        for column in range.clamped(to: 0..<columns) {
            cells[row][column] = Drawn(text: " ", look: plain)
        }
    }

    private mutating func escape(_ rest: inout ArraySlice<Unicode.Scalar>) {
        switch rest.popFirst() {
        case "[": control(&rest)
        case "(": if rest.popFirst() != "B" { violations.append("character set") }
        case "=", ">": break
        case let other: violations.append("ESC \(String(describing: other))")
        }
    }

    private mutating func control(_ rest: inout ArraySlice<Unicode.Scalar>) {
        var parameters = ""
        while let scalar = rest.popFirst() {
            guard (0x40...0x7E).contains(scalar.value) else {
                parameters.unicodeScalars.append(scalar)
                continue
            }
            if parameters.hasPrefix("?") {
                mode(parameters.dropFirst(), isOn: scalar == "h")
            } else {
                let numbers = parameters.split(separator: ";", omittingEmptySubsequences: false)
                    .map { Int($0) ?? 0 }
                run(scalar, numbers, parameters)
            }
            return
        }
        violations.append("sequence without end")
    }

    private mutating func mode(_ number: Substring, isOn: Bool) {
        switch number {
        case "25", "12;25": isCursorVisible = isOn
        case "12", "1", "1049": break
        case "7": wrapsAtEdge = isOn
        case "2026": isSynchronized = isOn
        default: violations.append("mode \(number)")
        }
    }

    private mutating func run(_ final: Unicode.Scalar, _ numbers: [Int], _ parameters: String) {
        let count = max(numbers.first ?? 0, 1)
        switch final {
        case "A": move(to: column, row - count)
        case "B": move(to: column, row + count)
        case "C": move(to: column + count, row)
        case "D": move(to: column - count, row)
        case "G": move(to: count - 1, row)
        case "d": move(to: column, count - 1)
        case "H": move(to: max(numbers.count > 1 ? numbers[1] : 1, 1) - 1, count - 1)
        case "J" where parameters.isEmpty || parameters == "2":
            let start = parameters.isEmpty ? row : 0
            for line in start..<rows {
                erase(line, (line == row && parameters.isEmpty ? column : 0)..<columns)
            }
        case "K": erase(row, numbers[0] == 1 ? 0..<(column + 1) : column..<columns)
        case "X": erase(row, column..<(column + count))
        case "b": for _ in 0..<count { put(lastText, 1) }
        case "P":
            cells[row].removeSubrange(column..<min(column + count, columns))
            fill()
        case "@":
            let blank = Drawn(
                text: " ",
                look: Look(foreground: -1, background: look.background, attributes: [])
            )
            cells[row].insert(contentsOf: repeatElement(blank, count: count), at: column)
            cells[row].removeLast(count)
        case "L": scroll(row..<region.upperBound, by: -count)
        case "M": scroll(row..<region.upperBound, by: count)
        case "S": scroll(region, by: count)
        case "T": scroll(region, by: -count)
        case "r":
            let end = numbers.count > 1 ? numbers[1] : rows
            region = (count - 1)..<min(end, rows)
            move(to: 0, 0)
        case "m": style(numbers)
        case "t", "l", "h": break
        default: violations.append("CSI \(parameters)\(final)")
        }
    }

    private var blankRow: [Drawn] {
        let plain = Look(foreground: -1, background: look.background, attributes: [])
        return [Drawn](repeating: Drawn(text: " ", look: plain), count: columns)
    }

    /// Moves the rows of `range` up; down if `count` is negative.
    private mutating func scroll(_ range: Range<Int>, by count: Int) {
        let old = cells
        for row in range {
            cells[row] = range.contains(row + count) ? old[row + count] : blankRow
        }
    }

    private mutating func fill() {
        let plain = Look(foreground: -1, background: look.background, attributes: [])
        while cells[row].count < columns { cells[row].append(Drawn(text: " ", look: plain)) }
    }

    private mutating func style(_ numbers: [Int]) {
        var rest = numbers[...]
        var front = look.foreground
        var back = look.background
        var attributes = look.attributes
        while let number = rest.popFirst() {
            if (30...49).contains(number) || (90...107).contains(number) { usesColour = true }
            switch number {
            case 0: (front, back, attributes) = (-1, -1, [])
            case 1: attributes.insert(.bold)
            case 2: attributes.insert(.dim)
            case 3: attributes.insert(.italic)
            case 4: attributes.insert(.underline)
            case 7: attributes.insert(.reverse)
            case 22: attributes.subtract([.bold, .dim])
            case 23: attributes.remove(.italic)
            case 24: attributes.remove(.underline)
            case 27: attributes.remove(.reverse)
            case 30...37: front = Int32(number - 30)
            case 90...97: front = Int32(number - 82)
            case 40...47: back = Int32(number - 40)
            case 100...107: back = Int32(number - 92)
            case 39: front = -1
            case 49: back = -1
            case 38: front = colour(&rest)
            case 48: back = colour(&rest)
            default: violations.append("SGR \(number)")
            }
        }
        look = Look(foreground: front, background: back, attributes: attributes)
    }

    private mutating func colour(_ rest: inout ArraySlice<Int>) -> Int32 {
        switch rest.popFirst() {
        case 5: return Int32(rest.popFirst() ?? 0)
        case 2:
            let lights = [rest.popFirst() ?? 0, rest.popFirst() ?? 0, rest.popFirst() ?? 0]
            return Int32(lights[0] << 16 | lights[1] << 8 | lights[2])
        default:
            violations.append("SGR colour")
            return -1
        }
    }

    /// Text of each row without the spaces at its end.
    var lines: [String] {
        cells.map { row in
            let text = row.map(\.text).joined()
            let kept = text.unicodeScalars.reversed().drop { $0 == " " }.reversed()
            return String(String.UnicodeScalarView(kept))
        }
    }
}
