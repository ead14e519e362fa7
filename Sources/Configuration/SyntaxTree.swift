// What a configuration file says, before anybody asks what it means.

/// A line of a file.
public struct SourcePlace: Hashable, Sendable {
    /// The path of the file as it was given.
    public let file: String
    /// The line, counted from 1.
    public let line: Int

    /// The `line` of `file`.
    public init(file: String, line: Int) {
        self.file = file
        self.line = line
    }
}

/// A value and where it stands.
public struct SyntaxNode: Equatable, Sendable {
    /// What stands there.
    public let value: SyntaxValue
    /// Where the key stands, or the value itself in arrays.
    public let place: SourcePlace

    /// The `value` at `place`.
    public init(_ value: SyntaxValue, at place: SourcePlace) {
        self.value = value
        self.place = place
    }
}

/// A value in a configuration file.
public enum SyntaxValue: Equatable, Sendable {
    /// `true`, `yes`, `on` and their contraries.
    case bool(Bool)
    /// A whole number; `isSize` when it was written with a unit, as in `1MB`.
    case integer(Int64, isSize: Bool)
    /// A number with a fraction.
    case float(Double)
    /// Anything else in one word, in quotes or in a block.
    case string([UInt8])
    /// Values in brackets.
    case array([SyntaxNode])
    /// Keys and values in braces.
    case map([SyntaxEntry])
}

/// A key and its value.
public struct SyntaxEntry: Equatable, Sendable {
    /// The key as it is written.
    public let key: [UInt8]
    /// Its value, at the place of the key.
    public let node: SyntaxNode
    /// Whether a variable refers to it, so that it may have a key of its own making.
    public internal(set) var isReferenced = false

    /// The `node` under `key`.
    public init(key: [UInt8], node: SyntaxNode) {
        self.key = key
        self.node = node
    }
}

/// Limits of configuration files.
public enum SyntaxLimits {
    /// Longest file in bytes.
    public static let fileBytesMax = 16 << 20
    /// Deepest nesting of maps and arrays.
    public static let depthMax = 64
    /// Deepest nesting of files that include each other.
    public static let includeDepthMax = 16
    /// Deepest nesting of variables of the environment that refer to each other.
    public static let variableDepthMax = 16
}

/// Why a file could not be read.
public struct UnreadableFile: Error, Equatable, Sendable {
    /// The system's error number.
    public let number: Int32

    /// The refusal with the system's error `number`.
    public init(number: Int32) {
        self.number = number
    }
}

/// What a parser may look at outside its text.
public struct SyntaxSurroundings {
    /// Reads a whole file.
    public let read: (String) throws(UnreadableFile) -> [UInt8]
    /// Variables that the file itself does not define.
    public let environment: Environment

    /// Files come from `read`, unknown variables from `environment`.
    public init(
        environment: Environment,
        read: @escaping (String) throws(UnreadableFile) -> [UInt8]
    ) {
        self.environment = environment
        self.read = read
    }
}
