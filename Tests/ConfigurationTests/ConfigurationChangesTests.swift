// What a reload takes over, and what it refuses.

import Configuration
import Testing

@Suite struct ConfigurationChangesTests {
    @Test(
        arguments: [
            ("", "", []), ("debug: true", "", [.logging]), ("", "max_payload: 2MB", [.limits]),
            ("", "authorization { token: x }", [.access]), ("", "server_tags: a", [.labels]),
            ("", "accounts { A {} }, lame_duck_duration: \"1m\"", [.access, .lameDuck]),
            ("", "tls { cert_file: a, key_file: b }", [.access, .tls]),
            ("client_advertise: x", "allow_open: true", [.advertised]),
        ] as [(String, String, [ConfigurationPart])]
    )
    func `what can change is named`(
        old: String,
        new: String,
        parts: [ConfigurationPart]
    ) throws {
        #expect(try reading(old).changes(to: try reading(new)) == parts)
    }

    @Test(
        arguments: [
            ("port: 4223", [.listening]), ("host: \"::1\", debug: true", [.listening]),
            ("http: 1, jetstream: true", [.monitoring, .jetStream]), ("server_name: x", [.name]),
            ("no_header_support: true", [.headers]), ("pid_file: x", [.traces]),
        ] as [(String, [ConfigurationPart])]
    )
    func `what needs a restart refuses the whole`(new: String, parts: [ConfigurationPart]) throws {
        let (old, next) = (try reading(""), try reading(new))
        let refusal = #expect(throws: ReloadRefusal.self) { try old.changes(to: next) }
        #expect(refusal?.parts == parts)
        #expect(refusal?.text.hasSuffix("nothing was changed") == true)
    }
}
