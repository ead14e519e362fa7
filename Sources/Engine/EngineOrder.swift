// What can be asked of an engine.

public import Base

/// One thing for an engine to do.
///
/// Names are bytes as they came from clients. Times are absolute, so that an order means the same
/// when it arrives late.
public enum EngineOrder: Hashable, Sendable {
    /// Holds the delivery of one consumer, or of all of a stream when `consumer` is nil.
    case pauseDelivery(stream: [UInt8], consumer: [UInt8]?, until: Instant, reason: [UInt8])
    /// Refuses new messages for a stream; `distantFuture` holds it until `resume`.
    case pauseIngress(stream: [UInt8], until: Instant, reason: [UInt8])
    /// Back to normal from any pause or drain.
    case resume(stream: [UInt8], consumer: [UInt8]?)
    /// Refuses new messages and lets consumers empty the stream.
    case drain(stream: [UInt8], deadline: Instant, afterwards: DrainEnd)
    /// Removes messages.
    case purge(stream: [UInt8], scope: PurgeScope)
    /// Shows up to `count` messages from `sequence` on, without taking them.
    case peek(stream: [UInt8], from: UInt64, count: UInt32)
    /// Puts up to `limit` dead-lettered messages back.
    case redrive(stream: [UInt8], limit: UInt64)
    /// Removes a stream and everything in it.
    case deleteStream([UInt8])
    /// Removes one consumer.
    case deleteConsumer(stream: [UInt8], consumer: [UInt8])
    /// Closes one connection.
    case kick(connection: UInt64, reason: [UInt8])
    /// Limits what one connection may publish; 0 lifts the limit.
    case throttle(connection: UInt64, bytesPerSecond: UInt64)
    /// Something about keys.
    case key(KeyOrder)
    /// Tells clients to move, then drains and stops the server.
    case lameDuck
    /// Stops the server after delivering what is on its way.
    case shutDown
    /// Takes writing up again after the store stopped it.
    case resumeWriting
    /// Takes a snapshot now.
    case resample
}

/// What a drained stream does next.
public enum DrainEnd: UInt8, Hashable, Sendable, CaseIterable {
    /// Stays drained: nothing gets in until `resume`.
    case rest
    /// Returns to normal.
    case resume
    /// Takes no message ever again.
    case seal
}

/// Which messages a purge removes.
public struct PurgeScope: Hashable, Sendable {
    /// The last sequence that may go: what came later stays.
    public var ceiling: UInt64
    /// How many of the newest below the ceiling stay.
    public var keep: UInt64
    /// Only messages on this subject filter; empty means every subject.
    public var filter: [UInt8]

    /// Everything up to and including `ceiling` but the last `keep`.
    public init(ceiling: UInt64, keep: UInt64, filter: [UInt8]) {
        self.ceiling = ceiling
        self.keep = keep
        self.filter = filter
    }
}

/// Whose keys are meant.
public enum KeyScope: Hashable, Sendable {
    /// The root key that wraps the others.
    case root
    /// The data keys of one stream.
    case stream([UInt8])
    /// The data keys of every stream.
    case allStreams
}

/// Where a slot's secret comes from; never the secret itself.
public enum SecretSource: Hashable, Sendable {
    /// A file of key bytes.
    case keyFile(path: [UInt8])
    /// A credential that the service manager hands over.
    case credential(name: [UInt8])
    /// A recovery key, made by the engine and shown once outside the console.
    case recovery
    /// What a person types for a slot of that kind, outside the console; the path is where the
    /// engine reads it once, and empty before it was typed.
    case typed(SlotKind, path: [UInt8])
}

/// What can be asked about keys.
public enum KeyOrder: Hashable, Sendable {
    /// Makes, wraps, reads back and checks a new key; nothing uses it yet.
    case prepare(KeyScope)
    /// Writes with the prepared key from now on; the old one only decrypts.
    case activate(KeyScope)
    /// Rewrites old data under the active key; 0 bytes a second is unlimited.
    case reencrypt(KeyScope, bytesPerSecond: UInt64)
    /// Holds the rewriting or lets it go on.
    case holdReencryption(KeyScope, held: Bool)
    /// Reads samples back under every key.
    case verify(KeyScope)
    /// Stops an old key from being used for anything but reading what is left.
    case retire(KeyScope, version: UInt32)
    /// Destroys an old key for ever; refused while a byte is left under it.
    case destroy(KeyScope, version: UInt32)
    /// Declares a key known to others; its data is rewritten first.
    case compromised(KeyScope, version: UInt32)
    /// Adds a way to open the store.
    case addSlot(SecretSource)
    /// Removes a way to open the store; refused for the last one.
    case removeSlot(UInt32)
    /// Wipes every key from memory: nothing can be read or stored until `unlock`.
    case lock
    /// Opens the store again.
    case unlock(SecretSource)
}

extension EngineOrder {
    /// What an engine must be able to do for this order.
    public var capability: Capability {
        switch self {
        case .pauseDelivery: .pauseDelivery
        case .pauseIngress: .pauseIngress
        case .resume: .resume
        case .drain: .drain
        case .purge: .purge
        case .peek: .peek
        case .redrive: .redrive
        case .deleteStream, .deleteConsumer: .delete
        case .kick: .kick
        case .throttle: .throttle
        case .key(let order): order.capability
        case .lameDuck: .lameDuck
        case .shutDown: .shutDown
        case .resumeWriting: .resumeWriting
        case .resample: .resample
        }
    }

    /// Whether the order only looks.
    public var isReadOnly: Bool {
        switch self {
        case .peek, .resample, .key(.verify): true
        case .pauseDelivery, .pauseIngress, .resume, .drain, .purge, .redrive, .deleteStream,
            .deleteConsumer, .kick, .throttle, .key, .lameDuck, .shutDown, .resumeWriting:
            false
        }
    }
}

extension KeyOrder {
    /// What an engine must be able to do for this order.
    public var capability: Capability {
        switch self {
        case .prepare, .activate, .verify, .retire: .rotateKey
        case .reencrypt, .holdReencryption: .reencrypt
        case .destroy: .destroyKey
        case .compromised: .rotateKey
        case .addSlot, .removeSlot: .keySlots
        case .lock, .unlock: .lockKeys
        }
    }
}
