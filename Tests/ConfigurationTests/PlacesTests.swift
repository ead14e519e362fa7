// Default places from the environment.

import Configuration
import Testing

@Suite struct PlacesTests {
    @Test(
        arguments: [
            ([:], "/.local/state/sluice", "/.config/sluice"),
            (["HOME": "/home/u/"], "/home/u/.local/state/sluice", "/home/u/.config/sluice"),
            (["HOME": "/h", "XDG_STATE_HOME": "/s"], "/s/sluice", "/h/.config/sluice"),
            (
                ["HOME": "/h", "XDG_CONFIG_HOME": "c"], "/h/.local/state/sluice",
                "/h/.config/sluice"
            ),
        ] as [([String: String], String, String)]
    )
    func `the environment decides`(environment: [String: String], state: String, keys: String) {
        let places = Places(environment: Environment(texts: environment))
        #expect(places.stateDirectory == state)
        #expect(places.settingsDirectory == keys)
        var configuration = ServerConfiguration()
        configuration.settle(in: places)
        #expect(configuration.jetStream.storeDirectory == state)
        #expect(configuration.jetStream.keyDirectory == keys + "/keys")
    }

    @Test func `what is configured stays`() {
        var configuration = ServerConfiguration()
        configuration.jetStream.storeDirectory = "/data"
        configuration.settle(in: Places(environment: Environment(texts: ["HOME": "/h"])))
        #expect(configuration.jetStream.storeDirectory == "/data")
    }

    @Test func `nothing listens beyond this machine by default`() {
        let configuration = ServerConfiguration()
        #expect(configuration.clients.host == "127.0.0.1")
        #expect(configuration.monitoring.host == "127.0.0.1")
        #expect(!configuration.access.isRequired)
        #expect(!configuration.clients.allowsOpenAccess)
    }
}

@Suite struct ClientListeningTests {
    @Test(
        arguments: [
            ("", "127.0.0.1", 7), ("nats.example.org", "nats.example.org", 7),
            ("nats.example.org:4333", "nats.example.org", 4_333), ("[::1]:5", "::1", 5),
            ("10.0.0.1:-1", "10.0.0.1", 7),
        ] as [(String, String, UInt16)]
    )
    func `clients are told what is advertised`(advertised: String, host: String, port: UInt16) {
        var clients = ClientListening()
        clients.advertised = advertised
        #expect(clients.told(port: 7) == (host, port))
    }
}
