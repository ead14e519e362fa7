// Whether a theme's text can be read.

extension Theme {
    /// Contrast that lines and areas need, and what they need where a theme promises 7 or more.
    static let decorationContrastMin = (normal: 1.3, high: 3.0)

    /// Roles that have less contrast with what lies behind them than the theme promises.
    ///
    /// Every named role is measured on `text`, on its own background, and the states also on the
    /// selected row and in dialogs. Colours left to the terminal are not measured.
    public var contrastProblems: [ThemeProblem] {
        let states: [StyleRole] = [
            .text, .textMuted, .stateOk, .stateWarn, .stateCrit, .statePaused, .stateDraining,
            .stateSealed, .stateUnknown,
        ]
        let onText = StyleRole.named.map { ($0, StyleRole.text) }
        let onRow = states.map { ($0, StyleRole.rowSelected) }
        let inDialog = states.map { ($0, StyleRole.dialog) }
        return (onText + onRow + inDialog).compactMap { role, ground in
            guard let contrast = contrast(role: role, ground: ground),
                contrast < needed(for: role)
            else { return nil }
            let hundredths = Int(contrast * 100)
            return ThemeProblem(
                .lowContrast(role, ground: ground, hundredths: hundredths),
                line: 0
            )
        }
    }

    /// The contrast between a role and its background; `nil` where the terminal's colours decide.
    public func contrast(role: StyleRole, ground: StyleRole) -> Double? {
        let style = style(role: role, ground: ground)
        guard let front = style.foreground.rgb, let back = style.background?.rgb else { return nil }
        return front.contrast(with: back)
    }

    private func needed(for role: StyleRole) -> Double {
        guard role.isDecoration else { return contrastMin }
        return contrastMin >= 7
            ? Theme.decorationContrastMin.high : Theme.decorationContrastMin.normal
    }
}
