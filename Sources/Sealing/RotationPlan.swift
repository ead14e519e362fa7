// What a rotation does next; decided from facts alone, so that any start can go on with it.

/// What is sealed under which version of one stream's key.
public struct RotationFacts: Equatable, Sendable {
    /// A file that takes no more blocks.
    public struct SealedFile: Equatable, Sendable {
        /// The version it is sealed under.
        public var version: UInt32
        /// Its size.
        public var byteCount: UInt64

        /// A file of `byteCount` bytes under `version`.
        public init(version: UInt32, byteCount: UInt64) {
            self.version = version
            self.byteCount = byteCount
        }
    }

    /// The stream's versions and their states.
    public var states: [UInt32: KeyState]
    /// Versions of the files that are being written.
    public var open: [UInt32]
    /// Files that take no more blocks, oldest first.
    public var sealed: [SealedFile]

    /// The facts of one stream.
    public init(states: [UInt32: KeyState], open: [UInt32], sealed: [SealedFile]) {
        self.states = states
        self.open = open
        self.sealed = sealed
    }

    /// The version that new blocks are sealed under.
    public var active: UInt32? { states.first { $0.value == .active }?.key }
}

/// The next step of a rotation of one stream.
public enum RotationMove: Equatable, Sendable {
    /// The files being written end; their successors are under the active version.
    case roll
    /// The sealed file at this index is rewritten under the active version.
    case rewrite(Int)
    /// Nothing is left under another version than the active one.
    case rest
}

/// Decides what is next; pure.
public enum RotationPlan {
    /// The next step for a stream with these facts.
    ///
    /// New blocks leave the old key first. Then come files under a compromised version, then the
    /// others, oldest first.
    public static func next(_ facts: RotationFacts) -> RotationMove {
        guard let active = facts.active else { return .rest }
        if facts.open.contains(where: { $0 != active }) { return .roll }
        let exposed = facts.sealed.firstIndex {
            $0.version != active && facts.states[$0.version] == .compromised
        }
        if let exposed { return .rewrite(exposed) }
        if let old = facts.sealed.firstIndex(where: { $0.version != active }) {
            return .rewrite(old)
        }
        return .rest
    }

    /// Bytes and files that are still under another version than the active one.
    public static func left(_ facts: RotationFacts) -> (bytes: UInt64, files: UInt64) {
        guard let active = facts.active else { return (0, 0) }
        let old = facts.sealed.filter { $0.version != active }
        return (old.reduce(0) { $0 &+ $1.byteCount }, UInt64(old.count))
    }

    /// Versions of which nothing is left, so that they may be destroyed.
    public static func retired(_ facts: RotationFacts) -> [UInt32] {
        facts.states.filter { version, state in
            switch state {
            case .decryptOnly, .compromised:
                !facts.open.contains(version) && !facts.sealed.contains { $0.version == version }
            case .preActive, .active, .destroyed: false
            }
        }.map(\.key).sorted()
    }
}
