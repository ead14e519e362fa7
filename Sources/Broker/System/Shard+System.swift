// What the shard does about requests to the server itself.

import Base
import Routing
import Wire

extension Shard {
    /// Most requests to the server in one tick; more are not answered.
    static let systemRequestsMax = 256

    /// Takes a publish that may be a request to the server.
    /// - Returns: whether it is one that will be answered.
    @inline(never)
    mutating func takeSystemRequest(
        _ command: Command,
        in bytes: RawSpan,
        from index: UInt32
    ) -> Bool {
        let account = Int(connections[index].account)
        let subject = bytes.slice(command.subject).array
        guard tick.systemRequests.count < Self.systemRequestsMax,
            let named = SystemSubject(subject, serverId: settings.info.identity.id),
            let allowed = named.scoped(
                to: accounts[account].name,
                isSystem: accounts[account].isSystem
            )
        else { return false }
        let payload = bytes.slice(command.payload)
        let headerCount = Int(min(command.headerBytes, command.payload.count))
        let skipped = command.hasHeaders ? headerCount : 0
        tick.systemRequests.append(
            SystemRequest(
                subject: allowed,
                reply: bytes.slice(command.reply).array,
                body: payload.extracting(skipped..<payload.byteCount).array,
                user: details[Int(index)]?.user ?? [],
                account: account,
                accountName: accounts[account].name
            )
        )
        return true
    }

    /// Publishes `payload` to `subject` of an account, in the server's own name.
    mutating func publish(_ payload: [UInt8], to subject: [UInt8], in account: Int) {
        guard accounts.indices.contains(account) else { return }
        let set = interests.lookUp(root: accounts[account].root, subject: subject.raw)
        guard set.count > 0 else { return }
        let tail = Self.tail(reply: RawSpan(), headerBytes: nil, payload: payload.raw)
        let frame = MessageFrame(payloadBytes: UInt32(truncatingIfNeeded: payload.count))
        _ = route(set, frame, subject: subject.raw, tail: tail.raw, from: noIndex)
        tick.isLagging = false
    }
}
