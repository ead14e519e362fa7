// Reply subjects that somebody may publish to because a message asked for an answer.

public import Base

/// Permissions that come with delivered messages and end by use or by time.
///
/// Each owner has at most `grantsMax`; beyond, its oldest one ends.
public struct ResponseGrants: ~Copyable {
    struct Grant: Slot {
        /// While free: the next free place; while used: the next newer one of the same owner.
        var nextFree: UInt32 = noIndex
        /// The next older one of the same owner.
        var older: UInt32 = noIndex
        let owner: UInt32
        let subject: ByteSlice
        let hash: UInt64
        var repliesLeft: UInt32
        let deadline: Instant
    }

    struct Owner: BitwiseCopyable {
        var oldest: UInt32 = noIndex
        var newest: UInt32 = noIndex
        var count: UInt32 = 0
    }

    private var grants = SlotTable<Grant>(capacity: 16)
    private var owners = Table<Owner>(capacity: 16)
    private var index = HashIndex(capacity: 16)
    private var bytes = ByteArena(byteCountMax: 256 << 20)
    private let seed: UInt64
    /// Most grants of one owner.
    public let grantsMax: UInt32

    /// No grants; `seed` keys the hashes.
    public init(seed: UInt64, grantsMax: UInt32 = 4_096) {
        self.seed = seed
        self.grantsMax = grantsMax
    }

    /// How many grants there are.
    public var count: Int { grants.used }

    /// Lets `owner` answer to `reply` from now on, as often and as long as `limits` say.
    ///
    /// A subject that was granted before is granted anew. Without memory nothing is granted.
    public mutating func grant(
        _ limits: ResponseLimits,
        to owner: UInt32,
        reply: RawSpan,
        at now: Instant
    ) {
        while owners.count <= Int(owner) { owners.append(Owner()) }
        let key = hash(reply, seed: seed ^ UInt64(owner))
        if let present = find(key, owner, reply) { remove(present) }
        removeExpired(of: owner, at: now)
        if owners[owner].count >= grantsMax { remove(owners[owner].oldest) }
        guard let place = bytes.store(reply) else { return }
        let made = grants.insert(
            Grant(
                older: owners[owner].newest,
                owner: owner,
                subject: place,
                hash: key,
                repliesLeft: limits.repliesMax,
                deadline: now.adding(nanoseconds: limits.nanoseconds)
            )
        )
        if owners[owner].newest == noIndex {
            owners[owner].oldest = made
        } else {
            grants[owners[owner].newest].nextFree = made
        }
        owners[owner].newest = made
        owners[owner].count &+= 1
        index.insert(key, made) { grants[$0].hash }
    }

    /// Whether `owner` may publish to `subject` now because it was granted; uses up one reply.
    public mutating func use(_ owner: UInt32, _ subject: RawSpan, at now: Instant) -> Bool {
        guard Int(owner) < owners.count, owners[owner].count > 0 else { return false }
        let key = hash(subject, seed: seed ^ UInt64(owner))
        guard let grant = find(key, owner, subject) else { return false }
        guard now <= grants[grant].deadline, grants[grant].repliesLeft > 0 else {
            remove(grant)
            return false
        }
        if grants[grant].repliesLeft != .max { grants[grant].repliesLeft &-= 1 }
        if grants[grant].repliesLeft == 0 { remove(grant) }
        return true
    }

    /// Ends everything granted to `owner`.
    public mutating func removeAll(of owner: UInt32) {
        guard Int(owner) < owners.count else { return }
        while owners[owner].oldest != noIndex { remove(owners[owner].oldest) }
    }

    private mutating func removeExpired(of owner: UInt32, at now: Instant) {
        while owners[owner].oldest != noIndex, now > grants[owners[owner].oldest].deadline {
            remove(owners[owner].oldest)
        }
    }

    private func find(_ key: UInt64, _ owner: UInt32, _ subject: RawSpan) -> UInt32? {
        index.find(key) { candidate in
            grants[candidate].owner == owner
                && equal(bytes.bytes(of: grants[candidate].subject), subject)
        }.ifAny
    }

    private mutating func remove(_ at: UInt32) {
        let grant = grants[at]
        index.remove(grant.hash, at) { grants[$0].hash }
        bytes.free(grant.subject)
        if grant.older == noIndex {
            owners[grant.owner].oldest = grant.nextFree
        } else {
            grants[grant.older].nextFree = grant.nextFree
        }
        if grant.nextFree == noIndex {
            owners[grant.owner].newest = grant.older
        } else {
            grants[grant.nextFree].older = grant.older
        }
        owners[grant.owner].count &-= 1
        grants.remove(at)
    }
}
