// The one way from bytes of somebody else to text on a screen.
// Bytes that are no UTF-8 become `·xx`, control bytes become pictures, all that hides or reorders
// text becomes `\u{…}`.

/// Text that is safe to show: every scalar takes one or two cells or joins the one before it.
public struct DisplayText: Equatable, Sendable {
    /// The text; holds no control, format, bidirectional, private or unassigned scalar.
    public private(set) var text: String
    /// Whether anything had to be replaced by a stand-in or was cut off.
    public private(set) var isAltered: Bool

    /// The text of `bytes`, at most `cellsMax` cells of it.
    ///
    /// - Complexity: O(`cellsMax`), however long `bytes` is.
    public init(_ bytes: some Sequence<UInt8>, cellsMax: Int = 1_024) {
        text = ""
        isAltered = false
        var filter = DisplayFilter(cellsMax: cellsMax)
        var decoder = Utf8Decoder()
        for byte in bytes {
            guard !filter.isFull else { break }
            decoder.take(byte, into: &filter)
        }
        decoder.finish(into: &filter)
        text = filter.text
        isAltered = filter.isAltered
    }

    /// The text of `bytes`, at most `cellsMax` cells of it.
    ///
    /// - Complexity: O(`cellsMax`); printable ASCII that has room is taken as it is.
    public init(_ bytes: [UInt8], cellsMax: Int = 1_024) {
        let isPlain = bytes.count <= cellsMax && bytes.allSatisfy(TextWidth.isPlain)
        self.init(isPlain ? [] : bytes[...], cellsMax: cellsMax)
        if isPlain { text = String(decoding: bytes, as: UTF8.self) }
    }

    /// The text of `string`, at most `cellsMax` cells of it.
    public init(_ string: String, cellsMax: Int = 1_024) {
        var filter = DisplayFilter(cellsMax: cellsMax)
        for scalar in string.unicodeScalars {
            guard !filter.isFull else { break }
            filter.take(scalar)
        }
        text = filter.text
        isAltered = filter.isAltered
    }
}

/// Collects scalars until the cells are used up.
struct DisplayFilter {
    private(set) var text = ""
    private(set) var isAltered = false
    private(set) var isFull = false
    private var cellsLeft: Int
    private var meter = TextMeter()

    init(cellsMax: Int) {
        cellsLeft = max(cellsMax, 0)
    }

    mutating func take(_ scalar: Unicode.Scalar) {
        switch meter.width(of: scalar) {
        case .narrow: append(scalar, cells: 1)
        case .wide: append(scalar, cells: 2)
        case .mark: if !isFull { text.unicodeScalars.append(scalar) }
        case .hidden: take(StandIn(for: scalar))
        }
    }

    mutating func take(badByte: UInt8) {
        take(StandIn(byte: badByte))
    }

    private mutating func take(_ standIn: StandIn) {
        isAltered = true
        for scalar in standIn.text.unicodeScalars { append(scalar, cells: 1) }
    }

    private mutating func append(_ scalar: Unicode.Scalar, cells: Int) {
        guard !isFull, cells <= cellsLeft else {
            isFull = true
            isAltered = true
            return
        }
        cellsLeft -= cells
        text.unicodeScalars.append(scalar)
    }
}
