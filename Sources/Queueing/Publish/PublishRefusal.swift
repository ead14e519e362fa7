// Why a publish was not taken.
// Source: NATS JetStream API, errors of publishing; texts as clients know them.

/// The refusal of a publish.
///
/// Carries numbers only, so that refusing allocates nothing; texts are made by `StreamState.error`.
public enum PublishRefusal: Error, BitwiseCopyable, Equatable, Sendable {
    /// The stream takes no changes any more.
    case sealed
    /// Ingress is paused or the stream is being drained.
    case ingressPaused
    /// The message is for another stream.
    case otherStream
    /// The stream takes no time to live.
    case ttlDisabled
    /// The time to live is none.
    case ttlInvalid
    /// The last sequence, of the stream or of a subject, is another one.
    case wrongLastSequence(actual: UInt64)
    /// A subject to check was named but no sequence.
    case expectedSubjectWithoutSequence
    /// The last message had another id.
    case wrongLastMessageId
    /// Messages do not replace others in this stream.
    case rollupNotPermitted
    /// What is to be replaced was not understood.
    case rollupInvalid
    /// Headers and payload are larger than the stream takes.
    case messageTooLarge
    /// The header block is larger than 64 KiB.
    case headersTooLarge
    /// The stream is full of messages.
    case messagesMax
    /// The stream is full of bytes.
    case bytesMax
    /// The subject is full of messages.
    case messagesPerSubjectMax
    /// The disk, or the memory, is full.
    case insufficientStorage
    /// The account is full.
    case accountLimit
    /// Messages are no counters here.
    case counterDisabled
    /// A message to a counter does not say how much.
    case counterMissing
    /// A message to a counter has a payload.
    case counterPayload
    /// What a counter is to be increased by was not understood.
    case counterInvalid
    /// What a counter holds is no number.
    case counterBroken
    /// Batches are not taken.
    case atomicDisabled
    /// Schedules are not taken.
    case schedulesDisabled
    /// Only sources say where a message comes from.
    case sourceHeader
    /// The transform made no subject.
    case invalidSubject
}

extension StreamState {
    /// The API's error for `refusal`.
    public func error(_ refusal: PublishRefusal) -> QueueingError {
        switch refusal {
        case .sealed: QueueingError(.sealed)
        case .ingressPaused: QueueingError(.storeFailed, "stream ingress is paused")
        case .otherStream: QueueingError(.streamNotMatch)
        case .ttlDisabled: QueueingError(.ttlDisabled)
        case .ttlInvalid: QueueingError(.ttlInvalid)
        case .wrongLastSequence(let actual): QueueingError(.wrongLastSequence, "\(actual)")
        case .expectedSubjectWithoutSequence: QueueingError(.expectedSubjectWithoutSequence)
        case .wrongLastMessageId: QueueingError(.wrongLastMessageId, lastMessageIdBytes)
        case .rollupNotPermitted: QueueingError(.rollupFailed, "rollup not permitted")
        case .rollupInvalid: QueueingError(.rollupFailed, rollupText)
        case .messageTooLarge: QueueingError(.messageTooLarge)
        case .headersTooLarge: QueueingError(.headerTooLarge)
        case .messagesMax: QueueingError(.storeFailed, "maximum messages exceeded")
        case .bytesMax: QueueingError(.storeFailed, "maximum bytes exceeded")
        case .messagesPerSubjectMax:
            QueueingError(.storeFailed, "maximum messages per subject exceeded")
        case .insufficientStorage: QueueingError(.insufficientStorage)
        case .accountLimit: QueueingError(10_002)
        case .counterDisabled: QueueingError(10_168)
        case .counterMissing: QueueingError(10_169)
        case .counterPayload: QueueingError(10_170)
        case .counterInvalid: QueueingError(10_171)
        case .counterBroken: QueueingError(10_172)
        case .atomicDisabled: QueueingError(10_174)
        case .schedulesDisabled: QueueingError(10_188)
        case .sourceHeader: QueueingError(10_227)
        case .invalidSubject: QueueingError(.storeFailed, "invalid subject")
        }
    }

    private var rollupText: [UInt8] {
        Array("rollup value invalid: \"".utf8) + refusedRollup + Array("\"".utf8)
    }
}
