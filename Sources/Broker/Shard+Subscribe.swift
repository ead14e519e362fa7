// Subscriptions come and go.

import Base
import Routing
import Wire

extension Shard {
    /// SUB.
    mutating func subscribe(_ command: Command, in bytes: RawSpan, from index: UInt32) {
        let filter = bytes.slice(command.subject)
        let queue = bytes.slice(command.reply)
        let sid = bytes.slice(command.sid)
        guard SubjectSyntax.isValidFilter(filter) else {
            refuse(index, .invalidSubject)
            return
        }
        let most = settings.limits.subscriptionsMax
        if most > 0, connections[index].subscriptionCount >= most {
            refuse(index, .tooManySubscriptions)
            return
        }
        add(filter: filter, queue: queue, sid: sid, to: index)
        if connections[index].flags.contains(.verbose) { send(Self.ok, to: index) }
    }

    private mutating func add(filter: RawSpan, queue: RawSpan, sid: RawSpan, to index: UInt32) {
        do throws(SubscribeRefusal) {
            let made = try interests.subscribe(
                root: connections[index].root,
                filter: filter,
                queue: queue,
                owner: index,
                sid: sid
            )
            let first = connections[index].firstSubscription
            interests.subscriptions[made].nextOfOwner = first
            interests.subscriptions[made].previousOfOwner = noIndex
            if first != noIndex { interests.subscriptions[first].previousOfOwner = made }
            connections[index].firstSubscription = made
            connections[index].subscriptionCount &+= 1
        } catch {
            switch error {
            case .sidInUse: break
            case .full: refuse(index, .tooManySubscriptions)
            }
        }
    }

    /// UNSUB.
    mutating func unsubscribe(_ command: Command, in bytes: RawSpan, from index: UInt32) {
        if let subscription = interests.find(owner: index, sid: bytes.slice(command.sid)) {
            let most = command.deliveriesMax
            if most > 0, interests.subscriptions[subscription].delivered < most {
                interests.subscriptions[subscription].deliveriesMax = most
            } else {
                drop(subscription, of: index)
            }
        }
        if connections[index].flags.contains(.verbose) { send(Self.ok, to: index) }
    }

    /// Ends `subscription` of the connection at `index`.
    mutating func drop(_ subscription: UInt32, of index: UInt32) {
        let previous = interests.subscriptions[subscription].previousOfOwner
        let next = interests.subscriptions[subscription].nextOfOwner
        if previous == noIndex {
            connections[index].firstSubscription = next
        } else {
            interests.subscriptions[previous].nextOfOwner = next
        }
        if next != noIndex { interests.subscriptions[next].previousOfOwner = previous }
        connections[index].subscriptionCount &-= 1
        interests.unsubscribe(subscription)
    }

    /// Ends every subscription of the connection at `index`.
    mutating func dropAll(of index: UInt32) {
        while connections[index].firstSubscription != noIndex {
            drop(connections[index].firstSubscription, of: index)
        }
    }
}
