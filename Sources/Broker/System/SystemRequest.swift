// Requests to the server itself, on subjects below `$SYS.REQ.`.
// Source: nats-server's system services.

import Base

/// Who may ask for a service.
enum SystemAudience: Equatable, Sendable {
    /// Everybody, about everything.
    case everybody
    /// Users of the system account.
    case system
    /// Everybody, but others than users of the system account only about their own account.
    case scoped
}

/// What the server can be asked by message.
enum SystemService: Equatable, Sendable {
    /// Who the asking user is.
    case userInfo
    /// Name and id of the server.
    case identity
    /// The server's sums.
    case statistics
    /// A page of the monitoring endpoints.
    case page(MonitoringPage)
    /// One account in detail.
    case account
    /// What accounts did.
    case accountStatistics
    /// The streams of one account.
    case accountStreams
    /// The end of a connection.
    case kick
    /// Something about keys.
    case keys(KeyApiVerb)
}

/// A service as a subject names it.
struct SystemSubject: Equatable, Sendable {
    /// The service.
    var service: SystemService
    /// Who may ask.
    var audience: SystemAudience
    /// The account it is about; `nil` for all.
    var account: [UInt8]?

    private static let prefix = Array("$SYS.REQ.".utf8)

    /// Whether `subject` may name a service at all.
    static func isLikely(_ subject: RawSpan) -> Bool {
        subject.starts(with: "$SYS.REQ.")
    }

    /// The service that `subject` names on the server called `id`; `nil` if there is none.
    init?(_ subject: [UInt8], serverId id: [UInt8]) {
        guard subject.starts(with: Self.prefix) else { return nil }
        let tokens = subject.dropFirst(Self.prefix.count)
            .split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            .map { Array($0) }
        let words = tokens.map { String(decoding: $0, as: UTF8.self) }
        switch (words.first, words.count) {
        case ("USER", 2) where words[1] == "INFO":
            self.init(service: .userInfo, audience: .everybody)
        case ("SERVER", 2) where words[1] == "PING":
            self.init(service: .statistics, audience: .system)
        case ("SERVER", 3) where words[1] == "PING" || tokens[1] == id:
            guard let service = Self.ofServer(words[2]) else { return nil }
            if service == .kick, words[1] == "PING" { return nil }
            let isOpen = service == .page(.connz) && words[1] == "PING"
            self.init(service: service, audience: isOpen ? .scoped : .system)
        case ("ACCOUNT", 3):
            guard let service = Self.ofAccount(words[2]) else { return nil }
            if words[1] == "PING" {
                guard service == .page(.connz) || service == .accountStatistics else { return nil }
                self.init(service: service, audience: .scoped)
            } else {
                self.init(service: service, audience: .system, account: tokens[1])
            }
        default: return nil
        }
    }

    private init(service: SystemService, audience: SystemAudience, account: [UInt8]? = nil) {
        self.service = service
        self.audience = audience
        self.account = account
    }

    private static func ofServer(_ word: String) -> SystemService? {
        switch word {
        case "IDZ": .identity
        case "STATSZ": .statistics
        case "VARZ": .page(.varz)
        case "CONNZ": .page(.connz)
        case "SUBSZ": .page(.subsz)
        case "ROUTEZ": .page(.routez)
        case "GATEWAYZ": .page(.gatewayz)
        case "LEAFZ": .page(.leafz)
        case "ACCOUNTZ": .page(.accountz)
        case "HEALTHZ": .page(.healthz)
        case "JSZ": .page(.jsz)
        case "KICK": .kick
        default: nil
        }
    }

    private static func ofAccount(_ word: String) -> SystemService? {
        switch word {
        case "CONNZ": .page(.connz)
        case "SUBSZ": .page(.subsz)
        case "LEAFZ": .page(.leafz)
        case "INFO": .account
        case "STATZ": .accountStatistics
        case "JSZ": .accountStreams
        default: nil
        }
    }

    /// A request about keys, which comes on another subject.
    init(keys verb: KeyApiVerb) {
        self.init(service: .keys(verb), audience: .everybody)
    }

    /// The same, narrowed to what a user of `account` may know; `nil` if that is nothing.
    func scoped(to account: [UInt8], isSystem: Bool) -> SystemSubject? {
        if isSystem { return self }
        switch audience {
        case .everybody: return self
        case .system: return nil
        case .scoped: return SystemSubject(service: service, audience: audience, account: account)
        }
    }
}

/// A request on its way to the control thread.
struct SystemRequest: Sendable {
    /// What is asked.
    var subject: SystemSubject
    /// Where the answer goes.
    var reply: [UInt8]
    /// Arguments as JSON; may be empty.
    var body: [UInt8]
    /// The asking user; empty for nobody in particular.
    var user: [UInt8]
    /// The account of the asking user, in the shard's table.
    var account: Int
    /// Its name.
    var accountName: [UInt8]
}
