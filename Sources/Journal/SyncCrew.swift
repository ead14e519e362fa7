// Threads that sync files side by side with the one that asks for it.

import Base

/// Helpers of the thread that commits.
///
/// Several files that are synced one after the other each wait for the device; side by side they
/// wait once or twice together. Without helpers the asking thread syncs all files by itself.
public final class SyncCrew: Sendable {
    /// Files to be synced and how far that is.
    private struct Work {
        var files: [DiskFile] = []
        var next = 0
        var left = 0
        var failure: DiskError?
        var isEnding = false

        var hasMore: Bool { next < files.count }
    }

    private let work = Guarded(Work())
    private let bells: [Bell]
    private let doneBell: Bell

    /// How many helpers there can be: on the disks that were measured more gained little.
    public static let helperCount = 4

    /// A crew whose helpers have yet to come.
    init() throws(DiskError) {
        var bells: [Bell] = []
        for _ in 0..<Self.helperCount { bells.append(try Bell()) }
        self.bells = bells
        doneBell = try Bell()
    }

    /// Syncs `files`, each by `sync`; used by one thread.
    /// - Throws: the first failure, after all were tried.
    func sync(_ files: [DiskFile], by sync: (DiskFile) -> DiskError?) throws(DiskError) {
        work.withLock { work in
            work.files = files
            (work.next, work.left, work.failure) = (0, files.count, nil)
        }
        for bell in bells.prefix(files.count - 1) { bell.ring() }
        help(sync)
        while work.withLock({ $0.left > 0 }) {
            doneBell.sleep(milliseconds: 1_000) { work.withLock { $0.left == 0 } }
        }
        let failure = work.withLock { work in
            work.files = []
            return work.failure
        }
        if let failure { throw failure }
    }

    /// Syncs what nobody has begun to sync.
    private func help(_ sync: (DiskFile) -> DiskError?) {
        while let file = take() {
            let failure = sync(file)
            let isLast = work.withLock { work in
                if work.failure == nil { work.failure = failure }
                work.left -= 1
                return work.left == 0
            }
            if isLast { doneBell.ring() }
        }
    }

    private func take() -> DiskFile? {
        work.withLock { work in
            guard work.hasMore else { return nil }
            work.next += 1
            return work.files[work.next - 1]
        }
    }

    /// Helps until the crew is dismissed: the body of the helper numbered `number`.
    func run(_ number: Int, by sync: (DiskFile) -> DiskError?) {
        while !work.withLock({ $0.isEnding }) {
            help(sync)
            bells[number].sleep(milliseconds: 60_000) {
                work.withLock { $0.hasMore || $0.isEnding }
            }
        }
    }

    /// Ends all helpers.
    func dismiss() {
        work.withLock { $0.isEnding = true }
        for bell in bells { bell.ring() }
    }
}
