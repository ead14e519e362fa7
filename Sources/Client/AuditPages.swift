// The audit log of a server, page by page.

public import Configuration
import JSON

/// The audit log as it was told.
public struct AuditPages {
    /// The entries, oldest first.
    public private(set) var entries: [[UInt8]] = []
    /// The newest signed head, as a note.
    public private(set) var head: [UInt8] = []

    /// Reads pages from `ask`, which gives the answer to the verb `AUDIT` with a body.
    /// - Throws: what `ask` throws, or `refused`.
    public init(
        _ ask: ([UInt8]) throws(ClientError) -> [UInt8]
    ) throws(ClientError) {
        while true {
            let text = try ask(Array("{\"from\":\(entries.count)}".utf8))
            let answer = OperatorAnswer(text)
            let page = answer.value
            guard !answer.isRefusal, let size = page["size"]?.asUInt64 else {
                throw .refused(answer.reason)
            }
            let found = page["entries"]?.asArray?.compactMap(\.asBytes) ?? []
            entries += found
            head = page["head"]?.asBytes ?? []
            if found.isEmpty || UInt64(entries.count) >= size { return }
        }
    }

    /// Entries and head, as an export holds them.
    public var export: [UInt8] {
        entries.flatMap { $0 + [0x0A] } + [0x0A] + head
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
