// What is told to whoever watches, without being asked.
// Source: NATS JetStream API, advisories and metrics; order of members is the server's.

public import Base
import JSON
public import Queueing

/// What became of a stream or a consumer.
public enum AssetAction: String, Sendable {
    /// It was made.
    case create
    /// It is gone.
    case delete
    /// It was changed.
    case modify
}

/// Who made a request.
public struct AuditedClient: Equatable, Sendable {
    /// When it connected.
    public var start = Instant.never
    /// Its address.
    public var host: [UInt8] = []
    /// The number of its connection.
    public var id: UInt64 = 0
    /// Name of its account.
    public var account: [UInt8] = []
    /// Its user; empty without one.
    public var user: [UInt8] = []
    /// The name it gave itself.
    public var name: [UInt8] = []
    /// Language of its library.
    public var language: [UInt8] = []
    /// Version of its library.
    public var version: [UInt8] = []
    /// Nanoseconds there and back; 0 if unknown.
    public var roundTrip: UInt64 = 0

    /// Nobody known.
    public init() {}
}

/// Writes advisories: each has an id and a time of its own.
public struct Advisory: Sendable {
    private let id: [UInt8]
    private let time: Instant
    private let domain: [UInt8]

    /// The advisory `id` at `time` from a server of `domain`.
    public init(id: [UInt8], time: Instant, domain: [UInt8]) {
        self.id = id
        self.time = time
        self.domain = domain
    }

    /// The first part of the subjects of advisories.
    public static var prefix: [UInt8] { Array("$JS.EVENT.ADVISORY.".utf8) }

    /// A stream was made, changed or removed.
    public func stream(_ stream: [UInt8], _ action: AssetAction) -> [UInt8] {
        write("advisory.v1.stream_action") { json in
            json.field("stream", stream)
            json.field("action", action.rawValue)
        }
    }

    /// A consumer was made or removed.
    public func consumer(
        _ consumer: [UInt8],
        of stream: [UInt8],
        _ action: AssetAction
    ) -> [UInt8] {
        write("advisory.v1.consumer_action") { json in
            json.field("stream", stream)
            json.field("consumer", consumer)
            json.field("action", action.rawValue)
        }
    }

    /// A request was answered.
    public func audit(
        of client: AuditedClient,
        server: [UInt8],
        subject: [UInt8],
        request: [UInt8],
        response: [UInt8]
    ) -> [UInt8] {
        write("advisory.v1.api_audit") { json in
            json.field("server", server)
            json.name("client")
            client.write(to: &json, server: server)
            json.field("subject", subject)
            json.fieldIfPresent("request", request)
            json.field("response", response)
        }
    }

    /// What a consumer has to tell, and where: what stands behind `$JS.EVENT.` before the names.
    public func notice(
        _ notice: AdvisoryNotice,
        text: [UInt8],
        consumer: [UInt8],
        of stream: [UInt8],
        account: [UInt8],
        _ configuration: ConsumerConfiguration
    ) -> [UInt8] {
        write(notice.kind.words.type) { json in
            if notice.kind.isAboutGroup { json.field("account", account) }
            json.field("stream", stream)
            json.field("consumer", consumer)
            switch notice.kind {
            case .maxDeliveries:
                json.field("stream_seq", notice.sequence)
                json.field("deliveries", UInt64(notice.deliveries))
            case .negative, .terminated:
                json.field("consumer_seq", notice.consumerSequence)
                json.field("stream_seq", notice.sequence)
                json.field("deliveries", UInt64(notice.deliveries))
                json.fieldIfPresent("reason", text)
            case .sampled:
                json.field("consumer_seq", notice.consumerSequence)
                json.field("stream_seq", notice.sequence)
                json.field("ack_time", notice.ackNanoseconds)
                json.field("deliveries", UInt64(notice.deliveries))
            case .pinned, .unpinnedByAdmin, .unpinnedByTimeout:
                json.field("group", configuration.priorityGroups.first ?? [])
                if notice.kind == .pinned { json.field("pinned_id", text) }
                if notice.kind == .unpinnedByAdmin { json.field("reason", "admin") }
                if notice.kind == .unpinnedByTimeout { json.field("reason", "timeout") }
            case .paused, .resumed:
                json.field("paused", notice.kind == .paused)
                let until = notice.kind == .paused ? configuration.pauseUntil : nil
                json.field("pause_until", (until ?? .never).text)
            }
        }
    }

    private func write(_ type: String, _ members: (inout JSONWriter) -> Void) -> [UInt8] {
        var json = JSONWriter(.compact, capacity: 512)
        json.beginObject()
        json.field("type", "io.nats.jetstream.\(type)")
        json.field("id", id)
        json.field("timestamp", time.text)
        members(&json)
        json.fieldIfPresent("domain", domain)
        json.endObject()
        return json.bytes
    }
}

extension ConsumerAdvisory {
    /// What stands behind `$JS.EVENT.` before the names of stream and consumer.
    public var place: [UInt8] { Array(words.place.utf8) }

    fileprivate var isAboutGroup: Bool {
        switch self {
        case .pinned, .unpinnedByAdmin, .unpinnedByTimeout: true
        case .maxDeliveries, .negative, .terminated, .sampled, .paused, .resumed: false
        }
    }

    fileprivate var words: (place: String, type: String) {
        switch self {
        case .maxDeliveries: ("ADVISORY.CONSUMER.MAX_DELIVERIES.", "advisory.v1.max_deliver")
        case .negative: ("ADVISORY.CONSUMER.MSG_NAKED.", "advisory.v1.nak")
        case .terminated: ("ADVISORY.CONSUMER.MSG_TERMINATED.", "advisory.v1.terminated")
        case .sampled: ("METRIC.CONSUMER.ACK.", "metric.v1.consumer_ack")
        case .pinned: ("ADVISORY.CONSUMER.PINNED.", "advisory.v1.consumer_group_pinned")
        case .unpinnedByAdmin, .unpinnedByTimeout:
            ("ADVISORY.CONSUMER.UNPINNED.", "advisory.v1.consumer_group_unpinned")
        case .paused, .resumed: ("ADVISORY.CONSUMER.PAUSE.", "advisory.v1.consumer_pause")
        }
    }
}

extension AuditedClient {
    fileprivate func write(to json: inout JSONWriter, server: [UInt8]) {
        json.beginObject()
        json.field("start", start.text)
        json.field("host", host)
        json.field("id", id)
        json.field("acc", account)
        json.fieldIfPresent("user", user)
        json.fieldIfPresent("name", name)
        json.fieldIfPresent("lang", language)
        json.fieldIfPresent("ver", version)
        json.fieldIfNotZero("rtt", roundTrip)
        json.field("server", server)
        json.field("kind", "Client")
        json.field("client_type", "nats")
        json.endObject()
    }
}
