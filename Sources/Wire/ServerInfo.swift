// What the server says about itself in INFO.
// Source: NATS client protocol, INFO.

import JSON

/// The content of an INFO.
///
/// One value describes the server; `Connection` adds what differs from client to client.
public struct ServerInfo: Equatable, Sendable {
    /// Who the server is.
    public struct Identity: Equatable, Sendable {
        /// Unique id, for clients an opaque text.
        public var id: [UInt8] = []
        /// Name an operator gave it.
        public var name: [UInt8] = []
        /// The nats-server release whose behaviour clients may expect.
        public var version: [UInt8] = []
        /// Our own version.
        public var productVersion: [UInt8] = []

        /// A server without names.
        public init() {}
    }

    /// Properties that are on or off.
    public struct Flags: OptionSet, BitwiseCopyable, Sendable {
        /// One bit a property.
        public let rawValue: UInt16

        /// The properties of the bits in `rawValue`.
        public init(rawValue: UInt16) {
            self.rawValue = rawValue
        }

        /// HPUB and HMSG are understood.
        public static let headers = Flags(rawValue: 1)
        /// Clients must prove who they are.
        public static let authRequired = Flags(rawValue: 2)
        /// Clients must start TLS now.
        public static let tlsRequired = Flags(rawValue: 4)
        /// Clients may start TLS now.
        public static let tlsAvailable = Flags(rawValue: 8)
        /// Clients must present a certificate.
        public static let tlsVerify = Flags(rawValue: 16)
        /// Durable streams are served.
        public static let jetstream = Flags(rawValue: 32)
        /// The server is about to go away.
        public static let lameDuck = Flags(rawValue: 64)
    }

    /// What differs from client to client.
    public struct Connection: Equatable, Sendable {
        /// Number of the connection.
        public var id: UInt64
        /// Address of the client.
        public var ip: [UInt8]
        /// What the client may sign to prove who it is; empty if signatures are of no use.
        public var nonce: [UInt8] = []
        /// Account of the client, told once it is known; empty before.
        public var account: [UInt8] = []
        /// Whether that is the system account.
        public var isSystemAccount = false

        /// The connection `id` from the address `ip`.
        public init(id: UInt64, ip: [UInt8]) {
            self.id = id
            self.ip = ip
        }
    }

    /// Who the server is.
    public var identity = Identity()
    /// Address the clients connect to.
    public var host: [UInt8] = []
    /// Port the clients connect to.
    public var port: UInt16 = 4_222
    /// Largest payload, headers included.
    public var payloadBytesMax = 1 << 20
    /// Properties that are on or off.
    public var flags: Flags = [.headers]
    /// JetStream domain; empty if none.
    public var domain: [UInt8] = []
    /// Level of the JetStream API that is served.
    public var apiLevel = 0

    /// A server without names on the default port.
    public init() {}

    /// Appends `INFO {…}` and the line end, for the client of `connection`.
    public func append(for connection: Connection, to line: inout [UInt8]) {
        var json = JSONWriter(.compact, capacity: 512)
        json.beginObject()
        writeServer(into: &json)
        write(connection, into: &json)
        json.endObject()
        line.append(contentsOf: "INFO ".utf8)
        line.append(contentsOf: json.bytes)
        line.append(contentsOf: " \r\n".utf8)
    }

    private func writeServer(into json: inout JSONWriter) {
        json.field("server_id", identity.id)
        json.field("server_name", identity.name)
        json.field("version", identity.version)
        json.fieldIfPresent("sluice", identity.productVersion)
        json.field("proto", 1)
        json.field("go", "")
        json.field("host", host)
        json.field("port", Int(port))
        json.field("headers", flags.contains(.headers))
        json.fieldIfTrue("auth_required", flags.contains(.authRequired))
        json.fieldIfTrue("tls_required", flags.contains(.tlsRequired))
        json.fieldIfTrue("tls_available", flags.contains(.tlsAvailable))
        json.fieldIfTrue("tls_verify", flags.contains(.tlsVerify))
        json.field("max_payload", payloadBytesMax)
        json.fieldIfTrue("jetstream", flags.contains(.jetstream))
        json.fieldIfPresent("domain", domain)
        json.fieldIfTrue("ldm", flags.contains(.lameDuck))
        json.field("api_lvl", apiLevel)
    }

    private func write(_ connection: Connection, into json: inout JSONWriter) {
        json.field("client_id", connection.id)
        json.fieldIfPresent("client_ip", connection.ip)
        json.fieldIfPresent("nonce", connection.nonce)
        guard !connection.account.isEmpty else { return }
        json.field("connect_info", true)
        json.field("remote_account", connection.account)
        json.fieldIfTrue("acc_is_sys", connection.isSystemAccount)
    }
}
