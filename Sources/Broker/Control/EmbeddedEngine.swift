// The engine of this process, as the console knows it.

import Base
public import Engine
public import Reactor
import Synchronization

/// The embedded broker as an `Engine`.
///
/// The control thread takes pictures only while somebody looks at them.
public final class EmbeddedEngine: Engine {
    /// What it can do.
    public let capabilities: EngineCapabilities
    private let newest = Latest(EngineSnapshot())
    private let posts: ServerPosts
    private let lookedAt = Atomic<UInt64>(0)

    /// How long after the last look pictures are still taken.
    static let attentionNanoseconds = 2 * nanosecondsPerSecond

    init(_ posts: ServerPosts) {
        self.posts = posts
        capabilities = Self.embedded
    }

    /// The newest picture.
    public var snapshot: EngineSnapshot {
        let now = SystemClock.now()
        let before = Instant(nanoseconds: lookedAt.exchange(now.nanoseconds, ordering: .relaxed))
        if now.nanoseconds(since: before) > Self.attentionNanoseconds {
            _ = posts.office.post(.watched)
        }
        return newest.value
    }

    /// Hands over `order`.
    /// - Throws: why it was not taken.
    public func submit(_ order: EngineOrder, ticket: Ticket) throws(EngineRefusal) {
        guard capabilities.reasonAgainst(order.capability) == nil else {
            throw .unsupported(order.capability)
        }
        guard posts.office.post(.order(order, ticket)) else { throw .busy }
    }

    /// Appends what has happened since the last call and forgets it.
    public func drainReports(into reports: inout [EngineReport]) {
        reports.append(contentsOf: posts.reports.takeAll())
    }

    /// Rings when there is something to drain.
    public var reportsBell: Doorbell { posts.reports.doorbell }

    // MARK: - For the control thread

    /// Whether somebody has looked lately.
    func isWatched(at now: Instant) -> Bool {
        let looked = Instant(nanoseconds: lookedAt.load(ordering: .relaxed))
        return looked != .never && now.nanoseconds(since: looked) <= Self.attentionNanoseconds
    }

    /// Shows `snapshot` from now on.
    func publish(_ snapshot: EngineSnapshot) {
        newest.publish(snapshot)
    }

    /// Says what has happened; lost when nobody drains.
    func report(_ report: EngineReport) {
        _ = posts.reports.post(report)
    }

    private static var embedded: EngineCapabilities {
        var capabilities = EngineCapabilities()
        capabilities[.resumeWriting] = .none(reason: "a stopped store is opened by a restart")
        return capabilities
    }
}
