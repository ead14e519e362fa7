// A mirror's or a source's way from one stream of this server to another.
// Source: NATS JetStream API, mirrors and sources.

public import Base
import Routing

/// What a link does next.
public enum SourceStep: BitwiseCopyable, Equatable, Sendable {
    /// The message `sequence` of the origin is to be read with `read` and stored with
    /// `Stream.take`.
    case take(sequence: UInt64)
    /// The bytes of the origin's message `sequence` have to be loaded first.
    case load(sequence: UInt64)
    /// There is nothing to take.
    case idle
}

/// How far one stream has been copied into another, and how messages change on the way.
///
/// A mirror keeps sequences, times and subjects; a source gives new ones and says where a message
/// came from. Holds no streams: the shell brings origin and target together one after the other.
public struct SourceLink: ~Copyable {
    /// What was configured.
    public let source: StreamSource
    /// Whether sequences and times are kept.
    public let isMirror: Bool
    /// The last sequence of the origin that was taken or passed over.
    public private(set) var position: UInt64
    /// The last sequence of the origin that was taken; 0 if none was.
    public private(set) var lastTaken: UInt64 = 0
    /// What tells the origin from another stream of its name; empty to leave it out of headers.
    public var originIdentity: [UInt8] = []
    /// When something was heard of the origin; `never` if nothing was.
    public private(set) var heardAt = Instant.never
    /// What is wrong with the origin.
    public var error: QueueingError?
    /// Subjects that are taken; empty for all.
    let filters: [[UInt8]]
    private let rules: [SubjectTransform]
    private let selection: SubjectSelection
    private let starts: Instant
    /// Whether the position was moved to where `starts` is.
    private(set) var isStarted: Bool
    /// The last sequence of the origin before those that the link is about.
    private(set) var claimStart: UInt64
    private var subject = Table<UInt8>(capacity: 1)
    private var headers = Table<UInt8>(capacity: 1)
    private var payload = Table<UInt8>(capacity: 1)
    private var sequence: UInt64 = 0
    private var time = Instant.never

    /// The way of `source` into a stream that has taken nothing from it yet.
    public init(_ source: StreamSource, isMirror: Bool) {
        self.source = source
        self.isMirror = isMirror
        position = max(1, source.startSequence) - 1
        claimStart = position
        starts = source.startTime ?? .never
        isStarted = starts == .never
        // The configuration is checked, so that each makes a rule.
        rules = source.transforms.compactMap {
            $0.destination.isEmpty
                ? nil : try? SubjectTransform(from: $0.source, to: $0.destination)
        }
        var filters = source.transforms.map {
            $0.source.isEmpty ? [UInt8(ascii: ">")] : $0.source
        }
        if !source.filter.isEmpty { filters.append(source.filter) }
        self.filters = filters
        selection = SubjectSelection(filters)
    }

    /// Takes up where an earlier run stopped: at the last message it took.
    public mutating func resume(behind position: UInt64) {
        self.position = max(self.position, position)
    }

    /// Goes back to where it was: what was taken behind `position` has not been kept.
    public mutating func rewind(to position: UInt64) {
        self.position = min(self.position, position)
        lastTaken = min(lastTaken, position)
    }

    /// Takes up where a stored message says that it came from, if it came this way.
    public mutating func resume(headers: RawSpan) {
        let value = headers.part(PublishHeaders(headers).streamSource)
        var end = 0
        while end < value.byteCount, value.byte(end) != 0x20 { end += 1 }
        guard equal(value.extracting(0..<end), source.name.raw), end < value.byteCount else {
            return
        }
        var stop = end + 1
        while stop < value.byteCount, value.byte(stop) != 0x20 { stop += 1 }
        let rest = value.extracting(stop..<value.byteCount)
        guard equal(rest.extracting(min(1, rest.byteCount)..<endOfWay(rest)), way.raw),
            let sequence = value.extracting((end + 1)..<stop).decimal
        else { return }
        resume(behind: sequence)
        lastTaken = max(lastTaken, sequence)
    }

    /// What comes next from `origin`.
    public mutating func next(in origin: inout StreamState, at now: Instant) -> SourceStep {
        heardAt = now
        error = nil
        start(in: &origin)
        while true {
            let found = origin.nextSequence(from: position &+ 1, matching: RawSpan())
            guard found > 0, found <= origin.visibleSequence else {
                if found == 0 { position = max(position, origin.visibleSequence) }
                return .idle
            }
            guard selection.isEverything || isSelected(found, in: &origin) else {
                position = found
                continue
            }
            guard let record = origin.records.find(found) else { return .load(sequence: found) }
            guard record.time >= starts else {
                position = found
                continue
            }
            return .take(sequence: found)
        }
    }

    /// Passes over what came long before the start; the rest is looked at one by one.
    private mutating func start(in origin: inout StreamState) {
        guard !isStarted else { return }
        isStarted = true
        let first = origin.firstSequence(since: starts)
        if first > 0 { position = max(position, first - 1) }
        claimStart = position
    }

    private func isSelected(_ sequence: UInt64, in origin: inout StreamState) -> Bool {
        selection.matches(origin.subjects.name(origin.index.subject(of: sequence)))
    }

    /// Copies the message that `next` named out of `origin`, changed as it will be stored.
    public mutating func read(_ sequence: UInt64, from origin: inout StreamState) {
        guard let record = origin.records.find(sequence) else { return }
        self.sequence = sequence
        time = record.time
        subject.removeAll()
        headers.removeAll()
        payload.removeAll()
        payload.append(origin.records.payload(of: record))
        let original = origin.records.subject(of: record)
        if !transform(original) { subject.append(original) }
        let block = origin.records.headers(of: record)
        if isMirror {
            copyForMirror(block)
        } else {
            copyForSource(block, original)
        }
    }

    /// Stores the message that was read into `target`.
    ///
    /// - Returns: whether the message is dealt with; otherwise the target had no room and it is
    /// tried again.
    public mutating func store(
        into target: inout Stream,
        at now: Instant,
        effects: inout Effects
    ) -> Stored? {
        if isMirror {
            position = sequence
            lastTaken = sequence
            return target.mirror(
                sequence: sequence,
                time: time,
                subject: subject.bytes,
                headers: headers.bytes,
                payload: payload.bytes,
                into: &effects
            )
        }
        var context = PublishContext(now: now)
        context.isSourced = true
        do {
            let outcome = try target.publish(
                subject: subject.bytes,
                headers: headers.bytes,
                payload: payload.bytes,
                context
            )
            position = sequence
            lastTaken = sequence
            guard case .stored(let stored) = outcome else { return nil }
            target.announce(stored, into: &effects)
            return stored
        } catch {
            self.error = target.state.error(error)
            if !error.isPassing { position = sequence }
            return nil
        }
    }

    /// How many messages of `origin` are still to come.
    public func lag(in origin: borrowing StreamState) -> UInt64 {
        var lag: UInt64 = 0
        if selection.isEverything {
            lag = origin.count(from: position + 1, matching: RawSpan())
        } else if !source.filter.isEmpty {
            lag = origin.count(from: position + 1, matching: source.filter.raw)
        } else {
            for rule in source.transforms {
                lag += origin.count(from: position + 1, matching: rule.source.raw)
            }
        }
        return lag
    }

    /// What there is to say about the link; `lag` comes from the origin, if it exists.
    public func report(lag: UInt64, at now: Instant) -> SourceReport {
        var report = SourceReport()
        report.name = source.name
        report.external = source.external
        report.lag = heardAt == .never ? 0 : lag
        report.sequence = isMirror ? 0 : lastTaken
        report.silence = heardAt == .never ? -1 : Int64(clamping: now.nanoseconds(since: heardAt))
        report.error = error
        report.filter = source.filter
        report.transforms = source.transforms
        return report
    }

    // MARK: - On the way

    private mutating func transform(_ original: RawSpan) -> Bool {
        for rule in rules where rule.apply(to: original, chance: 0, into: &subject) { return true }
        return false
    }

    /// Leaves out what only the origin was asked.
    private mutating func copyForMirror(_ block: RawSpan) {
        HeaderCopy.copy(block, to: &headers) { name in
            name.starts(with: "Nats-Expected-") || name.starts(with: "Nats-Batch-")
        }
        HeaderCopy.close(&headers)
    }

    /// Says where the message came from.
    private mutating func copyForSource(_ block: RawSpan, _ original: RawSpan) {
        HeaderCopy.copy(block, to: &headers) { name in
            name.starts(with: "Nats-Expected-") || name.starts(with: "Nats-Batch-")
                || name.equals("Nats-Stream-Source")
        }
        let name = source.name
        let way = way
        let identity = originIdentity
        if headers.isEmpty { headers.append("NATS/1.0\r\n") }
        headers.append("Nats-Stream-Source: ")
        headers.append(name.raw)
        headers.append(UInt8(ascii: " "))
        headers.append(decimal: sequence)
        headers.append(UInt8(ascii: " "))
        headers.append(way.raw)
        headers.append(UInt8(ascii: " "))
        headers.append(original)
        if !identity.isEmpty {
            headers.append(UInt8(ascii: " "))
            headers.append(identity.raw)
        }
        headers.append("\r\n")
        HeaderCopy.close(&headers)
    }

    /// Filter and destination as they stand in a header.
    public var way: [UInt8] {
        let all = [UInt8(ascii: ">")]
        let formFeed: [UInt8] = [0x0C]
        guard !source.transforms.isEmpty else {
            return (source.filter.isEmpty ? all : source.filter) + [0x20] + all
        }
        let from = source.transforms.map { $0.source.isEmpty ? all : $0.source }
        let to = source.transforms.map { $0.destination.isEmpty ? all : $0.destination }
        return Array(from.joined(separator: formFeed)) + [0x20]
            + Array(to.joined(separator: formFeed))
    }

    /// Where filter and destination end in the rest of a header.
    private func endOfWay(_ rest: RawSpan) -> Int {
        var blanks = 0
        var offset = min(1, rest.byteCount)
        while offset < rest.byteCount {
            if rest.byte(offset) == 0x20 {
                blanks += 1
                if blanks == 2 { return offset }
            }
            offset += 1
        }
        return offset
    }
}

extension PublishRefusal {
    /// Whether the same message may be taken later.
    fileprivate var isPassing: Bool {
        switch self {
        case .insufficientStorage, .accountLimit, .ingressPaused, .messagesMax, .bytesMax,
            .messagesPerSubjectMax:
            true
        case .sealed, .otherStream, .ttlDisabled, .ttlInvalid, .wrongLastSequence,
            .expectedSubjectWithoutSequence, .wrongLastMessageId, .rollupNotPermitted,
            .rollupInvalid, .messageTooLarge, .headersTooLarge, .counterDisabled, .counterMissing,
            .counterPayload, .counterInvalid, .counterBroken, .atomicDisabled,
            .schedulesDisabled, .sourceHeader, .invalidSubject:
            false
        }
    }
}

/// Copies header blocks line by line.
enum HeaderCopy {
    /// Appends the fields of `block` but those that `isLeftOut`, without the empty line at the end.
    ///
    /// Appends nothing if no field is left.
    static func copy(
        _ block: RawSpan,
        to headers: inout Table<UInt8>,
        leavingOut isLeftOut: (RawSpan) -> Bool
    ) {
        var start = lineEnd(block, 0)
        while start < block.byteCount {
            let next = lineEnd(block, start)
            guard next - start > 2 else { return }
            var colon = start
            while colon < next, block.byte(colon) != UInt8(ascii: ":") { colon += 1 }
            if !isLeftOut(block.extracting(start..<colon)) {
                if headers.isEmpty { headers.append("NATS/1.0\r\n") }
                headers.append(block.extracting(start..<next))
            }
            start = next
        }
    }

    /// Appends the empty line, unless there is nothing before it.
    static func close(_ headers: inout Table<UInt8>) {
        if !headers.isEmpty { headers.append("\r\n") }
    }

    private static func lineEnd(_ block: RawSpan, _ start: Int) -> Int {
        var offset = start
        while offset < block.byteCount, block.byte(offset) != 0x0A { offset += 1 }
        return min(offset + 1, block.byteCount)
    }
}

extension RawSpan {
    /// Whether these bytes begin with those of `text`.
    func starts(with text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        return byteCount >= count && extracting(0..<count).equals(text)
    }
}
