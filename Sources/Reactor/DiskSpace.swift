// How much room a file system has.

import Glibc

/// The room of the file system that holds a path.
public struct DiskSpace: BitwiseCopyable, Equatable, Sendable {
    /// Its size in bytes.
    public let totalBytes: UInt64
    /// What a process without privileges may still write.
    public let freeBytes: UInt64

    /// The file system that holds `path`; `nil` if the system does not tell.
    public init?(of path: String) {
        // SAFETY: the call reads a terminated path.
        let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = statvfs()
        // SAFETY: the call fills a value of its own kind.
        guard unsafe fstatvfs(descriptor, &status) == 0 else { return nil }
        let unit = UInt64(status.f_frsize)
        let total = unit.multipliedReportingOverflow(by: UInt64(status.f_blocks))
        let free = unit.multipliedReportingOverflow(by: UInt64(status.f_bavail))
        totalBytes = total.overflow ? .max : total.partialValue
        freeBytes = free.overflow ? .max : free.partialValue
    }
}
