// What the disk does not give back: asked for again after a rest, and said once.

import Base
import Engine
import Journal
import JetStreamApi
import Queueing

/// Reads of a stream that fail, from the first failure until none has failed for one rest.
struct ReadFailure {
    /// When those that can wait ask again.
    var askAgain: Instant
    /// Who waits for that.
    var askers: [ReadAsker] = []
}

/// What is said of a stream that cannot be read, or can be again.
struct ReadNews: Equatable {
    let name: [UInt8]
    /// The error number; `nil` when reading works again.
    let number: Int32?
}

/// What is said where the log has nothing of a message that is not deleted: ENODATA.
let noData: Int32 = 61

extension Shard {
    /// How long a stream rests after the disk could not read from it.
    static var readRestNanoseconds: UInt64 { nanosecondsPerSecond }

    /// The disk could not read what `ticket` asked for.
    ///
    /// Nothing is lost by that: consumers and dead letters ask again after a rest; a client or an
    /// operator is told and decides.
    mutating func failRead(_ ticket: JournalTicket, of index: UInt32, number: Int32) {
        guard case .readEnded(let stream, let asker)? = host.pending.removeValue(forKey: ticket)
        else { return }
        guard isHosted(index, ticket) else { return endRead(asker, of: stream, ticket) }
        switch asker {
        case .consumers(let sequence, _):
            host.streams[index].reading.removeAll { $0 == sequence }
            rest(asker, of: index, number: number)
        case .deadLetter: rest(asker, of: index, number: number)
        case .link, .redrive:
            rest(nil, of: index, number: number)
            endRead(asker, of: stream, ticket)
        case .client(let reader):
            rest(nil, of: index, number: number)
            refuse(reader)
        case .peek(let peek):
            rest(nil, of: index, number: number)
            end(peek, .storage(errno: number))
        }
    }

    /// Something of the stream could not be read: `asker` asks again after a rest.
    mutating func rest(_ asker: ReadAsker?, of index: UInt32, number: Int32) {
        if host.streams[index].readFailure == nil {
            host.streams[index].readFailure = ReadFailure(
                askAgain: tick.now.adding(nanoseconds: Self.readRestNanoseconds)
            )
            host.readNews.append(ReadNews(name: host.streams[index].name, number: number))
        }
        if let asker { host.streams[index].readFailure?.askers.append(asker) }
        markActive(index)
    }

    /// Asks once more for what could not be read, when it is time.
    mutating func readAgain(_ index: UInt32) {
        guard let failure = host.streams[index].readFailure, failure.askAgain <= tick.now else {
            return
        }
        guard !failure.askers.isEmpty else {
            host.streams[index].readFailure = nil
            host.readNews.append(ReadNews(name: host.streams[index].name, number: nil))
            return
        }
        host.streams[index].readFailure = ReadFailure(
            askAgain: tick.now.adding(nanoseconds: Self.readRestNanoseconds)
        )
        for asker in failure.askers {
            switch asker {
            case .consumers(let sequence, _): load(sequence, of: index)
            case .deadLetter(let letter): read(letter, of: index)
            case .link, .redrive, .client, .peek: break
            }
        }
    }

    private mutating func refuse(_ reader: MessageReader) {
        if reader.form == .json {
            let error = QueueingError(.storeFailed, "the disk could not read the message")
            let text = ApiResponse.refusal(error, to: .messageGet)
            answer(reader.root, reader.reply, text, reader.audited)
        } else {
            sendStatus(500, "Message Could Not Be Read", reader.root, reader.reply)
        }
    }
}
