// The audit log of a server, page by page.

public import Configuration
import JSON

/// The audit log as it was told.
public struct AuditPages {
    /// The entries, oldest first.
    public private(set) var entries: [[UInt8]] = []
    /// The newest signed head, as a note; over the newest file.
    public private(set) var head: [UInt8] = []

    /// Reads pages from `ask`, which gives the answer to the verb `AUDIT` with a body.
    /// - Throws: what `ask` throws, or `refused`.
    public init(
        _ ask: ([UInt8]) throws(ClientError) -> [UInt8]
    ) throws(ClientError) {
        var from: UInt64 = 0
        while true {
            let text = try ask(Array("{\"from\":\(from)}".utf8))
            let answer = OperatorAnswer(text)
            let page = answer.value
            guard !answer.isRefusal, let size = page["size"]?.asUInt64 else {
                throw .refused(answer.reason)
            }
            entries += page["entries"]?.asArray?.compactMap(\.asBytes) ?? []
            head = page["head"]?.asBytes ?? []
            guard let next = page["next"]?.asUInt64, next > from, next < size else { return }
            from = next
        }
    }

    /// Entries and heads, as an export holds them: the head over a file is in the first entry of
    /// the next one.
    public var export: [UInt8] {
        var text: [UInt8] = []
        for (place, entry) in entries.enumerated() {
            if place > 0, let head = Self.headBefore(entry) { text += [0x0A] + head }
            text += entry + [0x0A]
        }
        return text + [0x0A] + head
    }

    /// The head over the file before the one that `entry` begins; `nil` if it begins none.
    private static func headBefore(_ entry: [UInt8]) -> [UInt8]? {
        guard let value = try? JSONReader(limits: .standard).read(entry),
            value["what"]?.asBytes == Array("audit continued".utf8)
        else { return nil }
        return value["result"]?.asBytes
    }
}

extension ClientCommands {
    /// The audit log of the server that `request` means.
    public static func audit(
        _ request: AuditRequest,
        _ surroundings: ClientSurroundings
    ) throws(ClientError) -> AuditPages {
        try AuditPages { body throws(ClientError) in
            let subject = Array("$SLUICE.API.KEYS.AUDIT".utf8)
            guard let answer = try ask(subject, body, request.connection, surroundings) else {
                throw .timedOut
            }
            return answer
        }
    }
}
