// How long files, functions and lines may be.

import Testing

enum Limits {
    static let fileLinesMax = 400
    static let functionLinesMax = 60
    static let lineColumnsMax = 100

    /// Files that are tables and not code, with the reason why they are long.
    static let tables: [String: String] = [:]

    static func violations(in file: SourceFile) -> [String] {
        var found: [String] = []
        if file.lines.count > fileLinesMax, tables[file.path] == nil {
            found.append("\(file.path): \(file.lines.count) lines")
        }
        for function in file.functions where function.count > functionLinesMax {
            found.append("\(file.path):\(function.line): a function of \(function.count) lines")
        }
        for (number, line) in file.lines.enumerated()
        where line.utf8.count > lineColumnsMax && line.count > lineColumnsMax {
            // A text that somebody matches on is not broken.
            if line.contains("\"") || Self.isInText(number, of: file) { continue }
            found.append("\(file.path):\(number + 1): \(line.count) columns")
        }
        return found
    }

    private static func isInText(_ number: Int, of file: SourceFile) -> Bool {
        !file.lines[number].drop { $0 == " " }.hasPrefix("//") && file.code[number].isEmpty
    }
}

@Suite struct LimitTests {
    @Test func `files, functions and lines keep their limits`() {
        for file in SourceTree.sources + SourceTree.tests {
            for violation in Limits.violations(in: file) { Issue.record("\(violation)") }
        }
    }

    @Test func `tables that are excused still exist and still are long`() {
        for path in Limits.tables.keys {
            let file = (SourceTree.sources + SourceTree.tests).first { $0.path == path }
            #expect((file?.lines.count ?? 0) > Limits.fileLinesMax, "\(path)")
        }
    }

    private func file(_ text: String) -> SourceFile {
        SourceFile(path: "Sources/Base/X.swift", text: text)
    }

    @Test func `finds what is too long`() {
        let body = String(repeating: "        work()\n", count: 59)
        let text = "struct X {\n    func long(\n        a: Int\n    ) {\n\(body)    }\n}\n"
        #expect(
            Limits.violations(in: file(text))
                == ["Sources/Base/X.swift:2: a function of 63 lines"]
        )
        #expect(
            Limits.violations(in: file(String(repeating: "let a = 1\n", count: 401))).count == 1
        )
        let wide = String(repeating: "x", count: 101)
        #expect(Limits.violations(in: file("// \(wide)\n")).count == 1)
        #expect(Limits.violations(in: file("let a = \"\(wide)\"\n")).isEmpty)
    }

    @Test func `measures functions from their first line to their last`() {
        let text = """
            struct X {
                var a: Int { 1 }

                public func one() { work() }

                private mutating func two(
                    a: Int
                ) -> Int
                where A: B
                {
                    if a { work() }
                    return 1
                }

                deinit {
                    work()
                }
            }
            protocol Y {
                func three()
                func four()
            }
            """
        let functions = file(text).functions
        #expect(functions.map(\.line) == [6, 15])
        #expect(functions.map(\.count) == [8, 3])
    }
}
