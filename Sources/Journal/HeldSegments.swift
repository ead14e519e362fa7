// The segments of a living store as they were found, held open: they stay readable without a name.

/// Segments of a store that another process may rewrite and remove meanwhile.
struct HeldSegments: ~Copyable {
    /// A segment that was found.
    struct Segment {
        let path: String
        /// `nil` if the system would not have more files open; it is opened when its turn comes.
        let file: DiskFile?
    }

    private let disk: any Disk
    /// In the order they were found.
    private(set) var segments: [Segment] = []
    private(set) var directories: [String] = []
    private var known: Set<String> = []
    private var isFull = false

    /// Files that may still be opened once no more segments are held.
    private static var spareCount: Int { 16 }
    private static var tooManyFiles: [Int32] { [23, 24] }

    /// No segments of `disk` yet.
    init(_ disk: any Disk) {
        self.disk = disk
    }

    deinit {
        for segment in segments {
            if let file = segment.file { disk.close(file) }
        }
    }

    /// Opens the segments that are there and not held yet, and leaves some files to be opened.
    mutating func gather() throws(DiskError) {
        for stream in try disk.listIfThere("s") {
            let directory = "s/\(stream)"
            if known.insert(directory).inserted { directories.append(directory) }
            for name in try disk.listIfThere(directory) where name.hasSuffix(".seg") {
                let path = "\(directory)/\(name)"
                if known.insert(path).inserted { try hold(path) }
            }
        }
        if !isFull, !canOpenMore() { letGo() }
    }

    /// Whether the system would have a few more files open.
    private func canOpenMore() -> Bool {
        guard let path = segments.last?.path else { return true }
        var opened: [DiskFile] = []
        defer { for file in opened { disk.close(file) } }
        do throws(DiskError) {
            for _ in 0..<Self.spareCount { opened.append(try disk.open(path, .read)) }
            return true
        } catch {
            return !Self.tooManyFiles.contains(error.number)
        }
    }

    /// Opens `path`, unless it is gone already.
    private mutating func hold(_ path: String) throws(DiskError) {
        guard !isFull else {
            segments.append(Segment(path: path, file: nil))
            return
        }
        do throws(DiskError) {
            segments.append(Segment(path: path, file: try disk.open(path, .read)))
        } catch {
            if error.number == noSuchFile { return }
            guard Self.tooManyFiles.contains(error.number) else { throw error }
            letGo()
            segments.append(Segment(path: path, file: nil))
        }
    }

    /// Closes the last segments again, and opens no others.
    private mutating func letGo() {
        isFull = true
        for index in segments.indices.suffix(Self.spareCount) {
            guard let file = segments[index].file else { continue }
            disk.close(file)
            segments[index] = Segment(path: segments[index].path, file: nil)
        }
    }
}

extension Disk {
    /// The names in `directory`; none if it is not there.
    func listIfThere(_ directory: String) throws(DiskError) -> [String] {
        do throws(DiskError) {
            return try list(directory)
        } catch {
            guard error.number == noSuchFile else { throw error }
            return []
        }
    }
}
