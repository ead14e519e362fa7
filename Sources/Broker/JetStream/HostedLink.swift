// A mirror's or a source's way into a stream, as the shard runs it.

import Base
import Queueing

/// One way of messages from a stream into another.
struct HostedLink: ~Copyable {
    /// A message that was taken and is not safe yet.
    private struct Take: BitwiseCopyable {
        let stored: UInt64
        let origin: UInt64
    }

    /// The stream that takes.
    let target: UInt32
    /// How far it is, and how messages change on the way.
    var link: SourceLink
    /// Whether it is in the list of links with something to do.
    var isDue = false
    /// The message whose bytes are being loaded; 0 for none.
    var loading: UInt64 = 0
    /// The message whose bytes were loaded last, found or not.
    var loaded: UInt64 = 0
    /// Nothing is tried before.
    var restsUntil = Instant.never
    /// The position that the store knows.
    var keptPosition: UInt64 = 0
    /// Taken messages by ascending sequence in the target.
    private var takes = Table<Take>(capacity: 1)
    private var settled = 0
    private var safe: UInt64

    init(target: UInt32, link: consuming SourceLink) {
        self.target = target
        self.link = link
        safe = self.link.position
    }

    /// Notes that the origin's message `origin` became `stored` in the target.
    mutating func note(_ stored: UInt64, from origin: UInt64) {
        takes.append(Take(stored: stored, origin: origin))
    }

    /// Everything up to here, as the origin counts, is safe if what the target stored up to
    /// `durable` is.
    mutating func safePosition(durable: UInt64) -> UInt64 {
        while settled < takes.count, takes[settled].stored <= durable {
            safe = takes[settled].origin
            settled += 1
        }
        if settled == takes.count {
            takes.removeAll()
            settled = 0
            // What was passed over needs no safety.
            safe = max(safe, link.position)
        }
        return safe
    }

    /// Goes on behind what an earlier run is known to have taken.
    mutating func resume(behind position: UInt64) {
        link.resume(behind: position)
        safe = max(safe, link.position)
    }

    /// Goes on behind what the header block of a stored message says.
    mutating func resume(headers: RawSpan) {
        link.resume(headers: headers)
        safe = max(safe, link.position)
    }

    /// What is behind `durable` in the target has not been kept: it is taken again.
    mutating func rewind(durable: UInt64) {
        let position = safePosition(durable: durable)
        takes.removeAll()
        settled = 0
        link.rewind(to: position)
    }
}
