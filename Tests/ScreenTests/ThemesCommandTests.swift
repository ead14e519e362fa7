// Themes from the command line, and the one the console begins with.

import Canvas
import Glibc
import Testing

@testable import sluice

/// What a shell command prints, and its exit status behind it.
private func run(_ arguments: String, _ environment: String = "") -> String {
    let command = "\(environment) '\(Tmux.program)' themes \(arguments) 2>&1; echo \"status $?\""
    return Tmux.output(command)
}

@Suite struct ThemesCommandTests {
    private let root =
        "/" + "\(#filePath)".split(separator: "/").dropLast(3).joined(separator: "/")

    @Test func `finds nothing wrong with the themes that come along`() {
        let output = run("check '\(root)'/Themes/*.theme")
        #expect(output.hasSuffix("status 0\n"))
        #expect(output.split(separator: "\n").count == 13)
    }

    @Test func `names file, line and role of what is wrong`() {
        let path = Tmux.output("mktemp /tmp/sluice-theme-XXXXXX").filter { $0 != "\n" }
        defer { unsafe _ = unlink(path) }
        let text =
            "[meta]\\ninherits = harbour-dark\\n[roles]\\ntext = #777777 on #777777\\nx = red\\n"
        _ = Tmux.output("printf '\(text)' > \(path)")
        let output = run("check \(path)")
        #expect(output.contains("\(path):5: warning: no such key in this section"))
        #expect(output.contains("warning: text on text has a contrast of only 1.00"))
        #expect(output.hasSuffix("status 1\n"))
        #expect(run("check /nowhere").contains("cannot be read"))
    }

    @Test func `lists the person's own themes beside the others`() {
        let home = Tmux.output("mktemp -d /tmp/sluice-themes-XXXXXX").filter { $0 != "\n" }
        defer { _ = Tmux.output("rm -rf \(home)") }
        let folder = "\(home)/sluice/Themes"
        let text = "[meta]\\nname = Mine\\ninherits = paper\\n"
        _ = Tmux.output("mkdir -p \(folder); printf '\(text)' > \(folder)/mine.theme")
        let lines = run("ls", "XDG_CONFIG_HOME=\(home)").split(separator: "\n")
        #expect(lines.count == BuiltInTheme.allCases.count + 2)
        #expect(lines.contains { $0.hasPrefix("mine ") && $0.contains("light") })
    }

    @Test(arguments: ["", "ls more", "check", "show a b", "paint"])
    func `a wrong call ends with status 2`(arguments: String) {
        #expect(run(arguments).hasSuffix("status 2\n"))
    }
}

@Suite struct FirstThemeTests {
    static let choices: [([String: String], String, Bool)] = [
        ([:], "harbour-dark", false),
        (["SLUICE_THEME": "paper"], "paper", false),
        (["SLUICE_THEME": "auto"], "harbour-dark", true),
        (["SLUICE_THEME": "auto", "COLORFGBG": "0;15"], "harbour-light", true),
        (["SLUICE_THEME": "auto", "COLORFGBG": "15;default;0"], "harbour-dark", true),
        (["COLORFGBG": "0;15"], "harbour-dark", false),
    ]

    @Test(arguments: choices)
    func `the environment chooses`(
        variables: [String: String],
        name: String,
        isAutomatic: Bool
    ) {
        let first = FirstTheme { variables[$0] }
        #expect(first.name == name)
        #expect(first.isAutomatic == isAutomatic)
    }

    @Test func `the background decides only when it was asked to`() {
        let asked = FirstTheme { $0 == "SLUICE_THEME" ? "auto" : nil }
        #expect(asked.name(on: Rgb(250, 250, 240)) == "harbour-light")
        #expect(asked.name(on: Rgb(20, 20, 40)) == "harbour-dark")
        #expect(FirstTheme { _ in nil }.name(on: Rgb(255, 255, 255)) == nil)
    }
}
