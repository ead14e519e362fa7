// From the configuration of a server to what its shards are told.

import Configuration
import Identity
import Reactor
import Wire

extension ShardSettings {
    /// What the shard of the server described by `facts` is told; `seed` keys its tables.
    /// - Throws: `ServerError.tls` when certificates or keys cannot be used.
    init(_ facts: ServerFacts, seed: UInt64) throws(ServerError) {
        self.init()
        let configuration = facts.configuration
        limits = WireLimits(configuration)
        closedConnectionsMax = configuration.limits.closedConnectionsMax
        if configuration.limits.neverStallsPublishers { stallNanoseconds = 0 }
        topics = configuration.logging.topics
        tracedBytesMax = configuration.logging.tracedBytesMax
        info.identity.id = facts.id
        info.identity.name = facts.name
        info.identity.version = Array(ServerVersion.nats.utf8)
        info.identity.productVersion = Array(ServerVersion.product.utf8)
        let told = configuration.clients.told(port: facts.port)
        info.host = Array(told.host.utf8)
        info.port = told.port
        info.payloadBytesMax = limits.payloadBytesMax
        info.apiLevel = ServerVersion.apiLevel
        if !configuration.clients.supportsHeaders { info.flags.remove(.headers) }
        self.seed = seed
        hasStreams = configuration.jetStream.isEnabled
        if hasStreams { info.flags.insert(.jetstream) }
        streams.domain = configuration.jetStream.domain
        streams.leader = facts.name
        streams.isStrict = configuration.jetStream.isStrict
        streams.ackPendingMax = Int64(configuration.jetStream.ackPendingMax ?? 0)
        streams.requestBatchMax = Int64(configuration.jetStream.requestBatchMax ?? 0)
        let window = configuration.jetStream.duplicateWindowNanosecondsMax ?? 0
        streams.duplicateWindowMax = Int64(clamping: window)
        streams.memoryBytesMax = configuration.jetStream.memoryBytesMax ?? -1
        streams.diskBytesMax = configuration.jetStream.storeBytesMax ?? -1
        info.domain = configuration.jetStream.domain
        if let terms = configuration.tls { try encrypt(terms) }
        try admit(configuration)
    }

    private mutating func admit(_ configuration: ServerConfiguration) throws(ServerError) {
        access = configuration.access
        do throws(IdentityError) {
            let made = try Authenticator(
                access,
                mapsCertificates: configuration.tls?.clientCertificates == .mapped
            )
            authenticator = made
            if made.isRequired { info.flags.insert(.authRequired) }
        } catch {
            throw .identity(error)
        }
    }

    private mutating func encrypt(_ terms: TlsSettings) throws(ServerError) {
        do throws(TlsError) {
            tls = ShardTls(context: try TlsContext(.server, TlsTerms(terms)), terms: terms)
        } catch {
            throw .tls(error)
        }
        info.flags.insert(terms.allowsPlainClients ? .tlsAvailable : .tlsRequired)
        if terms.clientCertificates != .ignored { info.flags.insert(.tlsVerify) }
    }
}

extension TlsTerms {
    /// What `settings` say about certificates, keys and ciphers.
    init(_ settings: TlsSettings) {
        self = .server(certificateFile: settings.certificateFile, keyFile: settings.keyFile)
        if !settings.authorityFile.isEmpty { authorityFile = settings.authorityFile }
        checksPeer = settings.clientCertificates != .ignored
        requiresTls13 = settings.versionMin == .v13
        cipherSuites = settings.cipherSuites.map { String(decoding: $0, as: UTF8.self) }
        groups = settings.curves.map { String(decoding: $0, as: UTF8.self) }
    }
}

extension WireLimits {
    /// The limits that `configuration` asks for.
    init(_ configuration: ServerConfiguration) {
        self.init()
        let asked = configuration.limits
        controlLineBytesMax = asked.controlLineBytesMax
        payloadBytesMax = asked.payloadBytesMax
        pendingBytesMax = asked.pendingBytesMax
        // The shard reads 0 as no limit.
        subscriptionsMax = asked.subscriptionsMax ?? 0
        subscriptionTokensMax = asked.subscriptionTokensMax ?? 0
        connectionsMax = min(asked.connectionsMax ?? .max, OpenFiles.connectionsMax)
        pingsOutMax = asked.pingsOutMax
        pingIntervalNanoseconds = asked.pingIntervalNanoseconds
        writeNanoseconds = asked.writeNanoseconds
        authenticationNanoseconds = configuration.access.timeoutNanoseconds
        if let tls = configuration.tls { handshakeNanoseconds = tls.timeoutNanoseconds }
    }
}
