// The thread that looks after sealed segments: writes their heads, takes away what is done with.

import Base
import Sealing
import Synchronization

/// Something on the disk that nothing names any more.
enum Leftover: Sendable {
    case file(SegmentName)
    /// A directory that is empty once the files before it are gone.
    case directory(String)
}

/// What the other threads of a journal ask its keeper for.
final class KeeperDesk: Sendable {
    /// Segments whose heads are to be written.
    fileprivate let heads = LetterBox<RewriteOrder>()
    /// What is to be taken away: that takes long, and publishers would wait for it.
    fileprivate let leftovers = LetterBox<Leftover>()
    /// What could not be taken away.
    let failures = LetterBox<DiskError>()
    private let bell: Bell

    init() throws(DiskError) {
        bell = try Bell()
    }

    /// Has the heads of a sealed segment written.
    func writeHeads(_ order: RewriteOrder) {
        heads.post(order)
        bell.ring()
    }

    /// Has `leftover` taken away.
    func remove(_ leftover: Leftover) {
        leftovers.post(leftover)
        bell.ring()
    }

    /// Wakes the keeper.
    func ring() { bell.ring() }

    /// Sleeps until the bell rings, unless `hasWork`.
    func sleep(unless hasWork: () -> Bool) { bell.sleep(milliseconds: 1_000, unless: hasWork) }
}

/// Carries out what the desk holds, piece by piece.
///
/// It is not slowed down for publishers as the rewriting is: heads that came later and later would
/// leave whole segments to the next start, and removed files are room that somebody waits for.
struct KeeperLoop: ~Copyable {
    let origin: SegmentOrigin
    let desk: KeeperDesk
    private var build: HeadsBuild?
    private var waiting: [RewriteOrder] = []

    init(_ origin: SegmentOrigin, _ desk: KeeperDesk) {
        self.origin = origin
        self.desk = desk
    }

    /// Whether there is something to do.
    var hasOrders: Bool { !desk.leftovers.isEmpty || canWriteHeads }

    private var canWriteHeads: Bool {
        guard !origin.vault.isLocked else { return false }
        return build != nil || !waiting.isEmpty || !desk.heads.isEmpty
    }

    /// Does the next piece.
    /// - Returns: whether there was anything to do.
    mutating func step() -> Bool {
        let hasRemoved = removeLeftovers()
        return writeHeads() || hasRemoved
    }

    /// Writes the next piece of some segment's heads.
    ///
    /// What cannot be written is left out: the next start reads that segment and asks again.
    private mutating func writeHeads() -> Bool {
        guard canWriteHeads, origin.vault.enter() else { return false }
        defer { origin.vault.leave() }
        waiting += desk.heads.takeAll()
        guard var current = build.take() else {
            begin(waiting.removeFirst())
            return true
        }
        do throws(RewriteStop) {
            if try !current.step() { build = consume current }
        } catch {
            current.abandon()
        }
        return true
    }

    private mutating func begin(_ order: RewriteOrder) {
        do throws(RewriteStop) {
            build = try HeadsBuild(order, origin)
        } catch {
            build = nil
        }
    }

    private mutating func removeLeftovers() -> Bool {
        let leftovers = desk.leftovers.takeAll()
        guard !leftovers.isEmpty else { return false }
        do throws(DiskError) {
            try remove(leftovers)
        } catch {
            desk.failures.post(error)
        }
        return true
    }

    private mutating func remove(_ leftovers: [Leftover]) throws(DiskError) {
        var directories: Set<String> = []
        for leftover in leftovers {
            switch leftover {
            case .file(let name):
                directories.insert(name.directory)
                try unlessGone { () throws(DiskError) in try origin.disk.remove(name.path) }
                guard name.lane == .log else { continue }
                if build?.order.segment == name { build = nil }
                waiting.removeAll { $0.segment == name }
                try unlessGone { () throws(DiskError) in try origin.disk.remove(name.heads.path) }
            case .directory(let path):
                directories.remove(path)
                // One that is not empty is looked at when the store is opened again.
                try? origin.disk.removeDirectory(path)
            }
        }
        for directory in directories {
            try unlessGone { () throws(DiskError) in try origin.disk.syncDirectory(directory) }
        }
    }

    /// Does `body`, to which it is all one if a file or directory is gone already.
    private func unlessGone(_ body: () throws(DiskError) -> Void) throws(DiskError) {
        do throws(DiskError) {
            try body()
        } catch {
            guard error.number == noSuchFile else { throw error }
        }
    }
}
