// What the console's loop runs: something that takes events and gives pictures.

import Canvas
import Engine
import Terminal

/// Something that happened to a program on the screen.
enum ScreenEvent {
    /// A key, the mouse, a paste or the focus.
    case terminal(TerminalEvent)
    /// It is time to look at the engine again.
    case tick
    /// The terminal has another size.
    case resized(Size)
    /// The terminal and its colours are known: the size and the depth.
    case opened(Size, ColourDepth, isUtf8: Bool)
    /// The process was asked to end.
    case terminated
    /// The process was asked to stop until it is told to go on.
    case askedToStop
    /// The terminal is gone.
    case hungUp
    /// Somebody has written to standard error, which the screen does not show.
    case complained([UInt8])
    /// The terminal takes bytes again; so many pictures were left out meanwhile, and ever.
    case caughtUp(leftOut: Int, ever: Int)
    /// A person was asked for a secret.
    case typed(SlotKind, TypedSecret, Ticket)
}

/// What a program on the screen wants of its surroundings.
enum ScreenWish {
    /// End with an exit status.
    case finish(Int32)
    /// Give the screen back and run without it; the process goes on.
    case leave
    /// Stop the process until it is told to go on.
    case suspend
    /// Let time pass in steps of another length.
    case tick(perSecond: Int)
    /// Draw everything anew.
    case redraw
    /// Show roles by another theme.
    case use(Theme)
    /// Take the mouse or leave it to the terminal.
    case takeMouse(Bool)
    /// Put text on the clipboard.
    case copy([UInt8])
    /// Ring the bell.
    case ring
    /// Have the terminal notify a person.
    case notify(TerminalNotification, title: String, text: String)
    /// Show text in a pager.
    case page([UInt8])
    /// Ask for the secret of a slot, for the order of this ticket.
    case ask(SlotKind, Ticket)
}

extension SlotKind {
    /// How a person is asked for the secret of such a slot.
    var question: String { self == .recovery ? "Recovery key: " : "Passphrase: " }
}

/// A program on the screen; lives on the loop's queue and nowhere else.
protocol ScreenProgram: SendableMetatype {
    /// Takes what happened and says what is wanted.
    mutating func take(_ event: ScreenEvent) -> [ScreenWish]

    /// The picture of this moment.
    ///
    /// Mutating only so that the loop lends the program instead of copying all of it.
    mutating func frame(_ size: Size) -> Frame
}
