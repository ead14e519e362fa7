// What users may publish and subscribe to, compiled for the hot path.

import Base

/// The two things that are permitted separately.
public enum PermissionSide: UInt32, BitwiseCopyable, Sendable {
    /// Publishing to subjects.
    case publish = 0
    /// Subscribing to filters, and what is delivered to them.
    case subscribe = 1
}

/// What became of a wish to subscribe.
public enum SubscribeVerdict: Equatable, BitwiseCopyable, Sendable {
    /// No.
    case refused
    /// Yes, and everything the filter matches may be delivered.
    case allowed
    /// Yes, but each subject must be checked before it is delivered.
    case allowedInPart
}

/// One rule: a filter, and a filter for queue groups where one was named.
struct PermissionRule: BitwiseCopyable {
    let filter: ByteSlice
    let queue: ByteSlice
    let next: UInt32
}

/// The rules of one user for one side.
struct PermissionRules: BitwiseCopyable {
    /// Root of the trie of allowed filters without queue; `noIndex` allows everything.
    var allowRoot: UInt32 = noIndex
    /// Root of the trie of denied filters without queue; `noIndex` denies nothing.
    var denyRoot: UInt32 = noIndex
    /// First allowing rule.
    var firstAllow: UInt32 = noIndex
    /// First denying rule.
    var firstDeny: UInt32 = noIndex
    /// Whether a denying rule names a queue group.
    var deniesQueues = false
}

/// All that one user may do.
struct PermissionSet: BitwiseCopyable {
    var publish = PermissionRules()
    var subscribe = PermissionRules()
    /// How often and how long reply subjects may be used.
    var responses: ResponseLimits?

    subscript(side: PermissionSide) -> PermissionRules {
        get { side == .publish ? publish : subscribe }
        set {
            switch side {
            case .publish: publish = newValue
            case .subscribe: subscribe = newValue
            }
        }
    }
}

/// How often and how long the reply subject of a delivered message may be published to.
public struct ResponseLimits: BitwiseCopyable, Equatable, Sendable {
    /// Replies to one message.
    public let repliesMax: UInt32
    /// Time from the delivery to the last reply.
    public let nanoseconds: UInt64

    /// At most `repliesMax` replies within `nanoseconds`.
    public init(repliesMax: UInt32, nanoseconds: UInt64) {
        self.repliesMax = repliesMax
        self.nanoseconds = nanoseconds
    }
}

/// The permissions of all users, by index; a shard has its own copy.
///
/// A set without rules permits everything. Denying beats allowing. Subjects and filters are
/// compared as bytes. Verdicts on short subjects are remembered, so that a check costs one hash and
/// one comparison.
public struct PermissionTable: ~Copyable {
    private var sets = Table<PermissionSet>(capacity: 4)
    private var rules = Table<PermissionRule>(capacity: 4)
    private var bytes = ByteArena()
    private var trie: FilterTrie
    private var found = Table<UInt32>(capacity: 16)
    private var cache: PermissionCache

    /// A table without sets; `seed` keys its hashes.
    public init(seed: UInt64) {
        trie = FilterTrie(seed: seed)
        cache = PermissionCache(seed: seed)
    }

    // MARK: - Building

    /// Adds a set that permits everything.
    /// - Returns: the index to name it by.
    public mutating func addSet() -> UInt32 {
        sets.append(PermissionSet())
        return UInt32(truncatingIfNeeded: sets.count - 1)
    }

    /// Makes `set` permit nothing on `side` but what is allowed by rules.
    public mutating func restrict(_ set: UInt32, _ side: PermissionSide) {
        guard sets[set][side].allowRoot == noIndex else { return }
        sets[set][side].allowRoot = trie.addRoot()
        cache.removeAll()
    }

    /// Allows `filter` in groups that `queue` matches; an empty one allows it in all and without
    /// one.
    ///
    /// Restricts the side. Filters are valid, and rules for publishing name no group.
    /// - Returns: `false` when there is no memory.
    public mutating func allow(
        _ set: UInt32,
        _ side: PermissionSide,
        filter: RawSpan,
        queue: RawSpan
    ) -> Bool {
        precondition(side == .subscribe || queue.isEmpty, "a queue in a rule for publishing")
        restrict(set, side)
        let root = sets[set][side].allowRoot
        guard let rule = add(filter, queue, root, before: sets[set][side].firstAllow) else {
            return false
        }
        sets[set][side].firstAllow = rule
        return true
    }

    /// Denies `filter` in groups that `queue` matches; an empty one denies it in all and without
    /// one.
    ///
    /// - Returns: `false` when there is no memory.
    public mutating func deny(
        _ set: UInt32,
        _ side: PermissionSide,
        filter: RawSpan,
        queue: RawSpan
    ) -> Bool {
        precondition(side == .subscribe || queue.isEmpty, "a queue in a rule for publishing")
        if sets[set][side].denyRoot == noIndex { sets[set][side].denyRoot = trie.addRoot() }
        let root = sets[set][side].denyRoot
        guard let rule = add(filter, queue, root, before: sets[set][side].firstDeny) else {
            return false
        }
        sets[set][side].firstDeny = rule
        if !queue.isEmpty { sets[set][side].deniesQueues = true }
        return true
    }

    /// Lets `set` publish to the reply subjects of messages that were delivered to it.
    public mutating func allowResponses(_ set: UInt32, _ limits: ResponseLimits) {
        sets[set].responses = limits
    }

    private mutating func add(
        _ filter: RawSpan,
        _ queue: RawSpan,
        _ root: UInt32,
        before next: UInt32
    ) -> UInt32? {
        precondition(SubjectSyntax.isValidFilter(filter), "a rule with a malformed filter")
        cache.removeAll()
        guard let place = bytes.store(filter), let queuePlace = bytes.store(queue) else {
            return nil
        }
        if queue.isEmpty {
            guard let node = trie.node(root: root, filter: filter) else { return nil }
            trie.setInterest(0, at: node)
        }
        rules.append(PermissionRule(filter: place, queue: queuePlace, next: next))
        return UInt32(truncatingIfNeeded: rules.count - 1)
    }

    // MARK: - Asking

    /// How often and how long `set` may use reply subjects; `nil` if it may not.
    public func responses(_ set: UInt32) -> ResponseLimits? {
        sets[set].responses
    }

    /// Whether `set` may publish to `subject`, replies to delivered messages aside.
    public mutating func mayPublish(_ set: UInt32, to subject: RawSpan) -> Bool {
        let own = sets[set].publish
        guard own.allowRoot != noIndex || own.denyRoot != noIndex else { return true }
        if let known = cache.find(set, .publish, subject) { return known }
        let isAllowed = own.allowRoot == noIndex || hasMatch(own.allowRoot, subject)
        let verdict = isAllowed && !(own.denyRoot != noIndex && hasMatch(own.denyRoot, subject))
        cache.keep(set, .publish, subject, verdict)
        return verdict
    }

    /// Whether `set` may subscribe to the valid `filter` in the group `queue`; an empty one is
    /// none.
    ///
    /// A filter is allowed when one rule allows all it matches, and refused when one rule denies
    /// all it matches. Where rules name queue groups, a group that none of them matches is refused
    /// even if the filter is allowed without a group.
    ///
    /// - Complexity: O(rules of the set).
    public func maySubscribe(
        _ set: UInt32,
        to filter: RawSpan,
        in queue: RawSpan
    ) -> SubscribeVerdict {
        let own = sets[set].subscribe
        if own.allowRoot != noIndex, !isAllowed(own.firstAllow, filter, queue) { return .refused }
        return denial(own.firstDeny, filter, queue)
    }

    /// Whether a message on `subject` may be delivered to a subscription of `set` in the group
    /// `queue`.
    ///
    /// To be asked where `maySubscribe` answered `allowedInPart`.
    public mutating func mayDeliver(
        _ set: UInt32,
        subject: RawSpan,
        queue: RawSpan
    ) -> Bool {
        let own = sets[set].subscribe
        guard own.denyRoot != noIndex else { return true }
        if own.deniesQueues, !queue.isEmpty, isDenied(own.firstDeny, subject, queue) {
            return false
        }
        if let known = cache.find(set, .subscribe, subject) { return known }
        let verdict = !hasMatch(own.denyRoot, subject)
        cache.keep(set, .subscribe, subject, verdict)
        return verdict
    }

    private func isAllowed(_ first: UInt32, _ filter: RawSpan, _ queue: RawSpan) -> Bool {
        var isAllowed = false
        var isAllowedInQueue = false
        var namesQueues = false
        var at = first
        while at != noIndex {
            let rule = rules[at]
            at = rule.next
            guard SubjectSyntax.covers(bytes.bytes(of: rule.filter), filter) else { continue }
            if rule.queue.isEmpty {
                isAllowed = true
            } else {
                namesQueues = true
                isAllowedInQueue = isAllowedInQueue || matches(rule, queue)
            }
        }
        return queue.isEmpty || !namesQueues ? isAllowed : isAllowedInQueue
    }

    private func denial(
        _ first: UInt32,
        _ filter: RawSpan,
        _ queue: RawSpan
    ) -> SubscribeVerdict {
        var verdict = SubscribeVerdict.allowed
        var at = first
        while at != noIndex {
            let rule = rules[at]
            at = rule.next
            guard rule.queue.isEmpty || matches(rule, queue) else { continue }
            let denied = bytes.bytes(of: rule.filter)
            if SubjectSyntax.covers(denied, filter) { return .refused }
            if SubjectSyntax.overlap(denied, filter) { verdict = .allowedInPart }
        }
        return verdict
    }

    private func isDenied(_ first: UInt32, _ subject: RawSpan, _ queue: RawSpan) -> Bool {
        var at = first
        while at != noIndex {
            let rule = rules[at]
            at = rule.next
            guard !rule.queue.isEmpty, matches(rule, queue) else { continue }
            if SubjectSyntax.matches(bytes.bytes(of: rule.filter), subject: subject) {
                return true
            }
        }
        return false
    }

    /// Whether the group `queue` is one that `rule` names; a group's own name may look like a
    /// filter.
    private func matches(_ rule: PermissionRule, _ queue: RawSpan) -> Bool {
        guard !queue.isEmpty else { return false }
        let named = bytes.bytes(of: rule.queue)
        return equal(named, queue) || SubjectSyntax.matches(named, subject: queue)
    }

    private mutating func hasMatch(_ root: UInt32, _ subject: RawSpan) -> Bool {
        guard InterestTable.hasOnlyFullTokens(subject) else { return false }
        found.removeAll()
        trie.match(root: root, subject: subject, into: &found)
        return !found.isEmpty
    }
}
