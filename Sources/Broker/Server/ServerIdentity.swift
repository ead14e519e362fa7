// Who a server is and which behaviour clients may expect of it.

import Base
import Configuration
import Reactor
import Wire

/// The versions of this program.
public enum ServerVersion {
    /// The nats-server release whose behaviour clients may expect.
    public static let nats = "2.12.0"
    /// Our own version.
    public static let product = "0.1.0"
    /// The level of the JetStream API that is served.
    public static let apiLevel = 1
}

/// What a server says about itself.
struct ServerFacts: Sendable {
    /// The public server key that names it.
    let id: [UInt8]
    /// The name an operator gave it, or its id.
    let name: [UInt8]
    /// Where clients connect.
    let port: UInt16
    /// Where monitoring is; 0 for nowhere.
    let monitoringPort: UInt16
    /// Where monitoring with TLS is; 0 for nowhere.
    let secureMonitoringPort: UInt16
    /// When it started.
    let startedAt: Instant
    /// What it was told; changes with a reload.
    var configuration: ServerConfiguration
    /// When that was read.
    var configuredAt: Instant

    /// The facts of a server with a new id.
    init(
        _ configuration: ServerConfiguration,
        port: UInt16,
        monitoringPort: UInt16,
        secureMonitoringPort: UInt16 = 0,
        startedAt: Instant
    ) {
        id = Self.freshId()
        let name = configuration.identity.name
        self.name = name.isEmpty ? id : name
        self.port = port
        self.monitoringPort = monitoringPort
        self.secureMonitoringPort = secureMonitoringPort
        self.startedAt = startedAt
        self.configuration = configuration
        configuredAt = startedAt
    }

    /// A new public server key: `N…`.
    ///
    /// Nobody holds its private part; the text only has to be unique.
    private static func freshId() -> [UInt8] {
        (try? Nkey.encode(SystemRandom.bytes(32), as: .server)) ?? []
    }
}
