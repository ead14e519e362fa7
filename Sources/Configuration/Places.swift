// Where things are kept when nobody says where.
// Source: XDG base directory specification.

/// The default places for what a server keeps, given by the environment.
public struct Places: Equatable, Sendable {
    /// Directory for data.
    public let stateDirectory: String
    /// Directory for keys and settings.
    public let settingsDirectory: String
    /// Directory in which the service manager puts credentials; empty without one.
    public let credentialDirectory: String

    /// The places that `environment` names: `XDG_STATE_HOME` and `XDG_CONFIG_HOME`, which default
    /// to directories under `HOME`, and `CREDENTIALS_DIRECTORY`.
    ///
    /// As the specification wants it, values that are not absolute paths are ignored.
    public init(environment: Environment) {
        let home = Self.directory(environment.text("HOME")) ?? ""
        let state = Self.directory(environment.text("XDG_STATE_HOME")) ?? home + "/.local/state"
        let settings = Self.directory(environment.text("XDG_CONFIG_HOME")) ?? home + "/.config"
        stateDirectory = state + "/sluice"
        settingsDirectory = settings + "/sluice"
        credentialDirectory = Self.directory(environment.text("CREDENTIALS_DIRECTORY")) ?? ""
    }

    /// `value` without slashes at its end, if it is an absolute path.
    private static func directory(_ value: String?) -> String? {
        guard var value, value.hasPrefix("/") else { return nil }
        while value.hasSuffix("/") { value.removeLast() }
        return value
    }
}

extension ServerConfiguration {
    /// Gives everything that has no place yet the one in `places`.
    public mutating func settle(in places: Places) {
        jetStream.unlock.credentialDirectory = places.credentialDirectory
        if jetStream.storeDirectory.isEmpty {
            jetStream.storeDirectory = places.stateDirectory
        }
        if jetStream.keyDirectory.isEmpty {
            jetStream.keyDirectory = places.settingsDirectory + "/keys"
        }
    }
}
