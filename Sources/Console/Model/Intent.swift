// Everything that can happen to the console.

public import Base
public import Canvas
public import Engine

/// How far a movement goes.
public enum Move: UInt8, Hashable, Sendable {
    /// One row.
    case up, down
    /// A page.
    case pageUp, pageDown
    /// Half a page.
    case halfUp, halfDown
    /// The first and the last row.
    case first, last
}

/// What the mouse did.
public enum MouseAction: UInt8, Hashable, Sendable {
    /// A button went down.
    case press
    /// A button went up.
    case release
    /// The pointer moved with a button down.
    case drag
    /// The wheel.
    case wheelUp, wheelDown
}

/// Something that happened to the console, or that a person wants.
///
/// Closed: `update` handles every case, each area in a file of its own.
public enum Intent: Hashable, Sendable {
    // MARK: From outside

    /// A new picture of the engine.
    case sampled(EngineSnapshot)
    /// Time has passed.
    case ticked(Instant)
    /// The terminal has a new size.
    case resized(Size)
    /// The engine has reported.
    case reported([EngineReport])
    /// Nothing was typed where an order wanted a secret.
    case untyped(Ticket)
    /// An order was refused before it was taken.
    case refused(Ticket, EngineRefusal)
    /// The link to the engine has changed.
    case linked(LinkState)
    /// A key was pressed.
    case pressed(Key)
    /// Text was pasted.
    case pasted(String)
    /// The mouse did something at an absolute place.
    case pointed(MouseAction, column: Int, row: Int)
    /// Something to tell the person, such as where an export went.
    case notified(Severity, String)

    // MARK: Looking around

    /// Shows a screen.
    case show(Screen)
    /// Moves the keyboard to the next or previous pane.
    case focus(next: Bool)
    /// Shows the focused pane alone, or all of them again.
    case zoom
    /// Opens what is selected.
    case open
    /// Closes, cancels, clears, goes back.
    case back
    /// Moves the selection.
    case move(Move)
    /// Redraws everything.
    case redraw
    /// Takes a fresh picture now.
    case resync

    // MARK: Tables

    /// Opens a chooser.
    case pick(Picker)
    /// Sorts by the next column, left or right.
    case sortBy(right: Bool)
    /// Turns the order around.
    case invertSort
    /// Marks or unmarks the selected row.
    case mark
    /// Marks what is not marked.
    case invertMarks
    /// Unmarks everything.
    case clearMarks
    /// Starts typing a filter.
    case filter
    /// Starts typing something to find.
    case find
    /// Goes to the next or previous match.
    case findAgain(forward: Bool)
    /// Switches between messages, bytes and bits.
    case units

    // MARK: Time

    /// Freezes the display, or resumes it.
    case freeze
    /// Moves the time cursor by so many columns.
    case scrub(Int)
    /// Moves the time cursor by a whole window.
    case scrubPage(Int)
    /// Back to live.
    case live
    /// Shows more or less time.
    case timeZoom(closer: Bool)
    /// Sets marker A, then B.
    case setMarker
    /// Goes to the next marker or alert.
    case jump
    /// Shows differences between marker A and now or B.
    case compare
    /// The next way to draw graphs.
    case graphStyle

    // MARK: Overlays and the console itself

    /// Shows help.
    case help
    /// Shows the command palette.
    case palette
    /// Shows the log of the console.
    case drawer
    /// Shows messages of the selected queue without taking them.
    case peek
    /// Copies the selected row.
    case copy
    /// Shows the selected row in a pager.
    case pager
    /// Acknowledges the worst alert.
    case acknowledge
    /// Switches the mouse on or off.
    case mouse
    /// Suspends the console.
    case suspend
    /// Cancels; twice asks whether to quit.
    case cancel
    /// Asks whether to quit.
    case quit
    /// Repeats the last looking intent.
    case again
    /// Starts a pane command such as `C-w j`.
    case panePrefix
    /// Carries out a command as typed into the palette.
    case command(String)

    // MARK: Changing the broker

    /// Asks for confirmation of an action on what is selected or marked.
    case ask(Action)
    /// Takes the last reversible action back.
    case undo
}

/// What can be chosen from a list.
public enum Picker: UInt8, Hashable, Sendable {
    /// The column to sort by.
    case sort
    /// The columns to show.
    case columns
    /// Theme, rate and other settings.
    case setup
    /// The engine to look at.
    case targets
    /// What to export, and how.
    case export
}

/// What the surroundings must do for the console.
public enum Effect: Hashable, Sendable {
    /// Hand an order to the engine.
    case submit(EngineOrder, Ticket)
    /// Put text on the clipboard.
    case copy([UInt8])
    /// Write a file; the surroundings answer with `notified`.
    case write(path: String, bytes: [UInt8])
    /// Show text in a pager.
    case page(title: String, bytes: [UInt8])
    /// Use another theme.
    case theme(String)
    /// Look at another engine.
    case attach(String)
    /// Ring the bell and tell the desktop.
    case announce(Severity, String)
    /// Tell those who do not look at the screen.
    case tell(AlertNews)
    /// Take the mouse or give it back.
    case mouse(Bool)
    /// Look at the engine so many times a second.
    case refresh(Int)
    /// Draw everything anew.
    case redraw
    /// Suspend the process.
    case suspend
    /// Leave.
    case quit(QuitChoice)
}

/// What becomes of an embedded broker when the console goes.
public enum QuitChoice: UInt8, Hashable, Sendable {
    /// It goes on without a screen.
    case headless
    /// It delivers what is on its way and stops.
    case stop
    /// There is none: the console only goes.
    case detach
}
