// What is kept about a stream or a consumer besides messages: as JSON, in the store.

public import Base
import JSON
public import Queueing

/// A stream as the store remembers it.
public struct StreamArchive: Equatable, Sendable {
    /// Name of its account.
    public let account: [UInt8]
    /// When it was made.
    public let created: Instant
    /// What it was told to be.
    public let configuration: StreamConfiguration

    /// The stream of `account` that was made at `created`.
    public init(account: [UInt8], created: Instant, configuration: StreamConfiguration) {
        self.account = account
        self.created = created
        self.configuration = configuration
    }

    /// The stream that was kept as `text`.
    /// - Throws: what is wrong with the text.
    public init(_ text: [UInt8]) throws(QueueingError) {
        var fields = try FieldReader(text: text, isStrict: false)
        account = try fields.bytes("account")
        created = Instant(nanoseconds: try fields.unsigned("created"))
        guard var inner = try fields.object("config") else { throw QueueingError(.invalidJson) }
        configuration = try StreamConfiguration(&inner)
    }

    /// The text to keep.
    public var text: [UInt8] {
        var json = JSONWriter(.compact, capacity: 512)
        json.beginObject()
        json.field("account", account)
        json.field("created", created.nanoseconds)
        json.name("config")
        configuration.write(to: &json)
        json.endObject()
        return json.bytes
    }
}

/// A consumer as the store remembers it.
public struct ConsumerArchive: Equatable, Sendable {
    /// Its name.
    public let name: [UInt8]
    /// When it was made.
    public let created: Instant
    /// What it was told to be.
    public let configuration: ConsumerConfiguration

    /// The consumer `name` that was made at `created`.
    public init(name: [UInt8], created: Instant, configuration: ConsumerConfiguration) {
        self.name = name
        self.created = created
        self.configuration = configuration
    }

    /// The consumer that was kept as `text`.
    /// - Throws: what is wrong with the text.
    public init(_ text: [UInt8]) throws(QueueingError) {
        var fields = try FieldReader(text: text, isStrict: false)
        name = try fields.bytes("name")
        created = Instant(nanoseconds: try fields.unsigned("created"))
        guard var inner = try fields.object("config") else { throw QueueingError(.invalidJson) }
        configuration = try ConsumerConfiguration(&inner)
    }

    /// The text to keep.
    public var text: [UInt8] {
        var json = JSONWriter(.compact, capacity: 512)
        json.beginObject()
        json.field("name", name)
        json.field("created", created.nanoseconds)
        json.name("config")
        configuration.write(to: &json)
        json.endObject()
        return json.bytes
    }
}
