// The variables of the process's environment, as a value.

/// Names and values that the process was started with.
public struct Environment: Equatable, Sendable {
    private let values: [[UInt8]: [UInt8]]

    /// The environment of `values` by name.
    public init(_ values: [[UInt8]: [UInt8]]) {
        self.values = values
    }

    /// The environment of the texts in `values` by name.
    public init(texts values: [String: String]) {
        var bytes: [[UInt8]: [UInt8]] = [:]
        for (name, value) in values {
            bytes[Array(name.utf8)] = Array(value.utf8)
        }
        self.init(bytes)
    }

    /// The value under `name`, or `nil` if there is none.
    public subscript(name: [UInt8]) -> [UInt8]? { values[name] }

    /// The value under `name` as text, or `nil` if there is none.
    public func text(_ name: String) -> String? {
        values[Array(name.utf8)].map { String(decoding: $0, as: UTF8.self) }
    }
}
