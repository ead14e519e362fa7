// What a cell means; a theme turns it into colours.

/// What a cell means: a name for its look, never a colour.
///
/// The raw value is the row of the role in a theme's table.
public enum StyleRole: UInt8, CaseIterable, BitwiseCopyable, Hashable, Sendable {
    /// Text.
    case text, textMuted, textStrong, textLink, textCode
    /// Text from outside in which something could not be shown as it is.
    case textAltered
    /// The frame of a pane, its title and its badge.
    case paneFrame, paneFrameFocus, paneTitle, paneTitleFocus, paneBadge
    /// The line on top.
    case header, headerTarget, headerClock
    /// The names of the screens.
    case tab, tabActive
    /// The line of keys, and actions.
    case keybarKey, keybarLabel, actionMutating, actionDisabled
    /// Rows of a table.
    case rowSelected, rowMarked, rowCursorUnfocused
    /// The head of a table.
    case tableHeader, tableSort
    /// Fields for text.
    case searchMatch, input, inputError
    /// Dialogs and their buttons.
    case dialog, dialogFrame, dialogDanger, button, buttonArmed
    /// States of queues, links and rules.
    case stateOk, stateWarn, stateCrit, statePaused, stateDraining, stateSealed, stateUnknown
    /// Numbers that are too old to be trusted.
    case stale
    /// The environment of the target.
    case envProd, envStage, envDev
    /// Lines and areas of graphs.
    case seriesIn, seriesOut, seriesAck, seriesKey, seriesGhost
    /// What surrounds a graph.
    case axis, grid, markerA, markerB, cursorTime
    /// A short notice.
    case toast

    /// Steps of `Gradient.latencyHeat`.
    case heat0, heat1, heat2, heat3, heat4, heat5, heat6, heat7
    /// Steps of `Gradient.latencyHeat`.
    case heat8, heat9, heat10, heat11, heat12, heat13, heat14, heat15
    /// Steps of `Gradient.depthMeter`.
    case depth0, depth1, depth2, depth3, depth4, depth5, depth6, depth7
    /// Steps of `Gradient.depthMeter`.
    case depth8, depth9, depth10, depth11, depth12, depth13, depth14, depth15
    /// Steps of `Gradient.rateMeter`.
    case rate0, rate1, rate2, rate3, rate4, rate5, rate6, rate7
    /// Steps of `Gradient.rateMeter`.
    case rate8, rate9, rate10, rate11, rate12, rate13, rate14, rate15
    /// Steps of `Gradient.diskMeter`.
    case disk0, disk1, disk2, disk3, disk4, disk5, disk6, disk7
    /// Steps of `Gradient.diskMeter`.
    case disk8, disk9, disk10, disk11, disk12, disk13, disk14, disk15

    /// How many roles are no step of a gradient.
    public static let namedCount = Int(StyleRole.heat0.rawValue)

    /// The roles that a theme names one by one.
    public static var named: ArraySlice<StyleRole> { allCases.prefix(namedCount) }
}
