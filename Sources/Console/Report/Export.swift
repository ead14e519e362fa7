// Tables as CSV, JSON and text.

import Base
import Canvas
import Engine

/// Tables as files and on the clipboard.
enum Export {
    /// The effect that writes the table of `pane` to `path`.
    static func effect(_ pane: Pane, format: String, path: String, _ model: ConsoleModel) -> Effect
    {
        let text =
            switch format {
            case "json": json(pane, model)
            case "text": text(pane, model)
            default: csv(pane, model)
            }
        return .write(path: path, bytes: Array(text.utf8))
    }

    /// The table of `pane` as RFC 4180: every column, the rows that the filter keeps, in order.
    static func csv(_ pane: Pane, _ model: ConsoleModel) -> String {
        guard let access = Lists.access(pane) else { return "" }
        var text = access.columns.map { quoted($0.name) }.joined(separator: ",") + "\r\n"
        for row in access.values(model.plainPicture, model.listState(pane)) {
            text += row.map { quoted(plain($0)) }.joined(separator: ",") + "\r\n"
        }
        return text
    }

    /// The table of `pane` as a JSON array of objects.
    static func json(_ pane: Pane, _ model: ConsoleModel) -> String {
        guard let access = Lists.access(pane) else { return "[]\n" }
        let rows = access.values(model.plainPicture, model.listState(pane)).map { row in
            let members = zip(access.columns, row).map { column, value in
                "\(jsonString(column.name)): \(jsonValue(value))"
            }
            return "  {" + members.joined(separator: ", ") + "}"
        }
        return rows.isEmpty ? "[]\n" : "[\n" + rows.joined(separator: ",\n") + "\n]\n"
    }

    /// The table of `pane` as aligned text, with the columns that are shown.
    static func text(_ pane: Pane, _ model: ConsoleModel) -> String {
        guard let access = Lists.access(pane) else { return "" }
        let window = access.window(model.plainPicture, model.listState(pane), .max / 2)
        let heads = window.table.columns.map(\.title)
        let rows = window.table.rows.map { $0.cells.map(\.text) }
        var widths = heads.map { TextWidth.cells(of: $0) }
        for row in rows {
            for (place, cell) in row.enumerated() where place < widths.count {
                widths[place] = max(widths[place], TextWidth.cells(of: cell))
            }
        }
        let lines = ([heads] + rows).map { cells in
            let padded = cells.enumerated().map { place, cell in
                TextWidth.pad(
                    cell,
                    cells: widths[place],
                    alignment: window.table.columns[place].alignment
                )
            }
            return trimmed(padded.joined(separator: "  "))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The selected row as `name value` lines.
    static func selectedRow(_ pane: Pane, _ model: ConsoleModel) -> String? {
        guard let access = Lists.access(pane), let id = model.selectedId(pane) else { return nil }
        let ids = model.rowIds(pane)
        guard let place = ids.firstIndex(of: id) else { return nil }
        let rows = access.values(model.plainPicture, model.listState(pane))
        guard rows.indices.contains(place) else { return nil }
        return zip(access.columns, rows[place])
            .map { "\($0.name)\t\(plain($1))" }
            .joined(separator: "\n")
    }

    static func plain(_ value: ColumnValue) -> String {
        switch value {
        case .text(let bytes): DisplayText(bytes, cellsMax: 4_096).text
        case .number(let number): Self.number(number)
        }
    }

    private static func number(_ value: Double) -> String {
        guard value.isFinite else { return "" }
        if value == value.rounded(), abs(value) < 9e15 { return String(Int64(value)) }
        return String(value)
    }

    /// Quotes for CSV; a leading `=`, `+`, `-` or `@` of text is kept from being read as a formula.
    private static func quoted(_ field: String) -> String {
        var field = field
        if let first = field.first, "=+@".contains(first) || (first == "-" && Double(field) == nil)
        {
            field = "'" + field
        }
        guard field.contains(where: { ",\"\r\n".contains($0) }) else { return field }
        return "\""
            + field.split(separator: "\"", omittingEmptySubsequences: false)
            .joined(separator: "\"\"") + "\""
    }

    private static func jsonValue(_ value: ColumnValue) -> String {
        switch value {
        case .text: jsonString(plain(value))
        case .number(let number): number.isFinite ? self.number(number) : "null"
        }
    }

    static func jsonString(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }

    private static func trimmed(_ line: String) -> String {
        var line = Substring(line)
        while line.last == " " { line.removeLast() }
        return String(line)
    }
}
