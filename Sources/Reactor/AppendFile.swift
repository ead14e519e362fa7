// A file that only grows, or standard error.

import CLinux
import Glibc

/// Something that lines are appended to.
public struct AppendFile: ~Copyable {
    private let descriptor: Int32
    private let isOwned: Bool

    /// Standard error.
    public init() {
        descriptor = 2
        isOwned = false
    }

    /// The file at `path`, made if need be and readable for its owner and group.
    /// - Throws: `SystemError` when it cannot be opened.
    public init(path: String) throws(SystemError) {
        // SAFETY: the call reads a terminated path.
        descriptor = unsafe Glibc.open(
            path,
            O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC,
            0o640
        )
        isOwned = true
        guard descriptor >= 0 else { throw SystemError("open") }
    }

    deinit {
        if isOwned { close(descriptor) }
    }

    /// How many bytes the file has; 0 for anything that is no file.
    public var byteCount: Int64 {
        var status = stat()
        // SAFETY: the call fills the local record.
        guard unsafe fstat(descriptor, &status) == 0 else { return 0 }
        return status.st_mode & S_IFMT == S_IFREG ? Int64(status.st_size) : 0
    }

    /// Writes all of `bytes`, in several calls if need be.
    /// - Returns: whether everything was written.
    public func append(_ bytes: [UInt8]) -> Bool {
        // SAFETY: the array lives through the calls, which stay inside it.
        unsafe bytes.withUnsafeBytes { region in
            guard let base = region.baseAddress else { return true }
            var done = 0
            while done < region.count {
                let count = unsafe write(descriptor, base + done, region.count - done)
                if count > 0 {
                    done += count
                } else if count == 0 || clinux_errno() != EINTR {
                    return false
                }
            }
            return true
        }
    }
}

/// Small files that are written and read whole.
public enum SmallFile {
    /// Largest file that is read.
    public static let byteCountMax = 16 << 20

    /// Writes `bytes` to `path` in the place of what was there.
    ///
    /// Readers see the old file or the new one, never a part.
    /// - Throws: `SystemError` when the file cannot be written.
    public static func replace(_ path: String, with bytes: [UInt8]) throws(SystemError) {
        let draft = path + ".new"
        remove(draft)
        do {
            let file = try AppendFile(path: draft)
            guard file.append(bytes) else { throw SystemError("write") }
        }
        // SAFETY: the call reads terminated paths.
        let result = unsafe draft.withCString { from in
            unsafe path.withCString { to in unsafe rename(from, to) }
        }
        guard result == 0 else { throw SystemError("rename") }
    }

    /// What the file at `path` holds.
    /// - Throws: `SystemError` when it cannot be read or is larger than `byteCountMax`.
    public static func read(_ path: String) throws(SystemError) -> [UInt8] {
        let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError("open") }
        defer { _ = Glibc.close(descriptor) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while true {
            // SAFETY: the call writes at most `piece.count` bytes into the array.
            let count = unsafe piece.withUnsafeMutableBytes {
                unsafe Glibc.read(descriptor, $0.baseAddress, $0.count)
            }
            if count == 0 { return bytes }
            guard count > 0 else { throw SystemError("read") }
            bytes.append(contentsOf: piece[..<count])
            guard bytes.count <= byteCountMax else { throw SystemError("read", number: EFBIG) }
        }
    }

    /// Takes the file at `path` away, if it is there.
    public static func remove(_ path: String) {
        // SAFETY: the call reads a terminated path.
        unsafe path.withCString { unsafe _ = unlink($0) }
    }

    /// Gives the file at `path` the name `newPath`.
    public static func move(_ path: String, to newPath: String) {
        // SAFETY: the call reads terminated paths.
        unsafe path.withCString { from in
            unsafe newPath.withCString { to in unsafe _ = rename(from, to) }
        }
    }

    /// Takes away the files whose paths start with `prefix`, but the last `keeping` by name.
    public static func removeOldest(startingWith prefix: String, keeping: Int) {
        for path in paths(startingWith: prefix).dropLast(max(0, keeping)) { remove(path) }
    }

    /// The paths that start with `prefix`, by name.
    public static func paths(startingWith prefix: String) -> [String] {
        var found = unsafe glob_t()
        let pattern = prefix.map { "*?[\\".contains($0) ? "\\\($0)" : "\($0)" }.joined() + "*"
        // SAFETY: the call fills the local record, which is freed below.
        guard unsafe glob(pattern, 0, nil, &found) == 0 else { return [] }
        defer { unsafe globfree(&found) }
        // SAFETY: the list has `gl_pathc` texts.
        return unsafe (0..<Int(found.gl_pathc)).compactMap { index in
            unsafe found.gl_pathv[index].map { unsafe String(cString: $0) }
        }
    }
}
