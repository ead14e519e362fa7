// The writing end of the log, for every thread.

public import Configuration
import Base
import Reactor
import Synchronization

/// Writes lines into the log.
///
/// Lines travel by mailbox to the control thread, which writes them; nobody waits for the disk.
/// When the mailbox is full, lines are lost and the log says how many.
public struct Log: Sendable {
    /// What is said beyond the usual.
    public var topics: Logging.Topics
    private let posts: ServerPosts

    init(_ topics: Logging.Topics, posts: ServerPosts) {
        self.topics = topics
        self.posts = posts
    }

    /// Whether lines of `level` are wanted.
    public func wants(_ level: LogLevel) -> Bool {
        switch level {
        case .trace: topics.contains(.trace)
        case .debug: topics.contains(.debug)
        case .info, .warning, .error, .fatal: true
        }
    }

    /// Says `text`, made only if the `level` is wanted.
    public func write(_ level: LogLevel, _ text: @autoclosure () -> String) {
        guard wants(level) else { return }
        post(LogLine(at: SystemClock.now(), level: level, text: text()))
    }

    /// Says that the operator `author` has ordered `what`.
    public func order(of author: [UInt8], _ what: String) {
        let text = "\(LogText.safe(author)) ordered \(what)"
        var line = LogLine(at: SystemClock.now(), level: .info, text: text)
        line.author = author
        post(line)
    }

    private func post(_ line: LogLine) {
        if !posts.office.post(.line(line)) { posts.lost.add() }
    }

    /// Says what everybody should know.
    public func info(_ text: @autoclosure () -> String) { write(.info, text()) }

    /// Says that something needs a look.
    public func warn(_ text: @autoclosure () -> String) { write(.warning, text()) }

    /// Says that something went wrong.
    public func error(_ text: @autoclosure () -> String) { write(.error, text()) }
}

/// Counts lines that found no room.
final class LostLines: Sendable {
    private let count = Atomic<UInt64>(0)

    /// One more.
    func add() {
        count.add(1, ordering: .relaxed)
    }

    /// How many since the last call.
    func take() -> UInt64 {
        count.exchange(0, ordering: .relaxed)
    }
}
