// How subscriptions hang together: in their filter, in their queue group.

import Base

extension InterestTable {
    /// Ends a subscription.
    public mutating func unsubscribe(_ index: UInt32) {
        let entry = subscriptions[index]
        bySid.remove(entry.sidHash, index) { subscriptions[$0].sidHash }
        if !entry.sid.long.isEmpty { bytes.free(entry.sid.long) }
        if entry.group == noIndex {
            unlinkPlain(index)
        } else {
            leave(index, entry.group)
        }
        subscriptions.remove(index)
        removes &+= 1
        removeInterestIfUnused(entry.interest)
    }

    /// The interest of `filter`, which ends at `node`; made if need be.
    mutating func interestAt(_ node: UInt32, root: UInt32, filter: RawSpan) -> UInt32 {
        let present = trie.nodes[node].interest
        if present != noIndex { return present }
        let interest = interests.insert(Interest(node: node, root: root))
        trie.setInterest(interest, at: node)
        forget(root: root, filter: filter)
        return interest
    }

    /// Puts a plain subscription in front of its filter's list.
    mutating func link(_ index: UInt32, first: UInt32) {
        subscriptions[index].nextFree = first
        subscriptions[index].previous = noIndex
        if first != noIndex { subscriptions[first].previous = index }
    }

    /// The group called `name` on `interest`; made if need be, `nil` without memory for its name.
    mutating func group(_ name: RawSpan, of interest: UInt32) -> UInt32? {
        var group = interests[interest].firstGroup
        while group != noIndex {
            if equal(bytes.bytes(of: groups[group].name), name) { return group }
            group = groups[group].nextFree
        }
        guard let place = bytes.store(name) else { return nil }
        var made = QueueGroup(interest: interest, name: place)
        made.nextFree = interests[interest].firstGroup
        let index = groups.insert(made)
        interests[interest].firstGroup = index
        return index
    }

    /// Makes a subscription a member of `group`: the members form a ring.
    mutating func join(_ index: UInt32, _ group: UInt32) {
        subscriptions[index].group = group
        let turn = groups[group].turn
        if turn == noIndex {
            subscriptions[index].nextFree = index
            subscriptions[index].previous = index
            groups[group].turn = index
        } else {
            let last = subscriptions[turn].previous
            subscriptions[index].nextFree = turn
            subscriptions[index].previous = last
            subscriptions[last].nextFree = index
            subscriptions[turn].previous = index
        }
        groups[group].count &+= 1
    }

    private mutating func unlinkPlain(_ index: UInt32) {
        let entry = subscriptions[index]
        if entry.previous == noIndex {
            interests[entry.interest].firstPlain = entry.nextFree
        } else {
            subscriptions[entry.previous].nextFree = entry.nextFree
        }
        if entry.nextFree != noIndex { subscriptions[entry.nextFree].previous = entry.previous }
    }

    private mutating func leave(_ index: UInt32, _ group: UInt32) {
        let entry = subscriptions[index]
        groups[group].count &-= 1
        if groups[group].count == 0 {
            removeGroup(group)
            return
        }
        subscriptions[entry.previous].nextFree = entry.nextFree
        subscriptions[entry.nextFree].previous = entry.previous
        if groups[group].turn == index { groups[group].turn = entry.nextFree }
    }

    private mutating func removeGroup(_ group: UInt32) {
        let interest = groups[group].interest
        let next = groups[group].nextFree
        if interests[interest].firstGroup == group {
            interests[interest].firstGroup = next
        } else {
            var before = interests[interest].firstGroup
            while groups[before].nextFree != group { before = groups[before].nextFree }
            groups[before].nextFree = next
        }
        bytes.free(groups[group].name)
        groups.remove(group)
    }

    private mutating func removeInterestIfUnused(_ index: UInt32) {
        let interest = interests[index]
        guard interest.firstPlain == noIndex, interest.firstGroup == noIndex else { return }
        let filter = trie.filter(of: interest.node)
        // SAFETY: the bytes are only read during the call.
        unsafe forget(root: interest.root, filter: filter.span.bytes)
        trie.setInterest(noIndex, at: interest.node)
        trie.prune(interest.node)
        interests.remove(index)
    }

    private mutating func forget(root: UInt32, filter: RawSpan) {
        cache.forget(hash(filter, seed: seed ^ UInt64(root)), root: root, filter: filter)
    }
}
