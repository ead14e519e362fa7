// The theme that the console begins with.

import Canvas

/// The theme that the console begins with: of the configuration, or else of `SLUICE_THEME`.
struct FirstTheme: Sendable {
    /// Whether the terminal's background decides between the two Harbours.
    let isAutomatic: Bool
    /// The theme's name, as far as it is known before the terminal answers.
    let name: String

    /// The choice of a configuration and an environment.
    init(configured: String = "", environment: (String) -> String?) {
        let wanted = configured.isEmpty ? environment("SLUICE_THEME") ?? "" : configured
        isAutomatic = wanted == "auto"
        guard isAutomatic || wanted.isEmpty else {
            name = wanted
            return
        }
        // The last number is the background: 7 and 9 to 15 are light.
        let last = environment("COLORFGBG")?.split(separator: ";").last.flatMap { Int($0) }
        let isLight = isAutomatic && (last.map { $0 == 7 || (9...15).contains($0) } ?? false)
        name = FirstTheme.harbour(isLight: isLight)
    }

    /// The theme for a background; nil if the background does not decide.
    func name(on background: Rgb) -> String? {
        guard isAutomatic else { return nil }
        let black = background.contrast(with: Rgb(0, 0, 0))
        let white = background.contrast(with: Rgb(255, 255, 255))
        return FirstTheme.harbour(isLight: black > white)
    }

    private static func harbour(isLight: Bool) -> String {
        isLight ? BuiltInTheme.harbourLight.rawValue : BuiltInTheme.harbourDark.rawValue
    }
}
