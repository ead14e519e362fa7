// Subscriptions come and go.

import Base
import Configuration
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
        let tokensMax = settings.limits.subscriptionTokensMax
        if tokensMax > 0, SubjectSyntax.tokenCount(filter) > tokensMax {
            violate(index, .tooManyTokens(subject: filter.array))
            return
        }
        let verdict = maySubscribe(index, to: filter, in: queue)
        guard verdict != .refused else {
            violate(index, Self.violation(filter, queue))
            return
        }
        let most = settings.limits.subscriptionsMax
        if most > 0 && connections[index].subscriptionCount >= most
            || isAccountFull(index)
        {
            refuse(index, .tooManySubscriptions)
            return
        }
        if let made = add(filter: filter, queue: queue, sid: sid, to: index) {
            interests.subscriptions[made].needsDeliveryCheck = verdict == .allowedInPart
            accounts[Int(connections[index].account)].subscriptionCount += 1
        }
        if connections[index].flags.contains(.verbose) { send(Self.ok, to: index) }
    }

    private static func violation(_ filter: RawSpan, _ queue: RawSpan) -> PermissionViolation {
        queue.isEmpty
            ? .subscribe(subject: filter.array)
            : .subscribeInQueue(subject: filter.array, queue: queue.array)
    }

    private func isAccountFull(_ index: UInt32) -> Bool {
        let account = Int(connections[index].account)
        guard let most = accounts[account].limits.subscriptionsMax else { return false }
        return accounts[account].subscriptionCount >= most
    }

    private mutating func add(
        filter: RawSpan,
        queue: RawSpan,
        sid: RawSpan,
        to index: UInt32
    ) -> UInt32? {
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
            return made
        } catch {
            if error == .full { refuse(index, .tooManySubscriptions) }
            return nil
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
        accounts[Int(connections[index].account)].subscriptionCount -= 1
        interests.unsubscribe(subscription)
    }

    /// Ends every subscription of the connection at `index`.
    mutating func dropAll(of index: UInt32) {
        while connections[index].firstSubscription != noIndex {
            drop(connections[index].firstSubscription, of: index)
        }
    }
}
