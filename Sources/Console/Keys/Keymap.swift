// Every binding, and how a key finds its own.

/// Every binding; keys may be changed by the configuration.
public struct Keymap: Hashable, Sendable {
    /// The bindings in the order of the help page.
    public private(set) var bindings: [Binding]

    /// The bindings as shipped.
    public static let standard = Keymap(bindings: looking + tables + time + console + acting)

    /// A keymap of `bindings`.
    public init(bindings: [Binding]) {
        self.bindings = bindings
    }

    /// What `key` does in any of `contexts`, the most particular one first.
    public func binding(for key: Key, in contexts: [KeyContext]) -> Binding? {
        for context in contexts {
            if let found = bindings.first(where: { $0.context == context && $0.keys.contains(key) })
            {
                return found
            }
        }
        return nil
    }

    /// The binding called `name`.
    public subscript(name: String) -> Binding? { bindings.first { $0.name == name } }

    /// Gives the binding `name` other keys.
    /// - Throws: `unknownBinding`, or `conflict` when another binding that can apply at the same
    ///   time has one of the keys.
    public mutating func rebind(_ name: String, to keys: [Key]) throws(KeymapRefusal) {
        guard let place = bindings.firstIndex(where: { $0.name == name }) else {
            throw .unknownBinding
        }
        let context = bindings[place].context
        for other in bindings where other.name != name && other.overlaps(context) {
            if let key = keys.first(where: other.keys.contains) {
                throw .conflict(key: key, with: other.name)
            }
        }
        bindings[place].keys = keys
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

/// Why keys cannot be changed as asked.
public enum KeymapRefusal: Error, Hashable, Sendable {
    /// No binding has that name.
    case unknownBinding
    /// Another binding has the key already.
    case conflict(key: Key, with: String)
}

extension Binding {
    /// Whether both can apply to the same pane.
    fileprivate func overlaps(_ other: KeyContext) -> Bool {
        context == other || context == .everywhere || other == .everywhere
            || (context == .tables && other != .graphs) || (other == .tables && context != .graphs)
    }
}
