// Requests of the JetStream API as values.
// Source: NATS JetStream API; every unknown member is refused when `isStrict`.

public import Base
public import Queueing

/// `STREAM.CREATE` and `STREAM.UPDATE`.
public struct StreamRequest: Equatable, Sendable {
    /// What the stream shall be.
    public let configuration: StreamConfiguration
    /// Whether anything unsaid is an error.
    public let isPedantic: Bool

    /// The request in `text`.
    public init(_ text: [UInt8], isStrict: Bool) throws(QueueingError) {
        guard !text.isBlank else {
            configuration = StreamConfiguration()
            isPedantic = false
            return
        }
        var fields = try FieldReader(text: text, isStrict: isStrict)
        configuration = try StreamConfiguration(&fields)
        isPedantic = try fields.bool("pedantic")
        try fields.finish()
    }
}

/// `CONSUMER.CREATE` in all its forms.
public struct ConsumerRequest: Equatable, Sendable {
    /// What may become of the consumer.
    public enum Action: Equatable, Sendable {
        /// Make it or change it.
        case any
        /// Make it.
        case create
        /// Change it.
        case update
    }

    /// Name of the stream.
    public let stream: [UInt8]
    /// What the consumer shall be.
    public let configuration: ConsumerConfiguration
    /// What may become of it.
    public let action: Action
    /// Whether anything unsaid is an error.
    public let isPedantic: Bool

    /// The request in `text`.
    public init(_ text: [UInt8], isStrict: Bool) throws(QueueingError) {
        let nothing = Array("{}".utf8)
        var fields = try FieldReader(text: text.isBlank ? nothing : text, isStrict: isStrict)
        stream = try fields.bytes("stream_name")
        let empty = try FieldReader(text: nothing, isStrict: isStrict)
        var inner = try fields.object("config") ?? empty
        configuration = try ConsumerConfiguration(&inner)
        try inner.finish()
        action = try fields.word("action", [("", .any), ("create", .create), ("update", .update)])
        isPedantic = try fields.bool("pedantic")
        try fields.finish()
    }
}

/// `STREAM.NAMES`, `STREAM.LIST`, `CONSUMER.NAMES`, `CONSUMER.LIST`.
public struct PageRequest: Equatable, Sendable {
    /// How many entries are skipped.
    public let offset: Int
    /// What listed streams listen to; empty for anything.
    public let subject: [UInt8]

    /// The request in `text`, which may be empty.
    public init(_ text: [UInt8], isStrict: Bool) throws(QueueingError) {
        guard !text.isBlank else {
            offset = 0
            subject = []
            return
        }
        var fields = try FieldReader(text: text, isStrict: isStrict)
        offset = Int(max(0, try fields.signed("offset")))
        subject = try fields.bytes("subject")
        try fields.finish()
    }
}

/// `STREAM.INFO`.
public struct StreamInfoRequest: Equatable, Sendable {
    /// How many subjects are skipped.
    public let offset: Int
    /// Whether sequences that are gone are listed.
    public let wantsDeleted: Bool
    /// Which subjects are counted; empty for none.
    public let subjectsFilter: [UInt8]

    /// The request in `text`, which may be empty.
    public init(_ text: [UInt8], isStrict: Bool) throws(QueueingError) {
        guard !text.isBlank else {
            offset = 0
            wantsDeleted = false
            subjectsFilter = []
            return
        }
        var fields = try FieldReader(text: text, isStrict: isStrict)
        offset = Int(max(0, try fields.signed("offset")))
        wantsDeleted = try fields.bool("deleted_details")
        subjectsFilter = try fields.bytes("subjects_filter")
        try fields.finish()
    }
}

/// `STREAM.PURGE`.
public struct PurgeRequest: Equatable, Sendable {
    /// What goes.
    public let purge: Purge

    /// The request in `text`, which may be empty.
    public init(_ text: [UInt8], isStrict: Bool) throws(QueueingError) {
        guard !text.isBlank else {
            purge = Purge()
            return
        }
        var fields = try FieldReader(text: text, isStrict: isStrict)
        var wanted = Purge()
        wanted.filter = try fields.bytes("filter")
        wanted.below = try fields.unsigned("seq")
        wanted.keep = try fields.unsigned("keep")
        try fields.finish()
        if wanted.below > 0, wanted.keep > 0 { throw QueueingError(.badRequest) }
        purge = wanted
    }
}

/// `STREAM.MSG.DELETE`.
public struct MessageDeleteRequest: Equatable, Sendable {
    /// Which message.
    public let sequence: UInt64
    /// Whether its bytes may stay on disk for a while.
    public let mayStay: Bool

    /// The request in `text`.
    public init(_ text: [UInt8], isStrict: Bool) throws(QueueingError) {
        guard !text.isBlank else { throw QueueingError(.badRequest) }
        var fields = try FieldReader(text: text, isStrict: isStrict)
        sequence = try fields.unsigned("seq")
        mayStay = try fields.bool("no_erase")
        try fields.finish()
    }
}

/// `STREAM.MSG.GET` and `DIRECT.GET`.
public struct MessageGetRequest: Equatable, Sendable {
    /// The sequence to read, or to start with.
    public var sequence: UInt64 = 0
    /// The subject whose last message is read.
    public var lastFor: [UInt8] = []
    /// The subject whose next message is read.
    public var nextFor: [UInt8] = []
    /// How many messages; 0 for one without the end mark.
    public var batch: Int64 = 0
    /// How many bytes of messages; 0 for any number.
    public var bytesMax: Int64 = 0
    /// The time to start with.
    public var startTime: Instant?
    /// The subjects whose last messages are read.
    public var lastForEach: [[UInt8]] = []
    /// The highest sequence that counts; 0 for the last.
    public var upToSequence: UInt64 = 0
    /// The time after which nothing counts.
    public var upToTime: Instant?
    /// Whether headers are left out.
    public var isWithoutHeaders = false

    /// The request in `text`.
    public init(_ text: [UInt8], isStrict: Bool) throws(QueueingError) {
        var fields = try FieldReader(text: text, isStrict: isStrict)
        sequence = try fields.unsigned("seq")
        lastFor = try fields.bytes("last_by_subj")
        nextFor = try fields.bytes("next_by_subj")
        batch = try fields.signed("batch")
        bytesMax = try fields.signed("max_bytes")
        startTime = try fields.instant("start_time")
        lastForEach = try fields.strings("multi_last")
        upToSequence = try fields.unsigned("up_to_seq")
        upToTime = try fields.instant("up_to_time")
        isWithoutHeaders = try fields.bool("no_hdr")
        try fields.finish()
    }

    /// Whether nothing is asked for.
    public var isEmpty: Bool {
        sequence == 0 && lastFor.isEmpty && nextFor.isEmpty && batch == 0 && bytesMax == 0
            && startTime == nil && lastForEach.isEmpty && upToSequence == 0 && upToTime == nil
            && !isWithoutHeaders
    }

    /// Whether the members contradict each other for `STREAM.MSG.GET`.
    public var isConflictingForGet: Bool {
        let hasSequence = sequence > 0
        if hasSequence, !lastFor.isEmpty || startTime != nil { return true }
        if !hasSequence, lastFor.isEmpty, nextFor.isEmpty, startTime == nil { return true }
        if !lastFor.isEmpty, !nextFor.isEmpty || startTime != nil { return true }
        return batch > 0 || !lastForEach.isEmpty
    }

    /// Whether the members contradict each other for `DIRECT.GET`.
    public var isConflictingForDirectGet: Bool {
        if !lastForEach.isEmpty {
            return !lastFor.isEmpty || !nextFor.isEmpty || upToSequence > 0 && upToTime != nil
        }
        let hasStart = sequence > 0 || startTime != nil
        if sequence > 0, startTime != nil { return true }
        if !lastFor.isEmpty { return hasStart || !nextFor.isEmpty || batch > 0 }
        return !hasStart && nextFor.isEmpty
    }
}

/// `CONSUMER.PAUSE`.
public struct PauseRequest: Equatable, Sendable {
    /// Until when; `nil` to resume.
    public let until: Instant?
    /// What was said, which may be past; `never` for nothing.
    public let said: Instant

    /// The request in `text`, which may be empty.
    public init(_ text: [UInt8], isStrict: Bool) throws(QueueingError) {
        guard !text.isBlank else {
            until = nil
            said = .never
            return
        }
        var fields = try FieldReader(text: text, isStrict: isStrict)
        let instant = try fields.instant("pause_until")
        try fields.finish()
        until = instant == .never ? nil : instant
        said = instant ?? .never
    }
}

/// `CONSUMER.RESET`.
public struct ResetRequest: Equatable, Sendable {
    /// The sequence to go to; 0 for the one behind the ack floor.
    public let sequence: UInt64

    /// The request in `text`, which may be empty.
    public init(_ text: [UInt8], isStrict: Bool) throws(QueueingError) {
        guard !text.isBlank else {
            sequence = 0
            return
        }
        var fields = try FieldReader(text: text, isStrict: isStrict)
        sequence = try fields.unsigned("seq")
        try fields.finish()
    }
}

/// `CONSUMER.UNPIN`.
public struct UnpinRequest: Equatable, Sendable {
    /// Name of the group.
    public let group: [UInt8]

    /// The request in `text`.
    public init(_ text: [UInt8], isStrict: Bool) throws(QueueingError) {
        let missing = QueueingError(.invalidJson, "consumer group not specified")
        guard !text.isBlank else { throw missing }
        var fields = try FieldReader(text: text, isStrict: isStrict)
        group = try fields.bytes("group")
        try fields.finish()
        if group.isEmpty { throw missing }
    }
}

/// `STREAM.SNAPSHOT`.
public struct SnapshotRequest: Equatable, Sendable {
    /// Where the bytes go.
    public let deliverSubject: [UInt8]
    /// Whether consumers are left out.
    public let isWithoutConsumers: Bool
    /// How many bytes at once; 0 for the server's choice.
    public let chunkBytes: Int64
    /// How many bytes may be unanswered; 0 for the server's choice.
    public let windowBytes: Int64
    /// Whether messages are checked first.
    public let wantsCheck: Bool

    /// The request in `text`.
    public init(_ text: [UInt8], isStrict: Bool) throws(QueueingError) {
        guard !text.isBlank else { throw QueueingError(.badRequest) }
        var fields = try FieldReader(text: text, isStrict: isStrict)
        deliverSubject = try fields.bytes("deliver_subject")
        isWithoutConsumers = try fields.bool("no_consumers")
        chunkBytes = try fields.signed("chunk_size")
        windowBytes = try fields.signed("window_size")
        wantsCheck = try fields.bool("jsck")
        try fields.finish()
    }
}

/// `STREAM.RESTORE`, as far as it is looked at.
public struct RestoreRequest: Equatable, Sendable {
    /// Name of the stream that is to be restored.
    public let name: [UInt8]

    /// The request in `text`.
    public init(_ text: [UInt8], isStrict: Bool) throws(QueueingError) {
        guard !text.isBlank else { throw QueueingError(.badRequest) }
        var fields = try FieldReader(text: text, isStrict: isStrict)
        _ = try fields.object("state")
        guard var inner = try fields.object("config") else { throw QueueingError(.streamMismatch) }
        name = try StreamConfiguration(&inner).name
        try inner.finish()
        try fields.finish()
    }
}

/// What an endpoint that takes nothing is sent.
public enum EmptyRequest {
    /// Refuses everything but nothing, white space and an empty object.
    public static func check(_ text: [UInt8]) throws(QueueingError) {
        guard !text.isBlank else { return }
        let fields = try? FieldReader(text: text, isStrict: true)
        guard let fields, (try? fields.finish()) != nil else {
            throw QueueingError(.emptyRequestExpected)
        }
    }
}

extension [UInt8] {
    /// Whether there is nothing but white space.
    fileprivate var isBlank: Bool {
        allSatisfy { $0 == 0x20 || (0x09...0x0D).contains($0) }
    }
}
