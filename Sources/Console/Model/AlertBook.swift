// The alerts that are open and those that were.

public import Base
import Engine

/// The alerts that are open and those that were.
public struct AlertBook: Hashable, Sendable {
    /// The most alerts kept in the history.
    public static let historyMax = 500

    /// Alerts that are pending or open.
    public private(set) var current: [AlertId: Alert] = [:]
    /// Alerts that ended, the latest last.
    public private(set) var history: [Alert] = []
    /// Alerts that stay silent until then.
    public private(set) var mutedUntil: [AlertId: Instant] = [:]
    /// Rules whose policy was changed.
    public var policies: [AlertRule: AlertPolicy] = [:]

    /// No alerts.
    public init() {}

    /// Open alerts, the worst and oldest first.
    public var open: [Alert] {
        current.values.filter(\.isOpen).sorted { left, right in
            if left.severity != right.severity { return left.severity > right.severity }
            if left.since != right.since { return left.since < right.since }
            if left.id.subject != right.id.subject {
                return left.id.subject.lexicographicallyPrecedes(right.id.subject)
            }
            return left.id.rule.rawValue < right.id.rule.rawValue
        }
    }

    /// The worst open alert that nobody has acknowledged.
    public var worst: Alert? { open.first { $0.phase == .firing } ?? open.first }

    /// The worst open alert about `subject`.
    public func worst(about subject: [UInt8]) -> Alert? {
        open.first { $0.id.subject == subject }
    }

    /// Takes what the rules measured at `now`.
    /// - Returns: the alerts that began to fire.
    public mutating func judge(_ readings: [AlertReading], at now: Instant) -> [Alert] {
        var seen: Set<AlertId> = []
        var fired: [Alert] = []
        for reading in readings {
            seen.insert(reading.id)
            if let alert = judge(reading, at: now) { fired.append(alert) }
        }
        for id in current.keys where !seen.contains(id) { resolve(id, at: now) }
        return fired
    }

    /// Says that somebody has seen the alert `id`.
    public mutating func acknowledge(_ id: AlertId) {
        if current[id]?.phase == .firing { current[id]?.phase = .acknowledged }
    }

    /// Keeps the alert `id` silent until `instant`.
    public mutating func mute(_ id: AlertId, until instant: Instant) {
        mutedUntil[id] = instant
        current[id] = nil
    }

    /// The policy of `rule`, as shipped or as changed.
    public func policy(of rule: AlertRule) -> AlertPolicy { policies[rule] ?? rule.policy }

    private mutating func judge(_ reading: AlertReading, at now: Instant) -> Alert? {
        let id = reading.id
        let policy = policy(of: id.rule)
        if let end = mutedUntil[id] {
            if now < end { return nil }
            mutedUntil[id] = nil
        }
        guard var alert = current[id] else {
            guard reading.value >= policy.raise else { return nil }
            var alert = Alert(
                id: id,
                phase: .pending,
                severity: policy.severity,
                since: now,
                endedAt: .never,
                value: reading.value,
                peak: reading.value
            )
            let fires = policy.forSeconds == 0
            if fires { alert.phase = .firing }
            current[id] = alert
            return fires ? alert : nil
        }
        alert.value = reading.value
        alert.peak = max(alert.peak, reading.value)
        let limit = alert.phase == .pending ? policy.raise : policy.clear
        if reading.value < limit {
            resolve(id, at: now)
            return nil
        }
        let lasted = now.nanoseconds(since: alert.since)
        let fires =
            alert.phase == .pending && lasted >= policy.forSeconds * nanosecondsPerSecond
        if fires { alert.phase = .firing }
        current[id] = alert
        return fires ? alert : nil
    }

    private mutating func resolve(_ id: AlertId, at now: Instant) {
        guard var alert = current.removeValue(forKey: id), alert.isOpen else { return }
        alert.phase = .resolved
        alert.endedAt = now
        history.append(alert)
        if history.count > Self.historyMax { history.removeFirst(history.count - Self.historyMax) }
    }
}

/// What a rule measures about a subject.
public struct AlertReading: Hashable, Sendable {
    /// Rule and subject.
    public var id: AlertId
    /// The value, in the unit of the rule.
    public var value: Double

    /// `value` of `rule` about `subject`.
    public init(_ rule: AlertRule, _ subject: [UInt8], _ value: Double) {
        id = AlertId(rule: rule, subject: subject)
        self.value = value
    }
}
