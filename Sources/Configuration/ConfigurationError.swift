// What is wrong with a configuration, and on which line.

/// A refusal of one thing in a configuration file.
public struct ConfigurationError: Error, Equatable, Sendable {
    /// What is wrong.
    public enum Reason: Equatable, Sendable {
        /// The file cannot be read; the system's error number.
        case unreadable(String, number: Int32)
        /// The file is longer than `SyntaxLimits.fileBytesMax`.
        case fileTooLong(String)
        /// The file includes itself, maybe through others.
        case includeCycle(String)
        /// Files, maps or arrays nest too deep.
        case tooDeep
        /// A byte that cannot stand here.
        case unexpectedByte(UInt8)
        /// The text stops in the middle.
        case unexpectedEnd
        /// A bracket or quote that nothing closes.
        case unclosed(UInt8)
        /// A key without a value.
        case missingValue([UInt8])
        /// A backslash is followed by something that is no escape.
        case invalidEscape(UInt8)
        /// A single quote inside a word without quotes.
        case quoteInWord
        /// A number that does not fit.
        case numberTooLarge([UInt8])
        /// A variable that neither the file nor the environment defines.
        case unknownVariable([UInt8])
        /// A variable that refers to itself, maybe through others.
        case variableCycle([UInt8])
        /// The same key twice in one map; the line of the first one.
        case duplicateKey([UInt8], first: SourcePlace)
        /// A key that nobody knows; the nearest one that is known in `block`.
        case unknownKey([UInt8], block: String, nearest: String?)
        /// A key that belongs to other blocks.
        case misplacedKey([UInt8], block: String, homes: [String])
        /// A key of nats-server for something that Sluice does not do.
        case unsupportedKey([UInt8], why: Unsupported)
        /// A value of another form.
        case wrongForm([UInt8], expected: ValueForm)
        /// A value of the right form that is not allowed.
        case refused([UInt8], Refusal)
    }

    /// What is wrong.
    public let reason: Reason
    /// Where it was noticed.
    public let place: SourcePlace

    /// The refusal for `reason` at `place`.
    public init(_ reason: Reason, at place: SourcePlace) {
        self.reason = reason
        self.place = place
    }

    /// Why a key of nats-server is not taken.
    public enum Unsupported: Hashable, Sendable {
        /// Clusters, gateways and leaf nodes: one Sluice is one server.
        case clustering
        /// WebSocket, MQTT and the PROXY protocol.
        case otherProtocols
        /// Operators, resolvers, JWT and authentication by callout.
        case decentralizedAccess
        /// Encryption chosen per store: every store is encrypted, with keys of its own.
        case ownEncryption
        /// OCSP, certificate stores and several certificates.
        case certificateServices
        /// Syslog.
        case systemLog
        /// Profiling, and knobs of an engine that is built differently.
        case engineKnobs
        /// Message tracing, sampling and latency measurement.
        case messageTracing
    }

    /// Why a value of the right form is not allowed.
    public enum Refusal: Hashable, Sendable {
        /// Out of this range.
        case outOfRange(min: Int64, max: Int64)
        /// Shorter than so many seconds.
        case tooShort(seconds: Int)
        /// A number with a unit of size where a duration belongs: `2m` is 2000000.
        case sizeAsDuration
        /// Not UTF-8, or with a zero byte.
        case notText
        /// With a blank in it.
        case blank
        /// No valid subject.
        case invalidSubject
        /// No valid public key of a user, or of an account.
        case invalidKey
        /// Not `host:port`.
        case invalidAddress
        /// None of the words that are allowed.
        case unknownWord([String])
        /// An account that is not defined.
        case unknownAccount
        /// An account with a name that the server reserves for itself.
        case reservedAccount
        /// A user, key or account that was defined before.
        case definedBefore
        /// Nothing under this name is exported for the importing account.
        case notExported
        /// It cannot stand beside this other key.
        case conflict(with: String)
        /// Another key must stand beside it.
        case needs(String)
        /// Shares that are more than 100 percent.
        case tooMuch
    }
}

/// All refusals of a configuration file, in the order of the file.
public struct ConfigurationErrors: Error, Equatable, Sendable {
    /// At least one refusal.
    public let errors: [ConfigurationError]

    /// The refusals in `errors`.
    public init(_ errors: [ConfigurationError]) {
        self.errors = errors
    }
}

/// What a value looks like.
public enum ValueForm: Hashable, Sendable {
    /// `true` or `false`.
    case flag
    /// A whole number.
    case count
    /// Bytes, with or without a unit.
    case size
    /// A time such as `10s`.
    case duration
    /// A string.
    case text
    /// The path of a file or directory.
    case path
    /// A port.
    case port
    /// `host:port` or a port.
    case address
    /// A list of strings, or a single one.
    case texts
    /// A subject, with wildcards.
    case subject
    /// One of these words.
    case word([String])
    /// Keys and values of the named block.
    case block(String)
    /// A list of maps of the named block.
    case blocks(String)
    /// `enabled`, `disabled` or the named block.
    case switchOrBlock(String)
}
