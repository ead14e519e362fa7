// Subscription filters by token: who is interested in a subject.

import Base

/// One token of a filter; the path from the root to it is the filter.
struct FilterNode: Slot {
    var nextFree: UInt32 = noIndex
    let parent: UInt32
    let token: ByteSlice
    let hash: UInt64
    var children: UInt32 = 0
    /// The child `*`.
    var star: UInt32 = noIndex
    /// The child `>`.
    var tail: UInt32 = noIndex
    /// The interest that ends here.
    var interest: UInt32 = noIndex
}

/// A tree of tokens; a root stands for an account.
///
/// - Complexity: adding and removing a filter is O(tokens); matching visits at most the filters
///   that agree with a prefix of the subject.
struct FilterTrie: ~Copyable {
    private(set) var nodes = SlotTable<FilterNode>(capacity: 64)
    private var index = HashIndex()
    private var tokens = ByteArena()
    private let seed: UInt64

    init(seed: UInt64) {
        self.seed = seed
    }

    /// A new empty tree.
    mutating func addRoot() -> UInt32 {
        nodes.insert(FilterNode(parent: noIndex, token: .empty, hash: 0))
    }

    /// The node of `filter` below `root`, made if need be; `nil` when there is no memory for its
    /// tokens.
    mutating func node(root: UInt32, filter: RawSpan) -> UInt32? {
        var node = root
        var start = 0
        while start <= filter.byteCount {
            let end = tokenEnd(filter, start)
            let token = filter.extracting(start..<end)
            guard let next = child(of: node, token: token) ?? add(token, to: node) else {
                prune(node)
                return nil
            }
            node = next
            start = end &+ 1
        }
        return node
    }

    /// The node of `filter` below `root`, or `nil`.
    func find(root: UInt32, filter: RawSpan) -> UInt32? {
        var node = root
        var start = 0
        while start <= filter.byteCount {
            let end = tokenEnd(filter, start)
            guard let next = child(of: node, token: filter.extracting(start..<end)) else {
                return nil
            }
            node = next
            start = end &+ 1
        }
        return node
    }

    mutating func setInterest(_ interest: UInt32, at node: UInt32) {
        nodes[node].interest = interest
    }

    /// Removes `node` and every ancestor that no filter needs any more.
    mutating func prune(_ start: UInt32) {
        var node = start
        while nodes[node].children == 0, nodes[node].interest == noIndex,
            nodes[node].parent != noIndex
        {
            let parent = nodes[node].parent
            remove(node, from: parent)
            node = parent
        }
    }

    /// Appends the interests of every filter below `root` that matches `subject`.
    func match(root: UInt32, subject: RawSpan, into found: inout Table<UInt32>) {
        match(node: root, subject: subject, start: 0, into: &found)
    }

    /// The filter that ends at `node`.
    func filter(of node: UInt32) -> [UInt8] {
        var parts: [UInt32] = []
        var at = node
        while nodes[at].parent != noIndex {
            parts.append(at)
            at = nodes[at].parent
        }
        var bytes: [UInt8] = []
        for part in parts.reversed() {
            if !bytes.isEmpty { bytes.append(UInt8(ascii: ".")) }
            let token = tokens.bytes(of: nodes[part].token)
            for offset in 0..<token.byteCount { bytes.append(token.unsafeByte(offset)) }
        }
        return bytes
    }

    private func match(
        node: UInt32,
        subject: RawSpan,
        start: Int,
        into found: inout Table<UInt32>
    ) {
        if start > subject.byteCount {
            if nodes[node].interest != noIndex { found.append(nodes[node].interest) }
            return
        }
        let tail = nodes[node].tail
        if tail != noIndex, nodes[tail].interest != noIndex { found.append(nodes[tail].interest) }
        let end = tokenEnd(subject, start)
        let star = nodes[node].star
        if star != noIndex { match(node: star, subject: subject, start: end &+ 1, into: &found) }
        let token = subject.extracting(start..<end)
        if let child = literalChild(of: node, token: token) {
            match(node: child, subject: subject, start: end &+ 1, into: &found)
        }
    }

    private func child(of node: UInt32, token: RawSpan) -> UInt32? {
        if token.byteCount == 1 {
            let only = token.unsafeByte(0)
            if only == UInt8(ascii: "*") { return nodes[node].star.ifAny }
            if only == UInt8(ascii: ">") { return nodes[node].tail.ifAny }
        }
        return literalChild(of: node, token: token)
    }

    private func literalChild(of node: UInt32, token: RawSpan) -> UInt32? {
        let key = childHash(node, token)
        return index.find(key) { candidate in
            nodes[candidate].parent == node
                && equal(tokens.bytes(of: nodes[candidate].token), token)
        }.ifAny
    }

    private mutating func add(_ token: RawSpan, to parent: UInt32) -> UInt32? {
        guard let place = tokens.store(token) else { return nil }
        let key = childHash(parent, token)
        let node = nodes.insert(FilterNode(parent: parent, token: place, hash: key))
        nodes[parent].children &+= 1
        let only = token.byteCount == 1 ? token.unsafeByte(0) : 0
        if only == UInt8(ascii: "*") {
            nodes[parent].star = node
        } else if only == UInt8(ascii: ">") {
            nodes[parent].tail = node
        } else {
            index.insert(key, node) { nodes[$0].hash }
        }
        return node
    }

    private mutating func remove(_ node: UInt32, from parent: UInt32) {
        if nodes[parent].star == node {
            nodes[parent].star = noIndex
        } else if nodes[parent].tail == node {
            nodes[parent].tail = noIndex
        } else {
            index.remove(nodes[node].hash, node) { nodes[$0].hash }
        }
        tokens.free(nodes[node].token)
        nodes[parent].children &-= 1
        nodes.remove(node)
    }

    private func childHash(_ node: UInt32, _ token: RawSpan) -> UInt64 {
        hash(token, seed: seed ^ (UInt64(node) &* 0x9E37_79B9_7F4A_7C15))
    }
}

/// Where the token that begins at `start` ends.
func tokenEnd(_ bytes: RawSpan, _ start: Int) -> Int {
    var end = start
    while end < bytes.byteCount, bytes.unsafeByte(end) != UInt8(ascii: ".") { end &+= 1 }
    return end
}

extension UInt32 {
    /// `nil` for `noIndex`.
    var ifAny: UInt32? { self == noIndex ? nil : self }
}
