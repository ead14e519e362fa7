// Logarithm and exponential for scales, without a mathematics library.

/// The natural logarithm of a positive number, to about nine digits; 0 for all others.
func log(_ value: Double) -> Double {
    guard value > 0, value.isFinite else { return 0 }
    // value = significand · 2^exponent with the significand in 1..<2.
    let ratio = (value.significand - 1) / (value.significand + 1)
    let square = ratio * ratio
    var sum = 0.0
    for odd in stride(from: 19, through: 1, by: -2) { sum = sum * square + 1 / Double(odd) }
    return 2 * ratio * sum + Double(value.exponent) * 0.693_147_180_559_945_3
}

/// The exponential, to about nine digits; the argument is brought into -700...700.
func exp(_ value: Double) -> Double {
    let kept = min(700, max(-700, value.isNaN ? 0 : value))
    let exponent = (kept / 0.693_147_180_559_945_3).rounded()
    let rest = kept - exponent * 0.693_147_180_559_945_3
    var sum = 1.0
    for place in stride(from: 12, through: 1, by: -1) { sum = 1 + sum * rest / Double(place) }
    return sum * Double(sign: .plus, exponent: Int(exponent), significand: 1)
}
