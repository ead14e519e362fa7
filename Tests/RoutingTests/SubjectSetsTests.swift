import Base
import Testing

@testable import Routing

@Suite struct SubjectSetsTests {
    static let filters = [
        "a", "b", "*", ">", "a.b", "a.c", "a.*", "*.b", "*.*", "a.>", "*.>", "a.b.c", "a.*.c",
        "a.b.*", "*.b.*", "*.*.*", "a.b.>", "a.*.>", "a.b.c.d", "a*", "a.b*",
    ]
    /// Every subject of up to four tokens from an alphabet that has one letter no filter names.
    static let subjects: [String] = {
        let tokens = ["a", "b", "c", "d", "z", "a*", "b*"]
        var all = tokens
        var last = tokens
        for _ in 1..<4 {
            last = last.flatMap { head in tokens.map { "\(head).\($0)" } }
            all += last
        }
        return all
    }()

    private static func matched(_ filter: String) -> Set<String> {
        Set(
            subjects.filter {
                SubjectSyntax.matches(Array(filter.utf8).raw, subject: Array($0.utf8).raw)
            }
        )
    }

    @Test func `covering and overlapping agree with the subjects that are matched`() {
        let sets = Self.filters.map { ($0, Self.matched($0)) }
        for (left, leftSet) in sets {
            for (right, rightSet) in sets {
                let covers = SubjectSyntax.covers(Array(left.utf8).raw, Array(right.utf8).raw)
                #expect(covers == rightSet.isSubset(of: leftSet), "\(left) covers \(right)")
                let overlap = SubjectSyntax.overlap(Array(left.utf8).raw, Array(right.utf8).raw)
                #expect(overlap == !leftSet.isDisjoint(with: rightSet), "\(left) meets \(right)")
            }
        }
    }

    @Test(arguments: [
        ("a.*", "a.*", true), ("a.b", "a.*", false), ("a.*", "a.>", true), (">", "a.>", true),
        ("a.>", "a", false), ("a", "a.", false), ("a.*", "a.", true), ("a.*.*", "a.b", false),
    ])
    func `takes the tokens of a published subject literally`(
        filter: String,
        subject: String,
        isMatch: Bool
    ) {
        let found = SubjectSyntax.matches(Array(filter.utf8).raw, subject: Array(subject.utf8).raw)
        #expect(found == isMatch)
    }
}
