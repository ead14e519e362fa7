// Orders and answers between threads that each own their state. Not for the data plane.

public import Base

/// A queue of letters for one receiving thread, with a doorbell.
///
/// For control traffic only: a few letters a second. `post` refuses beyond `letterCountMax`.
public final class Mailbox<Letter: Sendable>: Sendable {
    @usableFromInline let letters = Guarded<[Letter]>([])
    /// Rings when a letter arrives.
    public let doorbell: Doorbell
    /// Most letters that wait.
    public let letterCountMax: Int

    /// An empty mailbox that rings `doorbell`.
    public init(doorbell: Doorbell, letterCountMax: Int = 4_096) {
        self.doorbell = doorbell
        self.letterCountMax = letterCountMax
    }

    /// Puts `letter` in.
    /// - Returns: `false` when the box is full and the letter was not taken.
    @inlinable
    public func post(_ letter: Letter) -> Bool {
        let taken = letters.withLock { waiting in
            guard waiting.count < letterCountMax else { return false }
            waiting.append(letter)
            return true
        }
        if taken { doorbell.ring() }
        return taken
    }

    /// Takes everything out.
    @inlinable
    public func takeAll() -> [Letter] {
        letters.withLock { waiting in
            guard !waiting.isEmpty else { return [] }
            defer { waiting = [] }
            return waiting
        }
    }
}
