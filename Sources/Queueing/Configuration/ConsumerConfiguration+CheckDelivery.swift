// The part of the check that is about what is delivered, from where on, and to whom.
// Source: NATS JetStream API, ConsumerConfig; texts as clients know them.

import Routing

extension ConsumerConfiguration {
    func checkFilters() throws(QueueingError) {
        if !filter.isEmpty, !filters.isEmpty { throw QueueingError(10_136) }
        if !filter.isEmpty, !SubjectPattern.isFilter(filter) { throw .stream("invalid subject") }
        if filters.contains([]) { throw QueueingError(10_139) }
        for (outer, subject) in filters.enumerated() {
            guard SubjectPattern.isFilter(subject) else { throw .stream("invalid subject") }
            for (inner, other) in filters.enumerated() where inner != outer {
                if SubjectPattern.contains(other, subject) { throw QueueingError(10_138) }
            }
        }
    }

    func checkStart() throws(QueueingError) {
        let policy =
            switch deliverPolicy {
            case .all: "all"
            case .last: "last"
            case .new: "new"
            case .byStartSequence: "by start sequence"
            case .byStartTime: "by start time"
            case .lastPerSubject: "last per subject"
            }
        let prefix = "consumer delivery policy is deliver \(policy), but optional"
        if deliverPolicy == .byStartSequence {
            if startSequence == 0 { throw .start("\(prefix) start sequence is not set") }
        } else if startSequence != 0 {
            let what = deliverPolicy == .byStartTime ? "start start sequence" : "start sequence"
            throw .start("\(prefix) \(what) is also set")
        }
        if deliverPolicy == .byStartTime {
            if startTime == nil { throw .start("\(prefix) start time is not set") }
        } else if startTime != nil {
            throw .start("\(prefix) start time is also set")
        }
        if deliverPolicy == .lastPerSubject, allFilters.isEmpty {
            throw .start("\(prefix) filter subject is not set")
        }
    }

    func checkRest() throws(QueueingError) {
        if !sampleFrequency.isEmpty, samplePercent == nil {
            let quoted =
                Array("strconv.Atoi: parsing \"".utf8) + sampleFrequency.withoutPercent
                + Array("\": invalid syntax".utf8)
            throw QueueingError(10_095, quoted)
        }
        if flags.contains(.flowControl), heartbeat == 0 { throw QueueingError(10_108) }
        if isDurable, !name.isEmpty, name != durableName { throw QueueingError(10_132) }
        if metadata.byteCount > StreamConfiguration.metadataBytesMax {
            throw QueueingError(10_135, Array("128KB".utf8))
        }
    }

    func checkGroups() throws(QueueingError) {
        guard priorityPolicy != .none else {
            if !priorityGroups.isEmpty { throw QueueingError(10_196) }
            if priorityTimeout > 0 { throw QueueingError(10_197) }
            return
        }
        if isPush { throw QueueingError(10_178) }
        if priorityGroups.isEmpty { throw QueueingError(10_159) }
        for group in priorityGroups {
            if group.isEmpty { throw QueueingError(10_161) }
            if group.count > 16 || !group.allSatisfy(Self.isGroupByte) {
                throw QueueingError(10_162)
            }
        }
    }

    private static func isGroupByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
            UInt8(ascii: "/"), UInt8(ascii: "="):
            true
        default: false
        }
    }

    /// How many of a hundred acknowledgements are reported; `nil` if it is no number.
    public var samplePercent: Int? {
        if sampleFrequency.isEmpty { return 0 }
        let digits = sampleFrequency.withoutPercent
        guard !digits.isEmpty, digits.count < 10 else { return nil }
        var number = 0
        for digit in digits {
            guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { return nil }
            number = number * 10 + Int(digit - UInt8(ascii: "0"))
        }
        return number
    }
}

extension [UInt8] {
    /// The bytes without a percent sign at the end.
    fileprivate var withoutPercent: [UInt8] {
        last == UInt8(ascii: "%") ? Array(dropLast()) : self
    }
}

extension QueueingError {
    /// A start that contradicts itself.
    fileprivate static func start(_ reason: String) -> QueueingError {
        QueueingError(ErrorCode(10_094), reason)
    }
}
