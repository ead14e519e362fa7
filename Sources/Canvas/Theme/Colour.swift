// A colour for every kind of terminal.

/// How many colours a terminal shows.
public enum ColourDepth: UInt8, BitwiseCopyable, Comparable, CaseIterable, Sendable {
    /// None: only bold, dim, underline and reverse.
    case mono
    /// The eight of the oldest colour terminals.
    case eight
    /// Those eight and their bright twins.
    case sixteen
    /// The palette of xterm.
    case indexed
    /// Every colour.
    case direct

    /// Whether `left` shows fewer colours.
    public static func < (left: ColourDepth, right: ColourDepth) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// A colour for every kind of terminal; `nil` leaves the terminal's own.
public struct Colour: BitwiseCopyable, Equatable, Hashable, Sendable {
    /// Where every colour can be shown.
    public let rgb: Rgb?
    /// In the palette of 256.
    public let index256: UInt8?
    /// Among the 16: 0...7 and their bright twins 8...15.
    public let index16: UInt8?

    /// A colour given for each kind of terminal.
    public init(rgb: Rgb?, index256: UInt8?, index16: UInt8?) {
        self.rgb = rgb
        self.index256 = index256
        self.index16 = index16
    }

    /// A colour whose nearest relatives stand for it on lesser terminals.
    public init(nearest rgb: Rgb) {
        self.init(
            rgb: rgb,
            index256: XtermPalette.nearest(to: rgb, in: 16..<256),
            index16: XtermPalette.nearest(to: rgb, in: 0..<16)
        )
    }

    /// The terminal's own colour.
    public static let terminal = Colour(rgb: nil, index256: nil, index16: nil)
}

/// The colours of xterm's palette.
enum XtermPalette {
    /// The colour `index` as xterm shows it by default.
    static func colour(_ index: UInt8) -> Rgb { colours[Int(index)] }

    /// The index in `range` whose colour looks most like `colour`.
    static func nearest(to colour: Rgb, in range: Range<Int>) -> UInt8 {
        let wanted = OkLab(colour)
        let best = range.min {
            labs[$0].distanceSquared(to: wanted) < labs[$1].distanceSquared(to: wanted)
        }
        return UInt8(truncatingIfNeeded: best ?? 0)
    }

    private static let labs = colours.map { OkLab($0) }

    private static let colours: [Rgb] = {
        let sixteen: [UInt32] = [
            0x000000, 0xCD0000, 0x00CD00, 0xCDCD00, 0x0000EE, 0xCD00CD, 0x00CDCD, 0xE5E5E5,
            0x7F7F7F, 0xFF0000, 0x00FF00, 0xFFFF00, 0x5C5CFF, 0xFF00FF, 0x00FFFF, 0xFFFFFF,
        ]
        let levels: [UInt8] = [0, 95, 135, 175, 215, 255]
        let cube: [Rgb] = (0..<216).map { (index: Int) -> Rgb in
            Rgb(levels[index / 36], levels[index / 6 % 6], levels[index % 6])
        }
        let greys: [Rgb] = (0..<24).map { (index: Int) -> Rgb in
            let light = UInt8(8 + 10 * index)
            return Rgb(light, light, light)
        }
        return sixteen.map { Rgb(hex: $0) } + cube + greys
    }()
}
