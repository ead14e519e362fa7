// Where themes are looked for.

import Canvas
import Glibc

/// Finds themes by name: a directory that was named, the person's own, then the built-in ones.
struct ThemeShelf: Sendable {
    private let directories: [String]

    /// The shelf for an environment.
    init(environment: (String) -> String?, directory: String? = nil) {
        var found: [String] = []
        if let directory { found.append(directory) }
        if let base = environment("XDG_CONFIG_HOME"), !base.isEmpty {
            found.append("\(base)/sluice/Themes")
        } else if let home = environment("HOME"), !home.isEmpty {
            found.append("\(home)/.config/sluice/Themes")
        }
        directories = found
    }

    /// The bytes of the theme `name`; nil if there is none.
    func bytes(of name: String) -> [UInt8]? {
        let isPlain = !name.isEmpty && !name.utf8.contains(0x2F) && !name.hasPrefix(".")
        guard isPlain else { return nil }
        for directory in directories {
            if let bytes = ThemeShelf.file("\(directory)/\(name).theme") { return bytes }
        }
        return BuiltInTheme(rawValue: name)?.bytes
    }

    /// Reads a theme, whose parents are looked for on the same shelf.
    func read(_ bytes: [UInt8]) -> ThemeReading {
        let directories = directories
        let parser = ThemeParser { name in
            ThemeShelf(directories: directories).bytes(of: name)
        }
        return parser.read(bytes)
    }

    private init(directories: [String]) {
        self.directories = directories
    }

    /// Names of all themes, in alphabetical order.
    var names: [String] {
        var found = Set(BuiltInTheme.allCases.map(\.rawValue))
        for directory in directories { found.formUnion(ThemeShelf.names(in: directory)) }
        return found.sorted()
    }

    private static func names(in path: String) -> [String] {
        guard let directory = unsafe opendir(path) else { return [] }
        defer { unsafe closedir(directory) }
        var found: [String] = []
        while let entry = unsafe readdir(directory) {
            // SAFETY: the name is a C string inside the entry.
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { text in
                unsafe text.withMemoryRebound(to: CChar.self, capacity: 256) {
                    unsafe String(cString: $0)
                }
            }
            guard name.hasSuffix(".theme"), !name.hasPrefix(".") else { continue }
            found.append(String(name.dropLast(6)))
        }
        return found
    }

    /// The bytes of a file, as many as a theme may have and one more; nil if it cannot be read.
    static func file(_ path: String) -> [UInt8]? {
        guard let stream = unsafe fopen(path, "re") else { return nil }
        defer { unsafe fclose(stream) }
        var bytes = [UInt8](repeating: 0, count: ThemeParser.byteCountMax + 1)
        // SAFETY: the buffer has as many bytes as the call may fill.
        let count = unsafe fread(&bytes, 1, bytes.count, stream)
        guard unsafe ferror(stream) == 0 else { return nil }
        return Array(bytes.prefix(count))
    }
}
