// Filters against each other and against subjects, compared with a search over a small world.

import Base
import Routing
import Testing

@Suite struct SubjectPatternTests {
    private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test(arguments: ["a", "a.b", "*", ">", "a.*", "a.>", "*.b.>", "a*", ">b", "$JS.x", "ä.ö"])
    func `well-formed filters`(text: String) {
        #expect(SubjectPattern.isFilter(bytes(text)))
    }

    @Test(arguments: ["", ".", "a.", ".a", "a..b", "a.>.b", ">.a", "a b", "a\tb", "a\r\nb"])
    func `malformed filters`(text: String) {
        #expect(!SubjectPattern.isFilter(bytes(text)))
        #expect(!SubjectPattern.isLiteral(bytes(text)))
    }

    /// All texts of one to three tokens out of `alphabet`.
    private func texts(_ alphabet: [String]) -> [String] {
        var all: [String] = []
        for one in alphabet {
            all.append(one)
            for two in alphabet {
                all.append("\(one).\(two)")
                for three in alphabet { all.append("\(one).\(two).\(three)") }
            }
        }
        return all
    }

    @Test func `matching, overlap and containment agree with all subjects of a small world`() {
        let short = texts(["a", "b", "c"])
        let long = short.flatMap { text in ["a", "b", "c"].map { "\(text).\($0)" } }
        let subjects = Set(short + long).map(bytes)
        let filters = texts(["a", "b", "*", ">"]).map(bytes).filter(SubjectPattern.isFilter)
        for one in filters {
            let mine = subjects.map { SubjectPattern.matches(one, $0) }
            for other in filters {
                let theirs = subjects.map { SubjectPattern.matches(other, $0) }
                let common = zip(mine, theirs).contains { $0 && $1 }
                let inside = zip(mine, theirs).allSatisfy { !$1 || $0 }
                #expect(SubjectPattern.overlap(one, other) == common)
                #expect(SubjectPattern.contains(one, other) == inside)
            }
        }
    }

    @Test(arguments: [
        ("a.*", "a.b", true), ("a.*", "a", false), ("a.*", "a.b.c", false), ("a.>", "a", false),
        ("a.>", "a.b.c", true), (">", "a", true), ("a.b", "a.b", true), ("a.b", "a.bc", false),
        ("*.*", "a.b", true), ("*a", "ba", false), ("*a", "*a", true),
    ])
    func `a subject matches token by token`(filter: String, subject: String, isMatch: Bool) {
        #expect(SubjectPattern.matches(bytes(filter), bytes(subject)) == isMatch)
    }
}

@Suite struct SubjectTransformTests {
    private func apply(_ source: String, _ destination: String, _ subject: String) throws -> String
    {
        let transform = try SubjectTransform(
            from: Array(source.utf8),
            to: Array(destination.utf8)
        )
        var result = Table<UInt8>()
        let bytes = Array(subject.utf8)
        // SAFETY: the bytes are only read during the call.
        guard unsafe transform.apply(to: bytes.span.bytes, chance: 7, into: &result) else {
            return "-"
        }
        return String(decoding: (0..<result.count).map { result[$0] }, as: UTF8.self)
    }

    @Test(arguments: [
        ("foo.*.*", "bar.$2.$1", "foo.a.b", "bar.b.a"), ("foo.>", "bar.>", "foo.a.b", "bar.a.b"),
        ("foo.*", "x.{{wildcard(1)}}.y", "foo.a", "x.a.y"), ("foo", "bar", "foo", "bar"),
        ("foo", "bar", "baz", "-"), ("", "x.>", "a.b", "x.a.b"),
        ("foo.*.>", "$1.>", "foo.a.b.c", "a.b.c"),
        ("*", "{{splitfromleft(1,3)}}", "abcde", "abc.de"),
        ("*", "{{SplitFromRight(1,3)}}", "abcde", "ab.cde"),
        ("*", "{{splitfromleft(1,9)}}", "abcde", "abcde"),
        ("*", "{{sliceFromLeft(1,3)}}", "1234567890", "123.456.789.0"),
        ("*", "{{SliceFromRight(1,3)}}", "1234567890", "1.234.567.890"),
        ("*", "{{split(1,-)}}", "-abc-def--ghij-", "abc.def.ghij"),
        ("*", "{{left(1,2)}}", "abcde", "ab"), ("*", "{{right(1,2)}}", "abcde", "de"),
        ("*", "{{ wildcard( 1 ) }}", "abc", "abc"),
        ("*.*.*", "p.{{partition(10,1,2)}}", "foo1.bar.z", "p.5"),
        ("foo.*", "{{random(5)}}", "foo.a", "3"), ("a.*", "$x.$1", "a.b", "$x.b"),
    ])
    func `every function does its work`(row: (String, String, String, String)) throws {
        #expect(try apply(row.0, row.1, row.2) == row.3)
    }

    @Test func `a partition stays within its number and is stable`() throws {
        for number in 0..<50 {
            let once = try apply("a.*", "{{partition(7,1)}}", "a.k\(number)")
            #expect(try apply("a.*", "{{partition(7,1)}}", "a.k\(number)") == once)
            #expect(["0", "1", "2", "3", "4", "5", "6"].contains(once))
        }
    }

    @Test(arguments: [
        ("a.*", "b.$2"), ("a.>", "b"), ("a", "b.>"), ("a..b", "c"), ("a.*", "b.*"),
        ("a.*", "{{nope(1)}}"), ("a.*", "{{left(1)}}"), ("a.*", "{{left(1,2,3)}}"),
        ("a.*", "{{left(x,1)}}"), ("a", "{{wildcard(1)}}"), ("a.*", "{{wildcard()}}"),
        ("a.*", "{{split(1,)}}"), ("a.*", "{{partition(99999999999)}}"), ("a.*", ""),
    ])
    func `what makes no rule is refused`(source: String, destination: String) {
        #expect(throws: TransformError.self) { try apply(source, destination, "a.b") }
    }
}
