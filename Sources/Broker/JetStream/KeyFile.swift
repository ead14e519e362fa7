// The file whose bytes open a store: made at the first start, readable by its owner alone.

import CLinux
import Glibc
import Journal
import Reactor
import Sealing

/// Reads and makes key files; the bytes go from the kernel into locked memory and nowhere else.
enum KeyFile {
    /// Bytes of a key.
    static var byteCount: Int { 32 }

    /// The key in the file at `path`; a new one is made where there is no file.
    /// - Throws: `StoreError`.
    static func open(_ path: String) throws(StoreError) -> SecretBytes {
        let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        if descriptor < 0 {
            let error = SystemError("open")
            guard error.number == ENOENT else { throw .keyFile(path, error) }
            return try make(path)
        }
        defer { _ = Glibc.close(descriptor) }
        var facts = stat()
        guard unsafe fstat(descriptor, &facts) == 0 else {
            throw .keyFile(path, SystemError("fstat"))
        }
        guard facts.st_mode & 0o077 == 0, facts.st_uid == geteuid() else {
            throw .keyFileOpen(path)
        }
        guard facts.st_size == byteCount else { throw .keyFileSize(path) }
        return try read(descriptor, path)
    }

    private static func read(_ descriptor: Int32, _ path: String) throws(StoreError) -> SecretBytes
    {
        var bytes = InlineArray<32, UInt8>(repeating: 0)
        var span = bytes.mutableSpan
        // SAFETY: the array outlives the call, which writes at most its count.
        let count = unsafe span.withUnsafeMutableBytes {
            unsafe Glibc.read(descriptor, $0.baseAddress, $0.count)
        }
        defer {
            var used = bytes.mutableSpan
            unsafe used.withUnsafeMutableBytes {
                if let at = $0.baseAddress { unsafe explicit_bzero(at, $0.count) }
            }
        }
        guard count == byteCount else { throw .keyFile(path, SystemError("read")) }
        do throws(SealingError) {
            return try SecretBytes(copying: unsafe bytes.span.bytes)
        } catch {
            throw .journal(.sealing(error))
        }
    }

    /// Makes a key and its file; the file is safe on disk when this returns.
    private static func make(_ path: String) throws(StoreError) -> SecretBytes {
        let secret: SecretBytes
        do throws(SealingError) {
            secret = try SecretBytes.random(count: byteCount)
        } catch {
            throw .journal(.sealing(error))
        }
        let descriptor = unsafe Glibc.open(
            path,
            O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
            0o600
        )
        guard descriptor >= 0 else { throw .keyFile(path, SystemError("open")) }
        defer { _ = Glibc.close(descriptor) }
        guard write(secret, to: descriptor), fsync(descriptor) == 0 else {
            throw .keyFile(path, SystemError("write"))
        }
        try syncDirectory(of: path)
        return secret
    }

    private static func write(
        _ secret: borrowing SecretBytes,
        to descriptor: Int32
    ) -> Bool {
        // SAFETY: the bytes live through the call.
        unsafe secret.bytes.withUnsafeBytes {
            unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) == $0.count
        }
    }

    private static func syncDirectory(of path: String) throws(StoreError) {
        let end = path.lastIndex(of: "/") ?? path.startIndex
        let directory = end == path.startIndex ? "/" : String(path[..<end])
        let descriptor = unsafe Glibc.open(directory, O_RDONLY | O_CLOEXEC | O_DIRECTORY)
        guard descriptor >= 0 else { throw .keyFile(path, SystemError("open")) }
        defer { _ = Glibc.close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .keyFile(path, SystemError("fsync")) }
    }

    /// Makes the directory at `path` and those above it, for the owner alone.
    static func makeDirectories(_ path: String) throws(StoreError) {
        var made = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            made += made.isEmpty || made.hasSuffix("/") ? String(part) : "/" + part
            guard unsafe mkdir(made, 0o700) != 0 else { continue }
            let error = SystemError("mkdir")
            guard error.number == EEXIST else { throw .directory(path, error) }
        }
    }
}
