// The identity of an error of the JetStream API.

/// A number that clients know an error by; status and text follow from it.
public struct ErrorCode: BitwiseCopyable, Equatable, Sendable {
    /// The number, such as 10059.
    public let number: UInt16

    /// The error `number`, which should stand in the table.
    public init(_ number: UInt16) {
        self.number = number
    }

    /// The status next to the number, such as 404.
    public var status: UInt16 { entry?.status ?? 500 }

    /// The text; braces stand for arguments.
    var template: String { entry?.text ?? "{err}" }

    private var entry: Entry? {
        var low = 0
        var high = Self.table.count
        while low < high {
            let middle = (low + high) / 2
            if Self.table[middle].number < number { low = middle + 1 } else { high = middle }
        }
        guard low < Self.table.count, Self.table[low].number == number else { return nil }
        return Self.table[low]
    }
}

extension ErrorCode {
    /// Only a cluster does this.
    public static let clusteringRequired = ErrorCode(10_010)
    /// The request makes no sense.
    public static let badRequest = ErrorCode(10_003)
    /// An update of a consumer, or its creation, was refused.
    public static let consumerCreate = ErrorCode(10_012)
    /// No such consumer.
    public static let consumerNotFound = ErrorCode(10_014)
    /// The text is no JSON, or has unknown members.
    public static let invalidJson = ErrorCode(10_025)
    /// The stream, or the account, has as many consumers as it may.
    public static let consumersMax = ErrorCode(10_026)
    /// The account has as many streams as it may.
    public static let streamsMax = ErrorCode(10_027)
    /// The account's streams in memory have no more room.
    public static let insufficientMemory = ErrorCode(10_028)
    /// No message with the wanted properties.
    public static let noMessage = ErrorCode(10_037)
    /// The request must be empty.
    public static let emptyRequestExpected = ErrorCode(10_038)
    /// No message with this sequence.
    public static let sequenceNotFound = ErrorCode(10_043)
    /// The disk is full.
    public static let insufficientStorage = ErrorCode(10_047)
    /// The configuration of a stream is wrong.
    public static let streamInvalidConfiguration = ErrorCode(10_052)
    /// The message is larger than the stream takes.
    public static let messageTooLarge = ErrorCode(10_054)
    /// A mirror stays as it is.
    public static let mirrorNotUpdatable = ErrorCode(10_055)
    /// Subject and request name different streams.
    public static let streamMismatch = ErrorCode(10_056)
    /// A message may not be deleted.
    public static let messageDelete = ErrorCode(10_057)
    /// The name is taken by a stream with another configuration.
    public static let streamNameInUse = ErrorCode(10_058)
    /// No such stream.
    public static let streamNotFound = ErrorCode(10_059)
    /// `Nats-Expected-Stream` names another stream.
    public static let streamNotMatch = ErrorCode(10_060)
    /// Another stream listens on some of the subjects.
    public static let subjectsOverlap = ErrorCode(10_065)
    /// `Nats-Expected-Last-Msg-Id` differs.
    public static let wrongLastMessageId = ErrorCode(10_070)
    /// The expected last sequence differs.
    public static let wrongLastSequence = ErrorCode(10_071)
    /// One server keeps one copy.
    public static let replicasNotSupported = ErrorCode(10_074)
    /// The message was not stored.
    public static let storeFailed = ErrorCode(10_077)
    /// A header block of more than 64 KiB.
    public static let headerTooLarge = ErrorCode(10_097)
    /// The stream takes no changes any more.
    public static let sealed = ErrorCode(10_109)
    /// The stream may not be purged.
    public static let streamPurge = ErrorCode(10_110)
    /// The rollup header was refused.
    public static let rollupFailed = ErrorCode(10_111)
    /// The message's TTL is no duration.
    public static let ttlInvalid = ErrorCode(10_165)
    /// The stream takes no TTL.
    public static let ttlDisabled = ErrorCode(10_166)
    /// A subject to check was named but no sequence.
    public static let expectedSubjectWithoutSequence = ErrorCode(10_193)
    /// A consumer cannot go back to that sequence.
    public static let invalidReset = ErrorCode(10_204)
    /// Messages cannot be delivered there.
    public static let invalidDeliverSubject = ErrorCode(10_015)
    /// The account has no streams.
    public static let notEnabledForAccount = ErrorCode(10_039)
    /// A stream could not be restored.
    public static let restoreFailed = ErrorCode(10_062)
    /// A stream could not be copied out.
    public static let snapshotFailed = ErrorCode(10_064)
    /// The consumer is there, with another configuration.
    public static let consumerExists = ErrorCode(10_148)
    /// A stream that is to be restored is there.
    public static let restoreNameInUse = ErrorCode(10_130)
    /// The request needs a newer server.
    public static let apiLevelRequired = ErrorCode(10_185)
    /// Something that only pedantic requests are refused for.
    public static let pedantic = ErrorCode(10_157)
}
