// Where messages of a queue go that were delivered too often, or given up by their receiver.

extension StreamConfiguration {
    /// The line of metadata that names a queue for dead letters.
    public static var deadLetterKey: [UInt8] { Array("sluice.dead_letters".utf8) }

    /// The stream that takes dead letters; empty for none.
    public var deadLetterQueue: [UInt8] {
        get { metadata.first { $0.key == Self.deadLetterKey }?.value ?? [] }
        set {
            metadata.removeAll { $0.key == Self.deadLetterKey }
            guard !newValue.isEmpty else { return }
            let entry = MetadataEntry(key: Self.deadLetterKey, value: newValue)
            let place = metadata.firstIndex { entry.key.lexicographicallyPrecedes($0.key) }
            metadata.insert(entry, at: place ?? metadata.count)
        }
    }

    /// The first part of the subjects of this queue's dead letters; a consumer's name follows.
    public static func deadLetterPrefix(_ queue: [UInt8]) -> [UInt8] {
        Array("$SLUICE.DEAD.".utf8) + queue + [UInt8(ascii: ".")]
    }

    /// What the stream for dead letters is, where nobody has made one.
    public var deadLetterConfiguration: StreamConfiguration {
        var made = StreamConfiguration()
        made.name = deadLetterQueue
        made.description = Array("Dead letters of ".utf8) + name
        made.subjects = [Self.deadLetterPrefix(name) + [UInt8(ascii: ">")]]
        made.storage = storage
        made.flags = [.allowDirect]
        return made
    }

    func checkDeadLetters() throws(QueueingError) {
        let queue = deadLetterQueue
        guard !queue.isEmpty else { return }
        guard Self.isName(queue), queue.count <= Self.nameBytesMax, queue != name else {
            throw .stream("the queue for dead letters must be another queue with a valid name")
        }
    }
}
