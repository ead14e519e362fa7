// A look at files that somebody else may be writing.

import Glibc

/// A disk that can only be read, and whose store is not taken for this process.
final class WatchingDisk: Disk {
    private let disk: any Disk

    /// A look at what `disk` holds.
    init(_ disk: any Disk) { self.disk = disk }

    func open(_ path: String, _ mode: DiskMode) throws(DiskError) -> DiskFile {
        if case .create = mode { throw DiskError(.open, number: EROFS) }
        return try disk.open(path, .read)
    }

    func close(_ file: DiskFile) { disk.close(file) }

    func read(
        _ file: DiskFile,
        at offset: UInt64,
        into bytes: inout MutableRawSpan
    ) throws(DiskError) -> Int {
        try disk.read(file, at: offset, into: &bytes)
    }

    func write(_ file: DiskFile, at offset: UInt64, _ bytes: RawSpan) throws(DiskError) {
        throw DiskError(.write, number: EROFS)
    }

    func writeOut(_ file: DiskFile, at offset: UInt64, count: UInt64) throws(DiskError) {
        throw DiskError(.sync, number: EROFS)
    }

    func sync(_ file: DiskFile) throws(DiskError) {
        throw DiskError(.sync, number: EROFS)
    }

    func size(_ file: DiskFile) throws(DiskError) -> UInt64 { try disk.size(file) }

    func truncate(_ file: DiskFile, to size: UInt64) throws(DiskError) {
        throw DiskError(.truncate, number: EROFS)
    }

    func list(_ path: String) throws(DiskError) -> [String] { try disk.list(path) }

    func makeDirectory(_ path: String) throws(DiskError) {
        throw DiskError(.makeDirectory, number: EROFS)
    }

    func rename(_ path: String, to target: String) throws(DiskError) {
        throw DiskError(.rename, number: EROFS)
    }

    func remove(_ path: String) throws(DiskError) {
        throw DiskError(.remove, number: EROFS)
    }

    func removeDirectory(_ path: String) throws(DiskError) {
        throw DiskError(.remove, number: EROFS)
    }

    func syncDirectory(_ path: String) throws(DiskError) {
        throw DiskError(.syncDirectory, number: EROFS)
    }

    func lock(_ file: DiskFile) throws(DiskError) {}

    func freeBytes() -> UInt64 { 0 }
}
