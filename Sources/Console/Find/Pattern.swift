// A small pattern language over bytes, matched in linear time.

/// A pattern: `.` `*` `+` `?` `[a-z]` `[^x]` `(a|b)` `^` `$` and `\` before any of them.
///
/// Matched by walking all alternatives at once: no pattern takes longer than pattern times text.
struct Pattern: Hashable, Sendable {
    /// The longest pattern in bytes.
    static let bytesMax = 128

    private enum Step: Hashable, Sendable {
        case byte(UInt8)
        case any
        case set(ByteSet)
        case split(Int, Int)
        case jump(Int)
        case start
        case end
        case match
    }

    private var program: [Step] = []

    /// The pattern that `text` spells; letters match both cases.
    init(_ text: String) throws(FilterRefusal) {
        let bytes = Filter.lowered(Array(text.utf8))
        guard bytes.count <= Self.bytesMax else { throw .badPattern(offset: Self.bytesMax) }
        var reader = Reader(bytes: bytes)
        program = try Self.alternatives(&reader, depth: 0)
        guard reader.isAtEnd else { throw .badPattern(offset: reader.next) }
        program.append(.match)
    }

    /// Whether the pattern occurs anywhere in `text`, which must be in lower case.
    ///
    /// - Complexity: O(pattern × text).
    func matches(_ text: [UInt8]) -> Bool {
        var current = Threads(count: program.count)
        for offset in 0...text.count {
            if enter(0, &current, offset, text.count) { return true }
            guard offset < text.count else { return false }
            var following = Threads(count: program.count)
            for step in current.steps where consumes(step, text[offset]) {
                if enter(step + 1, &following, offset + 1, text.count) { return true }
            }
            current = following
        }
        return false
    }

    private func consumes(_ step: Int, _ byte: UInt8) -> Bool {
        switch program[step] {
        case .byte(let wanted): byte == wanted
        case .any: true
        case .set(let set): set.contains(byte)
        case .split, .jump, .start, .end, .match: false
        }
    }

    /// Adds `step` and everything reachable without a byte; true when the match is complete.
    private func enter(_ step: Int, _ threads: inout Threads, _ offset: Int, _ count: Int) -> Bool {
        guard threads.add(step) else { return false }
        switch program[step] {
        case .match: return true
        case .jump(let target): return enter(target, &threads, offset, count)
        case .split(let left, let right):
            return enter(left, &threads, offset, count) || enter(right, &threads, offset, count)
        case .start: return offset == 0 && enter(step + 1, &threads, offset, count)
        case .end: return offset == count && enter(step + 1, &threads, offset, count)
        case .byte, .any, .set: return false
        }
    }

    // MARK: Compilation; every part is relocatable because targets are moved with it.

    private static func alternatives(
        _ reader: inout Reader,
        depth: Int
    ) throws(FilterRefusal) -> [Step] {
        guard depth < 16 else { throw .tooDeep }
        var left = try sequence(&reader, depth: depth)
        while reader.take(UInt8(ascii: "|")) {
            let right = try sequence(&reader, depth: depth)
            left =
                [.split(1, left.count + 2)] + moved(left, by: 1)
                + [.jump(left.count + 2 + right.count)] + moved(right, by: left.count + 2)
        }
        return left
    }

    private static func sequence(
        _ reader: inout Reader,
        depth: Int
    ) throws(FilterRefusal) -> [Step] {
        var steps: [Step] = []
        while let byte = reader.peek, byte != UInt8(ascii: "|"), byte != UInt8(ascii: ")") {
            let piece = try repeated(try atom(&reader, depth: depth), &reader)
            steps += moved(piece, by: steps.count)
        }
        return steps
    }

    private static func repeated(
        _ atom: [Step],
        _ reader: inout Reader
    ) throws(FilterRefusal) -> [Step] {
        if reader.take(UInt8(ascii: "*")) {
            return [.split(1, atom.count + 2)] + moved(atom, by: 1) + [.jump(0)]
        }
        if reader.take(UInt8(ascii: "+")) { return atom + [.split(0, atom.count + 1)] }
        if reader.take(UInt8(ascii: "?")) {
            return [.split(1, atom.count + 1)] + moved(atom, by: 1)
        }
        return atom
    }

    private static func atom(_ reader: inout Reader, depth: Int) throws(FilterRefusal) -> [Step] {
        guard let byte = reader.pop() else { throw .unfinishedPattern }
        switch byte {
        case UInt8(ascii: "."): return [.any]
        case UInt8(ascii: "^"): return [.start]
        case UInt8(ascii: "$"): return [.end]
        case UInt8(ascii: "["): return [.set(try set(&reader))]
        case UInt8(ascii: "("):
            let inner = try alternatives(&reader, depth: depth + 1)
            guard reader.take(UInt8(ascii: ")")) else { throw .unfinishedPattern }
            return inner
        case UInt8(ascii: "\\"):
            guard let escaped = reader.pop() else { throw .unfinishedPattern }
            return [.byte(escaped)]
        case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"):
            throw .badPattern(offset: reader.next - 1)
        default: return [.byte(byte)]
        }
    }

    private static func set(_ reader: inout Reader) throws(FilterRefusal) -> ByteSet {
        let isInverted = reader.take(UInt8(ascii: "^"))
        var set = ByteSet()
        var isFirst = true
        while let low = reader.pop() {
            if low == UInt8(ascii: "]") && !isFirst { return isInverted ? set.inverted : set }
            isFirst = false
            guard reader.peek == UInt8(ascii: "-"), let high = reader.peekAfter,
                high != UInt8(ascii: "]")
            else {
                set.insert(low)
                continue
            }
            guard low <= high else { throw .badPattern(offset: reader.next) }
            for byte in low...high { set.insert(byte) }
            reader.next += 2
        }
        throw .unfinishedPattern
    }

    private static func moved(_ steps: [Step], by distance: Int) -> [Step] {
        steps.map { step in
            switch step {
            case .split(let left, let right): .split(left + distance, right + distance)
            case .jump(let target): .jump(target + distance)
            case .byte, .any, .set, .start, .end, .match: step
            }
        }
    }
}

/// The alternatives that are being walked.
private struct Threads {
    private(set) var steps: [Int] = []
    private var isIn: [Bool]

    init(count: Int) {
        isIn = Array(repeating: false, count: count)
    }

    mutating func add(_ step: Int) -> Bool {
        guard !isIn[step] else { return false }
        isIn[step] = true
        steps.append(step)
        return true
    }
}

/// The bytes of a pattern and how far they are read.
private struct Reader {
    let bytes: [UInt8]
    var next = 0

    var isAtEnd: Bool { next >= bytes.count }
    var peek: UInt8? { next < bytes.count ? bytes[next] : nil }
    var peekAfter: UInt8? { next + 1 < bytes.count ? bytes[next + 1] : nil }

    mutating func pop() -> UInt8? {
        guard next < bytes.count else { return nil }
        next += 1
        return bytes[next - 1]
    }

    mutating func take(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        next += 1
        return true
    }
}

/// A set of bytes.
struct ByteSet: Hashable, Sendable {
    private var words: [UInt64] = [0, 0, 0, 0]

    /// Whether `byte` is in it.
    func contains(_ byte: UInt8) -> Bool {
        words[Int(byte >> 6)] & (1 << UInt64(byte & 63)) != 0
    }

    /// Puts `byte` in.
    mutating func insert(_ byte: UInt8) {
        words[Int(byte >> 6)] |= 1 << UInt64(byte & 63)
    }

    /// Every byte that is not in it.
    var inverted: ByteSet {
        var other = ByteSet()
        other.words = words.map { ~$0 }
        return other
    }
}
