// How a shard takes a picture of itself.

import Base
import Journal
import Reactor
import Routing
import Wire

extension Shard {
    /// The shard as it is now.
    ///
    /// - Complexity: O(connections), and O(subscriptions) if they are asked for.
    public mutating func picture(_ request: PictureRequest) -> ShardPicture {
        var picture = ShardPicture(
            number: request.number,
            takenAt: tick.now,
            counters: counters
        )
        picture.connectionCount = connections.used
        picture.subscriptionCount = interests.count
        picture.interest = interestFigures
        picture.outboxBytes = outbox.pool.takenCount * ChunkPool.chunkBytes
        let hasStreams = settings.hasStreams
        picture.accounts = accounts.map {
            AccountRow(
                name: $0.name,
                isSystem: $0.isSystem,
                hasStreams: hasStreams && $0.streamLimits != nil
            )
        }
        picture.jetStream = accountStreams(request.jetStream)
        picture.closedCount = closed.count
        picture.closed = closed.newest(request.closedMax)
        if request.hasStreams {
            picture.streams = streamStatuses()
            picture.damage = damage()
            picture.streamCounters = host.counters
            picture.streamCount = host.names.count
            picture.writeStoppedErrno = host.writeStopped?.number ?? 0
            picture.streamNumbers = streamNumbers()
        }
        addConnections(to: &picture, request)
        return picture
    }

    private var interestFigures: InterestFigures {
        var figures = InterestFigures()
        let use = interests.cacheUse
        figures.cacheHits = use.hits
        figures.cacheMisses = use.misses
        figures.cachedSubjects = use.subjects
        figures.inserts = interests.inserts
        figures.removes = interests.removes
        return figures
    }

    private mutating func addConnections(to picture: inout ShardPicture, _ request: PictureRequest)
    {
        var ranked: [(traffic: UInt64, index: UInt32)] = []
        ranked.reserveCapacity(request.connectionsMax > 0 ? connections.used : 0)
        for index in 0..<UInt32(connections.limit) where connections[index].descriptor >= 0 {
            let connection = connections[index]
            let account = Int(connection.account)
            picture.accounts[account].connectionCount += 1
            picture.accounts[account].subscriptionCount += Int(connection.subscriptionCount)
            picture.accounts[account].traffic.add(connection.traffic)
            if request.connectionsMax > 0 {
                ranked.append((connection.traffic.bytesIn &+ connection.traffic.bytesOut, index))
            }
        }
        if ranked.count > request.connectionsMax {
            ranked.sort { $0.traffic > $1.traffic }
            ranked.removeLast(ranked.count - request.connectionsMax)
        }
        let pushed = request.hasStreams ? pushedWork(most: request.connectionsMax) : [:]
        for entry in ranked {
            guard var row = row(entry.index, hasSubscriptions: request.hasSubscriptions) else {
                continue
            }
            if request.hasStreams {
                row.work = pulledWork(of: entry.index) + (pushed[entry.index] ?? [])
            }
            picture.connections.append(row)
        }
    }

    /// The connection at `index`; `nil` if there is none.
    mutating func row(_ index: UInt32, hasSubscriptions: Bool) -> ConnectionRow? {
        guard let details = details[Int(index)] else { return nil }
        let connection = connections[index]
        var row = ConnectionRow(
            id: connection.id,
            peer: details.peer,
            startedAt: details.startedAt,
            activeAt: connection.lastHeard
        )
        row.closedReason = details.closedReason
        let measured = connection.roundTripNanoseconds
        row.roundTripNanoseconds = measured > 0 ? measured : details.firstRoundTripNanoseconds
        row.pendingBytes = connection.queue.byteCount
        row.traffic = connection.traffic
        row.subscriptionCount = Int(connection.subscriptionCount)
        row.flags = connection.flags
        row.program = details.program
        row.user = details.user
        row.account = Int(connection.account)
        row.accountName = accounts[row.account].name
        row.tlsVersion = details.tlsVersion
        row.tlsCipher = details.tlsCipher
        row.throttleBytesPerSecond = details.throttleBytesPerSecond
        if hasSubscriptions { row.subscriptions = subscriptions(of: index, most: .max) }
        return row
    }

    /// Up to `most` subscriptions of the connection at `index`, oldest first.
    mutating func subscriptions(of index: UInt32, most: Int) -> [SubscriptionRow] {
        var rows: [SubscriptionRow] = []
        var next = connections[index].firstSubscription
        while next != noIndex, rows.count < most {
            let subscription = interests.subscriptions[next]
            let sid = subscription.sid
            rows.append(
                SubscriptionRow(
                    filter: interests.filter(of: next),
                    queue: interests.queue(of: next).array,
                    sid: sid.long.isEmpty ? sid.bytes : interests.longBytes(of: sid).array,
                    delivered: subscription.delivered,
                    deliveriesMax: subscription.deliveriesMax
                )
            )
            next = subscription.nextOfOwner
        }
        rows.reverse()
        return rows
    }
}

extension Traffic {
    /// Adds `other`.
    mutating func add(_ other: Traffic) {
        messagesIn &+= other.messagesIn
        bytesIn &+= other.bytesIn
        messagesOut &+= other.messagesOut
        bytesOut &+= other.bytesOut
    }
}
