// What an engine can do, and why not.

/// One thing that some engine may be unable to do.
public enum Capability: UInt8, Hashable, Sendable, CaseIterable {
    /// Holding a consumer or a stream's delivery.
    case pauseDelivery
    /// Refusing new messages.
    case pauseIngress
    /// Letting held streams go on.
    case resume
    /// Emptying a stream through its consumers.
    case drain
    /// Removing messages.
    case purge
    /// Looking at messages.
    case peek
    /// Putting dead letters back.
    case redrive
    /// Removing streams and consumers.
    case delete
    /// Closing connections.
    case kick
    /// Limiting connections.
    case throttle
    /// Making and activating new keys.
    case rotateKey
    /// Rewriting data under a new key.
    case reencrypt
    /// Destroying old keys.
    case destroyKey
    /// Adding and removing ways to open the store.
    case keySlots
    /// Wiping keys from memory and opening the store again.
    case lockKeys
    /// Lame duck mode.
    case lameDuck
    /// Stopping the server.
    case shutDown
    /// Writing again after a disk error.
    case resumeWriting
    /// Latency histograms by stage.
    case latencyStages
    /// Figures of segments and syncs.
    case storageFigures
    /// A fresh picture on demand.
    case resample
}

/// Whether an engine can do a thing.
public enum Support: Hashable, Sendable {
    /// It can.
    case full
    /// It cannot; the text says why, for a person.
    case none(reason: String)
}

/// The answer of one engine for every capability.
public struct EngineCapabilities: Hashable, Sendable {
    private var reasons: [Capability: String] = [:]

    /// An engine that can do everything.
    public init() {}

    /// Whether the engine can do `capability`.
    public subscript(capability: Capability) -> Support {
        get {
            guard let reason = reasons[capability] else { return .full }
            return .none(reason: reason)
        }
        set {
            switch newValue {
            case .full: reasons[capability] = nil
            case .none(let reason): reasons[capability] = reason
            }
        }
    }

    /// Why `capability` is missing; nil when it is there.
    public func reasonAgainst(_ capability: Capability) -> String? { reasons[capability] }
}
