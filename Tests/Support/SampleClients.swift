// The clients, disk and events of the sample market.

import Base
import Engine

/// Clients of the sample market.
enum SampleClients {
    static func all(at now: Instant) -> [ConnectionStatus] {
        let rows: [(String, String, String, UInt64, Double, Double, ConnectionFlags)] = [
            ("risk-engine-7", "10.0.4.17", "risk.margin", 812_000, 0, 402, [.slow, .encrypted]),
            ("margin-2", "10.0.4.21", "risk.margin", 160_000, 0, 201, [.slow, .encrypted]),
            ("ml-surface-2", "10.0.6.3", "surface.vol", 1_200, 12, 5_040, [.encrypted]),
            (
                "gateway-fix-1", "10.0.4.9", "orders.new", 12, 8_400, 8_390,
                [.encrypted, .certified]
            ),
            (
                "gateway-fix-2", "10.0.4.10", "orders.new", 4, 2_200, 2_100,
                [.encrypted, .certified]
            ),
            ("opra-feed", "10.0.5.2", "quotes.opra", 0, 15_000, 0, [.encrypted, .certified]),
            ("web-3", "10.0.5.40", "auth.limits", 0, 0, 2_200, []),
            ("tape-writer", "10.0.5.41", "fills.fanout", 0, 0, 9_096, [.encrypted]),
            ("backfill-tool", "10.0.9.77", "import.2019", 0, 900, 0, [.throttled]),
            ("indexer", "10.0.5.44", "search.index", 0, 0, 90, []),
        ]
        return rows.enumerated().map { place, row in
            var client = ConnectionStatus(id: UInt64(4_801 + place))
            client.name = bytes(row.0)
            client.address = bytes(row.1 + ":4\(place)112")
            client.stream = bytes(row.2)
            client.lag = row.3
            client.ingress.messagesPerSecond = row.4
            client.ingress.bytesPerSecond = row.4 * 320
            client.egress.messagesPerSecond = row.5
            client.egress.bytesPerSecond = row.5 * 320
            client.flags = row.6
            client.language = bytes(["go", "rust", "python", "java", "c"][place % 5])
            client.version = bytes("1.3\(place)")
            client.account = bytes("DESK")
            client.user = bytes(row.0.prefix(4) + "-svc")
            client.connectedAt = Instant(
                nanoseconds: now.nanoseconds - UInt64(3_600 + 900 * place) * nanosecondsPerSecond
            )
            client.activeAt = now
            client.pendingBytes = row.6.contains(.slow) ? 41_200_000 : UInt64(place) * 210
            client.pendingBytesMax = 64_000_000
            client.unacked = UInt64(place) * 7 % 60
            client.subscriptions = UInt32(2 + place * 3 % 11)
            client.roundTripNanoseconds = UInt64(210_000 + place * 83_000)
            client.throttleBytesPerSecond = row.6.contains(.throttled) ? 5_000_000 : 0
            return client
        }
    }
}

/// The disk of the sample market.
enum SampleStorage {
    static func status(at now: Instant) -> StorageStatus {
        var storage = StorageStatus()
        storage.path = bytes("/var/lib/sluice")
        storage.diskBytes = 2_000_000_000_000
        storage.freeBytes = 780_000_000_000
        storage.usedBytes = 1_210_000_000_000
        storage.rawBytes = 2_880_000_000_000
        storage.segments = 18_906
        storage.activeSegments = 16
        storage.segmentBytes = 64_000_000
        storage.dirtyBytes = 3_800_000
        storage.read.bytesPerSecond = 5_200_000
        storage.syncs = 40_112_004
        storage.syncsPerSecond = 704
        storage.messagesPerSync = 58
        storage.groupWaitNanoseconds = 1_400_000
        storage.cacheHitRatio = 0.992
        storage.cacheBytes = 2_100_000_000
        storage.cacheBytesMax = 4_000_000_000
        storage.reclaimedBytes = 3_100_000_000
        storage.compactedAt = Instant(nanoseconds: now.nanoseconds - 2_400 * nanosecondsPerSecond)
        storage.recoveryNanoseconds = 212_000_000
        return storage
    }
}

/// The events of the sample market.
enum SampleEvents {
    static func all(before now: Instant) -> [EventRecord] {
        let rows: [(UInt64, EventKind, Severity, String, String, String)] = [
            (1_790, .log, .info, "eu-3", "rejoined, 41k messages caught up in 8 s", ""),
            (744, .alert, .critical, "risk.margin", "depth crossed 500k", ""),
            (666, .action, .info, "keys", "k7 activated, re-encryption of k6 began", "anna"),
            (210, .action, .info, "legacy.settle", "drain started, estimate 70 s", "anna"),
            (116, .action, .warning, "recon.clearing", "delivery paused for 30m", "anna"),
            (42, .log, .warning, "risk-engine-7", "reads too slowly: 41.2MB waiting", ""),
            (10, .log, .info, "web-3", "connected from 10.0.5.40", ""),
        ]
        return rows.enumerated().map { place, row in
            EventRecord(
                number: UInt64(4_176 + place),
                at: Instant(nanoseconds: now.nanoseconds - row.0 * nanosecondsPerSecond),
                kind: row.1,
                severity: row.2,
                subject: bytes(row.3),
                text: bytes(row.4),
                author: bytes(row.5)
            )
        }
    }
}
