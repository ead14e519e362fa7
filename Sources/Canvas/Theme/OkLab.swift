// The space in which colours are mixed and compared.
// Source: B. Ottosson, "A perceptual color space for image processing" (2020).

/// A colour by lightness and two opponent axes; equal distances look about equally different.
struct OkLab: BitwiseCopyable, Equatable {
    let lightness, greenRed, blueYellow: Double

    init(lightness: Double, greenRed: Double, blueYellow: Double) {
        self.lightness = lightness
        self.greenRed = greenRed
        self.blueYellow = blueYellow
    }

    init(_ colour: Rgb) {
        let red = Rgb.linear(colour.red)
        let green = Rgb.linear(colour.green)
        let blue = Rgb.linear(colour.blue)
        let long = cubeRoot(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
        let middle = cubeRoot(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
        let short = cubeRoot(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
        lightness = 0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short
        greenRed = 1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short
        blueYellow = 0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short
    }

    var rgb: Rgb {
        let long = cube(lightness + 0.3963377774 * greenRed + 0.2158037573 * blueYellow)
        let middle = cube(lightness - 0.1055613458 * greenRed - 0.0638541728 * blueYellow)
        let short = cube(lightness - 0.0894841775 * greenRed - 1.2914855480 * blueYellow)
        return Rgb(
            Rgb.stored(4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short),
            Rgb.stored(-1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short),
            Rgb.stored(-0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short)
        )
    }

    /// The colour at `share` of the way to `other`.
    func mixed(with other: OkLab, share: Double) -> OkLab {
        OkLab(
            lightness: lightness + (other.lightness - lightness) * share,
            greenRed: greenRed + (other.greenRed - greenRed) * share,
            blueYellow: blueYellow + (other.blueYellow - blueYellow) * share
        )
    }

    /// The square of the distance to `other`.
    func distanceSquared(to other: OkLab) -> Double {
        let steps = (
            lightness - other.lightness, greenRed - other.greenRed, blueYellow - other.blueYellow
        )
        return steps.0 * steps.0 + steps.1 * steps.1 + steps.2 * steps.2
    }
}

private func cube(_ value: Double) -> Double { value * value * value }

/// The cube root of a number in 0...1 by Newton's method.
private func cubeRoot(_ value: Double) -> Double {
    guard value > 0 else { return 0 }
    return (0..<48).reduce(1.0) { root, _ in (2 * root + value / (root * root)) / 3 }
}
