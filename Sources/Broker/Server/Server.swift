// A server: its listeners, its threads and the letters that steer them.

import Base
public import Configuration
public import Journal
public import Reactor
import Synchronization
import Telemetry

/// A running server.
///
/// It works on threads of its own; whoever made it waits at `bell`, passes signals on and calls
/// `stop` in the end.
public final class Server: Sendable {
    /// The port that clients connect to.
    public let port: UInt16
    /// The port of the HTTP endpoints; 0 if there are none.
    public let monitoringPort: UInt16
    /// The port of the same with TLS; 0 if there are none.
    public let secureMonitoringPort: UInt16
    /// The public key that names the server.
    public let id: [UInt8]
    /// The server's log.
    public let log: Log
    /// What the console sees of the server and gives its orders to.
    public let engine: EmbeddedEngine
    /// Rings when the server wants to be stopped: after lame duck mode, or because it cannot go on.
    public let bell: Doorbell
    private let posts: ServerPosts
    private let threads: ServerThreads
    private let files: ServerFiles
    private let isStopped = Atomic(false)

    /// Starts a server that works as `configuration` says.
    ///
    /// When this returns, clients are accepted. `held` opens the store; without it the key file
    /// does.
    /// - Throws: what the system or the configuration does not allow.
    public init(
        _ configuration: ServerConfiguration,
        unlock held: HeldSecret? = nil
    ) throws(ServerError) {
        let startedAt = SystemClock.now()
        if let problem = configuration.problems.first { throw .configuration(problem) }
        try LogBook.check(configuration.logging)
        let monitor = try MonitoringDoors(configuration)
        let clients = try Self.listen(configuration)
        let facts = ServerFacts(
            configuration,
            port: clients.port,
            monitoringPort: monitor.plain?.port ?? 0,
            secureMonitoringPort: monitor.secure?.port ?? 0,
            startedAt: startedAt
        )
        posts = try ServerPosts()
        files = try ServerFiles(facts)
        engine = EmbeddedEngine(posts)
        log = Log(configuration.logging.topics, posts: posts)
        bell = posts.bell
        (port, id) = (facts.port, facts.id)
        (monitoringPort, secureMonitoringPort) = (facts.monitoringPort, facts.secureMonitoringPort)
        Self.announce(facts, log)
        let store = try Self.openStore(configuration, held)
        threads = try ServerThreads(facts, clients, monitor, posts, engine, store, log)
        log.info("Listening for client connections on \(facts.clientAddress)")
        log.info("Server is ready")
    }

    // MARK: - Steering

    /// Ends every connection and every thread.
    ///
    /// Returns when all is done; later calls do nothing.
    public func stop() {
        guard !isStopped.exchange(true, ordering: .relaxed) else { return }
        log.info("Initiating Shutdown...")
        _ = posts.shard.post(.stop)
        threads.shard.join()
        log.info("Server Exiting..")
        _ = posts.office.post(.stop)
        threads.control.join()
        files.remove()
    }

    /// Tells clients to move, waits, ends their connections bit by bit, and rings `bell` at the
    /// end.
    public func enterLameDuck() {
        _ = posts.office.post(.lameDuck)
    }

    /// Works with `configuration` from now on, as far as that can change while running.
    public func reload(_ configuration: ServerConfiguration) {
        _ = posts.office.post(.reload(configuration))
    }

    /// Opens the log file anew.
    public func reopenLog() {
        _ = posts.office.post(.reopenLog)
    }

    // MARK: - Start

    private static func openStore(
        _ configuration: ServerConfiguration,
        _ held: HeldSecret?
    ) throws(ServerError) -> StoreLink? {
        guard configuration.jetStream.isEnabled else { return nil }
        do throws(StoreError) {
            return try StoreLink(configuration.jetStream, held)
        } catch {
            throw .store(error)
        }
    }

    private static func listen(
        _ configuration: ServerConfiguration
    ) throws(ServerError) -> ListenerHandle {
        let host = configuration.clients.host
        let port = configuration.clients.port.number ?? 0
        do throws(SystemError) {
            return try Listener(host: host, port: port).hand()
        } catch {
            throw .listen(host: host, port: port, error)
        }
    }

    private static func announce(_ facts: ServerFacts, _ log: Log) {
        log.info("Starting sluice")
        log.info(
            "  Version:  \(ServerVersion.product) (serves as nats-server \(ServerVersion.nats))"
        )
        // Who has no name of its own is called by its id.
        if facts.name != facts.id { log.info("  Name:     \(LogText.safe(facts.name))") }
        log.info("  ID:       \(LogText.safe(facts.id))")
        let configuration = facts.configuration
        if !configuration.traces.configurationFile.isEmpty {
            log.info("Using configuration file: \(configuration.traces.configurationFile)")
        }
        let host = configuration.monitoring.host
        if facts.monitoringPort != 0 {
            log.info("Starting http monitor on \(hostPort(host, facts.monitoringPort))")
        } else if let port = configuration.monitoring.port.number {
            log.warn("No http monitor: \(hostPort(host, port)) is taken")
        }
        if facts.secureMonitoringPort != 0 {
            log.info("Starting https monitor on \(hostPort(host, facts.secureMonitoringPort))")
        }
    }
}

extension ListeningPort {
    /// The port to ask the system for; `nil` for none.
    var number: UInt16? {
        switch self {
        case .none: nil
        case .anyFree: 0
        case .fixed(let port): port
        }
    }
}

extension ServerFacts {
    /// Where clients connect, `host:port`.
    var clientAddress: String { hostPort(configuration.clients.host, port) }
}
