// Durations, ages, latencies, clocks and dates.

public import Base

extension Format {
    /// How long ago, as a clock: `00:03`, `41:10`, `1:12:44`, `9d`.
    public static func age(nanoseconds: UInt64) -> String {
        let seconds = nanoseconds / nanosecondsPerSecond
        if seconds >= 2 * 86_400 { return "\(seconds / 86_400)d" }
        let hours = seconds / 3_600
        let rest = "\(two(seconds / 60 % 60)):\(two(seconds % 60))"
        return hours > 0 ? "\(hours):\(rest)" : rest
    }

    /// A span in its two largest units: `12d04h`, `4h12m`, `3m47s`, `12s`.
    public static func span(nanoseconds: UInt64) -> String {
        let seconds = nanoseconds / nanosecondsPerSecond
        if seconds >= 86_400 { return "\(seconds / 86_400)d\(two(seconds / 3_600 % 24))h" }
        if seconds >= 3_600 { return "\(seconds / 3_600)h\(two(seconds / 60 % 60))m" }
        if seconds >= 60 { return "\(seconds / 60)m\(two(seconds % 60))s" }
        return "\(seconds)s"
    }

    /// A span in its largest unit: `6d`, `12m`.
    public static func brief(nanoseconds: UInt64) -> String {
        let seconds = nanoseconds / nanosecondsPerSecond
        if seconds >= 86_400 { return "\(seconds / 86_400)d" }
        if seconds >= 3_600 { return "\(seconds / 3_600)h" }
        if seconds >= 60 { return "\(seconds / 60)m" }
        return "\(seconds)s"
    }

    /// Seconds with tenths, for how old data is: `0.2s`, `12s`.
    public static func dataAge(nanoseconds: UInt64) -> String {
        let seconds = Double(nanoseconds) / Double(nanosecondsPerSecond)
        if seconds < 9.95 { return fixed(seconds, decimals: 1) + "s" }
        return seconds < 3_600 ? "\(Int(seconds))s" : span(nanoseconds: nanoseconds)
    }

    /// Milliseconds without the unit: `0.04`, `4.12`, `88.3`, `412`, `1.2k`; with one digit less if
    /// `isBrief`: `4.1`, `88`.
    public static func milliseconds(nanoseconds: UInt64, isBrief: Bool = false) -> String {
        let value = Double(nanoseconds) / Double(nanosecondsPerMillisecond)
        // What was measured is more than nothing.
        if value > 0, value < 0.005 { return "<0.01" }
        if value < (isBrief ? 0.0995 : 9.995) { return fixed(value, decimals: 2) }
        if value < (isBrief ? 9.95 : 99.95) { return fixed(value, decimals: 1) }
        if value < 999.5 { return fixed(value, decimals: 0) }
        return rate(value)
    }

    /// A latency with its unit: `40us`, `9.4ms`, `1.2s`.
    public static func latency(nanoseconds: UInt64) -> String {
        if nanoseconds < 1_000 { return "\(nanoseconds)ns" }
        if nanoseconds < 999_500 { return scaled(nanoseconds, by: 1_000) + "us" }
        if nanoseconds < 999_500_000 { return scaled(nanoseconds, by: 1_000_000) + "ms" }
        if nanoseconds < 600 * nanosecondsPerSecond {
            return scaled(nanoseconds, by: nanosecondsPerSecond) + "s"
        }
        return span(nanoseconds: nanoseconds)
    }

    private static func scaled(_ nanoseconds: UInt64, by unit: UInt64) -> String {
        let value = Double(nanoseconds) / Double(unit)
        return fixed(value, decimals: value < 9.95 && nanoseconds % unit != 0 ? 1 : 0)
    }

    /// The time of day: `17:42:08`.
    public static func clock(_ instant: Instant, offsetSeconds: Int) -> String {
        let day = secondsOfDay(instant, offsetSeconds)
        return "\(two(day / 3_600)):\(two(day / 60 % 60)):\(two(day % 60))"
    }

    /// The time of day without seconds: `17:42`.
    public static func shortClock(_ instant: Instant, offsetSeconds: Int) -> String {
        let day = secondsOfDay(instant, offsetSeconds)
        return "\(two(day / 3_600)):\(two(day / 60 % 60))"
    }

    /// The date: `2026-11-21`.
    public static func date(_ instant: Instant, offsetSeconds: Int) -> String {
        let seconds = localSeconds(instant, offsetSeconds)
        // Civil calendar from days, counted from 0000-03-01 in eras of 400 years.
        let days = Int(seconds / 86_400) + 719_468
        let era = days / 146_097
        let dayOfEra = days - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shifted + 2) / 5 + 1
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return "\(year)-\(two(UInt64(month)))-\(two(UInt64(day)))"
    }

    /// Date and time of day to the second, as machines read it: `2026-11-21T17:30:00Z`.
    public static func timestamp(_ instant: Instant) -> String {
        "\(date(instant, offsetSeconds: 0))T\(clock(instant, offsetSeconds: 0))Z"
    }

    private static func secondsOfDay(_ instant: Instant, _ offsetSeconds: Int) -> UInt64 {
        localSeconds(instant, offsetSeconds) % 86_400
    }

    private static func localSeconds(_ instant: Instant, _ offsetSeconds: Int) -> UInt64 {
        let seconds = Int64(clamping: instant.nanoseconds / nanosecondsPerSecond)
        return UInt64(max(0, seconds + Int64(offsetSeconds)))
    }

    private static func two(_ value: UInt64) -> String {
        value < 10 ? "0\(value)" : String(value)
    }
}
