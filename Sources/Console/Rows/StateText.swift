// States as a shape, a word and a role.

import Base
import Canvas
import Engine

/// A state as it is shown: shape and word say everything, the role only repeats it.
struct StateText: Hashable {
    /// The shape.
    let glyph: Glyph
    /// The word.
    let word: String
    /// The meaning.
    let role: StyleRole

    /// What `stream` is doing, or the alert about it when nothing else is to be said.
    init(_ stream: StreamStatus, alert: Alert?, now: Instant) {
        switch stream.state {
        case .running:
            self.init(runningWith: alert)
        case .deliveryPaused(let until):
            self.init(.statePaused, "PAUSE" + Self.left(until, now), .statePaused)
        case .ingressPaused(let until):
            self.init(.statePaused, "REFUSE" + Self.left(until, now), .statePaused)
        case .paused(let until):
            self.init(.statePaused, "HOLD" + Self.left(until, now), .statePaused)
        case .draining(let from):
            let done = from > stream.depth ? from - stream.depth : 0
            let share = Format.progress(done: done, of: from)
            self.init(.stateDraining, "DRAIN \(share)", .stateDraining)
        case .drained: self.init(.stateDraining, "DRAINED", .stateDraining)
        case .purging: self.init(.stateWarn, "PURGING", .stateWarn)
        case .sealed: self.init(.stateSealed, "SEALED", .stateSealed)
        case .recovering: self.init(.stateUnknown, "RECOVER", .stateUnknown)
        case .readOnly: self.init(.stateCrit, "READ-ONLY", .stateCrit)
        case .locked: self.init(.stateCrit, "LOCKED", .stateCrit)
        }
    }

    /// What the server is doing.
    init(_ state: ServerState) {
        switch state {
        case .recovering: self.init(.stateUnknown, "RECOVERING", .stateUnknown)
        case .running: self.init(.live, "RUN", .stateOk)
        case .lameDuck: self.init(.stateDraining, "LAME DUCK", .stateDraining)
        case .draining: self.init(.stateDraining, "DRAINING", .stateDraining)
        case .writeStopped: self.init(.stateCrit, "WRITE STOPPED", .stateCrit)
        case .locked: self.init(.stateCrit, "LOCKED", .stateCrit)
        case .stopped: self.init(.stateSealed, "STOPPED", .stateSealed)
        }
    }

    /// Where a key is in its life.
    init(_ state: KeyState) {
        switch state {
        case .prepared: self.init(.stepOpen, "PREPARED", .stateUnknown)
        case .active: self.init(.stateOk, "ACTIVE", .stateOk)
        case .decryptOnly: self.init(.stateDraining, "DECRYPT-ONLY", .stateDraining)
        case .compromised: self.init(.stateCrit, "COMPROMISED", .stateCrit)
        case .retired: self.init(.stateSealed, "RETIRED", .textMuted)
        case .destroyed: self.init(.stateSealed, "DESTROYED", .textMuted)
        }
    }

    /// How serious something is.
    init(_ severity: Severity) {
        switch severity {
        case .info: self.init(.live, "INFO", .stateOk)
        case .warning: self.init(.stateWarn, "WARN", .stateWarn)
        case .critical: self.init(.stateCrit, "CRIT", .stateCrit)
        }
    }

    /// What became of a link.
    init(_ link: LinkState) {
        switch link {
        case .embedded: self.init(.live, "EMBEDDED", .stateOk)
        case .connected: self.init(.live, "CONNECTED", .stateOk)
        case .reconnecting(let attempt):
            self.init(.stateWarn, "RECONNECTING \(attempt)", .stateWarn)
        case .down: self.init(.stateCrit, "DOWN", .stateCrit)
        }
    }

    /// Where an alert is in its life.
    init(_ alert: Alert) {
        switch alert.phase {
        case .pending: self.init(.stepOpen, "PENDING", .textMuted)
        case .firing: self.init(alert.severity)
        case .acknowledged: self.init(.stepDone, "ACK", .stateDraining)
        case .resolved: self.init(.stepDone, "RESOLVED", .textMuted)
        }
    }

    private init(runningWith alert: Alert?) {
        guard let alert, alert.severity > .info else {
            self.init(.stateOk, "RUN", .stateOk)
            return
        }
        let severity = StateText(alert.severity)
        self.init(severity.glyph, "\(severity.word) \(alert.id.rule.word)", severity.role)
    }

    init(_ glyph: Glyph, _ word: String, _ role: StyleRole) {
        self.glyph = glyph
        self.word = word
        self.role = role
    }

    private static func left(_ until: Instant, _ now: Instant) -> String {
        if until == .distantFuture || until == .never { return "" }
        return " " + Format.brief(nanoseconds: until.nanoseconds(since: now))
    }
}

extension AlertRule {
    /// The word beside a severity in a state column.
    var word: String {
        switch self {
        case .depthHigh: "depth"
        case .depthGrowing: "grow"
        case .oldestAge: "age"
        case .noConsumer: "nobody"
        case .publishSlow: "slow"
        case .redelivery: "redel"
        case .pausedLong: "paused"
        case .deadLetters: "dlq"
        case .slowClient: "slow"
        case .syncSlow: "sync"
        case .diskLow: "disk"
        case .diskHangs: "hang"
        case .keyAge: "key age"
        case .keyBudget: "key use"
        case .rotationStuck: "rotation"
        case .damage: "damage"
        case .memoryUnprotected: "memory"
        case .writeStopped: "writing"
        case .storeLocked: "locked"
        case .drainStalled: "drain"
        }
    }
}
