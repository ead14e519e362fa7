// Columns of tables: the one place that knows how a value is shown, sorted, filtered and exported.

public import Base
public import Canvas
import Engine

/// A value as sorting, filtering and exporting see it.
public enum ColumnValue: Hashable, Sendable {
    /// A quantity in its base unit: messages, bytes, seconds, milliseconds.
    case number(Double)
    /// Words or a name.
    case text([UInt8])

    /// Whether `self` comes before `other` in ascending order; text comes after numbers, and is in
    /// the order of names.
    func precedes(_ other: ColumnValue) -> Bool {
        switch (self, other) {
        case (.number(let left), .number(let right)): left < right
        case (.text(let left), .text(let right)): NaturalOrder.precedes(left, right)
        case (.number, .text): true
        case (.text, .number): false
        }
    }
}

/// One column over rows of type `Row`.
struct Column<Row: Sendable>: Sendable {
    /// Its name in filters, sort pickers, configuration and exports.
    let name: String
    /// The word in the head.
    let title: String
    /// Cells it takes at least.
    let width: Int
    /// Its part of the cells that are left over.
    let weight: Int
    /// Where its text lies.
    let alignment: Alignment
    /// Which columns go first when there is too little room: the highest number; 0 never goes.
    let dropRank: Int
    /// Whether it is shown before anybody chose columns.
    let isShown: Bool
    /// Its value.
    let value: @Sendable (Row) -> ColumnValue
    /// What stands in the cell.
    let text: @Sendable (Row, TextStyle) -> TextRun

    /// A column.
    init(
        _ name: String,
        _ title: String,
        width: Int,
        weight: Int = 0,
        alignment: Alignment = .right,
        drop: Int = 0,
        isShown: Bool = true,
        value: @escaping @Sendable (Row) -> ColumnValue,
        text: @escaping @Sendable (Row, TextStyle) -> TextRun
    ) {
        self.name = name
        self.title = title
        self.width = width
        self.weight = weight
        self.alignment = alignment
        dropRank = drop
        self.isShown = isShown
        self.value = value
        self.text = text
    }
}

/// What texts depend on besides their value.
public struct TextStyle: Sendable {
    /// The characters to draw with.
    public let glyphs: GlyphSet
    /// When ages end: the time of the picture or of the cursor.
    public let now: Instant
    /// Seconds that local time is ahead of UTC.
    public let offsetSeconds: Int

    /// A style.
    public init(glyphs: GlyphSet, now: Instant, offsetSeconds: Int) {
        self.glyphs = glyphs
        self.now = now
        self.offsetSeconds = offsetSeconds
    }

    /// A name from outside as text that is safe to show, in ASCII where that is asked for.
    public func name(_ bytes: [UInt8], cellsMax: Int = 256) -> String {
        // One cell more tells whether it is longer; what is cut says so.
        let more = DisplayText(bytes, cellsMax: cellsMax + 1).text
        let text = TextWidth.fit(more, cells: cellsMax, ellipsis: glyphs[.ellipsis])
        guard glyphs.isAscii, !text.utf8.allSatisfy({ $0 < 0x80 }) else { return text }
        var ascii = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            ascii.append(scalar.isASCII ? scalar : "?")
        }
        return String(ascii)
    }

    /// How long ago `instant` was, or `-` if it never was.
    public func age(_ instant: Instant) -> String {
        instant == .never ? "-" : Format.age(nanoseconds: now.nanoseconds(since: instant))
    }

    /// The time of day of `instant`.
    public func clock(_ instant: Instant) -> String {
        Format.clock(instant, offsetSeconds: offsetSeconds)
    }
}
