// Durations as nats-server writes them.

import Base

/// `nanoseconds` as Go prints a duration: `598µs`, `3.672453ms`, `2m1s`.
func goDuration(_ nanoseconds: UInt64) -> String {
    switch nanoseconds {
    case 0: return "0s"
    case ..<1_000: return "\(nanoseconds)ns"
    case ..<1_000_000: return "\(decimal(nanoseconds, unit: 1_000))µs"
    case ..<1_000_000_000: return "\(decimal(nanoseconds, unit: 1_000_000))ms"
    default: break
    }
    let minutes = nanoseconds / (60 * nanosecondsPerSecond)
    let rest = nanoseconds % (60 * nanosecondsPerSecond)
    let seconds = "\(decimal(rest, unit: nanosecondsPerSecond))s"
    if minutes == 0 { return seconds }
    if minutes < 60 { return "\(minutes)m\(seconds)" }
    return "\(minutes / 60)h\(minutes % 60)m\(seconds)"
}

/// `nanoseconds` in whole seconds as monitoring prints ages: `2s`, `1m2s`, `3d4h5m6s`.
func ageText(_ nanoseconds: UInt64) -> String {
    let seconds = nanoseconds / nanosecondsPerSecond
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400)
    var text = "\(seconds % 60)s"
    if minutes > 0 { text = "\(minutes % 60)m" + text }
    if hours > 0 { text = "\(hours % 24)h" + text }
    guard days > 0 else { return text }
    let years = days / 365
    return years > 0 ? "\(years)y\(days % 365)d" + text : "\(days)d" + text
}

/// `value` in `unit`s with as many digits behind the point as it takes.
private func decimal(_ value: UInt64, unit: UInt64) -> String {
    let whole = "\(value / unit)"
    guard value % unit > 0 else { return whole }
    // Adding the unit keeps the leading zeroes; its 1 is cut off.
    var digits = "\(value % unit + unit)".dropFirst()
    while digits.last == "0" { digits.removeLast() }
    return "\(whole).\(digits)"
}
