// What the audit log holds: entries, and signed heads over them.

public import Base
import Sealing

/// Something that was done.
public struct AuditEntry: Sendable {
    /// When.
    public var at: Instant
    /// Who did it.
    public var who: [UInt8] = []
    /// What was done.
    public var what: String
    /// To what.
    public var about: [UInt8] = []
    /// What came of it.
    public var result: String

    /// The entry of `what` to `about` with the end `result`.
    public init(at: Instant, who: [UInt8] = [], what: String, about: String, _ result: String) {
        self.at = at
        self.who = who
        self.what = what
        self.about = Array(about.utf8)
        self.result = result
    }

    /// The first entry of a file: the one before is called `name`, and `head` is over all of it.
    init(continuing name: String, _ head: AuditHeadNote) {
        at = head.signedAt
        what = "audit continued"
        about = Array(name.utf8)
        result = String(decoding: head.note, as: UTF8.self)
    }

    /// The entry as one line of canonical JSON, members in this order.
    func json(number: UInt64) -> [UInt8] {
        var text = Array(
            "{\"n\":\(number),\"at\":\"\(String(decoding: at.text, as: UTF8.self))\",\"who\":".utf8
        )
        Self.append(who, to: &text)
        text += Array(",\"what\":".utf8)
        Self.append(Array(what.utf8), to: &text)
        text += Array(",\"about\":".utf8)
        Self.append(about, to: &text)
        text += Array(",\"result\":".utf8)
        Self.append(Array(result.utf8), to: &text)
        return text + [UInt8(ascii: "}")]
    }

    /// A JSON string; what is no printable ASCII is written as hexadecimal of its byte.
    private static func append(_ bytes: [UInt8], to text: inout [UInt8]) {
        text.append(UInt8(ascii: "\""))
        for byte in bytes.prefix(1_024) {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                text += [UInt8(ascii: "\\"), byte]
            case 0x20...0x7E: text.append(byte)
            default:
                let digits = Array("0123456789abcdef".utf8)
                text += Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        text.append(UInt8(ascii: "\""))
    }
}

/// A signed head over one file of the log: how many entries, and the root over them.
public struct AuditHeadNote: Equatable, Sendable {
    /// How many entries.
    public let count: UInt64
    /// The root, 32 bytes.
    public let root: [UInt8]
    /// The text that is signed.
    public let text: [UInt8]
    /// The Ed25519 signature.
    public let signature: [UInt8]
    /// The key to check it with.
    public let publicKey: [UInt8]
    /// When it was signed.
    public let signedAt: Instant

    init?(_ tree: AuditTree, _ vault: KeyVault, at now: Instant) {
        count = tree.count
        root = tree.root.bytes
        signedAt = now
        let ring = vault.ring
        text = Array(
            ("sluice audit \(ring.store.hex)\n\(count)\n\(Hex.text(root))\n"
                + "ring \(ring.generation)\nat \(String(decoding: now.text, as: UTF8.self))\n").utf8
        )
        guard let made = try? vault.signAudit(text), let key = try? vault.auditPublicKey() else {
            return nil
        }
        (signature, publicKey) = (made, key)
    }

    /// The head as a note: the signed text, then the signature and the key.
    public var note: [UInt8] {
        text + Array("\nsignature \(Hex.text(signature))\nkey \(Hex.text(publicKey))\n".utf8)
    }
}
