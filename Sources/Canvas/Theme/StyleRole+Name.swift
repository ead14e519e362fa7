// The names of roles in theme files.

extension StyleRole {
    /// The name in a theme file; `nil` for the steps of gradients.
    public var name: String? {
        Int(rawValue) < StyleRole.names.count ? StyleRole.names[Int(rawValue)] : nil
    }

    /// The role that a theme file calls `name`.
    public init?(name: some StringProtocol) {
        guard let index = StyleRole.names.firstIndex(where: { $0 == name }),
            let role = StyleRole(rawValue: UInt8(truncatingIfNeeded: index))
        else { return nil }
        self = role
    }

    /// The role that stands in for this one where a theme does not name it: by its dotted name.
    public var parent: StyleRole? {
        var parts = (name ?? "").split(separator: ".")
        while parts.count > 1 {
            parts.removeLast()
            if let role = StyleRole(name: parts.joined(separator: ".")) { return role }
        }
        return nil
    }

    /// In the order of the cases.
    private static let names: [String] = [
        "text", "text.muted", "text.strong", "text.link", "text.code", "text.altered",
        "pane.frame", "pane.frame.focus", "pane.title", "pane.title.focus", "pane.badge",
        "header", "header.target", "header.clock", "tab", "tab.active", "keybar.key",
        "keybar.label", "action.mutating", "action.disabled", "row.selected", "row.marked",
        "row.cursor.unfocused", "table.header", "table.sort", "search.match", "input",
        "input.error", "dialog", "dialog.frame", "dialog.danger", "button", "button.armed",
        "state.ok", "state.warn", "state.crit", "state.paused", "state.draining",
        "state.sealed", "state.unknown", "stale", "env.prod", "env.stage", "env.dev",
        "series.in", "series.out", "series.ack", "series.key", "series.ghost", "axis", "grid",
        "marker.a", "marker.b", "cursor.time", "toast",
    ]

    /// Whether it colours lines and areas rather than text, for which less contrast will do.
    public var isDecoration: Bool {
        switch self {
        case .paneFrame, .grid, .seriesGhost: true
        default: rawValue >= StyleRole.heat0.rawValue
        }
    }
}
