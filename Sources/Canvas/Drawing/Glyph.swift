// Characters that drawings are made of.

/// A character with a meaning of its own; a theme may replace it.
public enum Glyph: UInt8, CaseIterable, BitwiseCopyable, Hashable, Sendable {
    /// Shapes that stand beside the word of a state.
    case stateOk, stateWarn, stateCrit, statePaused, stateDraining, stateSealed, stateUnknown
    /// A link or a process that runs.
    case live
    /// The row under the cursor and a marked row.
    case cursor, mark
    /// Directions.
    case up, down, left, right
    /// A step that is done, under way, still to come.
    case stepDone, stepRunning, stepOpen
    /// A list item; what stands for cut text; what separates columns.
    case bullet, ellipsis, separator
    /// The ends of the label of an environment.
    case badgeLeft, badgeRight
    /// The point of a curve, and of the curve it is compared with.
    case dot, dotFaint
    /// The line on which a graph's numbers stand.
    case tick
    /// Stands beside text that was altered to be shown.
    case altered

    /// The name in a theme file.
    public var name: String {
        switch self {
        case .stateOk: "state.ok"
        case .stateWarn: "state.warn"
        case .stateCrit: "state.crit"
        case .statePaused: "state.paused"
        case .stateDraining: "state.draining"
        case .stateSealed: "state.sealed"
        case .stateUnknown: "state.unknown"
        case .live: "live"
        case .cursor: "cursor"
        case .mark: "mark"
        case .up: "up"
        case .down: "down"
        case .left: "left"
        case .right: "right"
        case .stepDone: "step.done"
        case .stepRunning: "step.running"
        case .stepOpen: "step.open"
        case .bullet: "bullet"
        case .ellipsis: "ellipsis"
        case .separator: "separator"
        case .badgeLeft: "badge.left"
        case .badgeRight: "badge.right"
        case .dot: "dot"
        case .dotFaint: "dot.faint"
        case .tick: "tick"
        case .altered: "altered"
        }
    }
}
