// The manual is complete in form and agrees with the program.

import Testing

@Suite struct ManualTests {
    @Test func `there are pages`() {
        #expect(!SourceTree.manual.isEmpty)
    }

    @Test func `every page has a title, a name and a description`() {
        for page in SourceTree.manual {
            let section = page.path.split(separator: ".").last ?? ""
            let title = page.lines.first { $0.hasPrefix(".TH ") } ?? ""
            let words = title.split(separator: " ")
            #expect(words.count > 2 && words[1] == page.name.uppercased(), "\(page.path): \(title)")
            #expect(words.count > 2 && words[2] == section, "\(page.path): \(title)")
            for heading in ["NAME", "DESCRIPTION"] {
                #expect(page.lines.contains(".SH \(heading)"), "\(page.path): no \(heading)")
            }
        }
    }

    @Test func `pages refer to pages that exist`() {
        let names = Set(SourceTree.manual.map { "\($0.name)(\($0.path.last ?? " "))" })
        for page in SourceTree.manual {
            for (number, line) in page.lines.enumerated() where line.hasPrefix(".BR sluice") {
                let words = line.split(separator: " ")
                guard words.count > 2, let section = words[2].dropFirst().first else { continue }
                let name = "\(words[1])(\(section))"
                #expect(names.contains(name), "\(page.path):\(number + 1): \(name)")
            }
        }
    }

    @Test func `the style page names the limits that are enforced`() throws {
        let page = try #require(SourceTree.manual.first { $0.name == "sluice-style" })
        let text = page.lines.joined(separator: "\n")
        for number in [Limits.fileLinesMax, Limits.functionLinesMax, Limits.lineColumnsMax] {
            #expect(text.contains("\(number)"))
        }
        for ending in Names.forbiddenEndings { #expect(text.contains(ending), "\(ending)") }
    }
}
