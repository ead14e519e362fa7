// The console as a value.

public import Base
public import Canvas
public import Engine

/// The console as a value: everything the screen depends on.
///
/// Only `update` changes it.
public struct ConsoleModel: Sendable {
    /// What does not change while the console looks at one engine.
    public var session: Session
    /// What the person has chosen.
    public var settings = Settings()
    /// Every binding.
    public var keymap = Keymap.standard
    /// What is where on the screen.
    public var screen: ScreenState
    /// What was seen of the engine.
    public var data = Observation()
    /// What was asked of the engine.
    public var work = WorkState()

    /// A console that has seen nothing yet.
    public init(session: Session, size: Size) {
        self.session = session
        screen = ScreenState(size: size)
    }

    /// The picture that panes draw: the newest, the frozen one, or that of the time cursor.
    public var shownSnapshot: EngineSnapshot {
        let newest = data.frozen ?? data.latest
        guard data.time.cursor != .never else { return newest }
        return data.history.picture(at: data.time.cursor, of: newest)
    }

    /// How old the newest data is, in nanoseconds.
    public var dataAgeNanoseconds: UInt64 {
        data.now.nanoseconds(since: data.latest.takenAt)
    }

    /// Whether the newest data is too old to act on.
    public var isStale: Bool {
        guard data.latest.takenAt != .never else { return true }
        return dataAgeNanoseconds > session.staleNanoseconds
    }
}

/// What does not change while the console looks at one engine.
public struct Session: Hashable, Sendable {
    /// What the engine is called on the screen.
    public var target: [UInt8]
    /// Its environment word, such as `PROD`; empty if it has none.
    public var environment: [UInt8] = []
    /// Whether the engine runs in this process.
    public var isEmbedded = true
    /// The seed of the demonstration that runs on the engine; nil without one.
    public var demoSeed: UInt64?
    /// Whether changes are switched off.
    public var isReadOnly = false
    /// Who is at the keyboard, as audit lines name them.
    public var author: [UInt8]
    /// What the engine can do.
    public var capabilities = EngineCapabilities()
    /// Seconds that local time is ahead of UTC.
    public var offsetSeconds = 0
    /// Age from which data counts as stale.
    public var staleNanoseconds: UInt64 = 3 * nanosecondsPerSecond
    /// The themes there are.
    public var themes: [String] = []
    /// Engines that the console could look at.
    public var targets: [String] = []

    /// A session of `author` with the engine `target`.
    public init(target: [UInt8], author: [UInt8]) {
        self.target = target
        self.author = author
    }

    /// Whether mistakes are expensive here: every action takes one level more.
    public var isProduction: Bool { Filter.lowered(environment) == Array("prod".utf8) }
}

/// What the person has chosen.
public struct Settings: Hashable, Sendable {
    /// The theme's name.
    public var theme = "harbour-dark"
    /// Pictures a second.
    public var refreshPerSecond = 4
    /// Whether rates count messages, bytes or bits.
    public var units: RateUnit = .messages
    /// Whether the console takes the mouse.
    public var isMouseOn = true
    /// Whether the clock is shown.
    public var isClockShown = true
    /// Whether the bell rings for critical alerts.
    public var isBellOn = true
    /// How long a pause lasts when nobody says.
    public var pauseNanoseconds: UInt64 = 1_800 * nanosecondsPerSecond

    /// As shipped.
    public init() {}
}

/// What rates count.
public enum RateUnit: UInt8, Hashable, Sendable, CaseIterable {
    /// Messages.
    case messages
    /// Bytes.
    case bytes
    /// Bits.
    case bits

    /// The unit in pane titles.
    public var label: String {
        switch self {
        case .messages: "msg/s"
        case .bytes: "B/s"
        case .bits: "bit/s"
        }
    }
}

/// What was seen of the engine.
public struct Observation: Sendable {
    /// The newest picture.
    public var latest = EngineSnapshot()
    /// The picture that is held while the display is frozen.
    public var frozen: EngineSnapshot?
    /// The past.
    public var history = History()
    /// Which part of it is shown.
    public var time = TimeView()
    /// Alerts.
    public var alerts = AlertBook()
    /// The time of the last tick.
    public var now: Instant = .never
    /// The link to the engine.
    public var link: LinkState = .embedded

    /// Nothing yet.
    public init() {}
}

/// What is where on the screen.
public struct ScreenState: Sendable {
    /// The terminal's size.
    public var size: Size
    /// The screen that is shown.
    public var current: Screen = .overview
    /// The pane with the keyboard, for each screen where somebody moved it.
    public var focus: [Screen: Pane] = [:]
    /// The pane that is shown alone.
    public var zoomed: Pane?
    /// Screens to go back to.
    public var trail: [Screen] = []
    /// What a person did to each table.
    public var lists: [Pane: ListState] = [:]
    /// What lies above the panes.
    public var overlay: Overlay = .none
    /// Whether the next key names a pane.
    public var isPanePrefix = false
    /// What `again` repeats.
    public var repeatable: Intent?
    /// What is looked for in tables.
    public var finding = ""
    /// When cancel was last pressed; twice within two seconds asks whether to quit.
    public var cancelledAt: Instant = .never
    /// Commands typed before, the latest last.
    public var commandHistory: [String] = []

    /// The overview in a terminal of `size`.
    public init(size: Size) {
        self.size = size
    }
}

/// What was asked of the engine.
public struct WorkState: Sendable {
    /// Orders on their way, by ticket.
    public var pending: [UInt64: PendingOrder] = [:]
    /// Actions that can be taken back, the latest last.
    public var undo: [UndoEntry] = []
    /// What was said to the person, the latest last.
    public var notices: [Notice] = []
    /// The number of the next ticket.
    public var nextTicket: UInt64 = 1

    /// Nothing yet.
    public init() {}
}

/// An order on its way.
public struct PendingOrder: Hashable, Sendable {
    /// The order.
    public var order: EngineOrder
    /// What it does, in words.
    public var label: String
    /// What it was asked as; nil for orders without a question.
    public var action: Action?
    /// What can take it back once it is done.
    public var inverse: EngineOrder?
    /// Units done and in all, while it says.
    public var done: UInt64 = 0
    /// Units in all; 0 while unknown.
    public var total: UInt64 = 0
}

/// An action that can be taken back.
public struct UndoEntry: Hashable, Sendable {
    /// What taking it back does, in words.
    public var label: String
    /// The order that does.
    public var order: EngineOrder
    /// After this there is nothing left to take back.
    public var expires: Instant
}

/// Something said to the person.
public struct Notice: Hashable, Sendable {
    /// When.
    public var at: Instant
    /// How serious it is.
    public var severity: Severity
    /// The words; safe to show.
    public var text: String

    /// How long the status bar shows it.
    public static let shownNanoseconds: UInt64 = 6 * nanosecondsPerSecond
    /// Notices that are kept.
    public static let keptMax = 500
}
