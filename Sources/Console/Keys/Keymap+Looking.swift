// Bindings that look around: screens, panes, tables, time.

import Canvas

extension Keymap {
    static let looking: [Binding] =
        Screen.allCases.enumerated().map { place, screen in
            Binding(
                name: "screen-\(place + 1)",
                keys: [.char(Unicode.Scalar(UInt8(0x31 + place)))],
                context: .everywhere,
                effect: .view,
                intent: .show(screen),
                label: screen.title,
                help: "Show the screen \(screen.title)."
            )
        } + [
            view("next-pane", [Key(.tab)], .focus(next: true), "Next pane", "Go to the next pane."),
            view(
                "previous-pane",
                [Key(.tab, .shift)],
                .focus(next: false),
                "Previous pane",
                "Go to the previous pane."
            ),
            view(
                "pane-prefix",
                [.control("w")],
                .panePrefix,
                "Pane",
                "Prefix: then h j k l or arrows go to another pane, o zooms."
            ),
            view("zoom", [.char("e")], .zoom, "Zoom", "Show the focused pane alone, or all again."),
            view(
                "open",
                [Key(.enter), .char("l"), Key(.right)],
                .open,
                "Open",
                "Open what is selected.",
                in: .tables
            ),
            view(
                "back",
                [Key(.escape), .char("h"), Key(.left), Key(.backspace)],
                .back,
                "Back",
                "Close, cancel, clear the filter or go back, in that order.",
                in: .tables
            ),
            view("resync", [.char("r")], .resync, "Resync", "Take a fresh picture now."),
            view("redraw", [.control("l")], .redraw, "Redraw", "Draw the whole screen anew."),
            view("again", [.char(".")], .again, "Again", "Repeat the last view command."),
        ]

    static let tables: [Binding] = [
        view(
            "down",
            [.char("j"), Key(.down)],
            .move(.down),
            "Down",
            "Go one row down.",
            in: .tables
        ),
        view("up", [.char("k"), Key(.up)], .move(.up), "Up", "Go one row up.", in: .tables),
        view(
            "first",
            [.char("g"), Key(.home)],
            .move(.first),
            "First",
            "Go to the first row.",
            in: .tables
        ),
        view(
            "last",
            [.char("G"), Key(.end)],
            .move(.last),
            "Last",
            "Go to the last row.",
            in: .tables
        ),
        view(
            "page-up",
            [Key(.pageUp), .control("b")],
            .move(.pageUp),
            "Page up",
            "Go one page up.",
            in: .tables
        ),
        view(
            "page-down",
            [Key(.pageDown), .control("f")],
            .move(.pageDown),
            "Page down",
            "Go one page down.",
            in: .tables
        ),
        view(
            "half-up",
            [.control("u")],
            .move(.halfUp),
            "Half up",
            "Go half a page up.",
            in: .tables
        ),
        view(
            "half-down",
            [.control("d")],
            .move(.halfDown),
            "Half down",
            "Go half a page down.",
            in: .tables
        ),
        view(
            "filter",
            [.function(4), .char("/")],
            .filter,
            "Filter",
            "Show only rows that match words, ~patterns or conditions such as depth>10k."
        ),
        view(
            "find",
            [.function(3)],
            .find,
            "Find",
            "Find a row by words without hiding the others.",
            in: .tables
        ),
        view(
            "find-next",
            [.char("n")],
            .findAgain(forward: true),
            "Find next",
            "Go to the next match.",
            in: .tables
        ),
        view(
            "find-previous",
            [.char("N")],
            .findAgain(forward: false),
            "Find previous",
            "Go to the previous match.",
            in: .tables
        ),
        view(
            "sort",
            [.char("s")],
            .pick(.sort),
            "Sort",
            "Choose the column to sort by.",
            in: .tables
        ),
        view(
            "sort-left",
            [.char("<")],
            .sortBy(right: false),
            "Sort left",
            "Sort by the column to the left.",
            in: .tables
        ),
        view(
            "sort-right",
            [.char(">")],
            .sortBy(right: true),
            "Sort right",
            "Sort by the column to the right.",
            in: .tables
        ),
        view(
            "invert-sort",
            [.char("i")],
            .invertSort,
            "Invert",
            "Turn the order around.",
            in: .tables
        ),
        view(
            "columns",
            [.char("c")],
            .pick(.columns),
            "Columns",
            "Choose the columns to show.",
            in: .tables
        ),
        view(
            "mark",
            [.char(" ")],
            .mark,
            "Mark",
            "Mark the row for an action on several rows.",
            in: .tables
        ),
        view(
            "invert-marks",
            [.char("*")],
            .invertMarks,
            "Invert marks",
            "Mark what is not marked.",
            in: .tables
        ),
        view("clear-marks", [.char("\\")], .clearMarks, "Unmark", "Unmark all rows.", in: .tables),
        view("units", [.char("u")], .units, "Units", "Switch between messages, bytes and bits."),
    ]

    static let time: [Binding] = [
        view(
            "freeze",
            [.function(5), .char("f")],
            .freeze,
            "Freeze",
            "Freeze the display, or resume it. The broker goes on."
        ),
        view(
            "scrub-back",
            [.char("[")],
            .scrub(-1),
            "Back in time",
            "Move the time cursor of every pane one column back."
        ),
        view(
            "scrub-forward",
            [.char("]")],
            .scrub(1),
            "Forward",
            "Move the time cursor one column forward."
        ),
        view(
            "scrub-page-back",
            [.char("{")],
            .scrubPage(-1),
            "Page back",
            "Move the time cursor one window back."
        ),
        view(
            "scrub-page-forward",
            [.char("}")],
            .scrubPage(1),
            "Page forward",
            "Move the time cursor one window forward."
        ),
        view("live", [.char("0")], .live, "Live", "Go back to now."),
        view(
            "time-in",
            [.char("+"), .char("=")],
            .timeZoom(closer: true),
            "Zoom in",
            "Show less time, in more detail."
        ),
        view(
            "time-out",
            [.char("-")],
            .timeZoom(closer: false),
            "Zoom out",
            "Show more time, in less detail."
        ),
        view(
            "marker",
            [.char("m")],
            .setMarker,
            "Marker",
            "Set marker A at the time cursor, then marker B, then neither."
        ),
        view(
            "jump",
            [.char("'")],
            .jump,
            "Jump",
            "Move the time cursor to the next marker or alert."
        ),
        view(
            "compare",
            [.char("d")],
            .compare,
            "Compare",
            "Show what has changed between marker A and now, or marker B."
        ),
        view(
            "graph-style",
            [.char("v")],
            .graphStyle,
            "Graphs",
            "Draw graphs as a sweep, scrolling, or in blocks."
        ),
        view(
            "graph-back",
            [.char("h"), Key(.left)],
            .scrub(-1),
            "Back in time",
            "In a graph: move the time cursor back.",
            in: .graphs
        ),
        view(
            "graph-forward",
            [.char("l"), Key(.right)],
            .scrub(1),
            "Forward",
            "In a graph: move the time cursor forward.",
            in: .graphs
        ),
        view(
            "graph-open",
            [Key(.enter)],
            .open,
            "Open",
            "Show a graph alone, or every fact of a pane whole.",
            in: .graphs
        ),
        view(
            "graph-live",
            [Key(.escape), Key(.backspace)],
            .back,
            "Back",
            "In a graph: close, cancel, or go back to live.",
            in: .graphs
        ),
    ]

    static func view(
        _ name: String,
        _ keys: [Key],
        _ intent: Intent,
        _ label: String,
        _ help: String,
        in context: KeyContext = .everywhere
    ) -> Binding {
        Binding(
            name: name,
            keys: keys,
            context: context,
            effect: .view,
            intent: intent,
            label: label,
            help: help
        )
    }
}
