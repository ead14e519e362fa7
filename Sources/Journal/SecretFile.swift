// Secrets in files: read into locked memory, written for their owner alone.

import CLinux
import Glibc
public import Sealing

/// Files that hold one secret.
public enum SecretFile {
    /// Most bytes of a secret.
    public static var byteCountMax: Int { 4_096 }

    /// The secret in the file at `path`.
    ///
    /// A key file gives all of its bytes; from anything that a person wrote, the end of the line is
    /// cut off. The bytes of a passphrase count as they are, in whatever form they were written.
    /// - Throws: `DiskError` when it cannot be read; `SealingError` when it is empty or longer than
    ///   `byteCountMax`, a passphrase with a NUL byte, no recovery key, or without locked memory.
    public static func read(_ path: String, as source: SlotSecret.Source) throws -> SlotSecret {
        // SAFETY: the text lives through the call.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw DiskError(.open, number: clinux_errno()) }
        defer { _ = Glibc.close(descriptor) }
        return try read(descriptor, as: source)
    }

    /// The secret that `descriptor` gives until its end.
    /// - Throws: as `read` of a path.
    public static func read(
        _ descriptor: Int32,
        as source: SlotSecret.Source
    ) throws -> SlotSecret {
        var bytes = try SecretBytes(count: byteCountMax + 1)
        var failure: Int32 = 0
        var count = bytes.fill { target in
            var count = 0
            while count < target.byteCount {
                // SAFETY: the call writes no more than what is left of the memory.
                let got = unsafe target.withUnsafeMutableBytes { memory in
                    unsafe Glibc.read(
                        descriptor,
                        memory.baseAddress.map { unsafe $0 + count },
                        memory.count - count
                    )
                }
                if got > 0 {
                    count += got
                } else if got == 0 {
                    break
                } else if clinux_errno() != EINTR {
                    failure = clinux_errno()
                    break
                }
            }
            return count
        }
        guard failure == 0 else { throw DiskError(.read, number: failure) }
        guard count <= byteCountMax else { throw SealingError.secretTooLong }
        if source == .passphrase || source == .recovery {
            for end in [UInt8(ascii: "\n"), UInt8(ascii: "\r")] where count > 0 {
                if bytes.bytes.number(UInt8.self, at: count - 1) == end { count -= 1 }
            }
        }
        let secret = try checked(bytes, count, source)
        if source == .recovery { return try RecoveryKey.read(secret) }
        return SlotSecret(source, secret)
    }

    /// The first `count` of `bytes`, if they may be a secret from `source`.
    private static func checked(
        _ bytes: borrowing SecretBytes,
        _ count: Int,
        _ source: SlotSecret.Source
    ) throws -> SecretBytes {
        guard count > 0 else { throw SealingError.secretEmpty }
        let secret = try SecretBytes(copying: bytes.bytes.part(0, count))
        if source == .passphrase,
            (0..<count).contains(where: { secret.bytes.number(UInt8.self, at: $0) == 0 })
        {
            throw SealingError.secretHasNul
        }
        return secret
    }

    /// The passphrase that a person types at `terminal`, up to the end of the line.
    static func readLine(_ terminal: Int32) throws -> SlotSecret {
        var bytes = try SecretBytes(count: byteCountMax + 1)
        var failure: Int32 = 0
        let count = bytes.fill { target in
            var count = 0
            while count < target.byteCount {
                // SAFETY: one byte is written where there is room for it.
                let got = unsafe target.withUnsafeMutableBytes { memory in
                    unsafe Glibc.read(terminal, memory.baseAddress.map { unsafe $0 + count }, 1)
                }
                if got < 0, clinux_errno() == EINTR { continue }
                if got < 0 { failure = clinux_errno() }
                guard got > 0 else { break }
                // SAFETY: the byte was just read.
                let last = unsafe target.unsafeLoad(fromByteOffset: count, as: UInt8.self)
                if last == SecretPrompt.cancel { return 0 }
                if last == UInt8(ascii: "\n") { break }
                count += 1
            }
            return count
        }
        guard failure == 0 else { throw DiskError(.read, number: failure) }
        guard count <= byteCountMax else { throw SealingError.secretTooLong }
        return SlotSecret(.passphrase, try checked(bytes, count, .passphrase))
    }

    /// Makes a key file of random bytes at `path`, unless there is a file.
    /// - Throws: `DiskError`, `SealingError` without locked memory.
    public static func makeKey(_ path: String) throws {
        // SAFETY: the text lives through the call.
        guard unsafe access(path, F_OK) != 0 else { return }
        let key = try SecretBytes.random(count: KeyFile.byteCount)
        try put(key, end: [], to: path)
    }

    /// Writes `secret` and an end of line to a new file at `path`, for its owner alone.
    /// - Throws: `DiskError`, EEXIST when there is a file.
    public static func write(_ secret: borrowing SecretBytes, to path: String) throws(DiskError) {
        try put(secret, end: [UInt8(ascii: "\n")], to: path)
    }

    private static func put(
        _ secret: borrowing SecretBytes,
        end: [UInt8],
        to path: String
    ) throws(DiskError) {
        // SAFETY: the text lives through the call.
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw DiskError(.open, number: clinux_errno()) }
        defer { _ = Glibc.close(descriptor) }
        let count = unsafe secret.bytes.withUnsafeBytes { memory in
            // SAFETY: the memory is as long as the call is told.
            unsafe Glibc.write(descriptor, memory.baseAddress, memory.count)
        }
        // SAFETY: the array lives through the call.
        let last = unsafe end.withUnsafeBytes { memory in
            unsafe Glibc.write(descriptor, memory.baseAddress, memory.count)
        }
        guard count == secret.count, last == end.count, fsync(descriptor) == 0 else {
            throw DiskError(.write, number: clinux_errno())
        }
    }
}
