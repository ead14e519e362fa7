// Messages for the shard itself: streams that take them in, requests, acknowledgements.

import Base
import Routing
import Wire

extension Shard {
    /// Serves the hits of a client's publish from `first` on and forgets them.
    @inline(never)
    mutating func serve(
        from first: Int,
        _ command: Command,
        in bytes: RawSpan,
        root: UInt32
    ) {
        let payload = bytes.slice(command.payload)
        let headerBytes = Int(command.headerBytes)
        serve(
            from: first,
            subject: bytes.slice(command.subject),
            reply: bytes.slice(command.reply),
            headers: payload.extracting(0..<headerBytes),
            payload: payload.extracting(headerBytes..<payload.byteCount),
            root: root
        )
    }

    /// Serves the hits from `first` on and forgets them.
    mutating func serve(
        from first: Int,
        subject: RawSpan,
        reply: RawSpan,
        headers: RawSpan,
        payload: RawSpan,
        root: UInt32
    ) {
        let last = tick.hits.count
        for at in first..<last {
            let owner = tick.hits[at]
            switch owner {
            case ServiceOwner.api:
                serveApi(subject, reply: reply, headers: headers, payload: payload, root: root)
            case ServiceOwner.acks:
                serveAck(subject, reply: reply, payload: payload, root: root)
            case ServiceOwner.flowControl: serveFlowControl(subject, root: root)
            case ServiceOwner.operations:
                if !takeKeyRequest(subject, reply: reply, payload: payload, root: root) {
                    serveQueues(subject, reply: reply, payload: payload, root: root)
                }
            default:
                ingest(
                    owner & ~ServiceOwner.first,
                    subject: subject,
                    reply: reply,
                    headers: headers,
                    payload: payload
                )
            }
        }
        while tick.hits.count > first { _ = tick.hits.popLast() }
    }

    /// Subscribes the services of streams in every account.
    mutating func serveStreams() {
        for account in accounts { serveStreams(in: account) }
    }

    /// Subscribes the services of streams in one account; the system's has no streams and is told.
    mutating func serveStreams(in account: AccountSpace) {
        var services: [(UInt32, String)] = [(ServiceOwner.api, "$JS.API.>")]
        if account.isSystem {
            services.append((ServiceOwner.operations, "$SLUICE.API.KEYS.>"))
        } else {
            services.append((ServiceOwner.acks, "$JS.ACK.>"))
            services.append((ServiceOwner.flowControl, "$JS.FC.>"))
            services.append((ServiceOwner.operations, "$SLUICE.API.>"))
        }
        for (owner, filter) in services {
            _ = subscribe(service: owner, root: account.root, to: Array(filter.utf8))
        }
    }

    /// Subscribes a service of the shard.
    /// - Returns: the subscription; `nil` without memory.
    mutating func subscribe(
        service owner: UInt32,
        root: UInt32,
        to filter: [UInt8]
    ) -> UInt32? {
        serviceCount &+= 1
        let sid = Array(String(serviceCount).utf8)
        do throws(SubscribeRefusal) {
            return try interests.subscribe(
                root: root,
                filter: filter.raw,
                queue: RawSpan(),
                owner: owner,
                sid: sid.raw
            )
        } catch {
            return nil
        }
    }
}
