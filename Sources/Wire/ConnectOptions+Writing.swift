// CONNECT as a client writes it.
// Source: NATS client protocol, CONNECT.

import JSON

extension ConnectOptions {
    /// Appends `CONNECT {…}` and the line end.
    public func append(to line: inout [UInt8]) {
        var json = JSONWriter(.compact, capacity: 256)
        json.beginObject()
        json.field("verbose", flags.contains(.verbose))
        json.field("pedantic", flags.contains(.pedantic))
        json.field("echo", flags.contains(.echo))
        json.field("headers", flags.contains(.headers))
        json.field("no_responders", flags.contains(.noResponders))
        json.field("tls_required", flags.contains(.tlsRequired))
        json.field("protocol", protocolVersion)
        let members: [(String, [UInt8]?)] = [
            ("user", credentials.user), ("pass", credentials.password),
            ("auth_token", credentials.token), ("nkey", credentials.nkey),
            ("sig", credentials.signature), ("jwt", credentials.jwt),
        ]
        for (name, value) in members {
            if let value { json.field(name, value) }
        }
        json.fieldIfPresent("name", program.name)
        json.fieldIfPresent("lang", program.language)
        json.fieldIfPresent("version", program.version)
        json.endObject()
        line.append(contentsOf: "CONNECT ".utf8)
        line.append(contentsOf: json.bytes)
        line.append(contentsOf: "\r\n".utf8)
    }
}
