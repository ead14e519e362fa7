// A disk in memory that forgets what was not synced, tears, fails, fills up and lies.

import Base
public import Journal
import Synchronization

/// What goes wrong, and when.
public enum DiskFault: Equatable, Sendable {
    /// The call fails with this error number; a sync that fails leaves its pages marked clean.
    case fails(Int32)
    /// The machine stops before the call has any effect.
    case crashesBefore
    /// The machine stops in the middle of the call.
    case crashesInside
    /// A sync says yes and does nothing.
    case lies
}

/// A disk whose every call is counted and can be made to fail.
///
/// Pages and directory entries are durable after a sync, and only then for certain: `restart` keeps
/// any subset of the rest, pages possibly torn at a sector, as the seed says. A directory that goes
/// takes along what is in it. Used on one thread.
public final class SimulatedDisk: Disk {
    struct Node {
        var durable: [Int: [UInt8]] = [:]
        var durableSize = 0
        var dirty: [Int: [UInt8]] = [:]
        /// Pages of failed syncs: a reader sees them, the disk does not have them.
        var lost: [Int: [UInt8]] = [:]
        var size = 0

        func page(_ index: Int) -> [UInt8]? { dirty[index] ?? lost[index] ?? durable[index] }
    }

    enum EntryChange {
        case set(String, Int)
        case move(String, String)
        case remove(String)

        var directories: [String] {
            switch self {
            case .set(let path, _), .remove(let path): [SimulatedDisk.parent(path)]
            case .move(let from, let to):
                [SimulatedDisk.parent(from), SimulatedDisk.parent(to)]
            }
        }
    }

    struct State {
        var nodes: [Int: Node] = [:]
        var nextNode = 1
        var names: [String: Int] = [:]
        var durableNames: [String: Int] = [:]
        var changes: [EntryChange] = []
        /// Directories that were made.
        var directories: Set<String> = []
        /// Those whose own names are not durable.
        var newDirectories: Set<String> = []
        var open: [Int32: Int] = [:]
        var nextDescriptor: Int32 = 3
        var random: Random
        var writeCalls = 0
        var faults: [Int: DiskFault] = [:]
        var isDead = false
        var capacity = Int.max
        var used = 0
        var syncs = 0
        var reads = 0
        var readError: Int32?
        var ledger = NonceLedger()
    }

    static var pageBytes: Int { 4_096 }
    let state: Mutex<State>

    /// An empty disk whose accidents follow from `seed`.
    public init(seed: UInt64) {
        state = Mutex(State(random: Random(seed: seed)))
    }

    /// How many calls so far could have changed something.
    public var writeCalls: Int { state.withLock { $0.writeCalls } }

    /// How many syncs of files so far.
    public var syncs: Int { state.withLock { $0.syncs } }

    /// Whether a fault has stopped the machine.
    public var isDead: Bool { state.withLock { $0.isDead } }

    /// Makes the write-type call number `call`, counted from the start, go wrong.
    public func inject(_ fault: DiskFault, at call: Int) {
        state.withLock { $0.faults[call] = fault }
    }

    /// How many reads of files so far.
    public var reads: Int { state.withLock { $0.reads } }

    /// Makes every read of a file fail with this error number; `nil` heals the disk.
    public func failReads(_ number: Int32?) {
        state.withLock { $0.readError = number }
    }

    /// Limits all files together to `bytes` more than they take now; `nil` takes the limit away.
    public func limit(toFree bytes: Int?) {
        state.withLock { state in
            state.capacity = bytes.map { state.used + $0 } ?? .max
        }
    }

    /// All files with their bytes as a reader sees them.
    public var files: [String] { state.withLock { $0.names.keys.sorted() } }

    /// The bytes of `path`, as a reader sees them.
    public func bytes(_ path: String) -> [UInt8] {
        state.withLock { state in
            guard let node = state.names[path].flatMap({ state.nodes[$0] }) else { return [] }
            return Self.bytes(node, 0, node.size)
        }
    }

    /// What files hold whose name is gone, as long as the machine runs.
    public var remains: [[UInt8]] {
        state.withLock { state in
            let named = Set(state.names.values)
            return state.nodes.filter { !named.contains($0.key) }
                .map { Self.bytes($0.value, 0, $0.value.size) }
        }
    }

    /// Changes bytes of `path` behind everybody's back, durably.
    public func damage(_ path: String, _ change: (inout [UInt8]) -> Void) {
        var all = bytes(path)
        change(&all)
        state.withLock { state in
            guard let number = state.names[path] else { return }
            var node = Node()
            node.size = all.count
            node.durableSize = all.count
            for page in 0..<(all.count + Self.pageBytes - 1) / Self.pageBytes {
                let end = min(all.count, (page + 1) * Self.pageBytes)
                node.durable[page] = Self.padded(Array(all[page * Self.pageBytes..<end]))
            }
            state.nodes[number] = node
        }
    }

    /// The machine stops and starts again: what was not synced is kept or lost at random.
    public func restart() {
        state.withLock { state in
            Self.settleNames(&state)
            for number in state.nodes.keys.sorted() { Self.settle(number, &state) }
            state.used = state.nodes.values.reduce(0) { $0 + $1.size }
            state.open = [:]
            state.faults = [:]
            state.isDead = false
            state.changes = []
        }
    }

    /// The process ends and starts again; the machine goes on.
    public func restartProcess() {
        state.withLock { state in
            state.open = [:]
            state.faults = [:]
            state.isDead = false
        }
    }

    private static func settleNames(_ state: inout State) {
        var names = state.durableNames
        for change in state.changes where state.random.below(2) == 0 {
            apply(change, to: &names)
        }
        for directory in state.newDirectories.sorted() where state.random.below(2) == 0 {
            names = names.filter { !$0.key.hasPrefix(directory + "/") }
            state.directories = state.directories.filter {
                $0 != directory && !$0.hasPrefix(directory + "/")
            }
        }
        state.newDirectories = []
        state.names = names
        state.durableNames = names
        let kept = Set(names.values)
        state.nodes = state.nodes.filter { kept.contains($0.key) }
    }

    private static func settle(_ number: Int, _ state: inout State) {
        guard var node = state.nodes[number] else { return }
        for page in node.dirty.keys.sorted() {
            let new = node.dirty[page] ?? []
            let old = node.durable[page] ?? [UInt8](repeating: 0, count: pageBytes)
            switch state.random.below(4) {
            case 0: node.durable[page] = old
            case 1:
                // Torn: some sectors are new, the others old.
                var torn = old
                for sector in 0..<8 where state.random.below(2) == 0 {
                    let range = (sector * 512)..<(sector * 512 + 512)
                    torn.replaceSubrange(range, with: new[range])
                }
                node.durable[page] = torn
            default: node.durable[page] = new
            }
        }
        if node.size != node.durableSize, state.random.below(2) == 0 {
            node.durableSize = node.size
        }
        let last = (node.durableSize + pageBytes - 1) / pageBytes
        node.durable = node.durable.filter { $0.key < last }
        node.dirty = [:]
        node.lost = [:]
        node.size = node.durableSize
        state.nodes[number] = node
    }

    static func apply(_ change: EntryChange, to names: inout [String: Int]) {
        switch change {
        case .set(let path, let node): names[path] = node
        case .remove(let path): names[path] = nil
        case .move(let from, let to):
            if let node = names.removeValue(forKey: from) { names[to] = node }
        }
    }

    static func parent(_ path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
    }

    static func padded(_ bytes: [UInt8]) -> [UInt8] {
        bytes + [UInt8](repeating: 0, count: pageBytes - bytes.count)
    }

    static func bytes(_ node: Node, _ start: Int, _ end: Int) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(max(0, end - start))
        var offset = start
        while offset < end {
            let page = offset / pageBytes
            let stop = min(end, (page + 1) * pageBytes)
            let inner = (offset - page * pageBytes)..<(stop - page * pageBytes)
            if let bytes = node.page(page) {
                result += bytes[inner]
            } else {
                result += [UInt8](repeating: 0, count: inner.count)
            }
            offset = stop
        }
        return result
    }
}
