// The lines of metadata that a server adds.
// Source: NATS JetStream API, asset metadata.

extension [MetadataEntry] {
    private static var requiredLevel: [UInt8] { [UInt8]("_nats.req.level".utf8) }
    private static var version: [UInt8] { [UInt8]("_nats.ver".utf8) }
    private static var level: [UInt8] { [UInt8]("_nats.level".utf8) }

    /// The entries as they are stored: with the API level they need, without what answers add.
    public func stored(requiredApiLevel: Int) -> [MetadataEntry] {
        with(Self.requiredLevel, [UInt8]("\(requiredApiLevel)".utf8)).without(Self.version)
            .without(Self.level)
    }

    /// The entries as they are shown: with version and API level of the server.
    public func shown(serverVersion: [UInt8], apiLevel: Int) -> [MetadataEntry] {
        with(Self.version, serverVersion).with(Self.level, [UInt8]("\(apiLevel)".utf8))
    }

    private func without(_ key: [UInt8]) -> [MetadataEntry] {
        filter { $0.key != key }
    }

    private func with(_ key: [UInt8], _ value: [UInt8]) -> [MetadataEntry] {
        let place = firstIndex { key.lexicographicallyPrecedes($0.key) || $0.key == key } ?? count
        var entries = self
        let entry = MetadataEntry(key: key, value: value)
        if place < count, entries[place].key == key {
            entries[place] = entry
        } else {
            entries.insert(entry, at: place)
        }
        return entries
    }
}
