// The seam between the journal and the system: every byte that is stored passes through here.

/// An open file.
public struct DiskFile: BitwiseCopyable, Hashable, Sendable {
    /// What the disk knows it by.
    public let descriptor: Int32

    /// The file with this descriptor.
    public init(descriptor: Int32) {
        self.descriptor = descriptor
    }
}

/// A refused operation of the disk.
public struct DiskError: Error, Equatable, Sendable, BitwiseCopyable {
    /// What was tried.
    public enum Call: UInt8, BitwiseCopyable, Sendable {
        /// Opening an existing file or making a new one.
        case open
        /// Reading.
        case read
        /// Writing.
        case write
        /// Making a file's bytes durable.
        case sync
        /// Making a directory's entries durable.
        case syncDirectory
        /// Giving a file another name.
        case rename
        /// Taking a name away.
        case remove
        /// Making a directory.
        case makeDirectory
        /// Listing a directory.
        case list
        /// Cutting a file.
        case truncate
        /// Taking the store for one process.
        case lock
    }

    /// What was tried.
    public let call: Call
    /// The system's error number.
    public let number: Int32

    /// The failure of `call` with `number`.
    public init(_ call: Call, number: Int32) {
        self.call = call
        self.number = number
    }
}

/// How a file is opened.
public enum DiskMode: Sendable {
    /// An existing file, for reading.
    case read
    /// An existing file, for reading and writing.
    case write
    /// A file that must not exist yet.
    case create
}

/// The files of one store.
///
/// Paths are relative to the store's directory. `write` takes all bytes or fails; what a failed
/// write left behind is unknown. Nothing is durable before `sync` of the file and, for its name,
/// `syncDirectory` of the directory. Used by the system's disk and by the simulated one.
public protocol Disk: AnyObject, Sendable {
    /// Opens `path`.
    func open(_ path: String, _ mode: DiskMode) throws(DiskError) -> DiskFile
    /// Closes `file`; it is not used afterwards.
    func close(_ file: DiskFile)
    /// Reads at `offset` until `bytes` is full or the file ends; gives the count.
    func read(
        _ file: DiskFile,
        at offset: UInt64,
        into bytes: inout MutableRawSpan
    )
        throws(DiskError) -> Int
    /// Writes all of `bytes` at `offset`.
    func write(_ file: DiskFile, at offset: UInt64, _ bytes: RawSpan) throws(DiskError)
    /// Hands `count` written bytes at `offset` to the device and waits until it has them.
    ///
    /// Nothing is durable by that, but a later `sync` of anybody has less to wait for.
    func writeOut(_ file: DiskFile, at offset: UInt64, count: UInt64) throws(DiskError)
    /// Makes the bytes of `file`, and its size, durable.
    func sync(_ file: DiskFile) throws(DiskError)
    /// Makes the bytes of all `files` durable, side by side where the disk can; if it fails, any of
    /// them may be durable or not.
    func sync(_ files: [DiskFile]) throws(DiskError)
    /// How many bytes `file` has.
    func size(_ file: DiskFile) throws(DiskError) -> UInt64
    /// Cuts or extends `file` to `size` bytes.
    func truncate(_ file: DiskFile, to size: UInt64) throws(DiskError)
    /// Names in the directory `path`, sorted.
    func list(_ path: String) throws(DiskError) -> [String]
    /// Makes the directory `path`; harmless if it exists.
    func makeDirectory(_ path: String) throws(DiskError)
    /// Gives `path` the name `target`, replacing what had it.
    func rename(_ path: String, to target: String) throws(DiskError)
    /// Takes the file `path` away.
    func remove(_ path: String) throws(DiskError)
    /// Takes the empty directory `path` away.
    func removeDirectory(_ path: String) throws(DiskError)
    /// Makes the names in the directory `path` durable.
    func syncDirectory(_ path: String) throws(DiskError)
    /// Takes the store for this process; fails with EAGAIN while another has it.
    func lock(_ file: DiskFile) throws(DiskError)
    /// Bytes that can still be written.
    func freeBytes() -> UInt64
}

extension Disk {
    /// Makes the bytes of all `files` durable, one after the other.
    public func sync(_ files: [DiskFile]) throws(DiskError) {
        for file in files { try sync(file) }
    }
}
