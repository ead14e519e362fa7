// Queue groups of one name on several filters: a message that reaches all of them sees one group.

import Base
import Routing

extension Shard {
    /// Delivers to one member of each queue group, where groups of one name count as one.
    /// - Returns: how many deliveries were made.
    @inline(never)
    mutating func deliverToShared(
        _ set: InterestSet,
        _ frame: MessageFrame,
        subject: RawSpan,
        tail: RawSpan,
        from index: UInt32
    ) -> Int {
        gatherGroups(set)
        var count = 0
        for at in 0..<tick.groups.count where tick.groups[at] != noIndex {
            var wanted = Int(random.below(members(ofGroupsLike: at)))
            let wasDelivered = deliverToNamesake(
                of: at,
                skipping: &wanted,
                frame,
                subject: subject,
                tail: tail,
                from: index
            )
            if wasDelivered { count &+= 1 }
            forgetGroups(like: at)
        }
        return count
    }

    /// Puts every group of `set` into the tick's list.
    private mutating func gatherGroups(_ set: InterestSet) {
        tick.groups.removeAll()
        for at in 0..<Int(set.count) {
            var group = interests.interests[interests.interest(at, of: set)].firstGroup
            while group != noIndex {
                tick.groups.append(group)
                group = interests.groups[group].nextFree
            }
        }
    }

    private func isNamesake(_ at: Int, of first: Int) -> Bool {
        let (group, other) = (tick.groups[at], tick.groups[first])
        return group != noIndex && (at == first || interests.haveSameName(group, other))
    }

    private mutating func members(ofGroupsLike first: Int) -> UInt32 {
        var sum: UInt32 = 0
        for at in first..<tick.groups.count where isNamesake(at, of: first) {
            sum &+= interests.groups[tick.groups[at]].count
        }
        return sum
    }

    /// Delivers to the namesake that the member numbered `wanted` belongs to, or to the next one
    /// that takes the message.
    private mutating func deliverToNamesake(
        of first: Int,
        skipping wanted: inout Int,
        _ frame: MessageFrame,
        subject: RawSpan,
        tail: RawSpan,
        from index: UInt32
    ) -> Bool {
        for _ in 0..<2 {
            for at in first..<tick.groups.count where isNamesake(at, of: first) {
                let group = tick.groups[at]
                wanted -= Int(interests.groups[group].count)
                guard wanted < 0 else { continue }
                if deliverToOne(frame, subject: subject, tail: tail, of: group, from: index) {
                    return true
                }
            }
        }
        return false
    }

    private mutating func forgetGroups(like first: Int) {
        for at in (first..<tick.groups.count).reversed() where isNamesake(at, of: first) {
            tick.groups[at] = noIndex
        }
    }
}
