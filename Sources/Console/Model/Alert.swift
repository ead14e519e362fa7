// Alerts: rules, hysteresis and history.

public import Base
public import Engine

/// What a rule watches.
public enum AlertRule: UInt8, Hashable, Sendable, CaseIterable {
    /// A queue is deep.
    case depthHigh
    /// A queue keeps growing.
    case depthGrowing
    /// A message waits for long.
    case oldestAge
    /// A queue has messages and nobody takes them.
    case noConsumer
    /// Publishing is slow.
    case publishSlow
    /// Messages are delivered again and again.
    case redelivery
    /// A queue is held for long.
    case pausedLong
    /// Dead letters arrive.
    case deadLetters
    /// A client reads too slowly.
    case slowClient
    /// Syncing is slow.
    case syncSlow
    /// The disk fills.
    case diskLow
    /// The disk does not answer.
    case diskHangs
    /// A key is older than its policy allows.
    case keyAge
    /// A key has sealed many messages.
    case keyBudget
    /// A rotation failed or stopped.
    case rotationStuck
    /// Data is damaged.
    case damage
    /// Keys are not protected in memory.
    case memoryUnprotected
    /// Writing has stopped.
    case writeStopped
    /// The keys are locked, and with them the store.
    case storeLocked
    /// A queue drains and nobody takes its messages.
    case drainStalled

    /// Its name, as in `:alert mute depth-high`.
    public var name: String {
        switch self {
        case .depthHigh: "depth-high"
        case .depthGrowing: "depth-growing"
        case .oldestAge: "oldest-age"
        case .noConsumer: "no-consumer"
        case .publishSlow: "publish-slow"
        case .redelivery: "redelivery"
        case .pausedLong: "paused-long"
        case .deadLetters: "dead-letters"
        case .slowClient: "slow-client"
        case .syncSlow: "sync-slow"
        case .diskLow: "disk-low"
        case .diskHangs: "disk-hangs"
        case .keyAge: "key-age"
        case .keyBudget: "key-budget"
        case .rotationStuck: "rotation-stuck"
        case .damage: "damage"
        case .memoryUnprotected: "memory"
        case .writeStopped: "write-stopped"
        case .storeLocked: "store-locked"
        case .drainStalled: "drain-stalled"
        }
    }

    /// How the rule is judged.
    public var policy: AlertPolicy {
        switch self {
        case .depthHigh: AlertPolicy(.critical, raise: 500_000, clear: 400_000, forSeconds: 5)
        case .depthGrowing: AlertPolicy(.warning, raise: 1_000, clear: 200, forSeconds: 60)
        case .oldestAge: AlertPolicy(.warning, raise: 1_800, clear: 900, forSeconds: 5)
        case .noConsumer: AlertPolicy(.warning, raise: 1, clear: 0.5, forSeconds: 30)
        case .publishSlow: AlertPolicy(.warning, raise: 100, clear: 50, forSeconds: 10)
        case .redelivery: AlertPolicy(.warning, raise: 50, clear: 10, forSeconds: 10)
        case .pausedLong: AlertPolicy(.warning, raise: 600, clear: 600, forSeconds: 0)
        case .deadLetters: AlertPolicy(.warning, raise: 1, clear: 0.5, forSeconds: 0)
        case .slowClient: AlertPolicy(.warning, raise: 1, clear: 0.5, forSeconds: 5)
        case .syncSlow: AlertPolicy(.warning, raise: 100, clear: 50, forSeconds: 10)
        case .diskLow: AlertPolicy(.critical, raise: 0.9, clear: 0.85, forSeconds: 0)
        case .diskHangs: AlertPolicy(.critical, raise: 2, clear: 1, forSeconds: 0)
        case .keyAge: AlertPolicy(.warning, raise: 1, clear: 0.99, forSeconds: 0)
        case .keyBudget: AlertPolicy(.warning, raise: 0.5, clear: 0.49, forSeconds: 0)
        case .rotationStuck: AlertPolicy(.critical, raise: 1, clear: 0.5, forSeconds: 0)
        case .damage: AlertPolicy(.critical, raise: 1, clear: 0.5, forSeconds: 0)
        case .memoryUnprotected: AlertPolicy(.warning, raise: 1, clear: 0.5, forSeconds: 0)
        case .writeStopped: AlertPolicy(.critical, raise: 1, clear: 0.5, forSeconds: 0)
        case .storeLocked: AlertPolicy(.critical, raise: 1, clear: 0.5, forSeconds: 0)
        case .drainStalled: AlertPolicy(.warning, raise: 1, clear: 0.5, forSeconds: 30)
        }
    }
}

/// When a rule speaks and when it falls silent again.
public struct AlertPolicy: Hashable, Sendable {
    /// How serious it is.
    public var severity: Severity
    /// The value from which it fires.
    public var raise: Double
    /// The value below which it is resolved: lower, so that it does not flutter.
    public var clear: Double
    /// How long the value must stay there.
    public var forSeconds: UInt64

    /// A policy.
    public init(_ severity: Severity, raise: Double, clear: Double, forSeconds: UInt64) {
        self.severity = severity
        self.raise = raise
        self.clear = clear
        self.forSeconds = forSeconds
    }
}

/// What identifies an alert: the rule and what it is about.
public struct AlertId: Hashable, Sendable {
    /// The rule.
    public var rule: AlertRule
    /// The queue, client or key; empty for the server.
    public var subject: [UInt8]

    /// The alert of `rule` about `subject`.
    public init(rule: AlertRule, subject: [UInt8]) {
        self.rule = rule
        self.subject = subject
    }
}

/// Where an alert is in its life.
public enum AlertPhase: UInt8, Hashable, Sendable, CaseIterable {
    /// Above the limit, not long enough yet.
    case pending
    /// Speaking.
    case firing
    /// Somebody has seen it.
    case acknowledged
    /// Over.
    case resolved
}

/// One alert.
public struct Alert: Hashable, Sendable {
    /// Rule and subject.
    public var id: AlertId
    /// Where it is in its life.
    public var phase: AlertPhase
    /// How serious it is.
    public var severity: Severity
    /// When the value crossed the limit.
    public var since: Instant
    /// When it ended; `never` while it has not.
    public var endedAt: Instant
    /// The value now, or the last one.
    public var value: Double
    /// The largest value so far.
    public var peak: Double

    /// Whether somebody should still look.
    public var isOpen: Bool { phase == .firing || phase == .acknowledged }
}
