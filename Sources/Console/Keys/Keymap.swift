// Every binding, and how a key finds its own.

/// Every binding; keys may be changed by the configuration.
public struct Keymap: Hashable, Sendable {
    /// The bindings in the order of the help page.
    public private(set) var bindings: [Binding]
    /// Where the binding of a name stands.
    private let places: [String: Int]

    /// The bindings as shipped.
    public static let standard = Keymap(bindings: looking + tables + time + console + acting)

    /// A keymap of `bindings`.
    public init(bindings: [Binding]) {
        self.bindings = bindings
        places = [String: Int](
            bindings.enumerated().map { ($1.name, $0) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// What `key` does in any of `contexts`, the most particular one first.
    public func binding(for key: Key, in contexts: [KeyContext]) -> Binding? {
        for context in contexts {
            // By places: a binding is too large to copy each that is looked at.
            let place = bindings.indices.first { place in
                bindings[place].context == context && bindings[place].keys.contains(key)
            }
            if let place { return bindings[place] }
        }
        return nil
    }

    /// The binding called `name`.
    public subscript(name: String) -> Binding? { places[name].map { bindings[$0] } }

    /// Gives several bindings other keys at once, so that two may change theirs with each other.
    /// - Throws: which wish is refused, and why; nothing has changed then.
    public mutating func rebind(_ wishes: [KeyWish]) throws(KeyWishRefusal) {
        var changed = self
        for (number, wish) in wishes.enumerated() {
            guard let place = places[wish.name] else {
                throw KeyWishRefusal(wish: number, reason: .unknownBinding)
            }
            changed.bindings[place].keys = wish.keys
        }
        for (number, wish) in wishes.enumerated() {
            guard let own = changed[wish.name] else { continue }
            if own.effect == .mutates, let key = wish.keys.first(where: \.isForLooking) {
                throw KeyWishRefusal(wish: number, reason: .forLooking(key))
            }
            for other in changed.bindings where other.name != own.name {
                guard other.overlaps(own.context) else { continue }
                if let key = own.keys.first(where: other.keys.contains) {
                    throw KeyWishRefusal(
                        wish: number,
                        reason: .conflict(key: key, with: other.name)
                    )
                }
            }
        }
        self = changed
    }

    /// Every pair of bindings that share a key where both can apply.
    public var conflicts: [KeymapRefusal] {
        var found: [KeymapRefusal] = []
        for (place, one) in bindings.enumerated() {
            for other in bindings[(place + 1)...] where other.overlaps(one.context) {
                if let key = one.keys.first(where: other.keys.contains) {
                    found.append(.conflict(key: key, with: other.name))
                }
            }
        }
        return found
    }
}

/// Other keys for one binding.
public struct KeyWish: Hashable, Sendable {
    /// The binding's name.
    public let name: String
    /// The keys it shall have; none switches it off.
    public let keys: [Key]

    /// `keys` for the binding `name`.
    public init(_ name: String, _ keys: [Key]) {
        self.name = name
        self.keys = keys
    }
}

/// Why keys cannot be changed as asked.
public enum KeymapRefusal: Error, Hashable, Sendable {
    /// No binding has that name.
    case unknownBinding
    /// Another binding has the key already.
    case conflict(key: Key, with: String)
    /// What changes the broker has no lower-case letter, digit or mark.
    case forLooking(Key)

    /// For the person who asked for it.
    public var sentence: String {
        switch self {
        case .unknownBinding: "there is no such command"
        case .conflict(let key, let name): "the key \(key.label) belongs to \(name)"
        case .forLooking(let key):
            "what changes the broker has a capital letter or a function key, not \(key.label)"
        }
    }
}

/// Which of several wishes is refused, and why.
public struct KeyWishRefusal: Error, Hashable, Sendable {
    /// Its number, from 0.
    public let wish: Int
    /// Why.
    public let reason: KeymapRefusal
}

extension Key {
    /// Whether it is a character other than a capital letter, which never changes the broker.
    fileprivate var isForLooking: Bool {
        guard case .scalar(let scalar) = code, modifiers.isEmpty else { return false }
        return !("A"..."Z").contains(scalar)
    }
}

extension Binding {
    /// Whether both can apply to the same pane.
    fileprivate func overlaps(_ other: KeyContext) -> Bool {
        context == other || context == .everywhere || other == .everywhere
            || (context == .tables && other != .graphs) || (other == .tables && context != .graphs)
    }
}
