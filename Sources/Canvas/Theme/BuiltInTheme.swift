// The themes that come with the program.

/// A theme that comes with the program; the raw value is its file's name.
public enum BuiltInTheme: String, CaseIterable, Sendable {
    /// The two that `auto` chooses from.
    case harbourDark = "harbour-dark", harbourLight = "harbour-light"
    /// Seven to one and more.
    case contrastDark = "contrast-dark", contrastLight = "contrast-light"
    /// For red-green blindness.
    case cvdDark = "cvd-dark", cvdLight = "cvd-light"
    /// For blue-yellow blindness.
    case tritanDark = "tritan-dark"
    /// Without colours, and with the terminal's own sixteen.
    case mono, tty16
    /// For the pleasure of it.
    case amber, paper, midnight

    /// The file as it was when the program was built.
    public var bytes: [UInt8] {
        switch self {
        case .harbourDark: PackageResources.harbour_dark_theme
        case .harbourLight: PackageResources.harbour_light_theme
        case .contrastDark: PackageResources.contrast_dark_theme
        case .contrastLight: PackageResources.contrast_light_theme
        case .cvdDark: PackageResources.cvd_dark_theme
        case .cvdLight: PackageResources.cvd_light_theme
        case .tritanDark: PackageResources.tritan_dark_theme
        case .mono: PackageResources.mono_theme
        case .tty16: PackageResources.tty16_theme
        case .amber: PackageResources.amber_theme
        case .paper: PackageResources.paper_theme
        case .midnight: PackageResources.midnight_theme
        }
    }

    /// The theme itself.
    public var theme: Theme { ThemeParser.builtIn.read(bytes).theme }
}

extension ThemeParser {
    /// A parser whose files may inherit from the themes that come with the program.
    public static let builtIn = ThemeParser { BuiltInTheme(rawValue: $0)?.bytes }
}
