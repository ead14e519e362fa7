// Numbers, sizes, rates, ages and times as text: the only place where they are made.

import Base

/// How quantities are written, everywhere in the console.
///
/// Short forms have at most three significant digits and at most five characters before the unit,
/// so that columns keep their width while numbers move.
public enum Format {
    private static let decimalUnits = ["", "k", "M", "G", "T", "P", "E"]

    /// A count in at most five characters: `912`, `5.3k`, `64.0k`, `981k`.
    public static func count(_ value: UInt64) -> String {
        value < 1_000 ? String(value) : short(Double(value))
    }

    /// A count with its digits grouped: `981,044`.
    public static func exact(_ value: UInt64) -> String {
        let digits = Array(String(value))
        var text = ""
        for (place, digit) in digits.enumerated() {
            if place > 0 && (digits.count - place).isMultiple(of: 3) { text.append(",") }
            text.append(digit)
        }
        return text
    }

    /// A rate without its unit: `0`, `0.4`, `402`, `8.4k`.
    public static func rate(_ perSecond: Double) -> String {
        guard perSecond.isFinite, perSecond > 0 else { return "0" }
        if perSecond < 0.05 { return "0" }
        if perSecond < 9.95 {
            let tenths = Int((perSecond * 10).rounded())
            return tenths.isMultiple(of: 10) ? String(tenths / 10) : fixed(perSecond, decimals: 1)
        }
        if perSecond < 999.5 { return String(Int(perSecond.rounded())) }
        return short(perSecond)
    }

    /// A size: `0B`, `748kB`, `52.5MB`, `1.1TB`; decimal units.
    public static func bytes(_ value: UInt64) -> String {
        value < 1_000 ? "\(value)B" : short(Double(value)) + "B"
    }

    /// A size a second: `41.2MB/s`.
    public static func byteRate(_ perSecond: Double) -> String {
        guard perSecond.isFinite, perSecond >= 1 else { return "0B/s" }
        return bytes(UInt64(min(perSecond, 1e18).rounded())) + "/s"
    }

    /// A share from 0 to 1 as percent: `91.2%`, `100%`, `0.02%`.
    public static func percent(_ share: Double) -> String {
        guard share.isFinite else { return "-" }
        let percent = share * 100
        if percent >= 99.95 || percent == 0 { return "\(Int(min(percent, 1e6).rounded()))%" }
        return fixed(percent, decimals: percent < 0.1 ? 2 : 1) + "%"
    }

    /// A share in whole percent that says 100 % only when nothing is missing: `61%`.
    public static func progress(done: UInt64, of total: UInt64) -> String {
        guard total > 0 else { return "0%" }
        return "\(Int(min(1, Double(done) / Double(total)) * 100))%"
    }

    /// A positive number with exactly `decimals` digits behind the point, at most three.
    public static func fixed(_ value: Double, decimals: Int) -> String {
        let scale = [1.0, 10.0, 100.0, 1_000.0][min(max(0, decimals), 3)]
        let scaled = (min(max(0, value.isFinite ? value : 0), 1e12) * scale).rounded()
        let whole = UInt64(scaled / scale)
        guard decimals > 0 else { return String(UInt64(scaled)) }
        let rest = UInt64(scaled) - whole * UInt64(scale)
        let digits = String(rest)
        let zeros = String(repeating: "0", count: max(0, min(decimals, 3) - digits.count))
        return "\(whole).\(zeros)\(digits)"
    }

    /// Three significant digits and a decimal prefix: `1.2k`, `64.0k`, `981k`.
    private static func short(_ value: Double) -> String {
        var scaled = value
        var unit = 0
        while scaled >= 999.5 && unit < decimalUnits.count - 1 {
            scaled /= 1_000
            unit += 1
        }
        return fixed(scaled, decimals: scaled < 99.95 ? 1 : 0) + decimalUnits[unit]
    }

    /// A number with its noun: `1 segment`, `2 segments`.
    public static func counted(_ count: UInt64, _ noun: String) -> String {
        "\(exact(count)) \(noun)\(count == 1 ? "" : "s")"
    }
}
