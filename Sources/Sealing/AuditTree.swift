// The hash tree over the audit log: whoever knows the root notices any other history.
// Source: RFC 6962, section 2.1.

import Base
import CSodium

/// A Merkle tree that only grows.
///
/// Keeps the roots of its complete subtrees alone: appending costs O(log n) hashes, memory is
/// O(log n).
public struct AuditTree: Equatable, Sendable {
    /// How many entries it has.
    public private(set) var count: UInt64 = 0
    /// Roots of complete subtrees, the largest first.
    private var peaks: [Digest] = []

    /// A tree without entries.
    public init() {}

    /// Adds `entry` at the end.
    public mutating func append(_ entry: [UInt8]) {
        var node = Self.hash(prefix: 0, entry, [])
        var size = count
        while size & 1 == 1, let left = peaks.popLast() {
            node = Self.hash(prefix: 1, left.bytes, node.bytes)
            size >>= 1
        }
        peaks.append(node)
        count += 1
    }

    /// The root over all entries.
    public var root: Digest {
        guard var node = peaks.last else { return Self.sha256([], []) }
        for left in peaks.dropLast().reversed() {
            node = Self.hash(prefix: 1, left.bytes, node.bytes)
        }
        return node
    }

    private static func hash(prefix: UInt8, _ first: [UInt8], _ second: [UInt8]) -> Digest {
        sha256([prefix] + first, second)
    }

    private static func sha256(_ first: [UInt8], _ second: [UInt8]) -> Digest {
        var digest = [UInt8](repeating: 0, count: 32)
        // SAFETY: the digest has 32 bytes, the inputs live through the call.
        unsafe csodium_sha256_two(&digest, first, first.count, second, second.count)
        return Digest(digest.raw)
    }
}
