// The seam between the console and whatever it operates.

public import Base

/// A broker that can be watched and operated: the embedded one or a remote cluster.
///
/// Deliberately at the control plane: orders and snapshots, never messages. Every operation may be
/// called from any one thread and never blocks.
public protocol Engine: Sendable {
    /// What this engine can do, and why not where it cannot.
    var capabilities: EngineCapabilities { get }

    /// The newest picture.
    ///
    /// - Complexity: O(1).
    var snapshot: EngineSnapshot { get }

    /// Hands over `order`; its end is reported under `ticket`.
    ///
    /// A second order under the same ticket is not carried out again.
    /// - Throws: why the order was not even taken.
    func submit(_ order: EngineOrder, ticket: Ticket) throws(EngineRefusal)

    /// Appends what has happened since the last call and forgets it.
    ///
    /// For who looks at `snapshot` again and again: a snapshot read after an order's end was
    /// drained shows what the order did.
    func drainReports(into reports: inout [EngineReport])
}

/// The identity of one order: who gave it, and on what picture it was decided.
public struct Ticket: Hashable, Sendable {
    /// Unique for each order of an author; makes repeating an order harmless.
    public var id: UInt64
    /// `EngineSnapshot.version` that the author saw, or 0 if it does not matter.
    public var seen: UInt64
    /// Who gives the order, as the audit line names them.
    public var author: [UInt8]

    /// A ticket of `author`, who looked at picture number `seen`.
    public init(id: UInt64, seen: UInt64, author: [UInt8]) {
        self.id = id
        self.seen = seen
        self.author = author
    }
}

/// Why something cannot be a secret.
public enum SecretFlaw: Hashable, Sendable {
    /// It has no bytes.
    case empty
    /// It has more bytes than a secret may have.
    case tooLong
    /// There is a NUL byte in a passphrase.
    case hasNul
}

/// Why an engine did not take an order, or could not finish it.
public enum EngineRefusal: Error, Hashable, Sendable {
    /// The engine cannot do this at all; `EngineCapabilities` says why.
    case unsupported(Capability)
    /// Changes are switched off for this console.
    case readOnly
    /// The author may not do this.
    case notPermitted
    /// A secret opens no slot of the store.
    case wrongSecret
    /// What was given cannot be a secret.
    case unfitSecret(SecretFlaw)
    /// Too many orders are waiting; try again.
    case busy
    /// No such stream, consumer, connection or key any more.
    case notFound
    /// The state has changed since the author looked.
    case changed
    /// The current state does not allow it, such as resuming what is not held.
    case wrongState
    /// Something in the order is out of range.
    case invalid
    /// Messages are still sealed under the key, so it cannot be destroyed.
    case stillInUse(bytes: UInt64)
    /// A retention lock forbids it until the given time.
    case locked(until: Instant)
    /// Reading or writing failed; carries the system's error number.
    case storage(errno: Int32)
    /// The link to a remote engine is down.
    case unreachable
    /// The remote engine answered with this JetStream error code.
    case remote(code: UInt32)
    /// The engine is stopping.
    case stopping
}
