// The arguments of a request by message.

import Configuration
import JSON

/// Members of a request's JSON: those that choose servers, and those of the service.
struct SystemOptions: Sendable {
    private let members: JSONObject

    /// Limits of the JSON.
    static let limits = JSONLimits(
        depthMax: 8,
        membersMax: 64,
        stringBytesMax: 4_096,
        textBytesMax: 16_384
    )

    /// The options in `body`, which may be empty.
    /// - Throws: what is wrong with the JSON.
    init(_ body: [UInt8]) throws(JSONError) {
        guard body.contains(where: { $0 > 0x20 }) else {
            members = JSONObject(members: [])
            return
        }
        let value = try JSONReader(limits: Self.limits).read(body)
        members = value.asObject ?? JSONObject(members: [])
    }

    /// The whole number called `name`.
    func integer(_ name: String) -> UInt64? {
        members.present(name)?.asUInt64
    }

    /// Whether the request means the server of `facts`.
    func mean(_ facts: ServerFacts) -> Bool {
        let isExact = members.present("exact_match")?.asBool ?? false
        let own: [(name: String, value: [UInt8])] = [
            ("server_name", facts.name), ("host", Array(facts.configuration.clients.host.utf8)),
            ("cluster", []), ("domain", facts.configuration.jetStream.domain),
        ]
        for (name, value) in own {
            guard let wanted = members.present(name)?.asBytes, !wanted.isEmpty else { continue }
            guard isExact ? value == wanted : Self.contains(value, wanted) else { return false }
        }
        let tags = members.present("tags")?.asArray?.compactMap { $0.asBytes } ?? []
        return tags.allSatisfy { facts.configuration.identity.tags.contains($0) }
    }

    private static func contains(_ text: [UInt8], _ part: [UInt8]) -> Bool {
        guard text.count >= part.count else { return false }
        return (0...text.count - part.count).contains { start in
            text[start..<start + part.count].elementsEqual(part)
        }
    }

    /// Members that are true or false, and what pages call them.
    private static let switches = [
        ("auth", "auth"), ("accounts", "accounts"), ("streams", "streams"),
        ("consumer", "consumers"), ("config", "config"), ("raft", "raft"),
    ]

    /// The same as arguments of a page, about `account` if there is one.
    func arguments(account: [UInt8]?) -> [HttpRequest.Argument] {
        var arguments: [HttpRequest.Argument] = []
        func add(_ name: String, _ value: [UInt8]) {
            arguments.append(HttpRequest.Argument(name: Array(name.utf8), value: value))
        }
        for name in ["sort", "user", "filter_subject", "test"] {
            if let text = members.present(name)?.asBytes { add(name, text) }
        }
        for name in ["offset", "limit", "cid"] {
            if let number = members.present(name)?.asInt64 { add(name, Array("\(number)".utf8)) }
        }
        for (member, name) in Self.switches where members.present(member)?.asBool == true {
            add(name, Array("1".utf8))
        }
        if members.present("subscriptions_detail")?.asBool == true {
            add("subs", Array("detail".utf8))
        } else if members.present("subscriptions")?.asBool == true {
            add("subs", Array("1".utf8))
        }
        if let state = members.present("state")?.asInt64 {
            let names: [Int64: String] = [0: "open", 1: "closed", 2: "any"]
            add("state", Array((names[state] ?? "\(state)").utf8))
        }
        let named = members.present("acc")?.asBytes ?? members.present("account")?.asBytes
        if let account = account ?? named { add("acc", account) }
        return arguments
    }
}

extension HttpRequest {
    /// A request that did not come by HTTP.
    static func `internal`(_ arguments: [Argument]) -> HttpRequest {
        HttpRequest(
            method: Array("GET".utf8),
            path: [],
            arguments: arguments,
            isKeptAlive: false,
            isCurrent: true
        )
    }
}
