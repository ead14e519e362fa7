// Statuses that consumers send: the words clients wait for.
// Source: NATS JetStream API, pull requests; texts as clients know them.

public import Base

/// A status and its numbers.
public struct ConsumerStatus: BitwiseCopyable, Equatable, Sendable {
    /// Which status.
    public enum Kind: UInt8, BitwiseCopyable, Sendable {
        /// Nothing has happened; the receiver can compare its counts.
        case idleHeartbeat
        /// The receiver is to answer when it has caught up.
        case flowControl
        /// There is nothing, and nobody waits.
        case noMessages
        /// The time of the request is over.
        case timeout
        /// Others wait for what there is.
        case requestsPending
        /// The next message is larger than what is left of the request.
        case exceedsMaxBytes
        /// All messages of the request were sent, with bytes left.
        case batchCompleted
        /// The consumer or its stream was deleted.
        case consumerDeleted
        /// The consumer pushes.
        case pushBased
        /// More messages than one request may ask for.
        case exceededBatch
        /// More time than one request may ask for.
        case exceededExpires
        /// More bytes than one request may ask for.
        case exceededBytes
        /// Too many requests wait.
        case exceededWaiting
        /// The server goes away.
        case serverShutdown
        /// The request is no JSON.
        case badRequest
        /// The heartbeat is longer than half the time of the request.
        case heartbeatTooLarge
        /// The consumer's priority groups do not count messages.
        case notOverflow
        /// The consumer's priority groups do not pin clients.
        case notPinned
        /// The request names no group.
        case groupMissing
        /// The request names a group that does not exist.
        case groupInvalid
        /// The priority is not 0 to 9.
        case priorityInvalid
        /// Another client is pinned.
        case pinMismatch
        /// The client was pinned and is not any more.
        case wrongPin
    }

    /// Which status.
    public var kind: Kind
    /// Messages of the request that were not sent; or the bound that was exceeded; or, of a
    /// heartbeat, the last delivery.
    public var first: Int64 = 0
    /// Bytes of the request that were not sent; or, of a heartbeat, the last sequence delivered.
    public var second: Int64 = 0

    init(_ kind: Kind, _ first: Int64 = 0, _ second: Int64 = 0) {
        self.kind = kind
        self.first = first
        self.second = second
    }

    /// The header block; `stalled` is the flow control subject that a heartbeat waits for.
    public func appendHeaders(stalled: RawSpan, to block: inout Table<UInt8>) {
        block.append("NATS/1.0 ")
        block.append(text)
        appendBound(to: &block)
        block.append("\r\n")
        switch kind {
        case .idleHeartbeat:
            block.append("Nats-Last-Consumer: ")
            block.append(decimal: UInt64(bitPattern: first))
            block.append("\r\nNats-Last-Stream: ")
            block.append(decimal: UInt64(bitPattern: second))
            block.append("\r\n")
            if !stalled.isEmpty {
                block.append("Nats-Consumer-Stalled: ")
                block.append(stalled)
                block.append("\r\n")
            }
        case .timeout, .exceedsMaxBytes, .batchCompleted, .serverShutdown, .wrongPin:
            block.append("Nats-Pending-Messages: ")
            block.append(signed: first)
            block.append("\r\nNats-Pending-Bytes: ")
            block.append(signed: second)
            block.append("\r\n")
        case .flowControl, .noMessages, .requestsPending, .consumerDeleted, .pushBased,
            .exceededBatch, .exceededExpires, .exceededBytes, .exceededWaiting, .badRequest,
            .heartbeatTooLarge, .notOverflow, .notPinned, .groupMissing, .groupInvalid,
            .priorityInvalid, .pinMismatch:
            break
        }
        block.append("\r\n")
    }

    private var text: StaticString {
        switch kind {
        case .idleHeartbeat: "100 Idle Heartbeat"
        case .flowControl: "100 FlowControl Request"
        case .noMessages: "404 No Messages"
        case .timeout: "408 Request Timeout"
        case .requestsPending: "408 Requests Pending"
        case .exceedsMaxBytes: "409 Message Size Exceeds MaxBytes"
        case .batchCompleted: "409 Batch Completed"
        case .consumerDeleted: "409 Consumer Deleted"
        case .pushBased: "409 Consumer is push based"
        case .exceededBatch: "409 Exceeded MaxRequestBatch of "
        case .exceededExpires: "409 Exceeded MaxRequestExpires of "
        case .exceededBytes: "409 Exceeded MaxRequestMaxBytes of "
        case .exceededWaiting: "409 Exceeded MaxWaiting"
        case .serverShutdown: "409 Server Shutdown"
        case .badRequest: "400 Bad Request - invalid JSON"
        case .heartbeatTooLarge: "400 Bad Request - heartbeat value too large"
        case .notOverflow: "400 Bad Request - Not a Overflow Priority consumer"
        case .notPinned: "400 Bad Request - Not a Pinned Client Priority consumer"
        case .groupMissing: "400 Bad Request - Priority Group missing"
        case .groupInvalid: "400 Bad Request - Invalid Priority Group"
        case .priorityInvalid: "400 Bad Request - Priority must be between 0 and 9"
        case .pinMismatch: "423 Nats-Pin-Id mismatch"
        case .wrongPin: "423 Nats-Wrong-Pin-Id"
        }
    }

    private func appendBound(to block: inout Table<UInt8>) {
        switch kind {
        case .exceededBatch, .exceededBytes: block.append(signed: first)
        case .exceededExpires: for byte in durationText(first).utf8 { block.append(byte) }
        case .idleHeartbeat, .flowControl, .noMessages, .timeout, .requestsPending,
            .exceedsMaxBytes, .batchCompleted, .consumerDeleted, .pushBased, .exceededWaiting,
            .serverShutdown, .badRequest, .heartbeatTooLarge, .notOverflow, .notPinned,
            .groupMissing, .groupInvalid, .priorityInvalid, .pinMismatch, .wrongPin:
            break
        }
    }
}

extension Table<UInt8> {
    /// Adds `number` in decimal digits at the end.
    fileprivate mutating func append(signed number: Int64) {
        if number < 0 { append(UInt8(ascii: "-")) }
        append(decimal: number.magnitude)
    }
}
