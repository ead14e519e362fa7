// INFO as a client reads it.
// Source: NATS client protocol, INFO.

public import JSON

extension ServerInfo {
    /// An INFO as a client got it.
    public struct Greeting: Equatable, Sendable {
        /// What it says about the server.
        public var info: ServerInfo
        /// What it says about the connection.
        public var connection: Connection
        /// Other addresses that clients may try, `host:port`.
        public var addresses: [[UInt8]] = []

        /// What `info` and `connection` say.
        public init(info: ServerInfo, connection: Connection) {
            self.info = info
            self.connection = connection
        }
    }

    /// Limits of the JSON in an INFO.
    public static let limits = JSONLimits(
        depthMax: 8,
        membersMax: 10_000,
        stringBytesMax: 64 << 10,
        textBytesMax: 1 << 20
    )

    /// Reads the JSON of an INFO; absent members keep their defaults, unknown ones are ignored.
    ///
    /// - Throws: `JSONError` when it is no JSON. Members of another type count as absent.
    public static func read(_ json: [UInt8]) throws(JSONError) -> Greeting {
        let value = try JSONReader(limits: limits).read(json)
        var info = ServerInfo()
        func bytes(_ name: String) -> [UInt8] { value[name]?.asBytes ?? [] }
        func flag(_ name: String) -> Bool { value[name]?.asBool ?? false }
        info.identity.id = bytes("server_id")
        info.identity.name = bytes("server_name")
        info.identity.version = bytes("version")
        info.identity.productVersion = bytes("sluice")
        info.host = bytes("host")
        info.port = value["port"]?.asUInt64.flatMap { UInt16(exactly: $0) } ?? info.port
        if let size = value["max_payload"]?.asInt64, size > 0, size <= Int64(Int32.max) {
            info.payloadBytesMax = Int(size)
        }
        let flags: [(String, Flags)] = [
            ("headers", .headers), ("auth_required", .authRequired),
            ("tls_required", .tlsRequired), ("tls_available", .tlsAvailable),
            ("tls_verify", .tlsVerify), ("jetstream", .jetstream), ("ldm", .lameDuck),
        ]
        info.flags = []
        for (name, flag) in flags where value[name]?.asBool == true { info.flags.insert(flag) }
        info.domain = bytes("domain")
        info.apiLevel = value["api_lvl"]?.asInt64.flatMap { Int(exactly: $0) } ?? 0
        var connection = Connection(
            id: value["client_id"]?.asUInt64 ?? 0,
            ip: bytes("client_ip")
        )
        connection.nonce = bytes("nonce")
        connection.account = bytes("remote_account")
        connection.isSystemAccount = flag("acc_is_sys")
        var greeting = Greeting(info: info, connection: connection)
        greeting.addresses = value["connect_urls"]?.asArray?.compactMap(\.asBytes) ?? []
        return greeting
    }
}
