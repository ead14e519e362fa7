// Which consumer a request is about: the subject and the request together say it.
// Source: NATS JetStream API, CONSUMER.CREATE.

public import Queueing

extension ConsumerRequest {
    /// The configuration with the names that the subject gives.
    ///
    /// `unnamed` is the name of a consumer that nobody named.
    ///
    /// - Returns: the name of the consumer and what it shall be.
    /// - Throws: how subject and request contradict each other.
    public func named(
        by subject: ApiSubject,
        unnamed: [UInt8]
    ) throws(QueueingError) -> (name: [UInt8], configuration: ConsumerConfiguration) {
        var result = configuration
        switch subject {
        case .consumerDurableCreate(let stream, let consumer):
            try check(stream)
            if result.durableName.isEmpty { throw QueueingError(ErrorCode(10_018)) }
            if result.durableName != consumer { throw QueueingError(ErrorCode(10_017)) }
            result.name = consumer
            return (consumer, result)
        case .consumerCreate(let stream, let consumer, let filter):
            try check(stream)
            guard let consumer else {
                if result.isDurable { throw QueueingError(ErrorCode(10_020)) }
                result.fillThreshold()
                return (result.name.isEmpty ? unnamed : result.name, result)
            }
            if result.isDurable, result.durableName != consumer {
                throw QueueingError(ErrorCode(10_017))
            }
            if let filter {
                if !result.filters.isEmpty { throw QueueingError(ErrorCode(10_137)) }
                if result.filter != filter { throw QueueingError(ErrorCode(10_131)) }
            }
            if !result.isDurable { result.fillThreshold() }
            result.name = consumer
            return (consumer, result)
        case .accountInfo, .accountPurge, .streamCreate, .streamUpdate, .streamNames, .streamList,
            .streamInfo, .streamDelete, .streamPurge, .streamSnapshot, .streamRestore, .messageGet,
            .messageDelete, .directGet, .directGetLast, .consumerNames, .consumerList,
            .consumerInfo, .consumerDelete, .consumerPause, .consumerReset, .consumerUnpin,
            .consumerNext, .clusterOnly:
            throw QueueingError(.badRequest)
        }
    }

    private func check(_ stream: [UInt8]) throws(QueueingError) {
        if self.stream != stream { throw QueueingError(.streamMismatch) }
    }
}

extension ConsumerConfiguration {
    /// An ephemeral consumer goes away after five seconds unless told otherwise.
    fileprivate mutating func fillThreshold() {
        if inactiveThreshold == 0 { inactiveThreshold = 5_000_000_000 }
    }
}
