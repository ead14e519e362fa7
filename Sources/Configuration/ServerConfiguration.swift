// Everything a server needs to know before it starts, as one value.

import Base

/// The configuration of a server.
///
/// A value made of the defaults, a configuration file and the command line, in this order. Nothing
/// in it was looked up outside: reading files, names and clocks is the business of whoever uses it.
public struct ServerConfiguration: Equatable, Sendable {
    /// What the server is called.
    public var identity = ServerIdentity()
    /// Where clients connect.
    public var clients = ClientListening()
    /// The HTTP endpoints.
    public var monitoring = Monitoring()
    /// What connections may use.
    public var limits = ConnectionLimits()
    /// Who may connect, and to what.
    public var access = Access()
    /// TLS for clients; `nil` without.
    public var tls: TlsSettings?
    /// Streams and consumers.
    public var jetStream = JetStreamSettings()
    /// How the server says good-bye.
    public var lameDuck = LameDuck()
    /// What is logged, and where to.
    public var logging = Logging()
    /// Files that tell other programs about this one.
    public var traces = ProcessTraces()
    /// The console around an embedded server.
    public var console = ConsoleSettings()

    /// The defaults, with nothing under a home directory yet.
    public init() {}
}

/// What the server is called.
public struct ServerIdentity: Equatable, Sendable {
    /// The name; empty if one is to be made up.
    public var name: [UInt8] = []
    /// Words that queries can select servers by.
    public var tags: [[UInt8]] = []
    /// Names and values shown by monitoring.
    public var metadata: [Metadatum] = []

    /// No name and no tags.
    public init() {}

    /// One name and its value.
    public struct Metadatum: Equatable, Sendable {
        /// The name.
        public var name: [UInt8]
        /// The value.
        public var value: [UInt8]

        /// The `value` under `name`.
        public init(name: [UInt8], value: [UInt8]) {
            self.name = name
            self.value = value
        }
    }
}

/// A port to listen on.
public enum ListeningPort: Hashable, Sendable {
    /// Nowhere.
    case none
    /// Whatever port is free; written as -1.
    case anyFree
    /// Exactly this port.
    case fixed(UInt16)
}

/// Where clients connect.
public struct ClientListening: Equatable, Sendable {
    /// A numeric address or a name.
    public var host = "127.0.0.1"
    /// The port.
    public var port = ListeningPort.fixed(4_222)
    /// The address that clients are told to use, `host:port`; empty for the real one.
    public var advertised = ""
    /// Whether anybody may connect from elsewhere without authentication.
    public var allowsOpenAccess = false
    /// Whether clients may use headers.
    public var supportsHeaders = true

    /// The loopback address and port 4222.
    public init() {}
}

/// The HTTP endpoints.
public struct Monitoring: Equatable, Sendable {
    /// A numeric address or a name.
    public var host = "127.0.0.1"
    /// The port for plain HTTP.
    public var port = ListeningPort.fixed(8_222)
    /// The port for HTTPS, which needs `tls`.
    public var securePort = ListeningPort.none
    /// What every path starts with.
    public var basePath = "/"
    /// Whether the server must not start when the port is taken; true once a port was asked for.
    public var isRequired = false

    /// The loopback address and port 8222, if it is free.
    public init() {}
}

/// How the server says good-bye.
public struct LameDuck: Equatable, Sendable {
    /// Time over which clients are sent away.
    public var durationNanoseconds: UInt64 = 120 * nanosecondsPerSecond
    /// Time before the first one is sent away; shorter than the duration.
    public var graceNanoseconds: UInt64 = 10 * nanosecondsPerSecond

    /// Two minutes, after a grace of ten seconds.
    public init() {}
}

/// Files that tell other programs about this one.
public struct ProcessTraces: Equatable, Sendable {
    /// Where the process id is written; empty for nowhere.
    public var processFile = ""
    /// The directory for a file that lists the ports in use; empty for none.
    public var portsDirectory = ""
    /// What the program was called as; the file that lists the ports starts with it.
    public var programName = "sluice"
    /// The configuration file this came from; empty for none.
    public var configurationFile = ""

    /// No files.
    public init() {}
}

/// The console around an embedded server.
public struct ConsoleSettings: Equatable, Sendable {
    /// The name of the theme; empty for the default.
    public var theme: [UInt8] = []
    /// Pictures in a second, 1 to 30.
    public var framesPerSecond = 4
    /// Commands with other keys than they come with.
    public var keys: [ConfiguredKeys] = []

    /// The default theme at four pictures a second.
    public init() {}
}

/// The keys of one command of the console.
public struct ConfiguredKeys: Equatable, Sendable {
    /// The name of the command, as `--print-keymap` shows it.
    public let command: String
    /// The keys, as they are written in help and manual.
    public let labels: [String]
    /// Where it is written.
    public let place: SourcePlace
}
