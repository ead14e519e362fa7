// An exported audit log, checked without any secret.

import Base

/// Entries, file by file, each with a signed head over it.
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
        /// The file that begins with this entry does not follow the one before it.
        case order(UInt64)
    }

    /// How many entries.
    public private(set) var count: UInt64 = 0
    /// The number of the first one; those before are in files that are not here.
    public private(set) var first: UInt64 = 0
    /// How many files they were in.
    public private(set) var fileCount: UInt64 = 0
    /// The root over the newest file, 64 hexadecimal digits.
    public private(set) var root = ""
    /// The key that signed the heads, 64 hexadecimal digits; to be compared with one known before.
    public private(set) var key = ""
    /// The newest head, as it would stand in an entry.
    private var head: [UInt8] = []

    /// Lines of a head's note.
    private static var headLines: Int { 8 }

    /// Checks `bytes`: for each file its entries, one a line, an empty line, and the head's note.
    /// - Throws: the first thing that is wrong.
    public init(checking bytes: [UInt8]) throws(Problem) {
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map { Array($0) }
        var at = 0
        repeat {
            guard let gap = lines[at...].firstIndex(where: \.isEmpty),
                lines.count > gap + Self.headLines
            else { throw .malformed }
            let note = lines[(gap + 1)...(gap + Self.headLines)]
            try take(Array(lines[at..<gap]), Array(note))
            at = gap + 1 + Self.headLines
        } while at < lines.count && !lines[at].isEmpty
    }

    /// Checks one file: its `entries`, and the lines of the note on them.
    private mutating func take(_ entries: [[UInt8]], _ note: [[UInt8]]) throws(Problem) {
        let words = note.map { String(decoding: $0, as: UTF8.self) }
        guard words[0].hasPrefix("sluice audit "), let claimed = UInt64(words[1]),
            words[5].isEmpty, words[6].hasPrefix("signature "), words[7].hasPrefix("key "),
            let signature = Hex.decode(Array(words[6].dropFirst(10).utf8)),
            let key = Hex.decode(Array(words[7].dropFirst(4).utf8))
        else { throw .malformed }
        let signed = words[..<5].map { $0 + "\n" }.joined()
        guard AuditSignature.isValid(signature, Array(signed.utf8), key: key),
            fileCount == 0 || self.key == words[7].dropFirst(4)
        else { throw .signature }
        var tree = AuditTree()
        for entry in entries { tree.append(entry) }
        guard tree.count == claimed else { throw .count(tree.count, claimed: claimed) }
        root = Hex.text(tree.root.bytes)
        guard root == words[2] else { throw .root }
        try follow(entries)
        count += claimed
        fileCount += 1
        self.key = String(words[7].dropFirst(4))
        head = Self.escaped(note)
    }

    /// Checks that a file with `entries` follows what was taken.
    private mutating func follow(_ entries: [[UInt8]]) throws(Problem) {
        guard let entry = entries.first else { return }
        guard let number = Self.number(of: entry) else { throw .malformed }
        guard fileCount > 0 else {
            first = number
            return
        }
        let bound = Array("\"result\":\"".utf8) + head + Array("\"}".utf8)
        let what = Array(",\"what\":\"audit continued\",".utf8)
        let isBound = entry.suffix(bound.count).elementsEqual(bound) && Self.isIn(entry, what)
        guard number == first + count, isBound else { throw .order(number) }
    }

    /// The number in `entry`, which is its first member.
    private static func number(of entry: [UInt8]) -> UInt64? {
        let start = Array("{\"n\":".utf8)
        guard entry.starts(with: start) else { return nil }
        let digits = entry.dropFirst(start.count).prefix { $0 != UInt8(ascii: ",") }
        return UInt64(String(decoding: digits, as: UTF8.self))
    }

    private static func isIn(_ entry: [UInt8], _ part: [UInt8]) -> Bool {
        guard entry.count >= part.count else { return false }
        return (0...(entry.count - part.count)).contains {
            entry[$0..<($0 + part.count)].elementsEqual(part)
        }
    }

    /// The lines of a note as the next file's first entry holds them.
    private static func escaped(_ note: [[UInt8]]) -> [UInt8] {
        note.flatMap { $0 + Array("\\u000a".utf8) }
    }
}
