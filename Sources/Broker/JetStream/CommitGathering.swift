// When the next commit begins: at once, or a moment later with more publishers in it.

import Base

/// Decides how long a commit waits for publishers who are about to publish again.
///
/// Publishers who wait for each answer come back together soon after a commit. If the next one
/// begins without them they form two groups that take turns, and everybody waits for half a sync
/// more than his own; with them one sync serves all. A commit waits until as many publishers are
/// there as waited when the last one ended, half as long as that one took at most; after waiting
/// in vain the next ones do not.
///
/// PostgreSQL's `commit_delay` and `commit_siblings` do the same by numbers that somebody sets.
struct CommitGathering {
    /// Publishers in the commit that is under way.
    private var committing = 0
    /// Publishers who wait for the next one.
    private var waiting = 0
    /// How many are waited for.
    private var wanted = 0
    private var beganAt = Instant.never
    private var deadline = Instant.never
    private var isOpen = false
    /// Whether messages are there that the next commit would take.
    private var isHolding = false
    /// Commits that do not wait before one does again, and how many of them there were.
    private var restCount = 0
    private var rested = 0

    /// The longest wait.
    static var nanosecondsMax: UInt64 { 500_000 }
    /// Most publishers who are waited for: more fill a sync by themselves.
    static var publisherCountMax: Int { 64 }
    /// Most commits that do not wait after some that waited in vain.
    static var restCountMax: Int { 64 }

    /// A publisher waits for an answer.
    mutating func take() { waiting &+= 1 }

    /// The commit under way, if there is one, is done.
    mutating func end(at now: Instant) {
        guard committing > 0 else { return }
        wanted = committing + waiting
        committing = 0
        guard wanted > 1, wanted <= Self.publisherCountMax else { return }
        guard rested >= restCount else {
            rested += 1
            return
        }
        rested = 0
        (isOpen, isHolding) = (true, false)
        let half = now.nanoseconds(since: beganAt) / 2
        deadline = now.adding(nanoseconds: min(Self.nanosecondsMax, half))
    }

    /// Whether the next commit, for which there are messages, is to wait at `now`.
    mutating func holds(at now: Instant) -> Bool {
        guard isOpen else { return false }
        if waiting >= wanted {
            isOpen = false
            restCount = 0
        } else if now >= deadline {
            isOpen = false
            let isInVain = waiting * 4 < wanted * 3
            restCount = isInVain ? min(Self.restCountMax, restCount * 2 + 1) : 0
        }
        isHolding = isOpen
        return isOpen
    }

    /// A commit begins.
    mutating func begin(at now: Instant) {
        (committing, waiting) = (waiting, 0)
        beganAt = now
        isOpen = false
    }

    /// When `holds` is to be asked again although nothing has come; `nil` while nothing is held.
    var nextLook: Instant? { isOpen && isHolding ? deadline : nil }
}
