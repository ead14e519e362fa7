// The disk as the system gives it.

import CLinux
import Glibc

/// Files under one directory, by system calls.
///
/// Files are made with mode 0600, directories with 0700; symbolic links are not followed.
public final class SystemDisk: Disk {
    private let root: Int32
    private let crew: SyncCrew

    /// The disk under the directory `path`, which is made if it is missing.
    /// - Throws: `DiskError` when the directory cannot be made or opened.
    public init(path: String) throws(DiskError) {
        // SAFETY: the call reads a terminated path.
        _ = unsafe mkdir(path, 0o700)
        root = openDirectory(AT_FDCWD, path)
        guard root >= 0 else { throw DiskError(.open, number: clinux_errno()) }
        crew = try SyncCrew()
    }

    deinit { _ = Glibc.close(root) }

    /// Opens `path`.
    public func open(_ path: String, _ mode: DiskMode) throws(DiskError) -> DiskFile {
        let flags: Int32 =
            switch mode {
            case .read: O_RDONLY
            case .write: O_RDWR
            case .create: O_RDWR | O_CREAT | O_EXCL
            }
        // SAFETY: the call reads a terminated path.
        let descriptor = unsafe clinux_openat(root, path, flags | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw DiskError(.open, number: clinux_errno()) }
        return DiskFile(descriptor: descriptor)
    }

    /// Closes `file`.
    public func close(_ file: DiskFile) {
        _ = Glibc.close(file.descriptor)
    }

    /// Reads until `bytes` is full or the file ends.
    public func read(
        _ file: DiskFile,
        at offset: UInt64,
        into bytes: inout MutableRawSpan
    ) throws(DiskError) -> Int {
        var done = 0
        var failure: Int32 = 0
        unsafe bytes.withUnsafeMutableBytes { target in
            while done < target.count, let base = target.baseAddress {
                // SAFETY: the rest of the target is valid for its count.
                let count = unsafe pread(
                    file.descriptor,
                    base + done,
                    target.count - done,
                    off_t(offset) + off_t(done)
                )
                if count > 0 {
                    done += count
                } else if count == 0 {
                    break
                } else if clinux_errno() != EINTR {
                    failure = clinux_errno()
                    break
                }
            }
        }
        guard failure == 0 else { throw DiskError(.read, number: failure) }
        return done
    }

    /// Writes all of `bytes`.
    public func write(
        _ file: DiskFile,
        at offset: UInt64,
        _ bytes: RawSpan
    ) throws(DiskError) {
        var done = 0
        var failure: Int32 = 0
        unsafe bytes.withUnsafeBytes { source in
            while done < source.count, let base = source.baseAddress {
                // SAFETY: the rest of the source is valid for its count.
                let count = unsafe pwrite(
                    file.descriptor,
                    base + done,
                    source.count - done,
                    off_t(offset) + off_t(done)
                )
                if count > 0 {
                    done += count
                } else if count == 0 {
                    failure = EIO
                    break
                } else if clinux_errno() != EINTR {
                    failure = clinux_errno()
                    break
                }
            }
        }
        guard failure == 0 else { throw DiskError(.write, number: failure) }
    }

    /// Hands written bytes to the device.
    public func writeOut(_ file: DiskFile, at offset: UInt64, count: UInt64) throws(DiskError) {
        guard clinux_write_out(file.descriptor, off_t(offset), off_t(count)) == 0 else {
            throw DiskError(.sync, number: clinux_errno())
        }
    }

    /// Makes the bytes of `file` durable.
    public func sync(_ file: DiskFile) throws(DiskError) {
        guard fdatasync(file.descriptor) == 0 else {
            throw DiskError(.sync, number: clinux_errno())
        }
    }

    /// Makes the bytes of all `files` durable, side by side if there are helpers.
    public func sync(_ files: [DiskFile]) throws(DiskError) {
        try crew.sync(files, by: failureToSync)
    }

    /// Helps to sync until `endHelp`: the body of the helping thread numbered `number`, below
    /// `SyncCrew.helperCount`.
    public func helpToSync(_ number: Int) {
        crew.run(number, by: failureToSync)
    }

    /// Ends what helps to sync.
    public func endHelp() {
        crew.dismiss()
    }

    private func failureToSync(_ file: DiskFile) -> DiskError? {
        do throws(DiskError) {
            try sync(file)
            return nil
        } catch {
            return error
        }
    }

    /// How many bytes `file` has.
    public func size(_ file: DiskFile) throws(DiskError) -> UInt64 {
        var status = stat()
        // SAFETY: the call fills the value it is given.
        guard unsafe fstat(file.descriptor, &status) == 0 else {
            throw DiskError(.read, number: clinux_errno())
        }
        return UInt64(max(0, status.st_size))
    }

    /// Cuts or extends `file`.
    public func truncate(_ file: DiskFile, to size: UInt64) throws(DiskError) {
        guard ftruncate(file.descriptor, off_t(size)) == 0 else {
            throw DiskError(.truncate, number: clinux_errno())
        }
    }

    /// Names in the directory `path`, sorted.
    public func list(_ path: String) throws(DiskError) -> [String] {
        let descriptor = openDirectory(root, path)
        guard descriptor >= 0 else { throw DiskError(.list, number: clinux_errno()) }
        guard let directory = unsafe fdopendir(descriptor) else {
            _ = Glibc.close(descriptor)
            throw DiskError(.list, number: clinux_errno())
        }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            // SAFETY: the system ends the name with a zero byte inside the entry.
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
                unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) {
                    unsafe String(cString: $0)
                }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Makes the directory `path`.
    public func makeDirectory(_ path: String) throws(DiskError) {
        // SAFETY: the call reads a terminated path.
        guard unsafe mkdirat(root, path, 0o700) == 0 || clinux_errno() == EEXIST else {
            throw DiskError(.makeDirectory, number: clinux_errno())
        }
    }

    /// Gives `path` the name `target`.
    public func rename(_ path: String, to target: String) throws(DiskError) {
        // SAFETY: the call reads terminated paths.
        guard unsafe renameat(root, path, root, target) == 0 else {
            throw DiskError(.rename, number: clinux_errno())
        }
    }

    /// Takes the file `path` away.
    public func remove(_ path: String) throws(DiskError) {
        // SAFETY: the call reads a terminated path.
        guard unsafe unlinkat(root, path, 0) == 0 else {
            throw DiskError(.remove, number: clinux_errno())
        }
    }

    /// Takes the empty directory `path` away.
    public func removeDirectory(_ path: String) throws(DiskError) {
        // SAFETY: the call reads a terminated path.
        guard unsafe unlinkat(root, path, AT_REMOVEDIR) == 0 else {
            throw DiskError(.remove, number: clinux_errno())
        }
    }

    /// Makes the names in the directory `path` durable.
    public func syncDirectory(_ path: String) throws(DiskError) {
        let descriptor = openDirectory(root, path)
        guard descriptor >= 0 else { throw DiskError(.syncDirectory, number: clinux_errno()) }
        defer { _ = Glibc.close(descriptor) }
        guard fsync(descriptor) == 0 else {
            throw DiskError(.syncDirectory, number: clinux_errno())
        }
    }

    /// Takes the store for this process.
    public func lock(_ file: DiskFile) throws(DiskError) {
        guard flock(file.descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw DiskError(.lock, number: clinux_errno())
        }
    }

    /// Bytes that can still be written.
    public func freeBytes() -> UInt64 {
        var status = statvfs()
        // SAFETY: the call fills the value it is given.
        guard unsafe fstatvfs(root, &status) == 0 else { return 0 }
        return UInt64(status.f_bavail) * UInt64(status.f_frsize)
    }
}

private func openDirectory(_ parent: Int32, _ path: String) -> Int32 {
    // SAFETY: the call reads a terminated path.
    unsafe clinux_openat(parent, path.isEmpty ? "." : path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
}
