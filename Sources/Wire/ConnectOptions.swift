// What a client says about itself in CONNECT.
// Source: NATS client protocol, CONNECT; absent fields keep the defaults of nats-server.

public import JSON

/// The options of a CONNECT.
public struct ConnectOptions: Equatable, Sendable {
    /// Options that are on or off.
    public struct Flags: OptionSet, BitwiseCopyable, Sendable {
        /// One bit an option.
        public let rawValue: UInt8

        /// The options of the bits in `rawValue`.
        public init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        /// Every accepted command is answered with `+OK`.
        public static let verbose = Flags(rawValue: 1)
        /// Malformed publish subjects are complained about.
        public static let pedantic = Flags(rawValue: 2)
        /// Own publishes come back to own subscriptions.
        public static let echo = Flags(rawValue: 4)
        /// The client understands HMSG and may send HPUB.
        public static let headers = Flags(rawValue: 8)
        /// Requests that nobody serves are answered with status 503.
        public static let noResponders = Flags(rawValue: 16)
        /// The client says that it needs TLS.
        public static let tlsRequired = Flags(rawValue: 32)
        /// The client names an account, which nobody supports any more.
        public static let account = Flags(rawValue: 64)

        /// What holds for a client that says nothing.
        public static let unspoken: Flags = [.verbose, .pedantic, .echo]
    }

    /// Proof of identity; every part may be absent.
    public struct Credentials: Equatable, Sendable {
        /// User name.
        public var user: [UInt8]?
        /// Password in clear.
        public var password: [UInt8]?
        /// Token in clear.
        public var token: [UInt8]?
        /// Public user key in its text form.
        public var nkey: [UInt8]?
        /// Signature of the nonce, as base64url.
        public var signature: [UInt8]?
        /// User JWT.
        public var jwt: [UInt8]?

        /// No credentials at all.
        public init() {}
    }

    /// How the client program names itself, for monitoring.
    public struct Program: Equatable, Sendable {
        /// Name of the connection.
        public var name: [UInt8] = []
        /// Language of the client library.
        public var language: [UInt8] = []
        /// Version of the client library.
        public var version: [UInt8] = []

        /// A program without names.
        public init() {}
    }

    /// Options that are on or off.
    public var flags = Flags.unspoken
    /// Protocol version; only 0 and 1 exist.
    public var protocolVersion: Int64 = 0
    /// Proof of identity.
    public var credentials = Credentials()
    /// How the client names itself.
    public var program = Program()

    /// What holds for a client that sends no CONNECT.
    public init() {}

    /// Limits of the JSON in a CONNECT.
    public static let limits = JSONLimits(
        depthMax: 32,
        membersMax: 1_000,
        stringBytesMax: 64 << 10,
        textBytesMax: 64 << 10
    )

    /// Why the argument of a CONNECT was refused.
    public enum Refusal: Error, Equatable, Sendable {
        /// It is no JSON.
        case notJson(JSONError)
        /// It is JSON but no object.
        case notAnObject
        /// The member `name` has a value of another type.
        case wrongType(name: String)
    }

    /// The options that `json` asks for; unknown members are ignored.
    ///
    /// What it does not name keeps the value it has in `earlier`, an accepted CONNECT of the same
    /// client.
    /// - Throws: `Refusal` for anything but `null` or one object whose known members have the right
    ///   types.
    public init(json: Span<UInt8>, after earlier: ConnectOptions? = nil) throws(Refusal) {
        let value: JSONValue
        do {
            value = try JSONReader(limits: Self.limits).read(json)
        } catch {
            throw .notJson(error)
        }
        if let earlier { self = earlier }
        if value.isNull { return }
        guard let object = value.asObject else { throw .notAnObject }
        try readFlags(object)
        credentials.user = try Self.bytes(object, "user")
        credentials.password = try Self.bytes(object, "pass")
        credentials.token = try Self.bytes(object, "auth_token")
        credentials.nkey = try Self.bytes(object, "nkey")
        credentials.signature = try Self.bytes(object, "sig")
        credentials.jwt = try Self.bytes(object, "jwt")
        program.name = try Self.bytes(object, "name") ?? program.name
        program.language = try Self.bytes(object, "lang") ?? program.language
        program.version = try Self.bytes(object, "version") ?? program.version
        guard let version = object.present("protocol") else { return }
        guard let number = version.asInt64 else { throw .wrongType(name: "protocol") }
        protocolVersion = number
    }

    /// The options in the bytes of `json`; see `init(json: Span<UInt8>, after:)`.
    public init(json: [UInt8], after earlier: ConnectOptions? = nil) throws(Refusal) {
        try self.init(json: json.span, after: earlier)
    }

    /// What is wrong with options that were read well.
    public var refusal: WireError? {
        if flags.contains(.account) { return .authorizationViolation }
        guard protocolVersion == 0 || protocolVersion == 1 else { return .invalidProtocolVersion }
        guard flags.contains(.headers) || !flags.contains(.noResponders) else {
            return .respondersNeedHeaders
        }
        return nil
    }

    private mutating func readFlags(_ object: JSONObject) throws(Refusal) {
        let names: [(String, Flags)] = [
            ("verbose", .verbose), ("pedantic", .pedantic), ("echo", .echo),
            ("headers", .headers), ("no_responders", .noResponders),
            ("tls_required", .tlsRequired),
        ]
        for (name, flag) in names {
            guard let value = object.present(name) else { continue }
            guard let isOn = value.asBool else { throw .wrongType(name: name) }
            if isOn { flags.insert(flag) } else { flags.remove(flag) }
        }
        let isNamed = try Self.bytes(object, "account").map { !$0.isEmpty } ?? false
        let isNew = object.present("new_account").map { $0 != .bool(false) } ?? false
        if isNamed || isNew { flags.insert(.account) }
    }

    private static func bytes(_ object: JSONObject, _ name: String) throws(Refusal) -> [UInt8]? {
        guard let value = object.present(name) else { return nil }
        guard let bytes = value.asBytes else { throw .wrongType(name: name) }
        return bytes
    }
}
