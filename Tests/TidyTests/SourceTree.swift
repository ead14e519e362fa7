// The files of the repository, as the rules see them.

import Glibc

/// One text file, by its path below the root of the repository.
struct SourceFile: Sendable {
    let path: String
    let lines: [String]
    /// The lines with comments and the insides of texts blanked out.
    let code: [String]

    init(path: String, text: String) {
        self.path = path
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
        self.lines = lines
        code = Self.code(of: lines)
    }

    /// The module or test target that the file belongs to.
    var target: String {
        let parts = path.split(separator: "/")
        return parts.count > 2 ? String(parts[1]) : ""
    }

    /// The name without directories and without its ending.
    var name: String {
        let last = path.split(separator: "/").last ?? ""
        return String(last.split(separator: ".").first ?? "")
    }
}

/// Reads the repository that this file was compiled in.
enum SourceTree {
    /// The repository's directory.
    static let root: String = {
        let parts = #filePath.split(separator: "/").dropLast(3)
        return "/" + parts.joined(separator: "/")
    }()

    /// Every Swift file of the product.
    static let sources = files(below: "Sources", ending: ".swift")
    /// Every Swift file of the tests.
    static let tests = files(below: "Tests", ending: ".swift")
    /// Every manual page.
    static let manual = ["1", "5", "7"].flatMap { files(below: "Man", ending: ".\($0)") }

    /// The files below `directory` whose names end with `ending`, in order.
    static func files(below directory: String, ending: String) -> [SourceFile] {
        paths(below: directory)
            .filter { $0.hasSuffix(ending) }
            .sorted()
            .map { SourceFile(path: $0, text: read($0)) }
    }

    /// The names of the directories in `directory`.
    static func directories(in directory: String) -> [String] {
        entries(of: directory).filter { $0.isDirectory }.map(\.name).sorted()
    }

    private static func paths(below directory: String) -> [String] {
        entries(of: directory).flatMap { entry in
            let path = "\(directory)/\(entry.name)"
            return entry.isDirectory ? paths(below: path) : [path]
        }
    }

    private static func entries(of directory: String) -> [(name: String, isDirectory: Bool)] {
        guard let stream = unsafe opendir("\(root)/\(directory)") else { return [] }
        defer { unsafe closedir(stream) }
        var found: [(name: String, isDirectory: Bool)] = []
        while let entry = unsafe readdir(stream) {
            // SAFETY: the entry is valid until the next call, and its name is terminated.
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasPrefix(".") { continue }
            found.append((name, unsafe entry.pointee.d_type == UInt8(DT_DIR)))
        }
        return found
    }

    private static func read(_ path: String) -> String {
        guard let file = unsafe fopen("\(root)/\(path)", "r") else {
            preconditionFailure("cannot read \(path)")
        }
        defer { unsafe fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            // SAFETY: the buffer is as long as the call is told.
            let count = unsafe fread(&buffer, 1, buffer.count, file)
            if count == 0 { break }
            bytes += buffer[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
