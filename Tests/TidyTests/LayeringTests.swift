// Who may import whom. A module that is not in the table does not exist; think of the three flows
// (data, picture, intent) before adding to a line.

import Testing

enum Layering {
    /// Modules and what each may import beyond the standard library.
    static let table: [String: Set<String>] = [
        "Base": ["Synchronization"],
        "JSON": [],
        "Canvas": [],
        "Engine": ["Base"],
        "Telemetry": ["Base", "Synchronization"],
        "Routing": ["Base"],
        "Wire": ["Base", "JSON"],
        "Sealing": ["Base", "CSodium", "COpenSSL", "Glibc", "Synchronization"],
        "Configuration": ["Base", "Routing", "Wire"],
        "Identity": ["Base", "CCrypt", "CSodium", "Configuration", "Routing", "Wire"],
        "Queueing": ["Base", "Routing"],
        "Processing": ["Base", "Routing"],
        "Journal": [
            "Base", "Sealing", "Telemetry", "CLinux", "CZstd", "Glibc", "Synchronization",
        ],
        "Reactor": ["Base", "CLinux", "COpenSSL", "Glibc", "Synchronization"],
        "Terminal": ["Canvas", "CTerminal", "Glibc"],
        "Console": ["Canvas", "Engine", "Base"],
        "JetStreamApi": ["Base", "JSON", "Routing", "Queueing"],
        "Broker": [
            "Base", "Configuration", "Engine", "Identity", "JSON", "JetStreamApi", "Journal",
            "Processing", "Queueing", "Reactor", "Routing", "Sealing", "Synchronization",
            "Telemetry", "Wire",
        ],
        "Client": [
            "Base", "Configuration", "Glibc", "Identity", "JSON", "Reactor", "Synchronization",
            "Telemetry", "Wire",
        ],
        "Demo": ["Base", "Client", "Configuration", "Glibc", "Reactor", "Synchronization"],
        "JetStream": ["Base", "Engine", "JSON", "Reactor", "Wire"],
        "sluice": [
            "Base", "Broker", "Canvas", "Client", "Configuration", "Console", "Demo", "Dispatch",
            "Engine", "Glibc",
            "Identity", "JSON", "JetStream", "Journal", "Reactor", "Sealing", "Telemetry",
            "Terminal", "Wire",
        ],
        "sluicebench": [
            "Base", "Broker", "Canvas", "Console", "Engine", "Glibc", "JSON", "JetStreamApi",
            "Journal", "Queueing", "Reactor", "Routing", "Sealing", "Telemetry", "Wire",
        ],
    ]

    /// Modules that are declarations in C.
    static let shims: Set<String> = [
        "CCrypt", "CLinux", "COpenSSL", "CSodium", "CTerminal", "CZstd",
    ]

    /// The imports of `file` that the table does not allow.
    static func violations(in file: SourceFile) -> [String] {
        guard let allowed = table[file.target] else { return ["\(file.path): unknown module"] }
        return file.lines(holding: "import").compactMap { number in
            let line = file.code[number - 1]
            let words = line.split(separator: " ")
            guard let at = words.firstIndex(of: "import"), at + 1 < words.count,
                words[..<at].allSatisfy({ $0 == "public" || $0.hasPrefix("@") })
            else { return nil }
            let name = String(words[at + 1])
            return allowed.contains(name) ? nil : "\(file.path):\(number): imports \(name)"
        }
    }

    /// Whether the module `name` can reach itself, which no table may allow.
    static func isCyclic(_ name: String) -> Bool {
        var (seen, waiting) = (Set<String>(), Array(table[name] ?? []))
        while let next = waiting.popLast() {
            if next == name { return true }
            if seen.insert(next).inserted { waiting += table[next] ?? [] }
        }
        return false
    }
}

@Suite struct LayeringTests {
    @Test func `modules import what the table allows`() {
        #expect(SourceTree.sources.count > 50)
        for file in SourceTree.sources {
            for violation in Layering.violations(in: file) { Issue.record("\(violation)") }
        }
    }

    @Test func `every directory of Sources is a module of the table`() {
        for name in SourceTree.directories(in: "Sources") {
            #expect(Layering.table[name] != nil || Layering.shims.contains(name), "\(name)")
        }
    }

    @Test func `the table has no cycle`() {
        for name in Layering.table.keys { #expect(!Layering.isCyclic(name), "\(name)") }
    }

    @Test(arguments: [
        ("Console", "Broker"), ("Broker", "Canvas"), ("Broker", "Console"), ("Console", "Terminal"),
        ("JetStream", "Broker"), ("Queueing", "Journal"), ("Routing", "Reactor"),
    ])
    func `what is forbidden for ever is not in the table`(importer: String, imported: String) {
        #expect(Layering.table[importer]?.contains(imported) == false)
    }

    @Test(arguments: ["import Broker", "public import Broker", "@testable import Broker"])
    func `finds a forbidden import`(line: String) {
        let file = SourceFile(path: "Sources/Console/X.swift", text: "// import Broker\n\(line)\n")
        #expect(Layering.violations(in: file) == ["Sources/Console/X.swift:2: imports Broker"])
    }
}
