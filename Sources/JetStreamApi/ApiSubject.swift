// Which endpoint a subject below `$JS.API` names.
// Source: NATS JetStream API; names are single tokens.

/// An endpoint and the names in its subject.
public enum ApiSubject: Equatable, Sendable {
    /// The account's use and limits.
    case accountInfo
    /// Takes all streams of an account away; for the system account alone.
    case accountPurge(account: [UInt8])
    /// Makes a stream.
    case streamCreate(stream: [UInt8])
    /// Changes a stream.
    case streamUpdate(stream: [UInt8])
    /// Names of streams.
    case streamNames
    /// Streams.
    case streamList
    /// One stream.
    case streamInfo(stream: [UInt8])
    /// Deletes a stream.
    case streamDelete(stream: [UInt8])
    /// Removes messages.
    case streamPurge(stream: [UInt8])
    /// Copies a stream out.
    case streamSnapshot(stream: [UInt8])
    /// Copies a stream in.
    case streamRestore(stream: [UInt8])
    /// Reads one message as JSON.
    case messageGet(stream: [UInt8])
    /// Deletes one message.
    case messageDelete(stream: [UInt8])
    /// Reads messages as they are.
    case directGet(stream: [UInt8])
    /// Reads the last message of a subject as it is.
    case directGetLast(stream: [UInt8], subject: [UInt8])
    /// Makes or changes a consumer; the filter is `nil` if the subject does not name one.
    case consumerCreate(stream: [UInt8], consumer: [UInt8]?, filter: [UInt8]?)
    /// Makes or changes a durable consumer.
    case consumerDurableCreate(stream: [UInt8], consumer: [UInt8])
    /// Names of consumers.
    case consumerNames(stream: [UInt8])
    /// Consumers.
    case consumerList(stream: [UInt8])
    /// One consumer.
    case consumerInfo(stream: [UInt8], consumer: [UInt8])
    /// Deletes a consumer.
    case consumerDelete(stream: [UInt8], consumer: [UInt8])
    /// Holds delivery until a time.
    case consumerPause(stream: [UInt8], consumer: [UInt8])
    /// Starts again.
    case consumerReset(stream: [UInt8], consumer: [UInt8])
    /// Lets go of the pinned client.
    case consumerUnpin(stream: [UInt8], consumer: [UInt8])
    /// Asks for messages.
    case consumerNext(stream: [UInt8], consumer: [UInt8])
    /// Something that only a cluster does.
    case clusterOnly(ClusterEndpoint)

    /// The endpoint of `subject`, which begins behind `$JS.API.`; `nil` if nobody serves it.
    public init?(_ subject: [UInt8]) {
        let tokens = subject.split(
            separator: UInt8(ascii: "."),
            omittingEmptySubsequences: false
        ).map(Array.init)
        guard !tokens.contains([]) else { return nil }
        var words = tokens[...]
        guard let first = words.popFirst() else { return nil }
        let found: ApiSubject? =
            switch String(decoding: first, as: UTF8.self) {
            case "INFO": words.isEmpty ? .accountInfo : nil
            case "STREAM": Self.stream(words)
            case "DIRECT": Self.direct(words)
            case "CONSUMER": Self.consumer(words)
            case "ACCOUNT": Self.account(words)
            case "META", "SERVER": nil
            default: nil
            }
        guard let found else { return nil }
        self = found
    }

    private static func account(_ words: ArraySlice<[UInt8]>) -> ApiSubject? {
        guard words.count == 2, words.first == Array("PURGE".utf8), let name = words.last else {
            return nil
        }
        return .accountPurge(account: name)
    }

    private static func stream(_ words: ArraySlice<[UInt8]>) -> ApiSubject? {
        let verb = words.first.map { String(decoding: $0, as: UTF8.self) }
        let rest = words.dropFirst()
        guard let name = rest.first else {
            if verb == "NAMES" { return .streamNames }
            return verb == "LIST" ? .streamList : nil
        }
        if rest.count == 1 {
            switch verb {
            case "CREATE": return .streamCreate(stream: name)
            case "UPDATE": return .streamUpdate(stream: name)
            case "INFO": return .streamInfo(stream: name)
            case "DELETE": return .streamDelete(stream: name)
            case "PURGE": return .streamPurge(stream: name)
            case "SNAPSHOT": return .streamSnapshot(stream: name)
            case "RESTORE": return .streamRestore(stream: name)
            case "CANCEL_MOVE": return .clusterOnly(.cancelMove)
            default: return nil
            }
        }
        guard rest.count == 2, let last = rest.last else { return nil }
        switch (verb, String(decoding: name, as: UTF8.self)) {
        case ("MSG", "GET"): return .messageGet(stream: last)
        case ("MSG", "DELETE"): return .messageDelete(stream: last)
        case ("LEADER", "STEPDOWN"): return .clusterOnly(.streamStepDown)
        case ("PEER", "REMOVE"): return .clusterOnly(.streamRemovePeer)
        case ("PEER", "EVACUATE"): return .clusterOnly(.streamEvacuatePeer)
        default: return nil
        }
    }

    private static func direct(_ words: ArraySlice<[UInt8]>) -> ApiSubject? {
        guard words.first == Array("GET".utf8), let stream = words.dropFirst().first else {
            return nil
        }
        let subject = words.dropFirst(2)
        guard !subject.isEmpty else { return .directGet(stream: stream) }
        return .directGetLast(stream: stream, subject: joined(subject))
    }

    private static func consumer(_ words: ArraySlice<[UInt8]>) -> ApiSubject? {
        let verb = words.first.map { String(decoding: $0, as: UTF8.self) }
        let rest = words.dropFirst()
        guard let first = rest.first else { return nil }
        let second = rest.dropFirst().first
        if verb == "CREATE" {
            let filter = rest.dropFirst(2)
            return .consumerCreate(
                stream: first,
                consumer: second,
                filter: filter.isEmpty ? nil : joined(filter)
            )
        }
        if rest.count == 1 {
            if verb == "NAMES" { return .consumerNames(stream: first) }
            return verb == "LIST" ? .consumerList(stream: first) : nil
        }
        guard let second, let last = rest.last else { return nil }
        if rest.count == 2 {
            switch verb {
            case "INFO": return .consumerInfo(stream: first, consumer: second)
            case "DELETE": return .consumerDelete(stream: first, consumer: second)
            case "PAUSE": return .consumerPause(stream: first, consumer: second)
            case "RESET": return .consumerReset(stream: first, consumer: second)
            case "UNPIN": return .consumerUnpin(stream: first, consumer: second)
            default: return nil
            }
        }
        guard rest.count == 3 else { return nil }
        switch (verb, String(decoding: first, as: UTF8.self)) {
        case ("DURABLE", "CREATE"):
            return .consumerDurableCreate(stream: second, consumer: last)
        case ("MSG", "NEXT"): return .consumerNext(stream: second, consumer: last)
        case ("LEADER", "STEPDOWN"): return .clusterOnly(.consumerStepDown)
        default: return nil
        }
    }

    private static func joined(_ words: ArraySlice<[UInt8]>) -> [UInt8] {
        Array(words.joined(separator: [UInt8(ascii: ".")]))
    }
}

/// What is asked of clusters only.
public enum ClusterEndpoint: Equatable, Sendable {
    /// Another leader for a stream.
    case streamStepDown
    /// Another leader for a consumer.
    case consumerStepDown
    /// One copy of a stream less.
    case streamRemovePeer
    /// Every copy of a server moved elsewhere.
    case streamEvacuatePeer
    /// A move of a stream given up.
    case cancelMove

    /// The kind of the answer.
    public var responseType: ApiResponseType {
        switch self {
        case .streamStepDown: .streamStepDown
        case .consumerStepDown: .consumerStepDown
        case .streamRemovePeer: .streamRemovePeer
        case .streamEvacuatePeer: .streamEvacuatePeer
        case .cancelMove: .streamCancelMove
        }
    }
}

/// The kind of an answer.
public enum ApiResponseType: String, Sendable {
    /// `INFO`.
    case accountInfo = "account_info"
    /// `ACCOUNT.PURGE`.
    case accountPurge = "account_purge"
    /// `STREAM.CREATE`, and the end of a restore.
    case streamCreate = "stream_create"
    /// `STREAM.UPDATE`.
    case streamUpdate = "stream_update"
    /// `STREAM.NAMES`.
    case streamNames = "stream_names"
    /// `STREAM.LIST`.
    case streamList = "stream_list"
    /// `STREAM.INFO`.
    case streamInfo = "stream_info"
    /// `STREAM.DELETE`.
    case streamDelete = "stream_delete"
    /// `STREAM.PURGE`.
    case streamPurge = "stream_purge"
    /// `STREAM.SNAPSHOT`.
    case streamSnapshot = "stream_snapshot"
    /// `STREAM.RESTORE`.
    case streamRestore = "stream_restore"
    /// `STREAM.MSG.GET`.
    case messageGet = "stream_msg_get"
    /// `STREAM.MSG.DELETE`.
    case messageDelete = "stream_msg_delete"
    /// `CONSUMER.CREATE` in all forms.
    case consumerCreate = "consumer_create"
    /// `CONSUMER.NAMES`.
    case consumerNames = "consumer_names"
    /// `CONSUMER.LIST`.
    case consumerList = "consumer_list"
    /// `CONSUMER.INFO`.
    case consumerInfo = "consumer_info"
    /// `CONSUMER.DELETE`.
    case consumerDelete = "consumer_delete"
    /// `CONSUMER.PAUSE`.
    case consumerPause = "consumer_pause"
    /// `CONSUMER.RESET`.
    case consumerReset = "consumer_reset"
    /// `CONSUMER.UNPIN`.
    case consumerUnpin = "consumer_unpin"
    /// `STREAM.LEADER.STEPDOWN`.
    case streamStepDown = "stream_leader_stepdown"
    /// `CONSUMER.LEADER.STEPDOWN`.
    case consumerStepDown = "consumer_leader_stepdown"
    /// `STREAM.PEER.REMOVE`.
    case streamRemovePeer = "stream_remove_peer"
    /// `STREAM.PEER.EVACUATE`.
    case streamEvacuatePeer = "stream_evacuate_peer"
    /// `STREAM.CANCEL_MOVE`.
    case streamCancelMove = "stream_cancel_move"

    /// What stands behind `"type"`.
    var name: String { "io.nats.jetstream.api.v1.\(rawValue)_response" }
}

extension ApiSubject {
    /// The kind of the answer; `nil` where the answer is no JSON.
    public var responseType: ApiResponseType? {
        switch self {
        case .accountInfo: .accountInfo
        case .accountPurge: .accountPurge
        case .streamCreate: .streamCreate
        case .streamUpdate: .streamUpdate
        case .streamNames: .streamNames
        case .streamList: .streamList
        case .streamInfo: .streamInfo
        case .streamDelete: .streamDelete
        case .streamPurge: .streamPurge
        case .streamSnapshot: .streamSnapshot
        case .streamRestore: .streamRestore
        case .messageGet: .messageGet
        case .messageDelete: .messageDelete
        case .consumerCreate, .consumerDurableCreate: .consumerCreate
        case .consumerNames: .consumerNames
        case .consumerList: .consumerList
        case .consumerInfo: .consumerInfo
        case .consumerDelete: .consumerDelete
        case .consumerPause: .consumerPause
        case .consumerReset: .consumerReset
        case .consumerUnpin: .consumerUnpin
        case .clusterOnly(let endpoint): endpoint.responseType
        case .directGet, .directGetLast, .consumerNext: nil
        }
    }
}
