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
    static let all: [KeptFigure] = server + store

    private static let server = [
        rate(\.server.processorShare), level(\.server.memoryBytes), rate(\.server.shardLoad),
        level(\.totals.connections), level(\.totals.connectionsEver),
        level(\.totals.slowConsumers), level(\.totals.subscriptions), level(\.totals.streams),
        level(\.totals.consumers), level(\.totals.refused), state,
    ]

    private static let store = [
        level(\.storage.freeBytes), level(\.storage.usedBytes), level(\.storage.rawBytes),
        level(\.storage.segments), level(\.storage.activeSegments), level(\.storage.written.bytes),
        rate(\.storage.written.bytesPerSecond), rate(\.storage.read.bytesPerSecond),
        level(\.storage.syncs), rate(\.storage.syncsPerSecond), rate(\.storage.messagesPerSync),
        level(\.storage.groupWaitNanoseconds), level(\.storage.stalls),
        rate(\.storage.cacheHitRatio), level(\.storage.cacheBytes),
        level(\.storage.reclaimedBytes),
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
        _ path: any WritableKeyPath<EngineSnapshot, Double> & Sendable
    ) -> KeptFigure {
        KeptFigure(
            folding: .mean,
            read: { $0[keyPath: path] },
            write: { $0[keyPath: path] = $1 }
        )
    }

    private static func level(
        _ path: any WritableKeyPath<EngineSnapshot, UInt64> & Sendable
    ) -> KeptFigure {
        KeptFigure(
            folding: .last,
            read: { Double($0[keyPath: path]) },
            write: { $0[keyPath: path] = UInt64(saturating: $1) }
        )
    }
}
