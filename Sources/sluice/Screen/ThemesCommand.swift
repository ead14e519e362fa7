// `sluice themes ls`, `sluice themes check FILE…`, `sluice themes show [NAME]`.

import Canvas
import Glibc
import Terminal

/// The commands about themes.
enum ThemesCommand {
    private static let usage = """
        usage: sluice themes ls
               sluice themes check FILE...
               sluice themes show [NAME]

        """

    /// Runs what `arguments` ask for.
    /// - Returns: the exit status: 0, 1 when a theme has a problem or there is none of the name,
    ///   2 for a wrong call.
    static func run(_ arguments: [String]) -> Int32 {
        let environment = { (name: String) -> String? in
            // SAFETY: the text is copied at once, and nobody changes the environment.
            unsafe getenv(name).map { unsafe String(cString: $0) }
        }
        let shelf = ThemeShelf(environment: environment)
        switch arguments.first {
        case "ls" where arguments.count == 1: return list(shelf)
        case "check" where arguments.count > 1:
            return arguments.dropFirst().reduce(0) { max($0, check($1, shelf)) }
        case "show" where arguments.count <= 2:
            let name = arguments.count == 2 ? arguments[1] : BuiltInTheme.harbourDark.rawValue
            return show(name, shelf, environment)
        default:
            say(usage, to: STDERR_FILENO)
            return 2
        }
    }

    private static func list(_ shelf: ThemeShelf) -> Int32 {
        for name in shelf.names {
            guard let bytes = shelf.bytes(of: name) else { continue }
            let theme = shelf.read(bytes).theme
            let contrast = "\(Int(theme.contrastMin)).\(Int(theme.contrastMin * 10) % 10)"
            let label = TextWidth.pad(DisplayText(name).text, cells: 16)
            say("\(label) \(TextWidth.pad(theme.background.rawValue, cells: 6))")
            say("\(contrast):1  \(theme.title)\n")
        }
        return 0
    }

    private static func check(_ path: String, _ shelf: ThemeShelf) -> Int32 {
        let shown = DisplayText(path).text
        guard let bytes = ThemeShelf.file(path) else {
            say("\(shown): cannot be read\n")
            return 1
        }
        let reading = shelf.read(bytes)
        let problems = reading.problems + reading.theme.contrastProblems
        for problem in problems {
            let place = problem.line > 0 ? ":\(problem.line)" : ""
            let kind = problem.isWarning ? "warning" : "error"
            say("\(shown)\(place): \(kind): \(problem.text)\n")
        }
        if problems.isEmpty { say("\(shown): good\n") }
        return problems.isEmpty ? 0 : 1
    }

    private static func show(
        _ name: String,
        _ shelf: ThemeShelf,
        _ environment: (String) -> String?
    ) -> Int32 {
        guard let bytes = shelf.bytes(of: name) else {
            say("no theme of this name; `sluice themes ls` lists them\n", to: STDERR_FILENO)
            return 1
        }
        let settings = ScreenSettings(
            environment: environment,
            colours: nil,
            theme: shelf.read(bytes).theme,
            ticksPerSecond: 4
        )
        switch ConsoleLoop.run(settings, program: { ThemeGallery(shelf, showing: name) }) {
        case .finished(let status): return status
        case .declined: return 1
        case .refused(let error):
            say("sluice: \(error.text)\n", to: STDERR_FILENO)
            return 1
        }
    }

    private static func say(_ text: String, to descriptor: Int32 = STDOUT_FILENO) {
        let bytes = Array(text.utf8)
        // SAFETY: the call reads as many bytes as the array has.
        unsafe _ = write(descriptor, bytes, bytes.count)
    }
}
