// All keys with their forms and meanings, for the manual and for messages.

/// What a configuration file may hold.
public enum ConfigurationManual {
    /// A key and what it means.
    public struct Key: Equatable, Sendable {
        /// The spellings, the preferred one first.
        public let names: [String]
        /// What the value looks like.
        public let form: ValueForm
        /// What it means, as a sentence.
        public let help: String
        /// Whether it is refused, with the reason in `help`.
        public let isRefused: Bool
    }

    /// A block and its keys.
    public struct Block: Equatable, Sendable {
        /// The name; empty at the top level.
        public let name: String
        /// The keys.
        public let keys: [Key]
    }

    /// Every block, the top level first.
    public static let blocks: [Block] = [
        block(ConfigurationBlocks.server),
        block(ConfigurationBlocks.authorization),
        block(ConfigurationBlocks.user),
        block(ConfigurationBlocks.permissions),
        block(ConfigurationBlocks.subjects),
        block(ConfigurationBlocks.allowResponses),
        block(ConfigurationBlocks.account),
        block(ConfigurationBlocks.accountLimits),
        block(ConfigurationBlocks.accountStreamLimits),
        block(ConfigurationBlocks.export),
        block(ConfigurationBlocks.import),
        block(ConfigurationBlocks.importSource),
        block(ConfigurationBlocks.mappingDestination),
        block(ConfigurationBlocks.tls),
        block(ConfigurationBlocks.jetStream),
        block(ConfigurationBlocks.jetStreamLimits),
        block(ConfigurationBlocks.console),
    ]

    /// The names of the blocks that know a key called `word`.
    static func homes(of word: String) -> [String] {
        blocks.filter { block in
            block.keys.contains { !$0.isRefused && $0.names.contains(word) }
        }
        .map(\.name)
    }

    private static func block<Target>(_ block: KeyBlock<Target>) -> Block {
        let keys = block.rules.map { rule in
            switch rule.effect {
            case .applied, .ignored:
                Key(names: rule.names, form: rule.form, help: rule.help, isRefused: false)
            case .refused(let why):
                Key(names: rule.names, form: rule.form, help: why.text, isRefused: true)
            }
        }
        return Block(name: block.name, keys: keys)
    }
}
