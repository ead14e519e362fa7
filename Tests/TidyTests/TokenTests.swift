// Words that do not belong into the product, each with what to use instead.

import Testing

enum Tokens {
    struct Ban {
        let token: String
        let instead: String
        /// Paths that may use it nevertheless.
        var exceptions: [String] = []
    }

    static let banned = [
        Ban(token: "import Foundation", instead: "a module of our own or a C library"),
        Ban(token: "DispatchQueue", instead: "WorkerThread", exceptions: ["Sources/sluice/"]),
        Ban(token: "async", instead: "threads and mailboxes"),
        Ban(token: "await", instead: "threads and mailboxes"),
        Ban(token: "actor", instead: "an owner on its thread"),
        Ban(token: "Task", instead: "WorkerThread"),
        Ban(
            token: "print",
            instead: "the log",
            exceptions: ["Sources/sluice/", "Sources/sluicebench/"]
        ),
        Ban(token: "try!", instead: "a typed throw"),
        Ban(token: "as!", instead: "a closed enum"),
        Ban(token: "fatalError", instead: "precondition with a sentence"),
        // Counters that one thread writes: the pointer never changes, what it points to is atomic.
        Ban(
            token: "@unchecked",
            instead: "a type that is Sendable by construction",
            exceptions: ["Sources/Telemetry/CounterBlock.swift"]
        ),
        // Owners of memory that go from thread to thread, or that nobody changes after they were
        // made.
        Ban(
            token: "nonisolated(unsafe)",
            instead: "an owner on its thread",
            exceptions: [
                "Sources/Base/Ring.swift",
                "Sources/Journal/RecordBuffer.swift", "Sources/Sealing/KeyArena.swift",
                "Sources/Sealing/SecretBytes.swift",
            ]
        ),
        Ban(token: "static var shared", instead: "an argument"),
        Ban(token: "static let shared", instead: "an argument"),
        Ban(token: "Date", instead: "Instant, handed in"),
        Ban(token: "ContinuousClock", instead: "Instant, handed in"),
        Ban(token: "SystemRandomNumberGenerator", instead: "Random, seeded"),
        Ban(token: "randomElement", instead: "Random, seeded"),
        Ban(token: "getenv", instead: "Environment", exceptions: ["Sources/sluice/"]),
        Ban(token: "usleep", instead: "a deadline"),
        Ban(token: "package", instead: "public or internal"),
        Ban(token: "TODO", instead: "the work itself"),
        Ban(token: "FIXME", instead: "the work itself"),
    ]

    /// Tokens that tests may not use either.
    static let bannedInTests: Set<String> = [
        "import Foundation", "usleep", "try!", "as!", "TODO", "FIXME", "randomElement",
        "SystemRandomNumberGenerator",
    ]

    static func violations(in file: SourceFile, _ bans: [Ban]) -> [String] {
        bans.flatMap { ban -> [String] in
            if ban.exceptions.contains(where: { file.path.hasPrefix($0) }) { return [] }
            return file.lines(holding: ban.token).map {
                "\(file.path):\($0): \(ban.token); use \(ban.instead)"
            }
        }
    }
}

@Suite struct TokenTests {
    @Test func `sources are free of banned words`() {
        for file in SourceTree.sources {
            for violation in Tokens.violations(in: file, Tokens.banned) {
                Issue.record("\(violation)")
            }
        }
    }

    @Test func `tests are free of what makes them slow, lucky or loud`() {
        let bans = Tokens.banned.filter { Tokens.bannedInTests.contains($0.token) }
        #expect(bans.count == Tokens.bannedInTests.count)
        for file in SourceTree.tests {
            for violation in Tokens.violations(in: file, bans) { Issue.record("\(violation)") }
        }
    }

    @Test(arguments: [
        ("let a = try! b()", true), ("    print(a)", true), ("// print(a)", false),
        ("let a = \"print(a)\"", false), ("sprint(a)", false), ("await work()", true),
        ("awaits = 1", false), ("let blueprint = 1", false), ("x = fatalError", true),
    ])
    func `sees words in code alone`(line: String, isFound: Bool) {
        let file = SourceFile(path: "Sources/Base/X.swift", text: line)
        #expect(Tokens.violations(in: file, Tokens.banned).isEmpty == !isFound)
    }
}
