// Files that exist only in a test.

import Configuration

/// Reads the configuration in `text`, beside other `files`.
func reading(
    _ text: String,
    files: [String: String] = [:],
    environment: [String: String] = [:]
) throws(ConfigurationErrors) -> ServerConfiguration {
    let all = files.merging(["/etc/main.conf": text]) { _, new in new }
    return try ConfigurationFile.read(
        "/etc/main.conf",
        over: ServerConfiguration(),
        surroundings: surroundings(all, environment)
    ).configuration
}

/// The syntax of `text`, beside other `files`.
func entries(
    _ text: String,
    files: [String: String] = [:],
    environment: [String: String] = [:]
) throws(ConfigurationError) -> [SyntaxEntry] {
    let all = files.merging(["/etc/main.conf": text]) { _, new in new }
    return try ConfigurationFile.parse(
        "/etc/main.conf",
        surroundings: surroundings(all, environment)
    )
}

/// The messages about `text`, without the name of the file.
func messages(
    _ text: String,
    files: [String: String] = [:],
    environment: [String: String] = [:]
) -> [String] {
    do {
        _ = try reading(text, files: files, environment: environment)
        return []
    } catch {
        return error.errors.map {
            $0.text.replacing("/etc/main.conf:", with: "")
        }
    }
}

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

private func surroundings(
    _ files: [String: String],
    _ environment: [String: String]
) -> SyntaxSurroundings {
    SyntaxSurroundings(environment: Environment(texts: environment)) {
        path throws(UnreadableFile) in
        guard let text = files[path] else { throw UnreadableFile(number: 2) }
        return Array(text.utf8)
    }
}
