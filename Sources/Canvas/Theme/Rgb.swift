// Colours as light, how bright they look and how far apart they are.
// Source: WCAG 2.2 for relative luminance and contrast; B. Ottosson for OKLab.

/// A colour in sRGB.
public struct Rgb: BitwiseCopyable, Equatable, Hashable, Sendable {
    /// How much of each light, 0...255.
    public let red, green, blue: UInt8

    /// A colour from its three lights.
    public init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    /// The colour 0xRRGGBB; higher bits are ignored.
    public init(hex: UInt32) {
        self.init(
            UInt8(truncatingIfNeeded: hex >> 16),
            UInt8(truncatingIfNeeded: hex >> 8),
            UInt8(truncatingIfNeeded: hex)
        )
    }

    /// The colour as 0xRRGGBB.
    public var hex: UInt32 { UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue) }

    /// Relative luminance from 0 (black) to 1 (white).
    public var luminance: Double {
        0.2126 * Rgb.linear(red) + 0.7152 * Rgb.linear(green) + 0.0722 * Rgb.linear(blue)
    }

    /// The contrast with `other`, from 1 (none) to 21 (black on white).
    public func contrast(with other: Rgb) -> Double {
        let lights = (luminance, other.luminance)
        return (max(lights.0, lights.1) + 0.05) / (min(lights.0, lights.1) + 0.05)
    }

    /// The light behind a stored value, 0...1.
    static func linear(_ stored: UInt8) -> Double { linearLights[Int(stored)] }

    /// The stored value that comes nearest to a light; lights outside 0...1 are brought into it.
    static func stored(_ light: Double) -> UInt8 {
        var low = 0
        var high = linearLights.count - 1
        while low < high {
            let middle = (low + high) / 2
            let border = (linearLights[middle] + linearLights[middle + 1]) / 2
            if light > border { low = middle + 1 } else { high = middle }
        }
        return UInt8(low)
    }

    private static let linearLights: [Double] = (0...255).map { stored in
        let value = Double(stored) / 255
        guard value > 0.04045 else { return value / 12.92 }
        let base = (value + 0.055) / 1.055
        let root = fifthRoot(base)
        return base * base * root * root
    }

    /// The fifth root of a number in 0...1 by Newton's method.
    private static func fifthRoot(_ value: Double) -> Double {
        (0..<64).reduce(1.0) { root, _ in
            (4 * root + value / (root * root * root * root)) / 5
        }
    }
}
