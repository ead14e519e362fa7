// Who receives what: subscriptions, queue groups and the lookup that every publish makes.

public import Base

/// Why a subscription was not taken.
public enum SubscribeRefusal: Error, Equatable, BitwiseCopyable {
    /// The owner has a subscription with this id already.
    case sidInUse
    /// Memory for filters is used up.
    case full
}

/// All subscriptions of one shard, by account, filter and queue group.
///
/// Subscribing and unsubscribing cost O(tokens of the filter); a lookup costs one hash and one
/// comparison while the subject is remembered. Filters and subjects are taken as they are: whoever
/// calls has checked that they are well-formed.
public struct InterestTable: ~Copyable {
    var trie: FilterTrie
    var cache: SubjectCache
    /// Interests by index, as `InterestSet` names them.
    public internal(set) var interests = SlotTable<Interest>(capacity: 64)
    /// Queue groups by index.
    public var groups = SlotTable<QueueGroup>(capacity: 16)
    /// Subscriptions by index.
    public var subscriptions = SlotTable<Subscription>(capacity: 64)
    var bytes = ByteArena()
    var bySid = HashIndex()
    let seed: UInt64
    var found = Table<UInt32>(capacity: 64)
    /// How many subscriptions were ever added.
    public internal(set) var inserts: UInt64 = 0
    /// How many subscriptions were ever removed.
    public internal(set) var removes: UInt64 = 0

    /// A table without accounts; `seed` keys its hashes.
    public init(seed: UInt64) {
        self.seed = seed
        trie = FilterTrie(seed: seed)
        cache = SubjectCache()
    }

    /// Adds an isolated subject space.
    /// - Returns: the root to name it by.
    public mutating func addAccount() -> UInt32 {
        trie.addRoot()
    }

    /// How many subscriptions there are.
    public var count: Int { subscriptions.used }

    /// Lookups that the cache answered and lookups that had to match.
    public var cacheUse: (hits: UInt64, misses: UInt64, subjects: Int) {
        (cache.hits, cache.misses, cache.count)
    }

    // MARK: - Lookup

    /// The interests in `subject` below the account `root`.
    @inline(__always)
    public mutating func lookUp(root: UInt32, subject: RawSpan) -> InterestSet {
        let key = hash(subject, seed: seed ^ UInt64(root))
        if let set = cache.find(key, root: root, subject: subject) { return set }
        return match(key, root: root, subject: subject)
    }

    /// The `index`-th interest of `set`, which comes from the last `lookUp`.
    @inline(__always)
    public func interest(_ index: Int, of set: InterestSet) -> UInt32 {
        if index < 4 { return set.short[index] }
        return set.rest.isEmpty ? found[index] : cache.interest(index, of: set)
    }

    @inline(never)
    private mutating func match(_ key: UInt64, root: UInt32, subject: RawSpan) -> InterestSet {
        found.removeAll()
        if Self.hasOnlyFullTokens(subject), !SubjectSyntax.isReserved(subject) {
            trie.match(root: root, subject: subject, into: &found)
        }
        if cache.isWorthKeeping(key),
            let set = cache.keep(key, root: root, subject: subject, found: found)
        {
            return set
        }
        var set = InterestSet()
        set.count = UInt32(truncatingIfNeeded: found.count)
        for index in 0..<min(found.count, 4) { set.short[index] = found[index] }
        return set
    }

    /// Whether no token of `subject` is empty.
    static func hasOnlyFullTokens(_ subject: RawSpan) -> Bool {
        var atStart = true
        for offset in 0..<subject.byteCount {
            let isDot = subject.unsafeByte(offset) == UInt8(ascii: ".")
            if isDot, atStart { return false }
            atStart = isDot
        }
        return !atStart
    }

    // MARK: - Subscribing

    /// Adds a subscription of `owner`; an empty `queue` makes it a plain one.
    ///
    /// - Returns: its index.
    /// - Throws: `sidInUse` or `full`.
    public mutating func subscribe(
        root: UInt32,
        filter: RawSpan,
        queue: RawSpan,
        owner: UInt32,
        sid: RawSpan
    ) throws(SubscribeRefusal) -> UInt32 {
        guard find(owner: owner, sid: sid) == nil else { throw .sidInUse }
        guard let node = trie.node(root: root, filter: filter) else { throw .full }
        var long = ByteSlice.empty
        if sid.byteCount > Sid.shortBytesMax {
            guard let place = bytes.store(sid) else { throw .full }
            long = place
        }
        let interest = interestAt(node, root: root, filter: filter)
        let key = sidHash(owner, sid)
        var entry = Subscription(owner: owner, sid: Sid(sid, long: long), sidHash: key)
        entry.interest = interest
        let index = subscriptions.insert(entry)
        bySid.insert(key, index) { subscriptions[$0].sidHash }
        if queue.isEmpty {
            link(index, first: interests[interest].firstPlain)
            interests[interest].firstPlain = index
        } else {
            guard let group = group(queue, of: interest) else {
                unsubscribe(index)
                throw .full
            }
            join(index, group)
        }
        inserts &+= 1
        return index
    }

    /// The subscription of `owner` with the id `sid`, or `nil`.
    public func find(owner: UInt32, sid: RawSpan) -> UInt32? {
        let wanted = Sid(sid)
        return bySid.find(sidHash(owner, sid)) { candidate in
            let entry = subscriptions[candidate]
            return entry.owner == owner && entry.sid == wanted
                && (entry.sid.long.isEmpty || equal(bytes.bytes(of: entry.sid.long), sid))
        }.ifAny
    }

    /// The bytes of a subscription id too long to be kept in place.
    @_lifetime(borrow self)
    public func longBytes(of sid: Sid) -> RawSpan {
        bytes.bytes(of: sid.long)
    }

    /// The filter of `subscription`.
    public func filter(of subscription: UInt32) -> [UInt8] {
        trie.filter(of: interests[subscriptions[subscription].interest].node)
    }

    /// The queue group's name of `subscription`; empty for a plain one.
    @_lifetime(borrow self)
    public func queue(of subscription: UInt32) -> RawSpan {
        let group = subscriptions[subscription].group
        return bytes.bytes(of: group == noIndex ? .empty : groups[group].name)
    }

    /// Whether two queue groups have one name.
    public func haveSameName(_ left: UInt32, _ right: UInt32) -> Bool {
        equal(bytes.bytes(of: groups[left].name), bytes.bytes(of: groups[right].name))
    }

    private func sidHash(_ owner: UInt32, _ sid: RawSpan) -> UInt64 {
        hash(sid, seed: seed &+ UInt64(owner) &* 0xD6E8_FEB8_6659_FD93)
    }
}
