// What a stream's configuration must and what it means where it says nothing.
// Source: NATS JetStream API, StreamConfig; texts as clients know them.

import Base
import Routing

/// What a check of a configuration may know about its surroundings.
public struct StreamSurroundings: Sendable {
    /// Whether anything unsaid is an error.
    public var isPedantic = false
    /// Longest duplicate window, in nanoseconds; 0 for any.
    public var duplicateWindowMax: Int64 = 0
    /// Whether streams must say how many bytes they keep.
    public var isBytesMaxRequired = false
    /// Most bytes that one stream may keep; 0 for any.
    public var bytesMaxLimit: Int64 = 0
    /// The configuration of the mirror's origin, if it is here.
    public var origin: StreamConfiguration?
    /// The configurations of sources, as far as they are here.
    public var sourceOrigins: [StreamConfiguration] = []
    /// Whether the stream would, by way of others, take from itself.
    public var isCycle = false

    /// Nothing special.
    public init() {}
}

extension StreamConfiguration {
    private static let second: Int64 = 1_000_000_000
    private static let millisecond: Int64 = 1_000_000

    /// This configuration with everything said.
    ///
    /// - Throws: the first thing wrong with it.
    public func checked(in place: StreamSurroundings) throws(QueueingError) -> StreamConfiguration {
        var result = self
        try result.checkNames()
        try result.checkLimits(place)
        try result.checkDuplicates(place)
        try result.checkFlags(place.isPedantic)
        try result.checkMirror(place)
        try result.checkSources(place)
        try result.checkSubjects()
        if place.isBytesMaxRequired, limits.bytesMax <= 0 { throw QueueingError(10_113) }
        if place.bytesMaxLimit > 0, limits.bytesMax > place.bytesMaxLimit {
            throw QueueingError(10_122)
        }
        try result.checkDeadLetters()
        try result.checkTransform()
        try result.checkRepublish(place.isPedantic)
        if result.placement == Placement() { result.placement = nil }
        if let placement = result.placement, !placement.preferred.isEmpty {
            throw .stream("preferred server not permitted in placement")
        }
        return result
    }

    private func checkNames() throws(QueueingError) {
        guard Self.isName(name) else {
            throw .stream(#"stream name is required and can not contain '.', '*', '>', '\', '/'"#)
        }
        guard name.count <= Self.nameBytesMax else {
            throw .stream("stream name is too long, maximum allowed is \(Self.nameBytesMax)")
        }
        guard description.count <= Self.descriptionBytesMax else {
            throw .stream(
                "stream description is too long, maximum allowed is \(Self.descriptionBytesMax)"
            )
        }
        guard metadata.byteCount <= Self.metadataBytesMax else {
            throw .stream("stream metadata exceeds maximum size of \(Self.metadataBytesMax) bytes")
        }
    }

    private mutating func checkLimits(_ place: StreamSurroundings) throws(QueueingError) {
        if replicas == 0 { replicas = 1 }
        if replicas > 5 { throw .stream("maximum replicas is 5") }
        if replicas < 0 { throw QueueingError(10_133) }
        let fields: [(WritableKeyPath<StreamLimits, Int64>, String)] = [
            (\.messagesMax, "max_msgs"), (\.messagesPerSubjectMax, "max_msgs_per_subject"),
            (\.bytesMax, "max_bytes"), (\.messageBytesMax, "max_msg_size"),
            (\.consumersMax, "max_consumers"),
        ]
        for (path, name) in fields where limits[keyPath: path] <= 0 {
            if place.isPedantic, limits[keyPath: path] < -1 {
                throw .pedantic("\(name) must be set to -1")
            }
            limits[keyPath: path] = -1
        }
        if limits.ageMax < 0 { throw .stream("max age can not be negative") }
        if limits.ageMax != 0, limits.ageMax < 100 * Self.millisecond {
            throw .stream("max age needs to be >= 100ms")
        }
    }

    private mutating func checkDuplicates(_ place: StreamSurroundings) throws(QueueingError) {
        let age = limits.ageMax
        if limits.duplicateWindow == 0, mirror == nil, sources.isEmpty {
            var window = 120 * Self.second
            if place.duplicateWindowMax > 0, window > place.duplicateWindowMax {
                if place.isPedantic {
                    throw .pedantic("duplicate window limits are higher than current limits")
                }
                window = place.duplicateWindowMax
            }
            if age != 0, age < window {
                if place.isPedantic {
                    throw .pedantic("duplicate window cannot be bigger than max age")
                }
                window = age
            }
            limits.duplicateWindow = window
        }
        let window = limits.duplicateWindow
        if window < 0 { throw .stream("duplicates window can not be negative") }
        if age != 0, window > age {
            throw .stream("duplicates window can not be larger then max age")
        }
        if place.duplicateWindowMax > 0, window > place.duplicateWindowMax {
            throw .stream(
                "duplicates window can not be larger then server limit of "
                    + durationText(place.duplicateWindowMax)
            )
        }
        if window > 0, window < 100 * Self.millisecond {
            throw .stream("duplicates window needs to be >= 100ms")
        }
    }

    private mutating func checkFlags(_ isPedantic: Bool) throws(QueueingError) {
        if flags.contains(.denyPurge), flags.contains(.allowRollup) {
            throw .stream("roll-ups require the purge permission")
        }
        if flags.contains(.allowCounter) { try checkCounter() }
        try checkDiscardNewPerSubject()
        if limits.deleteMarkerTtl < 0 {
            throw .stream("subject delete marker TTL must not be negative")
        }
        if limits.deleteMarkerTtl > 0 {
            if limits.deleteMarkerTtl < Self.second {
                throw .stream("subject delete marker TTL must be at least 1 second")
            }
            if !flags.contains(.allowTtl), isPedantic {
                throw .stream("subject delete marker cannot be set if message TTLs are disabled")
            }
            flags.insert(.allowTtl)
            try needRollup("subject delete marker cannot be set", isPedantic)
        }
        if flags.contains(.allowSchedules) {
            if discard == .new { throw .stream("message scheduling cannot use discard new") }
            try needRollup("message scheduling cannot be set", isPedantic)
        }
        if persistence == .whenTaken {
            let prefix = "async persist mode is"
            if storage != .file { throw .stream("\(prefix) only supported on file storage") }
            if replicas > 1 { throw .stream("\(prefix) not supported on replicated streams") }
            if flags.contains(.allowAtomic) {
                throw .stream("\(prefix) not supported with atomic batch publish")
            }
        }
    }

    private mutating func needRollup(_ what: String, _ isPedantic: Bool) throws(QueueingError) {
        guard !flags.contains(.allowRollup) else { return }
        if isPedantic { throw .stream("\(what) if roll-ups are disabled") }
        flags.insert(.allowRollup)
        flags.remove(.denyPurge)
    }

    private func checkCounter() throws(QueueingError) {
        if discard == .new { throw .stream("counter stream cannot use discard new") }
        if flags.contains(.allowTtl) { throw .stream("counter stream cannot use message TTLs") }
        if flags.contains(.allowSchedules) {
            throw .stream("counter stream cannot use message schedules")
        }
        if retention != .limits { throw .stream("counter stream can only use limits retention") }
    }

    func checkDiscardNewPerSubject() throws(QueueingError) {
        guard flags.contains(.discardNewPerSubject) else { return }
        if discard != .new {
            throw .stream("discard new per subject requires discard new policy to be set")
        }
        if limits.messagesPerSubjectMax <= 0 {
            throw .stream("discard new per subject requires max msgs per subject > 0")
        }
    }
}

extension [MetadataEntry] {
    /// Bytes of all keys and values.
    var byteCount: Int { reduce(0) { $0 + $1.key.count + $1.value.count } }

    /// The entries without those that a server adds.
    public var withoutServerEntries: [MetadataEntry] {
        filter { !$0.key.starts(with: "_nats.".utf8) }
    }
}

/// `nanoseconds` as the API writes durations in texts, such as `1h0m0s` or `1.5s`.
func durationText(_ nanoseconds: Int64) -> String {
    if nanoseconds == 0 { return "0s" }
    let sign = nanoseconds < 0 ? "-" : ""
    let magnitude = nanoseconds.magnitude
    if magnitude < 1_000 { return "\(sign)\(magnitude)ns" }
    if magnitude < 1_000_000 { return sign + decimal(magnitude, over: 1_000) + "µs" }
    if magnitude < 1_000_000_000 { return sign + decimal(magnitude, over: 1_000_000) + "ms" }
    let minutes = magnitude / 60_000_000_000
    let seconds = decimal(magnitude % 60_000_000_000, over: 1_000_000_000) + "s"
    if minutes == 0 { return sign + seconds }
    if minutes < 60 { return "\(sign)\(minutes)m\(seconds)" }
    return "\(sign)\(minutes / 60)h\(minutes % 60)m\(seconds)"
}

/// `value / unit` with as many digits as it takes.
private func decimal(_ value: UInt64, over unit: UInt64) -> String {
    var digits = ""
    var rest = value % unit
    var scale = unit
    while rest > 0 {
        scale /= 10
        digits += String(rest / scale)
        rest %= scale
    }
    return digits.isEmpty ? String(value / unit) : "\(value / unit).\(digits)"
}
