// Room that is kept back on the disk, so that a full one can still be emptied.

import Base

/// A file of zeros that gives its room up to what makes room, which is acknowledgements, deletions
/// and purges, and to the audit log's entries about them.
///
/// While it is not whole no message is taken in, or publishers would take what it gave. It becomes
/// whole again by itself as soon as there is room for it.
final class Ballast {
    private let disk: any Disk
    private let file: DiskFile?
    private let byteCount: UInt64
    private var retryAt = Instant.never
    /// Whether its room is kept back.
    private(set) var isWhole = false

    static var name: String { "ballast" }
    /// How long after a vain attempt the next one may come.
    static var retryNanoseconds: UInt64 { 20_000_000 }

    /// Gives the room of the last run's ballast up where a start may need it.
    static func makeRoom(on disk: any Disk, byteCount: UInt64) {
        guard disk.freeBytes() < byteCount else { return }
        try? disk.remove(name)
    }

    /// Takes the file of the last run over, or makes one of `byteCount` bytes if there is room.
    init(_ disk: any Disk, byteCount: UInt64, zeros: borrowing RecordBuffer) throws(DiskError) {
        self.disk = disk
        self.byteCount = byteCount
        file = try Self.open(on: disk)
        if let file { isWhole = try disk.size(file) == byteCount } else { isWhole = true }
        _ = restore(at: .never, zeros: zeros)
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

    /// Gives the room up.
    /// - Returns: whether there was any.
    func giveUp() -> Bool {
        guard isWhole, let file else { return false }
        isWhole = false
        retryAt = .never
        do throws(DiskError) {
            try disk.truncate(file, to: 0)
            return true
        } catch {
            return false
        }
    }

    /// Takes the room back if the disk has it.
    /// - Returns: whether the ballast is whole.
    func restore(at now: Instant, zeros: borrowing RecordBuffer) -> Bool {
        guard !isWhole, let file else { return true }
        guard now >= retryAt else { return false }
        retryAt = now.adding(nanoseconds: Self.retryNanoseconds)
        // A little more, so that publishers do not meet the end at once.
        guard disk.freeBytes() >= byteCount + byteCount / 8 else { return false }
        do throws(DiskError) {
            var offset: UInt64 = 0
            while offset < byteCount {
                let count = min(byteCount - offset, UInt64(zeros.count))
                try disk.write(file, at: offset, zeros.bytes.part(0, Int(count)))
                offset += count
            }
            isWhole = true
        } catch {
            try? disk.truncate(file, to: 0)
        }
        return isWhole
    }
}
