// Instants as texts.
// Source: RFC 3339.

extension Instant {
    /// The instant in UTC with as many digits as it takes, such as `2026-11-24T06:40:00.5Z`.
    ///
    /// `never` is written as the first instant of year 1, as NATS does.
    public var text: [UInt8] {
        guard self != .never else { return Array("0001-01-01T00:00:00Z".utf8) }
        let seconds = nanoseconds / nanosecondsPerSecond
        let (year, month, day) = Self.date(daysSinceEpoch: Int64(seconds / 86_400))
        let second = seconds % 86_400
        var text: [UInt8] = []
        text.reserveCapacity(30)
        Self.append(UInt64(year), digits: 4, to: &text)
        text.append(UInt8(ascii: "-"))
        Self.append(UInt64(month), digits: 2, to: &text)
        text.append(UInt8(ascii: "-"))
        Self.append(UInt64(day), digits: 2, to: &text)
        text.append(UInt8(ascii: "T"))
        Self.append(second / 3_600, digits: 2, to: &text)
        text.append(UInt8(ascii: ":"))
        Self.append(second / 60 % 60, digits: 2, to: &text)
        text.append(UInt8(ascii: ":"))
        Self.append(second % 60, digits: 2, to: &text)
        let fraction = nanoseconds % nanosecondsPerSecond
        if fraction > 0 {
            text.append(UInt8(ascii: "."))
            Self.append(fraction, digits: 9, to: &text)
            while text.last == UInt8(ascii: "0") { text.removeLast() }
        }
        text.append(UInt8(ascii: "Z"))
        return text
    }

    /// The instant that `text` names in any time zone; `nil` if it is none.
    ///
    /// Everything up to 1970 becomes `never`; nothing later than 2554 can be told.
    public init?(text: [UInt8]) {
        var scanner = InstantScanner(text)
        guard let year = scanner.number(4), scanner.skip("-"), let month = scanner.number(2),
            scanner.skip("-"), let day = scanner.number(2), scanner.skip("T") || scanner.skip("t"),
            let hour = scanner.number(2), scanner.skip(":"), let minute = scanner.number(2),
            scanner.skip(":"), let second = scanner.number(2), let fraction = scanner.fraction(),
            let zone = scanner.zoneSeconds(), scanner.isAtEnd,
            (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 61
        else { return nil }
        let days = Self.days(year: year, month: month, day: day)
        let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second - zone
        guard seconds < Int64(UInt64.max / nanosecondsPerSecond) else { return nil }
        guard seconds >= 0 else {
            self = .never
            return
        }
        self.init(nanoseconds: UInt64(seconds) * nanosecondsPerSecond + UInt64(fraction))
    }

    private static func append(_ number: UInt64, digits: Int, to text: inout [UInt8]) {
        var scale: UInt64 = 1
        for _ in 1..<digits { scale *= 10 }
        while scale > 0 {
            text.append(UInt8(ascii: "0") + UInt8(number / scale % 10))
            scale /= 10
        }
    }

    /// Days from 1970-01-01 to a date of the Gregorian calendar.
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month > 2 ? year : year - 1
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// The date `days` after 1970-01-01.
    private static func date(daysSinceEpoch days: Int64) -> (Int64, Int64, Int64) {
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }
}

/// Reads an instant from left to right.
private struct InstantScanner {
    private var rest: ArraySlice<UInt8>

    init(_ text: [UInt8]) {
        rest = text[...]
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest.removeFirst()
        return true
    }

    mutating func number(_ digits: Int) -> Int64? {
        guard rest.count >= digits else { return nil }
        var number: Int64 = 0
        for _ in 0..<digits {
            guard let digit = digit() else { return nil }
            number = number * 10 + digit
        }
        return number
    }

    /// Nanoseconds behind the point; 0 if there is no point.
    mutating func fraction() -> Int64? {
        guard skip(".") else { return 0 }
        var number: Int64 = 0
        var count = 0
        while let digit = digit() {
            if count < 9 { number = number * 10 + digit }
            count += 1
        }
        guard count > 0 else { return nil }
        while count < 9 {
            number *= 10
            count += 1
        }
        return number
    }

    mutating func zoneSeconds() -> Int64? {
        if skip("Z") || skip("z") { return 0 }
        let sign: Int64
        if skip("+") { sign = 1 } else if skip("-") { sign = -1 } else { return nil }
        guard let hours = number(2), skip(":"), let minutes = number(2) else { return nil }
        return sign * (hours * 3_600 + minutes * 60)
    }

    private mutating func digit() -> Int64? {
        guard let byte = rest.first, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else {
            return nil
        }
        rest.removeFirst()
        return Int64(byte - UInt8(ascii: "0"))
    }
}
