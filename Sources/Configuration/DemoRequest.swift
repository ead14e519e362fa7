// What `sluice --demo` is asked to do: the console's options, and a seed.

/// A command line with `--demo`.
public struct DemoRequest: Sendable {
    /// What the traffic follows from: the same seed, the same messages.
    public var seed: UInt64 = 1
    /// The server that the demonstration runs on.
    public var server: ServeRequest

    /// Whether `arguments` ask for the demonstration.
    static func isMeant(by arguments: [[UInt8]]) -> Bool {
        arguments.contains(Array("--demo".utf8)) || arguments.contains(Array("-demo".utf8))
    }

    /// The request in `arguments`; everything but `--demo` and `--seed` is for the server.
    ///
    /// - Throws: the first thing that is not understood.
    init(_ arguments: [[UInt8]]) throws(ArgumentError) {
        var others: [[UInt8]] = []
        var at = 0
        while at < arguments.count {
            let word = arguments[at]
            at += 1
            let text = String(decoding: word, as: UTF8.self)
            if text == "--demo" || text == "-demo" { continue }
            if text == "--seed" || text == "-seed" {
                guard at < arguments.count else { throw .missingValue(word) }
                seed = try Self.number(arguments[at], of: word)
                at += 1
            } else if text.hasPrefix("--seed=") {
                seed = try Self.number(Array(word.dropFirst(7)), of: Array("--seed".utf8))
            } else {
                others.append(word)
            }
        }
        server = try ServeRequest(others[...])
    }

    private static func number(
        _ value: [UInt8],
        of option: [UInt8]
    ) throws(ArgumentError) -> UInt64 {
        guard let number = UInt64(String(decoding: value, as: UTF8.self)) else {
            throw .wrongForm(option, value: value, expected: .count)
        }
        return number
    }
}

extension ServeRequest {
    /// Lays `change` under the options, which may say otherwise.
    public mutating func underlay(
        _ change: @escaping @Sendable (inout ServerConfiguration) -> Void
    ) {
        changes.insert(change, at: 0)
    }
}
