// Every module has tests.

import Testing

@Suite struct TestCoverageTests {
    /// Modules that are tested from outside, and how.
    static let exceptions = [
        "sluice": "run as a program by the interop and end-to-end tests",
        "sluicebench": "its scenarios are measurements with assertions of their own",
    ]

    @Test func `every module has a test target of its name`() {
        let tests = Set(SourceTree.directories(in: "Tests"))
        for module in SourceTree.directories(in: "Sources")
        where !Layering.shims.contains(module) && Self.exceptions[module] == nil {
            #expect(tests.contains("\(module)Tests"), "\(module)")
        }
    }

    @Test func `test suites are named for tests`() {
        for file in SourceTree.tests where file.target.hasSuffix("Tests") {
            for (name, line) in Names.types(in: file)
            where file.code[line - 1].contains("@Suite") {
                #expect(name.hasSuffix("Tests"), "\(file.path):\(line)")
            }
        }
    }
}
