// Room that is kept back on the disk, so that a full one can still be emptied.

import Base

/// A file of zeros that gives its room up to what makes room, which is acknowledgements, deletions
/// and purges, and to the audit log's entries about them.
///
/// A quarter of it is only for the next start, which writes a new catalog before the old one goes.
/// While it is not whole no message is taken in, or publishers would take what it gave. It becomes
/// whole again by itself as soon as there is room for it.
final class Ballast {
    private let disk: any Disk
    private let file: DiskFile?
    private let byteCount: UInt64
    private var heldBytes: UInt64 = 0
    private var retryAt = Instant.never

    static var name: String { "ballast" }
    /// How long after a vain attempt the next one may come.
    static var retryNanoseconds: UInt64 { 20_000_000 }
    /// The part of it that a run leaves to the next start.
    static var startPart: UInt64 { 4 }

    /// Gives the room of the last run's ballast up where a start may need it.
    static func makeRoom(on disk: any Disk, byteCount: UInt64) {
        guard disk.freeBytes() < byteCount else { return }
        try? disk.remove(name)
    }

    /// Takes over what the last run kept back of `byteCount` bytes.
    init(_ disk: any Disk, byteCount: UInt64) throws(DiskError) {
        self.disk = disk
        self.byteCount = byteCount
        file = try Self.open(on: disk)
        guard let file else { return }
        heldBytes = try disk.size(file)
        if heldBytes > byteCount {
            try disk.truncate(file, to: byteCount)
            heldBytes = byteCount
        }
    }

    /// The file; `nil` if there is not even room for its name, and nothing is kept back then.
    private static func open(on disk: any Disk) throws(DiskError) -> DiskFile? {
        do throws(DiskError) {
            return try disk.open(name, .write)
        } catch {
            guard error.number == noSuchFile else { throw error }
        }
        do throws(DiskError) {
            return try disk.open(name, .create)
        } catch {
            guard error.isDiskFull else { throw error }
            return nil
        }
    }

    deinit { if let file { disk.close(file) } }

    /// Whether all its room is kept back.
    var isWhole: Bool { file == nil || heldBytes == byteCount }

    /// Gives the room up, but for what a start needs.
    /// - Returns: whether there was any.
    func giveUp() -> Bool {
        let kept = byteCount / Self.startPart
        guard heldBytes > kept, let file else { return false }
        retryAt = .never
        do throws(DiskError) {
            try disk.truncate(file, to: kept)
            heldBytes = kept
            return true
        } catch {
            return false
        }
    }

    /// Takes the room back if the disk has it.
    /// - Returns: whether the ballast is whole.
    func restore(at now: Instant, zeros: borrowing RecordBuffer) -> Bool {
        guard !isWhole else { return true }
        guard now >= retryAt else { return false }
        retryAt = now.adding(nanoseconds: Self.retryNanoseconds)
        // A little more, so that publishers do not meet the end at once.
        guard disk.freeBytes() >= byteCount - heldBytes + byteCount / 8 else { return false }
        fill(zeros)
        return isWhole
    }

    /// Takes as much of the room as there is, once a start has what it needs and before others do.
    func fill(_ zeros: borrowing RecordBuffer) {
        guard let file else { return }
        do throws(DiskError) {
            while heldBytes < byteCount {
                let count = min(byteCount - heldBytes, UInt64(zeros.count))
                try disk.write(file, at: heldBytes, zeros.bytes.part(0, Int(count)))
                heldBytes += count
            }
        } catch {
            try? disk.truncate(file, to: heldBytes)
        }
    }
}
