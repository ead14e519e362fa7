// Remembers under which key and nonce every block that reached the disk was sealed.

import Journal
import Synchronization

/// Sees every block on its way to the disk.
///
/// A segment's key follows from its salt, so salt and nonce name a seal. The same two with another
/// tag would mean that a nonce was used twice.
public struct NonceLedger: Sendable {
    private struct Seal: Hashable {
        let salt: [UInt8]
        let nonce: [UInt8]
    }

    private var salts: [Int: [UInt8]] = [:]
    private var tags: [Seal: [UInt8]] = [:]
    /// How many different seals were seen.
    public var sealCount: Int { tags.count }
    /// How many blocks had the key and nonce of another one.
    public private(set) var repeatCount = 0

    private static let segmentMagic = Array("LUICESEG".utf8)
    private static let blockMagic = Array("SBLK".utf8)

    mutating func note(node: Int, offset: Int, _ bytes: [UInt8]) {
        var at = 0
        if offset == 0 {
            guard bytes.count >= 4_096, bytes.starts(with: Self.segmentMagic) else { return }
            salts[node] = Array(bytes[88..<120])
            at = 4_096
        }
        guard let salt = salts[node] else { return }
        while at + 112 <= bytes.count {
            guard bytes[at..<(at + 4)].elementsEqual(Self.blockMagic) else {
                at = ((offset + at) / 4_096 + 1) * 4_096 - offset
                continue
            }
            let sealed = (0..<4).reduce(0) { $0 | Int(bytes[at + 12 + $1]) << ($1 * 8) }
            let end = at + 112 + sealed
            guard end <= bytes.count else { return }
            let seal = Seal(salt: salt, nonce: Array(bytes[(at + 64)..<(at + 88)]))
            let tag = Array(bytes[(end - 16)..<end])
            if let before = tags[seal], before != tag { repeatCount += 1 }
            tags[seal] = tag
            at = end
        }
    }
}

extension SimulatedDisk {
    /// Every block that was written so far.
    public var ledger: NonceLedger { state.withLock { $0.ledger } }
}
