// INFO: which fields are there and which are left out.

import JSON
import Testing
import Wire

private func line(_ info: ServerInfo, _ connection: ServerInfo.Connection) -> String {
    var bytes: [UInt8] = []
    info.append(for: connection, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
}

@Suite struct ServerInfoTests {
    private func info() -> ServerInfo {
        var info = ServerInfo()
        info.identity.id = Array("NID".utf8)
        info.identity.name = Array("desk-1".utf8)
        info.identity.version = Array("2.11.0".utf8)
        info.host = Array("127.0.0.1".utf8)
        return info
    }

    private func connection() -> ServerInfo.Connection {
        ServerInfo.Connection(id: 7, ip: Array("10.0.0.9".utf8))
    }

    @Test func `a plain server leaves out what is not so`() {
        #expect(
            line(info(), connection())
                == #"INFO {"server_id":"NID","server_name":"desk-1","version":"2.11.0","#
                + #""proto":1,"go":"","host":"127.0.0.1","port":4222,"headers":true,"#
                + #""max_payload":1048576,"api_lvl":0,"client_id":7,"client_ip":"10.0.0.9"}"#
                + " \r\n"
        )
    }

    @Test func `every property shows up by its name`() throws {
        var info = info()
        info.identity.productVersion = Array("0.1".utf8)
        info.flags = [
            .authRequired, .tlsRequired, .tlsAvailable, .tlsVerify, .jetstream, .lameDuck,
        ]
        info.domain = Array("hub".utf8)
        info.apiLevel = 1
        var connection = connection()
        connection.nonce = Array("abc".utf8)
        connection.account = Array("$SYS".utf8)
        connection.isSystemAccount = true
        let text = line(info, connection)
        let json = try JSONReader(limits: .standard).read(Array(text.utf8.dropFirst(5)))
        for name in [
            "auth_required", "tls_required", "tls_available", "tls_verify", "jetstream", "ldm",
            "connect_info", "acc_is_sys",
        ] {
            #expect(json[name]?.asBool == true, "\(name)")
        }
        #expect(json["headers"]?.asBool == false)
        #expect(json["nonce"]?.asText == "abc")
        #expect(json["remote_account"]?.asText == "$SYS")
        #expect(json["sluice"]?.asText == "0.1")
        #expect(json["domain"]?.asText == "hub")
        #expect(json["api_lvl"]?.asInt64 == 1)
    }

    @Test func `a hostile name stays inside its string`() throws {
        var info = info()
        info.identity.name = Array("a\"\r\nPING\r\n".utf8)
        let text = line(info, connection())
        #expect(text.utf8.count { $0 == 0x0A } == 1)
        let json = try JSONReader(limits: .standard).read(Array(text.utf8.dropFirst(5)))
        #expect(json["server_name"]?.asBytes == info.identity.name)
    }
}
