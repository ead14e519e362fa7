// The picture that a busy shard takes by itself, just before the console's next one is made.

import Base
import Synchronization

/// Where the shard leaves a picture for the control thread.
///
/// To ask for a picture wakes the shard, and its answer wakes the control thread once more; what
/// is on its way meanwhile waits for a processor. A shard that works anyway looks at a number
/// instead and leaves the picture here, and nobody is woken. One that sleeps is asked.
final class PictureStand: Sendable {
    private let newest = Guarded<ShardPicture?>(nil)
    private let dueAt = Atomic<UInt64>(.max)

    /// How long before the time it is needed a picture may be taken.
    static let leadNanoseconds = 25 * nanosecondsPerMillisecond

    /// A stand where no picture is wanted.
    init() {}

    /// Wants a picture that will be needed at `instant`.
    func want(for instant: Instant) {
        let lead = min(Self.leadNanoseconds, instant.nanoseconds)
        dueAt.store(instant.nanoseconds - lead, ordering: .relaxed)
    }

    /// Whether a picture is wanted at `now`: one look at a number.
    @inline(__always)
    func isDue(at now: Instant) -> Bool {
        now.nanoseconds >= dueAt.load(ordering: .relaxed)
    }

    /// Leaves what `take` gives; the next one is taken when it is wanted.
    func leave(_ take: () -> ShardPicture) {
        let due = dueAt.load(ordering: .relaxed)
        let picture = take()
        newest.withLock { $0 = picture }
        // Unless the next one is wanted already.
        _ = dueAt.compareExchange(expected: due, desired: .max, ordering: .relaxed)
    }

    /// The picture that was left, unless it is too old at `now`.
    func take(at now: Instant) -> ShardPicture? {
        let picture = newest.withLock { newest in
            let left = newest
            newest = nil
            return left
        }
        guard let picture, now.nanoseconds(since: picture.takenAt) <= 2 * Self.leadNanoseconds
        else { return nil }
        return picture
    }
}
