// A configuration file as a whole: text to value.

/// Reads configuration files.
public enum ConfigurationFile {
    /// What a file says.
    public struct Reading: Equatable, Sendable {
        /// The configuration: the file's over `base`.
        public var configuration: ServerConfiguration
        /// The places of keys that are accepted without effect.
        public let ignored: [SourcePlace]
    }

    /// The configuration that the file at `path` makes of `base`.
    ///
    /// - Throws: everything that is wrong with the file, in its order.
    public static func read(
        _ path: String,
        over base: ServerConfiguration,
        surroundings: SyntaxSurroundings
    ) throws(ConfigurationErrors) -> Reading {
        let entries: [SyntaxEntry]
        do {
            entries = try SyntaxParser.parse(
                path: path,
                surroundings: surroundings,
                trail: SyntaxParser.Trail(),
                from: SourcePlace(file: path, line: 0)
            )
        } catch {
            throw ConfigurationErrors([error])
        }
        var draft = ConfigurationDraft(configuration: base)
        draft.configuration.traces.configurationFile = path
        var report = KeyReport()
        ConfigurationBlocks.server.read(entries, into: &draft, &report)
        draft.resolve(&report)
        guard report.errors.isEmpty else { throw ConfigurationErrors(report.errors) }
        return Reading(configuration: draft.configuration, ignored: report.ignored)
    }

    /// The entries of the file at `path`, whatever they mean.
    ///
    /// - Throws: what is wrong with the syntax.
    public static func parse(
        _ path: String,
        surroundings: SyntaxSurroundings
    ) throws(ConfigurationError) -> [SyntaxEntry] {
        try SyntaxParser.parse(
            path: path,
            surroundings: surroundings,
            trail: SyntaxParser.Trail(),
            from: SourcePlace(file: path, line: 0)
        )
    }
}
