// Numbers: whole ones exactly, others as doubles.

extension JSONScanner {
    /// No number that means anything is longer.
    private var numberBytesMax: Int { 512 }

    /// The number that starts here.
    @_lifetime(self: copy self)
    mutating func number() throws(JSONError) -> JSONValue {
        let start = offset
        let isNegative = next == UInt8(ascii: "-")
        if isNegative { offset &+= 1 }
        let digitsStart = offset
        try digits()
        if text[digitsStart] == UInt8(ascii: "0"), offset &- digitsStart > 1 {
            throw JSONError(.invalidNumber, at: start)
        }
        let isWhole = try !fraction()
        guard offset &- start <= numberBytesMax else { throw JSONError(.invalidNumber, at: start) }
        if isWhole { return try whole(digitsStart..<offset, isNegative: isNegative) }
        var spelling: [UInt8] = []
        for index in start..<offset { spelling.append(text[index]) }
        guard let value = Double(String(decoding: spelling, as: UTF8.self)), value.isFinite else {
            throw JSONError(.numberOutOfRange, at: start)
        }
        return .double(value)
    }

    /// At least one digit.
    @_lifetime(self: copy self)
    private mutating func digits() throws(JSONError) {
        let start = offset
        while let byte = next, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
            offset &+= 1
        }
        guard offset > start else { throw refusal(.invalidNumber) }
    }

    /// Steps over fraction and exponent; says whether there was either.
    @_lifetime(self: copy self)
    private mutating func fraction() throws(JSONError) -> Bool {
        let start = offset
        if next == UInt8(ascii: ".") {
            offset &+= 1
            try digits()
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            offset &+= 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { offset &+= 1 }
            try digits()
        }
        return offset > start
    }

    private func whole(
        _ range: Range<Int>,
        isNegative: Bool
    ) throws(JSONError) -> JSONValue {
        var magnitude: UInt64 = 0
        for index in range {
            let (product, overflow) = magnitude.multipliedReportingOverflow(by: 10)
            let digit = UInt64(text[index] &- UInt8(ascii: "0"))
            let (sum, carry) = product.addingReportingOverflow(digit)
            guard !overflow, !carry else {
                throw JSONError(.numberOutOfRange, at: range.lowerBound)
            }
            magnitude = sum
        }
        if let value = Int64(exactly: magnitude) {
            return .integer(isNegative ? 0 &- value : value)
        }
        guard isNegative else { return .unsigned(magnitude) }
        guard magnitude == Int64.min.magnitude else {
            throw JSONError(.numberOutOfRange, at: range.lowerBound)
        }
        return .integer(.min)
    }
}
