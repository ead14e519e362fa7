// What the console's loop is started with.

import Canvas
import Terminal

/// What the console's loop is started with.
struct ScreenSettings: Sendable {
    /// The terminal's type, colours and modes.
    var terminal: TerminalSettings
    /// The first look.
    var theme: Theme
    /// How often the engine is looked at, 1 to 30 times a second.
    var ticksPerSecond: Int
    /// The file that takes what the terminal is sent; empty for none.
    var recording = ""

    /// The settings for an environment.
    init(
        environment: (String) -> String?,
        colours: ColourDepth?,
        theme: Theme,
        ticksPerSecond: Int
    ) {
        let choice = ColourChoice(
            option: colours,
            noColour: environment("NO_COLOR"),
            colourTerm: environment("COLORTERM"),
            type: environment("TERM") ?? ""
        )
        terminal = TerminalSettings(colours: choice)
        self.theme = theme
        self.ticksPerSecond = min(max(ticksPerSecond, 1), 30)
    }
}

/// How the loop ended.
enum ScreenEnding: Equatable, Sendable {
    /// The program has finished with an exit status.
    case finished(Int32)
    /// There was no terminal for it.
    case refused(TerminalError)
    /// There was no program to run.
    case declined
}

extension TerminalError {
    /// What is said about it.
    var text: String {
        switch self {
        case .noTerminal: "no terminal; `sluice serve` runs without one"
        case .unknownType: "this type of terminal (TERM) is unknown or cannot place a cursor"
        case .notRaw: "the terminal does not give single keys"
        }
    }
}
