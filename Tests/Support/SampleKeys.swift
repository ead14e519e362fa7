// The keys of the sample market, in the middle of a rotation.

import Base
import Engine

/// Keys in the middle of a rotation.
enum SampleKeys {
    static func ring(at now: Instant) -> KeyRingStatus {
        var ring = KeyRingStatus()
        ring.cipher = bytes("XChaCha20-Poly1305")
        ring.generation = 41
        ring.nextRotationAt = now.adding(nanoseconds: 6 * day + 2 * hour)
        ring.rotationIntervalNanoseconds = 90 * day
        ring.verifiedAt = back(now, 13 * nanosecondsPerSecond)
        ring.isVerified = true
        ring.memory.isLocked = true
        ring.memory.isExcludedFromDumps = true
        ring.memory.hasNoSwap = true
        ring.memory.usedBytes = 18_432
        ring.memory.totalBytes = 262_144
        ring.audit.entries = 4_182
        ring.audit.root = bytes("9f3ac07e51b2")
        ring.audit.signedAt = back(now, 20 * nanosecondsPerSecond)
        ring.audit.isVerified = true
        ring.slots = [slot(1, .keyFile, "master.key", now), slot(2, .recovery, "R-9K2M", now)]
        ring.keys = keys(now)
        ring.rotations = [rotation(now)]
        return ring
    }

    static func advance(_ ring: inout KeyRingStatus, seconds: UInt64) {
        guard !ring.rotations.isEmpty else { return }
        let done = 26_000_000_000 + seconds * 41_000_000
        ring.rotations[0].bytesDone = min(done, ring.rotations[0].bytesTotal)
        ring.rotations[0].segmentsDone = ring.rotations[0].bytesDone / 64_000_000
    }

    private static func keys(_ now: Instant) -> [KeyStatus] {
        var keys = [
            key(.root, 3, .active, days: 200, bytes: 0, now)
        ]
        for name in ["orders.new", "risk.margin", "quotes.opra", "surface.vol"] {
            let scope = KeyScope.stream(bytes(name))
            keys.append(key(scope, 7, .active, days: 2, bytes: 1_100_000_000_000, now))
            keys.append(key(scope, 6, .decryptOnly, days: 32, bytes: 108_000_000_000, now))
            keys.append(key(scope, 5, .retired, days: 63, bytes: 0, now))
            keys.append(key(scope, 4, .destroyed, days: 94, bytes: 0, now))
        }
        return keys
    }

    private static func key(
        _ scope: KeyScope,
        _ version: UInt32,
        _ state: KeyState,
        days: UInt64,
        bytes size: UInt64,
        _ now: Instant
    ) -> KeyStatus {
        var key = KeyStatus(scope: scope, version: version)
        key.state = state
        key.createdAt = back(now, days * day)
        key.stateSince = back(now, days * day / 2)
        key.bytes = size
        key.messages = size / 410
        key.segments = size / 64_000_000
        key.budgetUsed = state == .active ? 0.0002 : 0.11
        key.fingerprint = bytes("4be1\(version)a07c")
        key.wrappedBy = scope == .root ? 0 : 3
        return key
    }

    private static func rotation(_ now: Instant) -> RotationStatus {
        var rotation = RotationStatus(scope: .allStreams)
        rotation.number = 19
        rotation.fromVersion = 6
        rotation.toVersion = 7
        rotation.author = bytes("anna")
        rotation.startedAt = back(now, 670 * nanosecondsPerSecond)
        rotation[.prepare] = .done(
            at: back(now, 668 * nanosecondsPerSecond),
            nanoseconds: 212_000_000
        )
        rotation[.activate] = .done(
            at: back(now, 666 * nanosecondsPerSecond),
            nanoseconds: 1_400_000
        )
        rotation[.reencrypt] = .running(since: back(now, 660 * nanosecondsPerSecond))
        rotation.bytesTotal = 49_000_000_000
        rotation.bytesDone = 26_000_000_000
        rotation.segmentsTotal = 765
        rotation.bytesPerSecond = 41_000_000
        rotation.throttleBytesPerSecond = 50_000_000
        rotation.verifiedSamples = 4_210
        rotation.publishP99Before = 6_300_000
        rotation.publishP99During = 9_400_000
        rotation.auditIndex = 4_181
        return rotation
    }

    private static func slot(
        _ index: UInt32,
        _ kind: SlotKind,
        _ label: String,
        _ now: Instant
    ) -> SlotStatus {
        var slot = SlotStatus(index: index, kind: kind)
        slot.label = bytes(label)
        slot.provenAt = back(now, UInt64(index) * 6 * day)
        return slot
    }

    private static var day: UInt64 { 86_400 * nanosecondsPerSecond }
    private static var hour: UInt64 { 3_600 * nanosecondsPerSecond }

    private static func back(_ now: Instant, _ nanoseconds: UInt64) -> Instant {
        Instant(nanoseconds: now.nanoseconds - nanoseconds)
    }
}
