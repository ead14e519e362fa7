// What the journal was told of a stream's state and may yet refuse.

import Base
import Journal
import Queueing

/// What a stream's orders said that the journal has not answered: it is said again if they are
/// refused.
///
/// What was refused is not undone in memory, and would be back after a start: the next order says
/// it before anything else.
struct ToldState {
    /// Something that is gone, and the order that says so; 0 while it is being put together.
    private struct Gone<Thing> {
        var order: JournalTicket = 0
        let thing: Thing
    }

    /// In the order in which the journal was told, which is that of its answers.
    private var messages: [Gone<Queueing.SequenceRange>] = []
    /// How many of them belong to orders that were given.
    private var given = 0
    private var consumers: [Gone<[UInt8]>] = []
    private var refusedConsumers: [[UInt8]] = []
    /// Whether something was refused and not said again.
    private(set) var mustRepeat = false
    /// When that is to be said; `Instant.distantFuture` while nobody knows.
    private(set) var repeatAt = Instant.distantFuture

    /// How long after a refusal the journal is asked again.
    private static var restNanoseconds: UInt64 { 500_000_000 }

    /// The order that is being put together says that the messages of `range` are gone.
    mutating func add(_ range: Queueing.SequenceRange) {
        messages.append(Gone(thing: range))
    }

    /// The order that is being put together says that the consumer `name` is gone.
    mutating func add(consumer name: [UInt8]) {
        consumers.append(Gone(thing: name))
    }

    /// What was added since the last call is part of `order`.
    mutating func give(_ order: JournalTicket) {
        for at in given..<messages.count { messages[at].order = order }
        given = messages.count
        for at in consumers.indices where consumers[at].order == 0 { consumers[at].order = order }
    }

    /// `order` is written.
    mutating func settle(_ order: JournalTicket) {
        if !consumers.isEmpty { consumers.removeAll { $0.order == order } }
        let count = count(of: order)
        if count > 0 { forget(count) }
    }

    /// `order` is refused; what it said may be said again, at some time after `now`, unless the
    /// journal has stopped writing.
    /// - Returns: the messages of which it said that they are gone.
    mutating func refuse(
        _ order: JournalTicket,
        hasStopped: Bool,
        at now: Instant
    ) -> [Queueing.SequenceRange] {
        refusedConsumers += consumers.filter { $0.order == order }.map(\.thing)
        consumers.removeAll { $0.order == order }
        mustRepeat = true
        repeatAt = hasStopped ? .distantFuture : now.adding(nanoseconds: Self.restNanoseconds)
        let count = count(of: order)
        defer { forget(count) }
        return messages[..<count].map(\.thing)
    }

    private func count(of order: JournalTicket) -> Int {
        messages[..<given].prefix { $0.order == order }.count
    }

    private mutating func forget(_ count: Int) {
        messages.removeFirst(count)
        given -= count
    }

    /// What was refused is to be said at once.
    mutating func hurry() {
        if mustRepeat { repeatAt = .never }
    }

    /// What was refused is said in the order that is being put together.
    /// - Returns: the consumers that are gone.
    mutating func endRepeating() -> [[UInt8]] {
        mustRepeat = false
        repeatAt = .distantFuture
        defer { refusedConsumers = [] }
        return refusedConsumers
    }
}
