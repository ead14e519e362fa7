import Base
import Testing

@testable import Routing

/// A table with one set, and questions in text.
final class Rules {
    var table = PermissionTable(seed: 11)
    let set: UInt32

    init() {
        set = table.addSet()
    }

    func allow(_ side: PermissionSide, _ rules: String...) {
        for rule in rules {
            let parts = rule.split(separator: " ").map { Array($0.utf8) }
            let filter = parts[0]
            let queue = parts.count > 1 ? parts[1] : []
            let isKept = table.allow(set, side, filter: filter.raw, queue: queue.raw)
            #expect(isKept)
        }
    }

    func deny(_ side: PermissionSide, _ rules: String...) {
        for rule in rules {
            let parts = rule.split(separator: " ").map { Array($0.utf8) }
            let filter = parts[0]
            let queue = parts.count > 1 ? parts[1] : []
            let isKept = table.deny(set, side, filter: filter.raw, queue: queue.raw)
            #expect(isKept)
        }
    }

    /// Asked twice, so that the remembered verdict is seen too.
    func publish(_ subject: String) -> Bool {
        let first = table.mayPublish(set, to: Array(subject.utf8).raw)
        let again = table.mayPublish(set, to: Array(subject.utf8).raw)
        #expect(again == first)
        return first
    }

    func subscribe(_ filter: String, _ queue: String = "") -> SubscribeVerdict {
        table.maySubscribe(set, to: Array(filter.utf8).raw, in: Array(queue.utf8).raw)
    }

    func deliver(_ subject: String, _ queue: String = "") -> Bool {
        let bytes = Array(subject.utf8)
        let first = table.mayDeliver(set, subject: bytes.raw, queue: Array(queue.utf8).raw)
        let again = table.mayDeliver(set, subject: bytes.raw, queue: Array(queue.utf8).raw)
        #expect(again == first)
        return first
    }
}

@Suite struct PermissionTableTests {
    @Test func `a set without rules permits everything`() {
        let rules = Rules()
        #expect(rules.publish("a.b"))
        #expect(rules.subscribe("a.>") == .allowed)
        #expect(rules.deliver("a.b", "q"))
    }

    @Test func `a restricted side permits only what is allowed`() {
        let rules = Rules()
        rules.table.restrict(rules.set, .publish)
        #expect(!rules.publish("a"))
        #expect(rules.subscribe("a") == .allowed)
        rules.allow(.publish, "a", "b.*", "c.>")
        for subject in ["a", "b.x", "c.x", "c.x.y", "b.*"] { #expect(rules.publish(subject)) }
        for subject in ["A", "a.b", "b", "b.x.y", "c", "", ".", "c..x", "b."] {
            #expect(!rules.publish(subject), "\(subject)")
        }
    }

    @Test func `denying beats allowing`() {
        let rules = Rules()
        rules.allow(.publish, "a.>")
        rules.deny(.publish, "a.secret", "a.*.key")
        #expect(rules.publish("a.b"))
        #expect(!rules.publish("a.secret"))
        #expect(!rules.publish("a.b.key"))
        #expect(rules.publish("a.secret.b"))
    }

    @Test func `a new rule overrides what was remembered`() {
        let rules = Rules()
        rules.allow(.publish, "a.*")
        #expect(rules.publish("a.b"))
        rules.deny(.publish, "a.b")
        #expect(!rules.publish("a.b"))
    }

    @Test func `long subjects are judged like short ones`() {
        let rules = Rules()
        let long = String(repeating: "x", count: 57)
        rules.allow(.publish, "a.*", long)
        rules.deny(.publish, "a.\(long)")
        #expect(rules.publish(long))
        #expect(!rules.publish("a.\(long)"))
        #expect(rules.publish("a.\(long)y"))
        #expect(!rules.publish(long + "y"))
    }

    @Test(arguments: [
        ("a.*", SubscribeVerdict.allowed), ("a.b", .allowed), ("a.>", .refused), (">", .refused),
        ("*.b", .refused), ("a", .refused), ("b", .refused), ("*.*", .refused),
    ])
    func `a filter is allowed only as a whole`(filter: String, verdict: SubscribeVerdict) {
        let rules = Rules()
        rules.allow(.subscribe, "a.*")
        #expect(rules.subscribe(filter) == verdict)
    }

    @Test(arguments: [
        "a.*", "*.b", "*.*", ">", "*.>", "a.>",
    ])
    func `nothing denied is delivered through a wider filter`(filter: String) {
        let rules = Rules()
        rules.deny(.subscribe, "a.b")
        #expect(rules.subscribe(filter) == .allowedInPart)
        #expect(!rules.deliver("a.b"))
        #expect(!rules.deliver("a.b", "q"))
        #expect(rules.deliver("a.c"))
        #expect(rules.subscribe("a.b") == .refused)
        #expect(rules.subscribe("a.b", "q") == .refused)
    }

    @Test func `a denied filter that only crosses the wanted one is checked at delivery`() {
        let rules = Rules()
        rules.deny(.subscribe, "a.*.c")
        #expect(rules.subscribe("*.b.c") == .allowedInPart)
        #expect(!rules.deliver("a.b.c"))
        #expect(rules.deliver("x.b.c"))
        #expect(rules.subscribe("*.b.d") == .allowed)
    }

    @Test func `queue groups are allowed by name`() {
        let rules = Rules()
        rules.allow(.subscribe, "foo", "foo v1", "foo v1.>", "foo *.dev", "bar")
        #expect(rules.subscribe("foo") == .allowed)
        #expect(rules.subscribe("foo", "v1") == .allowed)
        #expect(rules.subscribe("foo", "v1.prod") == .allowed)
        #expect(rules.subscribe("foo", "v2.dev") == .allowed)
        #expect(rules.subscribe("foo", "v2.prod") == .refused)
        #expect(rules.subscribe("bar", "anything") == .allowed)
    }

    @Test func `a rule for a queue group alone allows no plain subscription`() {
        let rules = Rules()
        rules.allow(.subscribe, "foo v2.*")
        #expect(rules.subscribe("foo") == .refused)
        #expect(rules.subscribe("foo", "v2.a") == .allowed)
        #expect(rules.subscribe("foo", "v2") == .refused)
    }

    @Test func `queue groups are denied by name, also at delivery`() {
        let rules = Rules()
        rules.deny(.subscribe, "> *.prod", "x.y blue")
        #expect(rules.subscribe("foo", "v1.prod") == .refused)
        #expect(rules.subscribe("foo", "v1.dev") == .allowed)
        #expect(rules.subscribe("foo") == .allowed)
        #expect(rules.subscribe("x.*", "blue") == .allowedInPart)
        #expect(!rules.deliver("x.y", "blue"))
        #expect(rules.deliver("x.y", "red"))
        #expect(rules.deliver("x.z", "blue"))
        #expect(rules.deliver("x.y"))
    }

    @Test func `a denied subject stays denied where other rules name groups`() {
        let rules = Rules()
        rules.deny(.subscribe, "foo", "foo bar")
        #expect(rules.subscribe("foo", "baz") == .refused)
    }

    @Test(arguments: ["o\u{308}", "\u{F6}", "\u{43E}", "ord..x", "ord.x ", "ord.x.", "ORD.x"])
    func `look-alikes are other subjects`(subject: String) {
        let rules = Rules()
        rules.allow(.publish, "o", "ord.x")
        #expect(!rules.publish(subject))
    }

    @Test func `sets do not share verdicts`() {
        let rules = Rules()
        let other = rules.table.addSet()
        rules.allow(.publish, "a")
        #expect(!rules.publish("b"))
        let isAllowed = rules.table.mayPublish(other, to: Array("b".utf8).raw)
        #expect(isAllowed)
        #expect(rules.subscribe("b") == .allowed)
    }

    @Test func `verdicts agree with the rules for every subject, remembered or not`() {
        var random = Random(seed: 5)
        let tokens = ["a", "b", "c", "*", ">"]
        func filter() -> String {
            var parts = (0...random.below(3)).map { _ in tokens[Int(random.below(4))] }
            if random.below(3) == 0 { parts[parts.count - 1] = ">" }
            return parts.joined(separator: ".")
        }
        for _ in 0..<60 {
            let rules = Rules()
            let allowed = (0..<2).map { _ in filter() }
            let denied = (0..<2).map { _ in filter() }
            for rule in allowed { rules.allow(.publish, rule) }
            for rule in denied { rules.deny(.publish, rule) }
            for _ in 0..<60 {
                let subject = (0...random.below(3)).map { _ in tokens[Int(random.below(3))] }
                    .joined(separator: ".")
                let bytes = Array(subject.utf8)
                let isAllowed = allowed.contains {
                    SubjectSyntax.matches(Array($0.utf8).raw, subject: bytes.raw)
                }
                let isDenied = denied.contains {
                    SubjectSyntax.matches(Array($0.utf8).raw, subject: bytes.raw)
                }
                #expect(rules.publish(subject) == (isAllowed && !isDenied))
            }
        }
    }
}
