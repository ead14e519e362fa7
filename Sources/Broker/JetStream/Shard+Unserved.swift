// Requests for what this server does not do, refused as they should be.

import Base
import JetStreamApi
import Queueing
import Routing

extension Shard {
    /// Why a snapshot cannot be taken that is asked for rightly.
    private static var noSnapshots: String { "not available, use sluice backup" }

    /// `STREAM.SNAPSHOT`: checked as ever, and then refused.
    func refuseSnapshot(_ name: [UInt8], _ request: ApiRequest) throws(QueueingError) -> [UInt8] {
        let asked = try SnapshotRequest(request.body, isStrict: host.settings.isStrict)
        _ = try stream(name, request)
        guard SubjectPattern.isLiteral(asked.deliverSubject) else {
            throw QueueingError(.invalidDeliverSubject)
        }
        throw QueueingError(.snapshotFailed, Self.noSnapshots)
    }

    /// `STREAM.RESTORE`: checked as ever, and then refused.
    mutating func refuseRestore(
        _ name: [UInt8],
        _ request: ApiRequest
    ) throws(QueueingError) -> [UInt8] {
        let asked = try RestoreRequest(request.body, isStrict: host.settings.isStrict)
        guard asked.name == name else { throw QueueingError(.streamMismatch) }
        if host.find(request.account, name) != nil { throw QueueingError(.restoreNameInUse) }
        throw QueueingError(.restoreFailed, "not available, use sluice restore")
    }
}
