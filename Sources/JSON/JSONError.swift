// Why a JSON text was refused.

/// The refusal of a JSON text and where in the text it happened.
public struct JSONError: Error, Equatable, BitwiseCopyable, Sendable {
    /// What is wrong.
    public enum Reason: Equatable, BitwiseCopyable, Sendable {
        /// The text is longer than the limit.
        case textTooLong
        /// The text starts with a byte order mark.
        case byteOrderMark
        /// A byte that cannot stand here.
        case unexpectedByte
        /// The text stops in the middle.
        case unexpectedEnd
        /// Something other than white space follows the value.
        case trailingBytes
        /// Arrays and objects nest deeper than the limit.
        case tooDeep
        /// An object or array has more members than the limit.
        case tooManyMembers
        /// Two members of one object have the same name.
        case duplicateName
        /// A string is longer than the limit.
        case stringTooLong
        /// A byte below 0x20 stands unescaped in a string.
        case controlByte
        /// A backslash is followed by something that is no escape.
        case invalidEscape
        /// Half of a surrogate pair stands alone.
        case loneSurrogate
        /// The bytes of a string are not UTF-8.
        case invalidUtf8
        /// A number is not written as RFC 8259 wants it.
        case invalidNumber
        /// A number does not fit 64 bits.
        case numberOutOfRange
    }

    /// What is wrong.
    public let reason: Reason
    /// Offset of the byte where it was noticed.
    public let offset: Int

    /// The refusal for `reason`, noticed at `offset`.
    public init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }
}
