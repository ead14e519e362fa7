// The calls of the simulated disk.

import Base
public import Journal
import Synchronization

private let ioError: Int32 = 5
private let noFile: Int32 = 2
private let fileExists: Int32 = 17
private let diskFull: Int32 = 28
private let notEmpty: Int32 = 39

extension SimulatedDisk {
    /// Counts a write-type call and lets its fault happen.
    /// - Returns: whether the call is to stop in the middle, or to lie.
    private func begin(
        _ call: DiskError.Call,
        _ state: inout State
    ) throws(DiskError) -> DiskFault? {
        guard !state.isDead else { throw DiskError(call, number: ioError) }
        state.writeCalls += 1
        guard let fault = state.faults.removeValue(forKey: state.writeCalls) else { return nil }
        switch fault {
        case .fails(let number) where call != .sync: throw DiskError(call, number: number)
        case .crashesBefore:
            state.isDead = true
            throw DiskError(call, number: ioError)
        case .crashesInside:
            state.isDead = true
            return fault
        case .lies, .fails: return fault
        }
    }

    private func node(
        _ file: DiskFile,
        _ call: DiskError.Call,
        _ state: State
    ) throws(DiskError) -> Int {
        guard !state.isDead, let number = state.open[file.descriptor] else {
            throw DiskError(call, number: ioError)
        }
        return number
    }

    /// Opens `path`; making a file counts as a write.
    public func open(_ path: String, _ mode: DiskMode) throws(DiskError) -> DiskFile {
        try state.withLock { state throws(DiskError) in
            switch mode {
            case .create:
                _ = try begin(.open, &state)
                guard state.names[path] == nil else { throw DiskError(.open, number: fileExists) }
                state.nodes[state.nextNode] = Node()
                state.names[path] = state.nextNode
                state.changes.append(.set(path, state.nextNode))
                state.nextNode += 1
                if state.isDead { throw DiskError(.open, number: ioError) }
            case .read, .write:
                guard !state.isDead else { throw DiskError(.open, number: ioError) }
                guard state.names[path] != nil else { throw DiskError(.open, number: noFile) }
            }
            state.nextDescriptor += 1
            state.open[state.nextDescriptor] = state.names[path]
            return DiskFile(descriptor: state.nextDescriptor)
        }
    }

    /// Closes `file`.
    public func close(_ file: DiskFile) {
        state.withLock { $0.open[file.descriptor] = nil }
    }

    /// Reads what was written last, durable or not.
    public func read(
        _ file: DiskFile,
        at offset: UInt64,
        into bytes: inout MutableRawSpan
    ) throws(DiskError) -> Int {
        let wanted = bytes.byteCount
        let found = try state.withLock { state throws(DiskError) -> [UInt8] in
            let number = try node(file, .read, state)
            guard let node = state.nodes[number] else { throw DiskError(.read, number: ioError) }
            state.reads += 1
            if let error = state.readError { throw DiskError(.read, number: error) }
            let start = min(Int(clamping: offset), node.size)
            return Self.bytes(node, start, min(node.size, start + wanted))
        }
        unsafe bytes.withUnsafeMutableBytes { target in
            // SAFETY: no more bytes were found than fit.
            unsafe target.copyBytes(from: found)
        }
        return found.count
    }

    /// Writes into pages that are dirty until they are synced.
    public func write(
        _ file: DiskFile,
        at offset: UInt64,
        _ bytes: RawSpan
    ) throws(DiskError) {
        let new = unsafe bytes.withUnsafeBytes { unsafe Array($0) }
        try state.withLock { state throws(DiskError) in
            let fault = try begin(.write, &state)
            let number = try openNode(file, state)
            state.ledger.note(node: number, offset: Int(offset), new)
            var count = new.count
            if fault == .crashesInside { count = Int(state.random.below(UInt32(count + 1))) }
            let size = state.nodes[number]?.size ?? 0
            let growth = max(0, Int(offset) + count - size)
            guard state.used + growth <= state.capacity else {
                throw DiskError(.write, number: diskFull)
            }
            state.used += growth
            Self.put(new[..<count], at: Int(offset), in: &state.nodes[number, default: Node()])
            if state.isDead { throw DiskError(.write, number: ioError) }
        }
    }

    private func openNode(_ file: DiskFile, _ state: State) throws(DiskError) -> Int {
        guard let number = state.open[file.descriptor] else {
            throw DiskError(.write, number: ioError)
        }
        return number
    }

    private static func put(_ new: ArraySlice<UInt8>, at offset: Int, in node: inout Node) {
        var done = 0
        while done < new.count {
            let page = (offset + done) / pageBytes
            let inner = (offset + done) - page * pageBytes
            let count = min(new.count - done, pageBytes - inner)
            var bytes =
                node.page(page) ?? [UInt8](repeating: 0, count: pageBytes)
            let start = new.startIndex + done
            bytes.replaceSubrange(inner..<(inner + count), with: new[start..<(start + count)])
            node.dirty[page] = bytes
            node.lost[page] = nil
            done += count
        }
        node.size = max(node.size, offset + new.count)
    }

    /// Counts as a write; one that fails loses the dirty pages, as a failed sync does.
    public func writeOut(
        _ file: DiskFile,
        at offset: UInt64,
        count: UInt64
    ) throws(DiskError) {
        try state.withLock { state throws(DiskError) in
            let fault = try begin(.sync, &state)
            let number = try openNode(file, state)
            guard var node = state.nodes[number] else { return }
            switch fault {
            case .fails(let error):
                Self.lose(&node)
                state.nodes[number] = node
                throw DiskError(.sync, number: error)
            case .crashesInside, .crashesBefore: throw DiskError(.sync, number: ioError)
            case .lies, nil: return
            }
        }
    }

    /// Readers still see the dirty pages of `node`; the disk does not have them.
    private static func lose(_ node: inout Node) {
        node.lost.merge(node.dirty) { _, new in new }
        node.dirty = [:]
    }

    /// Makes dirty pages durable.
    ///
    /// One that fails marks them clean all the same: a later sync that says yes
    /// proves nothing about them.
    public func sync(_ file: DiskFile) throws(DiskError) {
        try state.withLock { state throws(DiskError) in
            let fault = try begin(.sync, &state)
            state.syncs += 1
            let number = try openNode(file, state)
            guard var node = state.nodes[number] else { return }
            switch fault {
            case .lies: return
            case .fails(let error):
                Self.lose(&node)
                state.nodes[number] = node
                throw DiskError(.sync, number: error)
            case .crashesInside:
                for (page, bytes) in node.dirty where state.random.below(2) == 0 {
                    node.durable[page] = bytes
                }
                state.nodes[number] = node
                throw DiskError(.sync, number: ioError)
            case .crashesBefore, nil:
                node.durable.merge(node.dirty) { _, new in new }
                node.dirty = [:]
                node.durableSize = node.size
                state.nodes[number] = node
            }
        }
    }

    /// How many bytes `file` has.
    public func size(_ file: DiskFile) throws(DiskError) -> UInt64 {
        try state.withLock { state throws(DiskError) in
            let number = try node(file, .read, state)
            return UInt64(state.nodes[number]?.size ?? 0)
        }
    }

    /// Cuts `file`.
    public func truncate(_ file: DiskFile, to size: UInt64) throws(DiskError) {
        try state.withLock { state throws(DiskError) in
            _ = try begin(.truncate, &state)
            let number = try openNode(file, state)
            guard var node = state.nodes[number] else { return }
            let kept = Self.bytes(node, 0, min(node.size, Int(size)))
            state.used -= node.size - kept.count
            let lastPage = (kept.count + Self.pageBytes - 1) / Self.pageBytes
            node.dirty = node.dirty.filter { $0.key < lastPage }
            node.lost = node.lost.filter { $0.key < lastPage }
            node.size = kept.count
            state.nodes[number] = node
            if state.isDead { throw DiskError(.truncate, number: ioError) }
        }
    }

    /// Names in the directory `path`.
    public func list(_ path: String) throws(DiskError) -> [String] {
        try state.withLock { state throws(DiskError) in
            guard !state.isDead else { throw DiskError(.list, number: ioError) }
            let start = path.isEmpty ? 0 : path.utf8.count + 1
            let prefix = path + "/"
            var inside = state.names.keys.filter { path.isEmpty || $0.hasPrefix(prefix) }
            inside += state.directories.filter { path.isEmpty || $0.hasPrefix(prefix) }
            guard path.isEmpty || state.directories.contains(path) || !inside.isEmpty else {
                throw DiskError(.list, number: noFile)
            }
            return Set(inside.map { String($0.dropFirst(start).prefix { $0 != "/" }) }).sorted()
        }
    }

    /// Makes a directory; files may also be made where none was made.
    public func makeDirectory(_ path: String) throws(DiskError) {
        try state.withLock { state throws(DiskError) in
            _ = try begin(.makeDirectory, &state)
            if state.directories.insert(path).inserted { state.newDirectories.insert(path) }
            if state.isDead { throw DiskError(.makeDirectory, number: ioError) }
        }
    }

    /// Gives a file another name.
    public func rename(_ path: String, to target: String) throws(DiskError) {
        try change(.rename, .move(path, target), existing: path)
    }

    /// Takes a name away.
    public func remove(_ path: String) throws(DiskError) {
        try change(.remove, .remove(path), existing: path)
    }

    /// Takes an empty directory away; it does not come back.
    public func removeDirectory(_ path: String) throws(DiskError) {
        try state.withLock { state throws(DiskError) in
            guard !state.isDead else { throw DiskError(.remove, number: ioError) }
            let isEmpty = !state.names.keys.contains { $0.hasPrefix(path + "/") }
            guard isEmpty else { throw DiskError(.remove, number: notEmpty) }
            state.directories.remove(path)
            state.newDirectories.remove(path)
        }
    }

    private func change(
        _ call: DiskError.Call,
        _ change: EntryChange,
        existing path: String
    ) throws(DiskError) {
        try state.withLock { state throws(DiskError) in
            guard state.names[path] != nil else {
                throw DiskError(call, number: state.isDead ? ioError : noFile)
            }
            _ = try begin(call, &state)
            if call == .remove, let number = state.names[path] {
                state.used -= state.nodes[number]?.size ?? 0
            }
            if case .move(_, let target) = change, let number = state.names[target] {
                state.used -= state.nodes[number]?.size ?? 0
            }
            Self.apply(change, to: &state.names)
            state.changes.append(change)
            if state.isDead { throw DiskError(call, number: ioError) }
        }
    }

    /// Makes the names in `path` durable.
    public func syncDirectory(_ path: String) throws(DiskError) {
        try state.withLock { state throws(DiskError) in
            let fault = try begin(.syncDirectory, &state)
            if fault == .lies { return }
            if case .fails(let number) = fault { throw DiskError(.syncDirectory, number: number) }
            guard !state.isDead else { throw DiskError(.syncDirectory, number: ioError) }
            var kept: [EntryChange] = []
            for change in state.changes {
                if change.directories.contains(path) {
                    Self.apply(change, to: &state.durableNames)
                } else {
                    kept.append(change)
                }
            }
            state.changes = kept
            state.newDirectories = state.newDirectories.filter { Self.parent($0) != path }
        }
    }

    /// One process at a time is a matter of the real disk.
    public func lock(_ file: DiskFile) throws(DiskError) {}

    /// What is left of the limit.
    public func freeBytes() -> UInt64 {
        state.withLock { $0.capacity == .max ? .max : UInt64(max(0, $0.capacity - $0.used)) }
    }
}
