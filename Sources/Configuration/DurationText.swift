// Times such as "1h30m" as text.
// Source: the durations of nats-server's configuration, which are Go's.

import Base

/// Reads and writes times as sums of numbers with units.
public enum DurationText {
    /// Nanoseconds in each unit, longest name first so that `ms` is not taken for `m`.
    private static let units: [(name: [UInt8], nanoseconds: Double)] = [
        (Array("ns".utf8), 1), (Array("us".utf8), 1e3), (Array("µs".utf8), 1e3),
        (Array("μs".utf8), 1e3), (Array("ms".utf8), 1e6), (Array("s".utf8), 1e9),
        (Array("m".utf8), 60e9), (Array("h".utf8), 3_600e9),
    ]

    /// The nanoseconds that `text` stands for, or `nil` if it is no duration or too long.
    ///
    /// Negative times are read as such; fractions below a nanosecond are cut off.
    public static func nanoseconds(_ text: [UInt8]) -> Int64? {
        var rest = text[...]
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
        if rest.elementsEqual([UInt8(ascii: "0")]) { return 0 }
        guard !rest.isEmpty else { return nil }
        var total = 0.0
        while !rest.isEmpty {
            let number = rest.prefix { $0.isDigit || $0 == UInt8(ascii: ".") }
            guard number.contains(where: \.isDigit),
                let value = Double(String(decoding: number, as: UTF8.self))
            else { return nil }
            rest = rest.dropFirst(number.count)
            guard let unit = units.first(where: { rest.starts(with: $0.name) }) else { return nil }
            total += value * unit.nanoseconds
            rest = rest.dropFirst(unit.name.count)
        }
        guard total < 9.2e18 else { return nil }
        return isNegative ? -Int64(total) : Int64(total)
    }

    /// `nanoseconds` in the largest unit that keeps it exact, such as `90s`.
    public static func text(_ nanoseconds: UInt64) -> String {
        let names: [(name: String, size: UInt64)] = [
            ("h", 3_600 * nanosecondsPerSecond), ("m", 60 * nanosecondsPerSecond),
            ("s", nanosecondsPerSecond), ("ms", nanosecondsPerMillisecond), ("us", 1_000),
        ]
        for (name, size) in names where nanoseconds >= size && nanoseconds % size == 0 {
            return "\(nanoseconds / size)\(name)"
        }
        return "\(nanoseconds)ns"
    }
}
