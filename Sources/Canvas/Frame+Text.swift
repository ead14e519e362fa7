// Text on a frame, clipped to a rectangle.

/// Where a text lies in the room it has.
public enum Alignment: BitwiseCopyable, Equatable, Sendable {
    /// At the left edge.
    case left
    /// In the middle.
    case centre
    /// At the right edge.
    case right
}

/// Some text with one meaning.
public struct TextRun: Equatable, Sendable {
    /// The text.
    public let text: String
    /// What it means.
    public let role: StyleRole

    /// A text that means `role`.
    public init(_ text: String, _ role: StyleRole) {
        self.text = text
        self.role = role
    }
}

extension Frame {
    /// Writes `text` from a place in `rect` on; what does not fit in `rect` is left out.
    ///
    /// Places are relative to `rect`. A wide character that would straddle the edge becomes a
    /// space. Scalars that must not reach a screen are written as their stand-ins.
    /// - Returns: the column behind the text, relative to `rect`, as if all of it had fitted.
    @discardableResult
    public mutating func put(
        _ text: String,
        in rect: Rect,
        column: Int = 0,
        row: Int = 0,
        role: StyleRole
    ) -> Int {
        let clip = rect.intersection(bounds)
        let place = (column: rect.column + column, row: rect.row + row)
        let bytes = text.utf8.span
        if TextWidth.isPlain(bytes) {
            putPlain(bytes, in: clip, column: place.column, row: place.row, role: role)
            return column + bytes.count
        }
        var pen = Pen(clip: clip, column: place.column, row: place.row)
        for scalar in text.unicodeScalars {
            if pen.isPastEnd { return column + TextWidth.cells(of: text) }
            put(scalar, with: &pen, role: role)
        }
        return pen.column - rect.column
    }

    /// Writes as much of printable ASCII as lies in `clip`, at an absolute place.
    private mutating func putPlain(
        _ text: Span<UInt8>,
        in clip: Rect,
        column: Int,
        row: Int,
        role: StyleRole
    ) {
        let start = max(column, clip.column)
        let end = min(column + text.count, clip.endColumn)
        guard row >= clip.row, row < clip.endRow, start < end else { return }
        let shown = text.extracting(start - column..<end - column)
        set(shown, column: start, row: row, role: role)
    }

    /// Writes runs one behind the other.
    /// - Returns: the column behind the last one, relative to `rect`.
    @discardableResult
    public mutating func put(
        _ runs: [TextRun],
        in rect: Rect,
        column: Int = 0,
        row: Int = 0
    ) -> Int {
        runs.reduce(column) { next, run in
            put(run.text, in: rect, column: next, row: row, role: run.role)
        }
    }

    /// Writes one line into the row `row` of `rect`; what does not fit is cut and ends in
    /// `ellipsis`.
    public mutating func putLine(
        _ text: String,
        in rect: Rect,
        row: Int = 0,
        role: StyleRole,
        alignment: Alignment = .left,
        ellipsis: Unicode.Scalar = "…"
    ) {
        let fitted = TextWidth.fit(text, cells: rect.columns, ellipsis: ellipsis)
        let spare = rect.columns - TextWidth.cells(of: fitted)
        let column =
            switch alignment {
            case .left: 0
            case .centre: spare / 2
            case .right: spare
            }
        put(fitted, in: rect, column: column, row: row, role: role)
    }

    /// Fills `rect` with one character; a wide or hidden one becomes `?`.
    public mutating func fill(_ rect: Rect, with scalar: Unicode.Scalar, role: StyleRole) {
        let kept = rect.intersection(bounds)
        let shown = TextWidth.width(of: scalar) == .narrow ? scalar : "?"
        guard !kept.isEmpty else { return }
        set(shown, in: kept, role: role)
    }

    /// Puts one narrow character at a place in `rect`; nothing happens outside `rect`.
    public mutating func put(
        _ scalar: Unicode.Scalar,
        in rect: Rect,
        column: Int,
        row: Int,
        role: StyleRole
    ) {
        let place = (column: rect.column + column, row: rect.row + row)
        guard rect.contains(column: place.column, row: place.row),
            bounds.contains(column: place.column, row: place.row)
        else { return }
        let shown = TextWidth.width(of: scalar) == .narrow ? scalar : "?"
        set(shown, isWide: false, column: place.column, row: place.row, role: role)
    }

    private mutating func put(_ scalar: Unicode.Scalar, with pen: inout Pen, role: StyleRole) {
        switch pen.width(of: scalar) {
        case .narrow:
            if pen.fits(1) {
                set(scalar, isWide: false, column: pen.column, row: pen.row, role: role)
            }
            pen.advance(1)
        case .wide:
            if pen.fits(2) {
                set(scalar, isWide: true, column: pen.column, row: pen.row, role: role)
            } else {
                for column in [pen.column, pen.column + 1] where pen.covers(column) {
                    set(" ", isWide: false, column: column, row: pen.row, role: role)
                }
            }
            pen.advance(2)
        case .mark:
            if let base = pen.base { join(scalar, column: base, row: pen.row) }
        case .hidden:
            for part in StandIn(for: scalar).text.unicodeScalars {
                if pen.fits(1) {
                    set(part, isWide: false, column: pen.column, row: pen.row, role: role)
                }
                pen.advance(1)
            }
        }
    }
}

/// Where the next character goes.
private struct Pen {
    let clip: Rect
    private(set) var column: Int
    let row: Int
    /// The visible cell that a mark would join.
    private(set) var base: Int?
    private var meter = TextMeter()

    init(clip: Rect, column: Int, row: Int) {
        self.clip = clip
        self.column = column
        self.row = row
    }

    var isPastEnd: Bool { column >= clip.endColumn || row < clip.row || row >= clip.endRow }

    func covers(_ column: Int) -> Bool { clip.contains(column: column, row: row) }

    func fits(_ width: Int) -> Bool { covers(column) && covers(column + width - 1) }

    mutating func advance(_ width: Int) {
        base = fits(width) ? column : nil
        column += width
    }

    mutating func width(of scalar: Unicode.Scalar) -> CellWidth { meter.width(of: scalar) }
}
