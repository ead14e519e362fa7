// A look into a queue, which takes nothing: from memory, or from disk a moment later.

import Base
import Engine
import Journal
import Queueing

/// A look that may have to wait for messages to be read.
struct Peek {
    /// Who is shown the messages.
    enum Author {
        case client(root: UInt32, reply: [UInt8])
        case console(Ticket)
    }

    let author: Author
    /// How many messages are wanted.
    let countMax: Int
    /// Where the search for the next one begins.
    var next: UInt64
    var messages: [PeekedMessage] = []
}

extension Shard {
    /// Most messages that one look shows.
    private static var peekedMax: UInt32 { 100 }
    /// Bytes of a payload, and of headers, that a look shows.
    private static var peekedBytesMax: Int { 4_096 }

    /// Shows `author` at most `count` messages from the sequence `from` on.
    mutating func peek(_ index: UInt32, from: UInt64, count: UInt32, for author: Peek.Author) {
        let countMax = Int(min(count, Self.peekedMax))
        goOn(Peek(author: author, countMax: countMax, next: max(from, 1)), in: index)
    }

    /// Looks at what is in memory and asks the journal for the rest; with `isRead` the next message
    /// was asked for already, and is left out if it is not there.
    mutating func goOn(_ peek: Peek, in index: UInt32, isRead: Bool = false) {
        var peek = peek
        var isRead = isRead
        while peek.messages.count < peek.countMax {
            let sequence = host.streams[index].stream.state.nextSequence(
                from: peek.next,
                matching: RawSpan()
            )
            guard sequence > 0 else { break }
            if sequence != peek.next { isRead = false }
            peek.next = sequence
            if let message = copy(sequence, of: index) {
                peek.messages.append(Self.shown(message))
            } else if !isRead,
                let ticket = host.journal?.read(stream: index, from: sequence)
            {
                host.pending[ticket] = .readEnded(stream: index, .peek(peek))
                return
            }
            peek.next += 1
            isRead = false
        }
        show(peek, of: host.streams[index].name)
    }

    private static func shown(_ message: Queueing.StoredMessage) -> PeekedMessage {
        var shown = PeekedMessage(
            sequence: message.sequence,
            storedAt: message.time,
            subject: message.subject
        )
        shown.headers = Array(message.headers.prefix(peekedBytesMax))
        shown.payload = Array(message.payload.prefix(peekedBytesMax))
        shown.payloadByteCount = UInt64(message.payload.count)
        return shown
    }

    private mutating func show(_ peek: Peek, of name: [UInt8]) {
        switch peek.author {
        case .client(let root, let reply):
            emit(root, to: reply, QueueApiAnswer.peeked(peek.messages))
        case .console(let ticket):
            host.operated.append(.peeked(ticket, stream: name, messages: peek.messages))
        }
    }

    /// Says why there is nothing to show.
    mutating func end(_ peek: Peek, _ refusal: EngineRefusal) {
        switch peek.author {
        case .client(let root, let reply): emit(root, to: reply, KeyApiAnswer.refused(refusal))
        case .console(let ticket): host.operated.append(.failed(ticket, refusal))
        }
    }
}
