// An exported audit log, checked without any secret.

import Base

/// Entries, and a signed head over them.
public struct AuditExport {
    /// What is wrong with an export.
    public enum Problem: Error, Equatable, Sendable {
        /// It is no export.
        case malformed
        /// The signature is not that of the key in the head.
        case signature
        /// The head is over another number of entries.
        case count(UInt64, claimed: UInt64)
        /// An entry was changed, removed, added or moved.
        case root
    }

    /// How many entries.
    public let count: UInt64
    /// The root over them, 64 hexadecimal digits.
    public let root: String
    /// The key that signed the head, 64 hexadecimal digits; to be compared with one known before.
    public let key: String

    /// Checks `bytes`: entries, one a line, an empty line, and the head's note.
    /// - Throws: the first thing that is wrong.
    public init(checking bytes: [UInt8]) throws(Problem) {
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map { Array($0) }
        guard let gap = lines.firstIndex(where: \.isEmpty), lines.count > gap + 8 else {
            throw .malformed
        }
        let head = lines[(gap + 1)...].map { String(decoding: $0, as: UTF8.self) }
        guard head[0].hasPrefix("sluice audit "), let claimed = UInt64(head[1]),
            head[5].isEmpty, head[6].hasPrefix("signature "), head[7].hasPrefix("key "),
            let signature = Hex.decode(Array(head[6].dropFirst(10).utf8)),
            let key = Hex.decode(Array(head[7].dropFirst(4).utf8))
        else { throw .malformed }
        let signed = head[..<5].map { $0 + "\n" }.joined()
        guard AuditSignature.isValid(signature, Array(signed.utf8), key: key) else {
            throw .signature
        }
        var tree = AuditTree()
        for entry in lines[..<gap] { tree.append(entry) }
        guard tree.count == claimed else { throw .count(tree.count, claimed: claimed) }
        root = String(decoding: Hex.encode(tree.root.bytes), as: UTF8.self)
        guard root == head[2] else { throw .root }
        count = claimed
        self.key = String(head[7].dropFirst(4))
    }
}
