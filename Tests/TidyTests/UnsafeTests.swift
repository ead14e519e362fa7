// Every function that does something unsafe says why it may.

import Testing

enum UnsafeCode {
    /// What cannot go wrong by its arguments, and whose `unsafe` is only the marking of a C
    /// import.
    static let harmless = [
        "allocate(", "deinitialize(", "setsockopt(", "SSL_", "copenssl_", "ERR_",
        "cterminal_",
    ]

    /// Functions of `file` that hold `unsafe` and no `SAFETY` line, by their first line.
    static func violations(in file: SourceFile) -> [String] {
        let marked = Set(file.lines(holding: "unsafe")).filter { line in
            !harmless.contains { file.code[line - 1].contains($0) }
        }
        guard !marked.isEmpty else { return [] }
        return file.functions.compactMap { function in
            let range = function.line..<(function.line + function.count)
            guard let first = range.first(where: { marked.contains($0) }) else { return nil }
            if range.contains(where: { file.lines[$0 - 1].contains("// SAFETY: ") }) { return nil }
            return "\(file.path):\(first): unsafe without SAFETY"
        }
    }
}

@Suite struct UnsafeTests {
    @Test func `unsafe code says why it is safe`() {
        for file in SourceTree.sources {
            for violation in UnsafeCode.violations(in: file) { Issue.record("\(violation)") }
        }
    }

    @Test func `finds a function that does not say why`() {
        let bare = "func a() {\n    let b = unsafe c[0]\n}\n"
        let file = SourceFile(path: "Sources/Base/X.swift", text: bare)
        #expect(UnsafeCode.violations(in: file).count == 1)
        let said = "func a() {\n    // SAFETY: c is live.\n    let b = unsafe c[0]\n}\n"
        let other = SourceFile(path: "Sources/Base/X.swift", text: said)
        #expect(UnsafeCode.violations(in: other).isEmpty)
    }
}
