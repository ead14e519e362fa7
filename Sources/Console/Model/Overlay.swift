// What lies above the panes: one thing at a time.

import Base
import Canvas
public import Engine

/// What lies above the panes.
public enum Overlay: Hashable, Sendable {
    /// Nothing.
    case none
    /// The keys that work here.
    case help(HelpState)
    /// Commands by name.
    case palette(PaletteState)
    /// A filter is being typed.
    case filter(TextField, before: Filter)
    /// Something to find is being typed.
    case find(TextField)
    /// A list to choose from.
    case picker(PickerState)
    /// An action waits for its confirmation.
    case confirm(Confirmation)
    /// Messages that were looked at.
    case peek(PeekState)
    /// A row or a pane of facts, whole.
    case detail(DetailState)
    /// The log of the console.
    case drawer(scroll: Int)
    /// What becomes of the broker?
    case quit
}

/// The state of the help overlay.
public struct HelpState: Hashable, Sendable {
    /// What is searched for.
    public var field = TextField()
    /// The first line shown.
    public var scroll = 0

    /// Help as it opens.
    public init() {}
}

/// The state of the command palette.
public struct PaletteState: Hashable, Sendable {
    /// What was typed.
    public var field = TextField()
    /// Which suggestion is selected.
    public var index = 0
    /// How far back in earlier commands.
    public var recall = 0
    /// The theme to return to once another one was shown while its name was typed.
    public var before: String?

    /// A palette as it opens.
    public init() {}
}

/// The state of a chooser.
public struct PickerState: Hashable, Sendable {
    /// What is chosen.
    public var picker: Picker
    /// The pane it is about.
    public var pane: Pane
    /// The selected line.
    public var index = 0
    /// What to return to when it is cancelled, such as the theme.
    public var before = ""

    /// A chooser as it opens.
    public init(_ picker: Picker, pane: Pane) {
        self.picker = picker
        self.pane = pane
    }
}

/// Messages that were looked at.
public struct PeekState: Hashable, Sendable {
    /// The queue.
    public var stream: [UInt8]
    /// The ticket whose answer is awaited.
    public var ticket: UInt64
    /// The messages; nil until they came.
    public var messages: [PeekedMessage]?
    /// Why there are none.
    public var refusal: EngineRefusal?
    /// The selected message.
    public var index = 0
    /// The first line shown of the selected message, when it has the whole room.
    public var scroll: Int?

    /// A question for messages of `stream`.
    public init(stream: [UInt8], ticket: UInt64) {
        self.stream = stream
        self.ticket = ticket
    }
}

/// A row of a table, or a pane of facts, with nothing left out.
public struct DetailState: Hashable, Sendable {
    /// The pane it is from.
    public var pane: Pane
    /// The row; nil for all facts of the pane.
    public var row: RowId?
    /// The first line shown.
    public var scroll = 0
    /// What it said when it was opened, for when the row is gone.
    let kept: [DetailFact]

    init(_ pane: Pane, row: RowId?, kept: [DetailFact]) {
        self.pane = pane
        self.row = row
        self.kept = kept
    }
}

/// A label and what belongs to it, however long it is.
struct DetailFact: Hashable, Sendable {
    let label: String
    let value: String
    let role: StyleRole
}
