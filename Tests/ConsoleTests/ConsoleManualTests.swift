// The manual's tables are those of the program.
//
// MANUAL=write puts the tables into the page.

import Base
import Engine
import Support
import Testing

@testable import Console

@Suite(.serialized) struct ConsoleManualTests {
    private static let path: String = {
        let here = "\(#filePath)"
        let root = here.split(separator: "/").dropLast(3).joined(separator: "/")
        return "/\(root)/Man/sluice-console.7"
    }()

    @Test(arguments: ["KEYS", "COMMANDS", "ALERTS"])
    func `the manual has the table as it is`(name: String) throws {
        let page = try #require(TextFile.read(Self.path))
        let lines = page.split(separator: "\n", omittingEmptySubsequences: false)
        let begin = try #require(lines.firstIndex(of: ".\\\" BEGIN \(name)"))
        let end = try #require(lines.firstIndex(of: ".\\\" END \(name)"))
        let wanted = Self.table(name)
        if TextFile.isSet("MANUAL") {
            let whole =
                lines[...begin].joined(separator: "\n") + "\n" + wanted + "\n"
                + lines[end...].joined(separator: "\n")
            TextFile.write(whole, to: Self.path)
        }
        #expect(lines[(begin + 1)..<end].joined(separator: "\n") == wanted)
    }

    private static func table(_ name: String) -> String {
        switch name {
        case "KEYS": KeyContext.allCases.map(section).joined(separator: "\n")
        case "COMMANDS": PaletteVerb.allCases.map(command).joined(separator: "\n")
        default: AlertRule.allCases.map(rule).joined(separator: "\n")
        }
    }

    private static func section(_ context: KeyContext) -> String {
        let bindings = Keymap.standard.bindings.filter { $0.context == context }
        let entries = bindings.map { binding in
            let mark = binding.effect == .mutates ? "! " : ""
            return ".TP\n.B \(escaped(binding.keyLabels))\n\(mark)\(escaped(binding.help))"
        }
        return ([".SS \(context.title)"] + entries).joined(separator: "\n")
    }

    private static func command(_ verb: PaletteVerb) -> String {
        ".TP\n.B \(escaped(verb.rawValue)) \(escaped(verb.usage))\n\(escaped(verb.help))"
    }

    private static func rule(_ rule: AlertRule) -> String {
        let policy = rule.policy
        let name = rule.name + String(repeating: " ", count: max(1, 16 - rule.name.count))
        let time = policy.forSeconds == 0 ? "at once" : "after \(policy.forSeconds) s"
        return escaped(
            "\(name)\(StateText(policy.severity).word)  from \(rule.text(policy.raise)) \(time)"
        )
    }

    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            switch character {
            case "\\": result += "\\e"
            case "-": result += "\\-"
            case "'": result += "\\(aq"
            case "~": result += "\\(ti"
            case "^": result += "\\(ha"
            default: result.append(character)
            }
        }
    }
}
