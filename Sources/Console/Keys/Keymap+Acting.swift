// Bindings that concern the console itself, and those that change the broker.
//
// No lower-case letter, digit or mark changes the broker.

import Canvas

extension Keymap {
    static let console: [Binding] = [
        view(
            "help",
            [.function(1), .char("?")],
            .help,
            "Help",
            "Show the keys that work here; typing searches them."
        ),
        own(
            "setup",
            [.function(2), .char(",")],
            .pick(.setup),
            "Setup",
            "Choose theme, refresh rate, graphs, units, mouse, clock and bell."
        ),
        view(
            "palette",
            [.char(":"), .control("p")],
            .palette,
            "Command",
            "Find and run any command by name."
        ),
        own("targets", [.char("b")], .pick(.targets), "Targets", "Look at another engine."),
        view(
            "peek",
            [.char("p")],
            .peek,
            "Peek",
            "Show messages without taking them.",
            in: .queues
        ),
        own("copy", [.char("y")], .copy, "Copy", "Copy the selected row to the clipboard."),
        own(
            "export",
            [.char("x")],
            .pick(.export),
            "Export",
            "Write the pane as CSV, JSON or text."
        ),
        own("pager", [.char("o")], .pager, "Pager", "Show the selected row in a pager."),
        own(
            "acknowledge",
            [.char("a")],
            .acknowledge,
            "Acknowledge",
            "Acknowledge the worst alert, or the selected one."
        ),
        own(
            "mouse",
            [.char("%")],
            .mouse,
            "Mouse",
            "Release the mouse for selecting text, or take it again."
        ),
        view("drawer", [.char("~")], .drawer, "Log", "Show what the console did and was told."),
        own("cancel", [.control("c")], .cancel, "Cancel", "Cancel; twice asks whether to quit."),
        own(
            "suspend",
            [.control("z")],
            .suspend,
            "Suspend",
            "Suspend the console; refused while the broker runs inside it."
        ),
        own(
            "quit",
            [.function(10), .char("q")],
            .quit,
            "Quit",
            "Leave; asks what becomes of a broker inside."
        ),
    ]

    static let acting: [Binding] = [
        act(
            "pause",
            [.function(6), .char("P")],
            .pause,
            "Pause",
            "Pause delivery of the selected queues with a deadline, or resume them.",
            in: .queues
        ),
        act(
            "refuse",
            [.char("I")],
            .pauseIngress,
            "Refuse",
            "Refuse new messages for the selected queues; delivery goes on.",
            in: .queues
        ),
        act(
            "drain",
            [.function(7), .char("D")],
            .drain,
            "Drain",
            "Refuse new messages and let consumers empty the queues, or stop draining.",
            in: .queues
        ),
        act(
            "purge",
            [.function(8), .char("X")],
            .purge,
            "Purge",
            "Remove the messages that were there when the dialog opened.",
            in: .queues
        ),
        act(
            "redrive",
            [.char("M")],
            .redrive,
            "Redrive",
            "Put dead-lettered messages back.",
            in: .queues
        ),
        act(
            "rotate",
            [.function(9), .char("R")],
            .rotate,
            "Rotate",
            "Make a new encryption key, then move writes to it, then rewrite old data."
        ),
        act(
            "kick",
            [.char("K")],
            .kick,
            "Kick",
            "Close the connection of the selected clients.",
            in: .clients
        ),
        act(
            "throttle",
            [.char("T")],
            .throttle,
            "Throttle",
            "Limit what a client may publish, or how fast data is rewritten."
        ),
        act(
            "verify",
            [.char("V")],
            .verify,
            "Verify",
            "Read samples back under every key.",
            in: .keys
        ),
        act(
            "compromised",
            [.char("C")],
            .compromise,
            "Compromised",
            "Declare the selected key known to others; its data is rewritten first.",
            in: .keys
        ),
        act(
            "hold",
            [.char("H")],
            .holdRewrite,
            "Hold",
            "Hold the rewriting of data, or let it go on.",
            in: .keys
        ),
        act(
            "destroy",
            [.function(8), .char("X")],
            .destroyKey,
            "Destroy",
            "Destroy an old key for ever; refused while data is left under it.",
            in: .keys
        ),
        Binding(
            name: "undo",
            keys: [.char("U")],
            context: .everywhere,
            effect: .mutates,
            intent: .undo,
            label: "Undo",
            help: "Take the last reversible action back."
        ),
    ]

    private static func own(
        _ name: String,
        _ keys: [Key],
        _ intent: Intent,
        _ label: String,
        _ help: String
    ) -> Binding {
        Binding(
            name: name,
            keys: keys,
            context: .everywhere,
            effect: .console,
            intent: intent,
            label: label,
            help: help
        )
    }

    private static func act(
        _ name: String,
        _ keys: [Key],
        _ action: Action,
        _ label: String,
        _ help: String,
        in context: KeyContext = .everywhere
    ) -> Binding {
        Binding(
            name: name,
            keys: keys,
            context: context,
            effect: .mutates,
            intent: .ask(action),
            label: label,
            help: help
        )
    }
}
