// sluice(1) and sluice(5) against the tables of commands, options, keys and exit statuses.

import Configuration
import Testing

/// The lines of the page called `path`, with typewriter dashes.
private func page(_ path: String) throws -> [String] {
    let file = try #require(SourceTree.manual.first { $0.path == path })
    return file.lines.map {
        $0.replacing("\\-", with: "-").replacing("\\(dq", with: "\"").replacing("\\e", with: "\\")
    }
}

/// The lines between the heading `start` and the next one of its kind.
private func section(_ start: String, in lines: [String]) throws -> [String] {
    let kind = start.prefix(3)
    let at = try #require(lines.firstIndex(of: start), "no \(start)")
    let rest = lines[(at + 1)...]
    let end = rest.firstIndex { $0.hasPrefix(kind) || $0.hasPrefix(".SH") } ?? rest.endIndex
    return Array(rest[..<end])
}

@Suite struct CommandPagesTests {
    @Test func `every command and option is in sluice(1)`() throws {
        let lines = try page("Man/sluice.1")
        let common = try section(".SH OPTIONS OF ALL CLIENTS", in: lines)
        for command in CommandManual.commands {
            let own = try section(".SH \(command.name.uppercased())", in: lines)
            for option in command.options {
                let entry = ".B \(option.spelling)"
                if option.isRefused {
                    let names = own.filter { $0.hasPrefix(".BR -") }
                    let isNamed = names.contains { $0.contains("-\(option.names[0]) ") }
                    #expect(isNamed, "\(command.name): \(option.names[0])")
                    continue
                }
                let isShown = [own, common].contains { lines in
                    zip(lines, lines.dropFirst()).contains { $0 == (entry, option.help) }
                }
                #expect(isShown || command.name == "themes", "\(command.name): \(entry)")
            }
        }
    }

    @Test func `every option of the console is in sluice(1)`() throws {
        let own = try section(".SH CONSOLE", in: try page("Man/sluice.1"))
        for option in ConsoleOptions.manual {
            let isShown = zip(own, own.dropFirst()).contains {
                $0 == (".B \(option.spelling)", option.help)
            }
            #expect(isShown, "\(option.spelling)")
        }
    }

    @Test func `every exit status is in sluice(1)`() throws {
        let lines = try section(".SH EXIT STATUS", in: try page("Man/sluice.1"))
        for status in ExitStatus.allCases {
            let place = try #require(lines.firstIndex(of: ".B \(status.rawValue)"))
            #expect(lines[place + 1] == status.meaning)
        }
    }

    @Test func `every key is in sluice(5), and no other`() throws {
        let lines = try page("Man/sluice.5")
        for block in ConfigurationManual.blocks {
            let heading = ".SS " + (block.name.isEmpty ? "Top level" : block.name)
            let own = try section(heading, in: lines)
            for key in block.keys where !key.isRefused {
                let entry = ".BR " + key.names.joined(separator: " \", \" ")
                let place = try #require(own.firstIndex(of: entry), "\(heading): \(entry)")
                #expect(own[place + 1] == "\\fI\(key.form.text)\\fR.")
                #expect(own[place + 2] == key.help)
            }
            let refused = block.keys.filter(\.isRefused).map { $0.names[0] }
            let words = own.filter { $0.hasPrefix(".BR ") }
                .flatMap { $0.dropFirst(4).split(separator: " \", \" ").map(String.init) }
            #expect(Set(words) == Set(block.keys.flatMap(\.names)), "\(heading)")
            for name in refused { #expect(words.contains(name), "\(heading): \(name)") }
        }
    }

    @Test func `every example of sluice(5) works`() throws {
        let lines = try page("Man/sluice.5")
        var examples: [String] = []
        var open: String?
        for line in lines {
            if line == ".\\\" example" {
                open = ""
            } else if line == ".\\\" end" {
                examples.append(try #require(open))
                open = nil
            } else if open != nil {
                open? += line + "\n"
            }
        }
        #expect(examples.count == 4 && open == nil)
        let passwords = ["FEED_PASSWORD": "a", "DESK_PASSWORD": "b", "MARKET_PASSWORD": "c"]
        for example in examples {
            let surroundings = SyntaxSurroundings(
                environment: Environment(texts: passwords)
            ) { _ throws(UnreadableFile) in Array(example.utf8) }
            let reading = try ConfigurationFile.read(
                "example",
                over: ServerConfiguration(),
                surroundings: surroundings
            )
            #expect(reading.configuration.problems == [], "\(example)")
        }
    }

    @Test func `every example of sluice(1) is understood`() throws {
        let lines = try section(".SH EXAMPLES", in: try page("Man/sluice.1"))
        let examples = lines.filter { $0.hasPrefix("sluice ") }
        #expect(examples.count > 5)
        for example in examples {
            // Single quotes hold words with blanks together, as in a shell.
            var words: [[UInt8]] = [[]]
            var isQuoted = false
            for byte in example.utf8 {
                if byte == UInt8(ascii: "'") {
                    isQuoted.toggle()
                } else if byte == 0x20, !isQuoted {
                    words.append([])
                } else {
                    words[words.count - 1].append(byte)
                }
            }
            #expect(throws: Never.self, "\(example)") {
                _ = try ProgramRequest(Array(words.dropFirst()))
            }
        }
    }
}
