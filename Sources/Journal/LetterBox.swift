// Letters between two threads of the journal, a few a second.

import Base
import Synchronization

/// A box that one thread puts letters into and another one empties.
final class LetterBox<Letter: Sendable>: Sendable {
    private let letters = Guarded<[Letter]>([])
    private let count = Atomic<Int>(0)

    /// Whether there is nothing in it; costs one load.
    var isEmpty: Bool { count.load(ordering: .acquiring) == 0 }

    /// Puts `letter` into the box.
    /// - Returns: `false` if it holds `countMax` already.
    @discardableResult
    func post(_ letter: Letter, countMax: Int = .max) -> Bool {
        letters.withLock { letters in
            guard letters.count < countMax else { return false }
            letters.append(letter)
            count.store(letters.count, ordering: .releasing)
            return true
        }
    }

    /// Empties the box.
    func takeAll() -> [Letter] {
        guard !isEmpty else { return [] }
        return letters.withLock { letters in
            defer { letters = [] }
            count.store(0, ordering: .releasing)
            return letters
        }
    }
}
