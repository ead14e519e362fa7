// Dead letters go back into the queue they came from: first there, then away from here.

import Base
import Engine
import Journal
import Queueing

/// Dead letters on their way back.
struct Redrive {
    /// Who is told when it is done.
    enum Author {
        case client(root: UInt32, reply: [UInt8], Deed?)
        case console(Ticket)
    }

    let author: Author
    /// Where they go.
    let queue: UInt32
    /// Where they come from.
    let letters: UInt32
    var plan: RedrivePlan
    /// The letters that were put back.
    var moved: [UInt64] = []
    /// The sequence of the last one in the queue.
    var lastStored: UInt64 = 0
    /// The letter whose bytes are being read; 0 for none.
    var reading: UInt64 = 0
    /// Whether the queue takes no more.
    var isRefused = false
}

extension Shard {
    /// Letters that one request puts back at most, so that it is answered soon.
    private static var redrivenMax: UInt64 { 10_000 }

    /// Begins to put at most `limit` dead letters of a queue back; 0 stands for all.
    /// - Returns: how many there are to put back.
    mutating func beginRedrive(
        _ index: UInt32,
        limit: UInt64,
        _ author: Redrive.Author
    ) throws(EngineRefusal) -> UInt64 {
        let name = host.streams[index].stream.state.configuration.deadLetterQueue
        guard let letters = host.find(host.streams[index].account, name) else { throw .notFound }
        guard !host.streams[index].stream.mode.refusesIngress else { throw .wrongState }
        if let error = host.writeStopped { throw .storage(errno: error.number) }
        guard !host.redrives.contains(where: { $0.queue == index }) else { throw .busy }
        let most = limit == 0 ? Self.redrivenMax : min(limit, Self.redrivenMax)
        let last = host.streams[letters].stream.state.visibleSequence
        host.redrives.append(
            Redrive(
                author: author,
                queue: index,
                letters: letters,
                plan: RedrivePlan(first: 1, last: last, most: most)
            )
        )
        nextDeadline = min(nextDeadline, tick.now)
        return min(most, deadLetters(of: index).count)
    }

    /// Goes on with everything that is being put back.
    mutating func runRedrives() {
        guard !host.redrives.isEmpty else { return }
        var going: [Redrive] = []
        let all = host.redrives
        host.redrives = []
        for var redrive in all where !run(&redrive) { going.append(redrive) }
        host.redrives += going
    }

    /// The stream at `index` goes: nothing is put back into it or out of it any more.
    mutating func endRedrives(of index: UInt32) {
        for redrive in host.redrives where redrive.queue == index || redrive.letters == index {
            tell(redrive, .failed(.notFound))
        }
        host.redrives.removeAll { $0.queue == index || $0.letters == index }
    }

    /// - Returns: whether it is done.
    private mutating func run(_ redrive: inout Redrive) -> Bool {
        while !redrive.plan.isDone, !redrive.isRefused {
            guard redrive.reading == 0 else { return false }
            guard host.journal?.hasBacklog != true else { return false }
            putNext(&redrive)
        }
        let isSafe =
            !host.streams[redrive.queue].isOnDisk
            || host.streams[redrive.queue].stream.state.durableSequence >= redrive.lastStored
        guard isSafe || host.writeStopped != nil else { return false }
        if let error = host.writeStopped, !isSafe {
            tell(redrive, .failed(.storage(errno: error.number)))
            return true
        }
        finish(redrive)
        return true
    }

    private mutating func putNext(_ redrive: inout Redrive) {
        let name = host.streams[redrive.queue].name
        let filter = StreamConfiguration.deadLetterPrefix(name) + [UInt8(ascii: ">")]
        let next = host.streams[redrive.letters].stream.state.nextSequence(
            from: redrive.plan.next,
            matching: filter.raw
        )
        guard next > 0, next <= redrive.plan.last else {
            redrive.plan.advance(past: redrive.plan.last, wasPutBack: false)
            return
        }
        redrive.plan.advance(past: next - 1, wasPutBack: false)
        guard let letter = copy(next, of: redrive.letters) else {
            read(next, for: &redrive)
            return
        }
        guard let subject = MessageHeaders.deadSubject(letter.headers.raw) else {
            redrive.plan.advance(past: next, wasPutBack: false)
            return
        }
        var headers = Table<UInt8>(capacity: 256)
        MessageHeaders.appendRedriven(letter.headers.raw, to: &headers)
        let stored = put(
            subject: subject,
            headers: headers.bytes.array,
            payload: letter.payload,
            into: redrive.queue
        )
        guard let stored else {
            redrive.isRefused = true
            return
        }
        redrive.lastStored = stored
        redrive.moved.append(next)
        redrive.plan.advance(past: next, wasPutBack: true)
    }

    private mutating func read(_ sequence: UInt64, for redrive: inout Redrive) {
        // One block: of several large ones the first would be forgotten before it is looked at.
        guard let ticket = host.journal?.read(stream: redrive.letters, from: sequence) else {
            return redrive.plan.advance(past: sequence, wasPutBack: false)
        }
        redrive.reading = sequence
        host.pending[ticket] = .readEnded(
            stream: redrive.letters,
            .redrive(queue: redrive.queue)
        )
    }

    /// The bytes of a letter were read, or could not be: then it stays where it is.
    mutating func redriveRead(_ queue: UInt32) {
        guard let at = host.redrives.firstIndex(where: { $0.queue == queue }) else { return }
        let sequence = host.redrives[at].reading
        host.redrives[at].reading = 0
        let letters = host.redrives[at].letters
        guard host.streams[letters].stream.find(sequence) == nil else { return }
        host.redrives[at].plan.advance(past: sequence, wasPutBack: false)
    }

    /// What was put back is safe: the letters go, and whoever asked is told once that is safe too.
    private mutating func finish(_ redrive: Redrive) {
        let letters = redrive.letters
        for sequence in redrive.moved {
            withEffects(of: letters) { host, effects in
                host.streams[letters].stream.remove(sequence, into: &effects)
            }
        }
        markActive(letters)
        if redrive.moved.isEmpty, redrive.isRefused {
            tell(redrive, .failed(.wrongState))
            return
        }
        var outcome = OrderOutcome()
        outcome.messages = UInt64(redrive.moved.count)
        guard let ticket = writeRemovals(letters) else {
            tell(redrive, .finished(outcome))
            return
        }
        switch redrive.author {
        case .client(let root, let reply, let deed):
            let text = QueueApiAnswer.done(messages: outcome.messages)
            host.pending[ticket] = .operation(root: root, reply: reply, text: text, deed)
        case .console(let order): host.pending[ticket] = .operated(.finished(order, outcome))
        }
    }

    private enum Ending {
        case finished(OrderOutcome)
        case failed(EngineRefusal)
    }

    private mutating func tell(_ redrive: Redrive, _ ending: Ending) {
        switch (redrive.author, ending) {
        case (.client(let root, let reply, let deed), .finished(let outcome)):
            note(deed, "done")
            emit(root, to: reply, QueueApiAnswer.done(messages: outcome.messages))
        case (.client(let root, let reply, let deed), .failed(let refusal)):
            note(deed, "refused: \(refusal.apiText)")
            emit(root, to: reply, KeyApiAnswer.refused(refusal))
        case (.console(let ticket), .finished(let outcome)):
            host.operated.append(.finished(ticket, outcome))
        case (.console(let ticket), .failed(let refusal)):
            host.operated.append(.failed(ticket, refusal))
        }
    }
}
