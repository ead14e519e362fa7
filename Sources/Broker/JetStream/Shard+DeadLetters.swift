// Messages that failed too often, or that their receiver gave up, go to a queue of their own.

import Base
import JetStreamApi
import Journal
import Queueing

/// A message that is to go to the queue for dead letters.
struct DeadLetter {
    let consumer: UInt32
    /// Name of the consumer.
    let name: [UInt8]
    let sequence: UInt64
    let deliveries: UInt32
}

/// What must be safe before a queue may forget its dead letters.
struct Burial {
    /// The queue for dead letters.
    let stream: UInt32
    /// Its sequence up to which it must be safe.
    var sequence: UInt64
    /// Letters whose bytes are being read.
    var reading = 0
}

extension Shard {
    /// Makes the queue for dead letters that `configuration` names, if nobody has.
    mutating func makeDeadLetterQueue(
        for configuration: StreamConfiguration,
        _ account: UInt32
    ) throws(QueueingError) {
        let name = configuration.deadLetterQueue
        guard !name.isEmpty, host.find(account, name) == nil else { return }
        let place = StreamSurroundings()
        var wanted = try configuration.deadLetterConfiguration.checked(in: place)
        try checkRoom(for: wanted, account, instead: nil)
        wanted.metadata = wanted.metadata.stored(requiredApiLevel: wanted.requiredApiLevel)
        try checkOverlap(wanted.subjects, account, except: nil)
        let index = try addStream(wanted, account, created: tick.now)
        advise(.create, stream: name, account: account)
        guard let ticket = write(index, isNew: true) else { return }
        host.pending[ticket] = .answer(
            DelayedAnswer(
                root: root(of: index),
                reply: [],
                text: [],
                refusal: [],
                made: .stream(index),
                audited: nil,
                deed: nil
            )
        )
    }

    // MARK: - Burying

    /// A consumer gives a message up.
    mutating func bury(
        _ sequence: UInt64,
        consumer: UInt32,
        deliveries: UInt32,
        of index: UInt32
    ) {
        let queue = host.streams[index].stream.state.configuration.deadLetterQueue
        guard !queue.isEmpty, host.streams[index].stream.consumers.contains(consumer) else {
            return
        }
        let letter = DeadLetter(
            consumer: consumer,
            name: host.streams[index].stream.consumers[consumer].name,
            sequence: sequence,
            deliveries: deliveries
        )
        bury(letter, of: index, isRead: false)
    }

    /// Puts a message into the queue for dead letters; reads its bytes first where it must.
    mutating func bury(_ letter: DeadLetter, of index: UInt32, isRead: Bool) {
        guard host.streams.contains(index) else { return }
        if isRead { host.burials[index]?.reading -= 1 }
        let queue = host.streams[index].stream.state.configuration.deadLetterQueue
        guard let target = host.find(host.streams[index].account, queue), target != index,
            host.streams[index].stream.contains(letter.sequence)
        else { return letGo(letter, of: index, wasKept: false) }
        if host.burials[index]?.stream != target {
            let reading = host.burials[index]?.reading ?? 0
            host.burials[index] = Burial(stream: target, sequence: 0, reading: reading)
        }
        guard let message = copy(letter.sequence, of: index) else {
            guard !isRead, read(letter, of: index) else {
                return letGo(letter, of: index, wasKept: false)
            }
            host.burials[index]?.reading += 1
            return
        }
        let stored = store(message, letter, of: index, in: target)
        if let stored { host.burials[index]?.sequence = stored }
        letGo(letter, of: index, wasKept: stored != nil)
    }

    /// Asks for the bytes of a dead letter.
    /// - Returns: whether there is anybody to ask.
    @discardableResult
    mutating func read(_ letter: DeadLetter, of index: UInt32) -> Bool {
        guard let ticket = host.journal?.read(stream: index, from: letter.sequence) else {
            return false
        }
        host.pending[ticket] = .readEnded(stream: index, .deadLetter(letter))
        return true
    }

    /// - Returns: the letter's sequence; `nil` if the queue does not take it.
    private mutating func store(
        _ message: Queueing.StoredMessage,
        _ letter: DeadLetter,
        of index: UInt32,
        in target: UInt32
    ) -> UInt64? {
        var headers = Table<UInt8>(capacity: 256)
        MessageHeaders.appendDeadLetter(
            stream: host.streams[index].name.raw,
            consumer: letter.name.raw,
            subject: message.subject.raw,
            sequence: letter.sequence,
            deliveries: letter.deliveries,
            own: message.headers.raw,
            to: &headers
        )
        let prefix = StreamConfiguration.deadLetterPrefix(host.streams[index].name)
        return put(
            subject: prefix + letter.name,
            headers: headers.bytes.array,
            payload: message.payload,
            into: target
        )
    }

    /// Stores a message that the shard itself moves; its subject is not looked at.
    /// - Returns: its sequence, or that of the same message before; `nil` if it is refused.
    mutating func put(
        subject: [UInt8],
        headers: [UInt8],
        payload: [UInt8],
        into index: UInt32
    ) -> UInt64? {
        var context = PublishContext(now: tick.now)
        context.keepsSubject = true
        context.isFull = host.streams[index].isOnDisk && host.writeStopped != nil
        let outcome = try? host.streams[index].stream.publish(
            subject: subject.raw,
            headers: headers.raw,
            payload: payload.raw,
            context
        )
        switch outcome {
        case nil: return nil
        case .duplicate(let sequence): return sequence
        case .stored(let stored):
            host.streams[index].counters.stored &+= 1
            if stored.isKept { record(index, stored.sequence) }
            withEffects(of: index) { host, effects in
                host.streams[index].stream.announce(stored, into: &effects)
            }
            republish(stored, of: index)
            markActive(index)
            return stored.sequence
        }
    }

    private mutating func letGo(_ letter: DeadLetter, of index: UInt32, wasKept: Bool) {
        withEffects(of: index) { host, effects in
            host.streams[index].stream.bury(
                letter.sequence,
                consumer: letter.consumer,
                wasKept: wasKept,
                into: &effects
            )
        }
        markActive(index)
    }

    /// Whether the queue must not yet write what its consumers did: its dead letters are not safe.
    mutating func awaitsBurial(_ index: UInt32) -> Bool {
        guard let burial = host.burials[index] else { return false }
        if burial.reading > 0 { return true }
        if host.streams.contains(burial.stream), host.streams[burial.stream].isOnDisk,
            host.streams[burial.stream].stream.state.durableSequence < burial.sequence
        {
            return true
        }
        host.burials[index] = nil
        return false
    }

    /// Dead letters in the stream at `index` are safe: the queues they came from go on.
    mutating func endBurials(in index: UInt32) {
        for (queue, burial) in host.burials
        where burial.stream == index && host.streams.contains(queue) {
            markActive(queue)
        }
    }

    /// The name of a queue's stream for dead letters, and how many of them are its.
    mutating func deadLetters(of index: UInt32) -> (queue: [UInt8], count: UInt64) {
        let queue = host.streams[index].stream.state.configuration.deadLetterQueue
        guard !queue.isEmpty, let target = host.find(host.streams[index].account, queue) else {
            return (queue, 0)
        }
        let counts = host.streams[target].stream.state.subjectCounts(
            matching: (StreamConfiguration.deadLetterPrefix(host.streams[index].name)
                + [UInt8(ascii: ">")]).raw
        )
        return (queue, counts.reduce(0) { $0 + $1.count })
    }
}
