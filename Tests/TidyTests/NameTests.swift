// What types and files are called.

import Testing

enum Names {
    static let forbiddenEndings = [
        "Manager", "Helper", "Util", "Utils", "Handler", "Info", "Data", "Impl", "Common", "Misc",
    ]

    /// Names that the protocol has given.
    static let exceptions: Set<String> = ["ServerInfo"]

    static let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "actor"]

    static func types(in file: SourceFile) -> [(name: String, line: Int)] {
        file.code.enumerated().compactMap { number, line in
            let words = line.split { " :<{".contains($0) }
            guard let at = words.firstIndex(where: { kinds.contains($0) }), at + 1 < words.count,
                words[..<at].allSatisfy({ $0.allSatisfy { $0.isLetter || "@()".contains($0) } })
            else { return nil }
            return (String(words[at + 1]), number + 1)
        }
    }

    static func violations(in file: SourceFile) -> [String] {
        types(in: file).compactMap { name, line in
            guard !exceptions.contains(name) else { return nil }
            let ending = forbiddenEndings.first { name.hasSuffix($0) }
            return ending.map { "\(file.path):\(line): \(name) ends with \($0)" }
        }
    }
}

@Suite struct NameTests {
    @Test func `no type is named after nothing`() {
        for file in SourceTree.sources + SourceTree.tests {
            for violation in Names.violations(in: file) { Issue.record("\(violation)") }
        }
    }

    @Test func `every file says first what it is`() {
        for file in SourceTree.sources {
            #expect(file.lines.first?.hasPrefix("// ") == true, "\(file.path)")
        }
    }

    @Test(arguments: ["struct BufferManager {", "public enum StreamUtils: Error {"])
    func `finds a name that says nothing`(line: String) {
        let file = SourceFile(path: "Sources/Base/X.swift", text: line)
        #expect(Names.violations(in: file).count == 1)
    }
}
