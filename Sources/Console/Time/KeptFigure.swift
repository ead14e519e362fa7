// Numbers of the server and its store that history keeps for those who look back.

import Base
import Engine

/// One number of a picture that history keeps.
struct KeptFigure: Sendable {
    /// How samples of one bucket become one.
    let folding: Folding
    /// Reads it from a picture.
    let read: @Sendable (EngineSnapshot) -> Double
    /// Writes it into one.
    let write: @Sendable (inout EngineSnapshot, Double) -> Void

    /// Every one of them.
    ///
    /// What is read is said twice, since a path would copy the whole picture to read one number.
    static let all: [KeptFigure] = server + store

    private static let server = [
        rate(\.server.processorShare) { $0.server.processorShare },
        level(\.server.memoryBytes) { $0.server.memoryBytes },
        rate(\.server.shardLoad) { $0.server.shardLoad },
        level(\.totals.connections) { $0.totals.connections },
        level(\.totals.connectionsEver) { $0.totals.connectionsEver },
        level(\.totals.slowConsumers) { $0.totals.slowConsumers },
        level(\.totals.subscriptions) { $0.totals.subscriptions },
        level(\.totals.streams) { $0.totals.streams },
        level(\.totals.consumers) { $0.totals.consumers },
        level(\.totals.refused) { $0.totals.refused },
        state,
    ]

    private static let store = [
        level(\.storage.freeBytes) { $0.storage.freeBytes },
        level(\.storage.usedBytes) { $0.storage.usedBytes },
        level(\.storage.rawBytes) { $0.storage.rawBytes },
        level(\.storage.segments) { $0.storage.segments },
        level(\.storage.activeSegments) { $0.storage.activeSegments },
        level(\.storage.written.bytes) { $0.storage.written.bytes },
        rate(\.storage.written.bytesPerSecond) { $0.storage.written.bytesPerSecond },
        rate(\.storage.read.bytesPerSecond) { $0.storage.read.bytesPerSecond },
        level(\.storage.syncs) { $0.storage.syncs },
        rate(\.storage.syncsPerSecond) { $0.storage.syncsPerSecond },
        rate(\.storage.messagesPerSync) { $0.storage.messagesPerSync },
        level(\.storage.groupWaitNanoseconds) { $0.storage.groupWaitNanoseconds },
        level(\.storage.stalls) { $0.storage.stalls },
        rate(\.storage.cacheHitRatio) { $0.storage.cacheHitRatio },
        level(\.storage.cacheBytes) { $0.storage.cacheBytes },
        level(\.storage.reclaimedBytes) { $0.storage.reclaimedBytes },
    ]

    private static let state = KeptFigure(
        folding: .last,
        read: { Double($0.server.state.rawValue) },
        write: { snapshot, value in
            snapshot.server.state =
                ServerState(rawValue: UInt8(clamping: UInt64(saturating: value)))
                ?? snapshot.server.state
        }
    )

    private static func rate(
        _ path: any WritableKeyPath<EngineSnapshot, Double> & Sendable,
        _ read: @escaping @Sendable (EngineSnapshot) -> Double
    ) -> KeptFigure {
        KeptFigure(
            folding: .mean,
            read: read,
            write: { $0[keyPath: path] = $1 }
        )
    }

    private static func level(
        _ path: any WritableKeyPath<EngineSnapshot, UInt64> & Sendable,
        _ read: @escaping @Sendable (EngineSnapshot) -> UInt64
    ) -> KeptFigure {
        KeptFigure(
            folding: .last,
            read: { Double(read($0)) },
            write: { $0[keyPath: path] = UInt64(saturating: $1) }
        )
    }
}
