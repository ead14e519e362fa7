// What of a line is code, and where declarations begin and end.

import Glibc

/// One function as the layout of the formatter shows it.
struct FunctionExtent: Equatable {
    /// Its first line, counted from 1.
    let line: Int
    let count: Int
    let text: String
}

extension SourceFile {
    /// `lines` with comments and the insides of texts blanked out.
    static func code(of lines: [String]) -> [String] {
        var isInText = false
        return lines.map { line in
            let quotes = line.split(separator: "\"\"\"", omittingEmptySubsequences: false).count - 1
            defer { if quotes % 2 == 1 { isInText.toggle() } }
            return isInText || quotes > 0 ? "" : code(of: line)
        }
    }

    /// Functions, initialisers and accessors that have bodies of more than one line.
    var functions: [FunctionExtent] {
        code.indices.compactMap { start in
            guard Self.beginsFunction(code[start]) else { return nil }
            guard let end = end(of: start, in: code), end > start else { return nil }
            return FunctionExtent(line: start + 1, count: end - start + 1, text: lines[start])
        }
    }

    private static func code(of line: String) -> String {
        var kept: [UInt8] = []
        var (isInText, isEscaped) = (false, false)
        for byte in line.utf8 {
            if isInText {
                if byte == UInt8(ascii: "\""), !isEscaped { isInText = false }
                isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
                kept.append(isInText ? UInt8(ascii: " ") : byte)
            } else if byte == UInt8(ascii: "/"), kept.last == byte {
                kept.removeLast()
                break
            } else {
                if byte == UInt8(ascii: "\"") { isInText = true }
                kept.append(byte)
            }
        }
        return String(decoding: kept, as: UTF8.self)
    }

    /// The numbers of the lines whose code has `token` as a whole word.
    func lines(holding token: String) -> [Int] {
        var found: [Int] = []
        let text = code.joined(separator: "\n")
        // SAFETY: both texts are terminated and live through the search.
        unsafe text.withCString { start in
            unsafe token.withCString { wanted in
                var at = unsafe strstr(start, wanted)
                while let place = unsafe at {
                    let before = unsafe place == start ? 0 : (place - 1).pointee
                    let after = unsafe (place + token.utf8.count).pointee
                    if !Self.isWord(before), !Self.isWord(after) {
                        let offset = unsafe UnsafePointer(place) - start
                        found.append(1 + text.utf8.prefix(offset).count { $0 == 0x0A })
                    }
                    unsafe at = strstr(place + 1, wanted)
                }
            }
        }
        return found
    }

    private static func isWord(_ character: CChar) -> Bool {
        isalnum(Int32(UInt8(bitPattern: character))) != 0 || character == CChar(95)
    }

    private static func beginsFunction(_ line: String) -> Bool {
        guard let last = line.utf8.last, last == UInt8(ascii: "{") || last == UInt8(ascii: "(")
        else { return false }
        let words = line.split { " (<{".contains($0) }
        let heads: Set<Substring> = ["func", "init", "init?", "deinit", "subscript", "get", "set"]
        let modifiers: Set<Substring> = [
            "public", "private", "fileprivate", "internal", "static", "mutating", "borrowing",
            "consuming", "nonisolated", "convenience", "required", "override",
        ]
        for word in words {
            if heads.contains(word) { return true }
            if !modifiers.contains(word), !word.hasPrefix("@") { return false }
        }
        return false
    }

    /// The last line of what begins at `start`: the first brace that closes at the same depth.
    private func end(of start: Int, in code: [String]) -> Int? {
        let indent = Self.indent(code[start])
        for at in (start + 1)..<max(start + 1, code.count) {
            let trimmed = code[at].drop { $0 == " " }
            if trimmed.isEmpty { continue }
            let depth = Self.indent(code[at])
            if depth < indent { return nil }
            guard depth == indent else { continue }
            if trimmed.hasPrefix("}") { return at }
            if !trimmed.hasPrefix(")"), !trimmed.hasPrefix("{"), !trimmed.hasPrefix("->"),
                !trimmed.hasPrefix("where"), !trimmed.hasPrefix("throws")
            {
                return nil
            }
        }
        return nil
    }

    private static func indent(_ line: String) -> Int {
        line.prefix { $0 == " " }.count
    }
}
