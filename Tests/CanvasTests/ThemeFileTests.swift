// The theme files that come with the program.

import Canvas
import Glibc
import Testing

/// The bytes of a file of the repository.
private func file(_ path: String) -> [UInt8] {
    let root = "\(#filePath)".split(separator: "/").dropLast(3).joined(separator: "/")
    guard let stream = unsafe fopen("/\(root)/\(path)", "r") else { return [] }
    defer { unsafe fclose(stream) }
    var bytes = [UInt8](repeating: 0, count: 65_536)
    // SAFETY: the buffer has as many bytes as the call may fill.
    let count = unsafe fread(&bytes, 1, bytes.count, stream)
    return Array(bytes.prefix(count))
}

@Suite struct ThemeFileTests {
    @Test(arguments: BuiltInTheme.allCases)
    func `is complete, readable and the one that was built in`(name: BuiltInTheme) {
        let bytes = file("Themes/\(name.rawValue).theme")
        #expect(bytes == name.bytes)
        let reading = ThemeParser.builtIn.read(bytes)
        #expect(reading.problems == [])
        #expect(reading.theme.contrastProblems == [])
        #expect(!reading.theme.title.isEmpty)
    }

    @Test func `there are twelve files and no other`() {
        #expect(BuiltInTheme.allCases.count == 12)
        let root = "\(#filePath)".split(separator: "/").dropLast(3).joined(separator: "/")
        guard let directory = unsafe opendir("/\(root)/Themes") else {
            Issue.record("no Themes directory")
            return
        }
        defer { unsafe closedir(directory) }
        var count = 0
        while let entry = unsafe readdir(directory) {
            if unsafe entry.pointee.d_name.0 != 0x2E { count += 1 }
        }
        #expect(count == 12)
    }

    @Test func `the manual names every role, gradient, glyph and theme`() {
        let page = String(decoding: file("Man/sluice-theme.5"), as: UTF8.self)
        let words = Set(page.split { " \n,;:()[]\\".contains($0) }.map(String.init))
        let names =
            StyleRole.named.compactMap(\.name) + Gradient.allCases.map(\.name)
            + Glyph.allCases.map(\.name) + BuiltInTheme.allCases.map(\.rawValue)
        #expect(names.filter { !words.contains($0) } == [])
    }

    @Test func `the example of the manual is a good theme`() throws {
        let page = String(decoding: file("Man/sluice-theme.5"), as: UTF8.self)
        let example = try #require(page.split(separator: ".SH EXAMPLE").last)
        let lines = example.split(separator: "\n").drop { $0 != "[meta]" }.prefix { $0 != ".RE" }
        let reading = ThemeParser.builtIn.read(Array(lines.joined(separator: "\n").utf8))
        #expect(reading.problems == [])
        #expect(reading.theme.title == "Harbour, louder")
    }

    @Test(arguments: [BuiltInTheme.contrastDark, .contrastLight])
    func `high contrast means seven to one`(name: BuiltInTheme) {
        #expect(name.theme.contrastMin >= 7)
    }

    @Test(arguments: BuiltInTheme.allCases)
    func `tells the important apart without colour`(name: BuiltInTheme) {
        let theme = name.theme
        for role in [.rowSelected, .stateCrit, .paneFrameFocus, .actionMutating, .tabActive]
            as [StyleRole]
        {
            #expect(!theme[role].monoAttributes.isEmpty, "\(role)")
        }
        for role in StyleRole.named {
            #expect(theme[role].monoAttributes.count <= 2, "\(role)")
            for ground in [.rowSelected, .rowMarked, .dialog] as [StyleRole] {
                let mono = theme.style(role: role, ground: ground).monoAttributes
                #expect(mono.count <= 2, "\(role) on \(ground)")
            }
        }
    }

    @Test(arguments: BuiltInTheme.allCases)
    func `text shows the ground that it lies on`(name: BuiltInTheme) {
        let theme = name.theme
        for ground in [.rowSelected, .header, .toast, .input] as [StyleRole] {
            let style = theme.style(role: .text, ground: ground)
            #expect(style.background == theme[ground].background ?? theme[.text].background)
        }
    }

    @Test(arguments: [BuiltInTheme.harbourDark, .harbourLight, .midnight, .cvdDark])
    func `a gradient rises in even steps`(name: BuiltInTheme) {
        let theme = name.theme
        for gradient in Gradient.allCases {
            let steps = (0..<Gradient.stepCount).compactMap {
                theme[gradient.role(step: $0)].foreground.rgb
            }
            #expect(steps.count == Gradient.stepCount)
            #expect(Set(steps).count >= Gradient.stepCount - 1)
        }
    }
}
