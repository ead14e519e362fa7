// What clients of one simulated stream know, and what follows from that.

/// Which messages a stream keeps.
enum QueueKind: CaseIterable {
    case everything
    /// The newest `QueueModel.newestMax`.
    case newest
    /// The newest one on each subject.
    case perSubject
    /// Those that nobody has acknowledged.
    case untilTaken
    /// Those that a consumer is there for and has not acknowledged.
    case whileWanted

    /// What a configuration says besides what all have.
    var fields: String {
        switch self {
        case .everything: ""
        case .newest: #","max_msgs":\#(QueueModel.newestMax)"#
        case .perSubject: #","max_msgs_per_subject":1"#
        case .untilTaken: #","retention":"workqueue""#
        case .whileWanted: #","retention":"interest""#
        }
    }
}

/// What clients know of one stream, from its creation to its removal.
struct QueueModel {
    let kind: QueueKind
    /// Confirmed messages by sequence.
    var confirmed: [UInt64: UInt64] = [:]
    /// Messages that a consumer was sent.
    var delivered: [UInt64: UInt64] = [:]
    /// Messages that were refused although no write had failed: nobody may ever see them.
    var refused: Set<UInt64> = []
    /// Messages of which clients asked that they go.
    var mayBeGone: Set<UInt64> = []
    /// Those of which it was refused: out of sight, and at the next start perhaps there again.
    var mayReturn: Set<UInt64> = []
    /// Those of which it was confirmed.
    var gone: Set<UInt64> = []
    /// Messages that were sent after the consumer's creation had been confirmed.
    var wanted: Set<UInt64> = []
    /// Sequences that were acknowledged, whether it was confirmed or not.
    var taken: Set<UInt64> = []
    /// Sequences whose acknowledgement was confirmed.
    var acknowledged: Set<UInt64> = []
    /// Message ids, oldest first, and the messages that were sent under each.
    var keys: [UInt64] = []
    var attempts: [UInt64: Set<UInt64>] = [:]
    /// Sequences that were named for a message sent before, by the message id.
    var duplicates: [UInt64: UInt64] = [:]
    /// What had a number up to `settled` and was not among `survivors` never comes back.
    private var settled: UInt64 = 0
    private var survivors: Set<UInt64> = []
    /// Whether the creation was confirmed.
    var isCreated = false
    /// Whether the consumer's creation was confirmed.
    var hasConsumer = false
    /// Whether somebody asked for its removal; confirmed if `isRemoved`.
    var mayBeRemoved = false
    var isRemoved = false

    static let newestMax = 8
    static let subjectCount: UInt64 = 4

    init(_ kind: QueueKind) { self.kind = kind }

    /// The last token of the subject on which message `id` is sent.
    static func subject(_ id: UInt64) -> UInt64 { id % subjectCount }

    /// What is known to be stored; messages that a consumer was sent are as good as confirmed ones.
    var known: [UInt64: UInt64] { delivered.merging(confirmed) { $1 } }

    /// Messages that must be there, if `present` is all there is.
    func required(beside present: [UInt64: UInt64]) -> [UInt64: UInt64] {
        var required = known
        let all = present.merging(required) { $1 }
        switch kind {
        case .everything: break
        case .newest:
            let first = all.keys.sorted().suffix(Self.newestMax).first ?? 0
            required = required.filter { $0.key >= first }
        case .perSubject:
            var newest: [UInt64: UInt64] = [:]
            for (sequence, id) in all {
                newest[Self.subject(id)] = max(newest[Self.subject(id)] ?? 0, sequence)
            }
            required = required.filter { newest[Self.subject($0.value)] == $0.key }
        case .untilTaken: required = required.filter { !taken.contains($0.key) }
        case .whileWanted:
            required = required.filter { !taken.contains($0.key) && wanted.contains($0.value) }
        }
        return required.filter { !mayBeGone.contains($0.value) }
    }

    /// Whether `present` are no more than the stream keeps.
    func isWithinLimits(_ present: [UInt64: UInt64]) -> Bool {
        switch kind {
        case .everything: true
        case .newest: present.count <= Self.newestMax
        case .perSubject:
            Set(present.values.map { Self.subject($0) }).count == present.count
        case .untilTaken, .whileWanted: acknowledged.isDisjoint(with: present.keys)
        }
    }

    /// Takes what is found while nothing is on its way: it is there to stay, and all there is.
    mutating func settle(_ found: [UInt64: UInt64], through last: UInt64) {
        settled = last
        survivors = Set(found.values)
        delivered.merge(found) { $1 }
    }

    /// What was refused was done after all, so that nothing of it comes back.
    mutating func endReturning() {
        gone.formUnion(mayReturn)
        mayReturn = []
    }

    /// Whether message `id` may be there.
    func maySurvive(_ id: UInt64) -> Bool {
        id > settled || survivors.contains(id) || mayReturn.contains(id)
    }

    /// Whether `id`, or nothing, may be what is found at a sequence named for message id `key`.
    func isDuplicate(_ id: UInt64?, of key: UInt64) -> Bool {
        let attempts = attempts[key] ?? []
        guard let id else { return kind != .everything || !attempts.isDisjoint(with: mayBeGone) }
        return attempts.contains(id)
    }
}

/// What an answer is about.
enum Question {
    case publish(queue: String, id: UInt64)
    case create(queue: String)
    case consumer(queue: String)
    case remove(queue: String)
    /// These messages are to go.
    case purge(queue: String, ids: Set<UInt64>)
    case acknowledge(queue: String, sequence: UInt64)
}
