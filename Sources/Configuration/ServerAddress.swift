// Where a client connects: an address with everything that can stand in a URL.

/// A server as a client names it: `nats://user:password@host:port`, or a part of that.
public struct ServerAddress: Equatable, Sendable {
    /// A numeric address or a name.
    public var host: String
    /// The port.
    public var port: UInt16
    /// Whether TLS is asked for.
    public var isSecure = false
    /// The user, or the token when there is no password.
    public var user: [UInt8]?
    /// The password.
    public var password: [UInt8]?

    /// The server at `host` and `port`.
    public init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// Where servers listen by default.
    public static var local: ServerAddress { ServerAddress(host: "127.0.0.1", port: 4_222) }

    /// The server written as `text`; `nil` if it is no address.
    ///
    /// The scheme is `nats` or `tls`, or missing; so may be the port. Escapes (`%40`) are read in
    /// the user and the password.
    public init?(_ text: [UInt8]) {
        guard var rest = String(validating: text, as: UTF8.self), !rest.utf8.contains(0) else {
            return nil
        }
        var isSecure = false
        if let scheme = rest.firstRange(of: "://") {
            switch rest[..<scheme.lowerBound].lowercased() {
            case "nats": break
            case "tls": isSecure = true
            default: return nil
            }
            rest = String(rest[scheme.upperBound...])
        }
        while rest.hasSuffix("/") { rest.removeLast() }
        var credentials: [[UInt8]] = []
        if let at = rest.lastIndex(of: "@") {
            let parts = rest[..<at].split(
                separator: ":",
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            for part in parts {
                guard let bytes = Self.unescaped(Array(part.utf8)) else { return nil }
                credentials.append(bytes)
            }
            rest = String(rest[rest.index(after: at)...])
        }
        let isNaked = !rest.contains(":") || rest.hasSuffix("]")
        guard let place = HostAndPort(isNaked ? rest + ":4222" : rest),
            case .fixed(let port) = place.port, !place.host.isEmpty,
            !place.host.contains("/")
        else { return nil }
        self.init(host: place.host, port: port)
        self.isSecure = isSecure
        user = credentials.first
        password = credentials.count > 1 ? credentials[1] : nil
    }

    /// `text` with every `%XX` as the byte it stands for; `nil` where none follows a `%`.
    private static func unescaped(_ text: [UInt8]) -> [UInt8]? {
        var bytes: [UInt8] = []
        var rest = text[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = rest.prefix(2)
            guard digits.count == 2, digits.allSatisfy({ $0 != UInt8(ascii: "+") }),
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return bytes
    }
}
