// What the journal measures of itself, for whoever shows it.

import Base
import CLinux
import Glibc
public import Telemetry

/// Numbers of an open store; any thread may read them while the journal goes on.
public final class JournalMeter: Sendable {
    /// Nanoseconds from a message's time until its block is sealed and written, by message.
    public let writes = CounterBlock(count: Histogram.counterCount)
    /// Nanoseconds from then until the disk has it, by message.
    public let waits = CounterBlock(count: Histogram.counterCount)
    /// Nanoseconds of a sync of a log, by call; logs synced side by side each wait for all.
    public let syncs = CounterBlock(count: Histogram.counterCount)
    /// Whether the disk answers.
    public let pulse = DiskPulse()
    let counts = CounterBlock(count: Count.allCases.count)
    let reads = CounterBlock(count: 1)

    enum Count: Int, CaseIterable {
        case syncs, stalls, messages, rawBytes, sealedBytes
        case segments, activeSegments, segmentBytes, usedBytes
        case batches, waitNanoseconds
    }

    init() {}

    /// The numbers as they are now.
    public var figures: JournalFigures {
        var figures = JournalFigures()
        figures.syncs = counts[Count.syncs.rawValue]
        figures.stalls = counts[Count.stalls.rawValue]
        figures.messages = counts[Count.messages.rawValue]
        figures.rawBytes = counts[Count.rawBytes.rawValue]
        figures.sealedBytes = counts[Count.sealedBytes.rawValue]
        figures.segments = counts[Count.segments.rawValue]
        figures.activeSegments = counts[Count.activeSegments.rawValue]
        figures.segmentBytes = counts[Count.segmentBytes.rawValue]
        figures.usedBytes = counts[Count.usedBytes.rawValue]
        figures.batches = counts[Count.batches.rawValue]
        figures.waitNanoseconds = counts[Count.waitNanoseconds.rawValue]
        figures.readBytes = reads[0]
        return figures
    }
}

/// Numbers of an open store at one moment; those that grow do so since it was opened.
public struct JournalFigures: BitwiseCopyable, Equatable, Sendable {
    /// Syncs of logs.
    public var syncs: UInt64 = 0
    /// Syncs that took longer than a second.
    public var stalls: UInt64 = 0
    /// Messages that became durable.
    public var messages: UInt64 = 0
    /// Their bytes with subjects and headers, before compression.
    public var rawBytes: UInt64 = 0
    /// Bytes of their blocks, compressed and sealed.
    public var sealedBytes: UInt64 = 0
    /// Bytes of blocks that were read back, before compression.
    public var readBytes: UInt64 = 0
    /// Batches that became durable.
    public var batches: UInt64 = 0
    /// How long the first messages of all batches waited for the journal's thread.
    public var waitNanoseconds: UInt64 = 0
    /// Files of logs now.
    public var segments: UInt64 = 0
    /// Those of them that take blocks.
    public var activeSegments: UInt64 = 0
    /// The most bytes of such a file, over all streams.
    public var segmentBytes: UInt64 = 0
    /// Bytes of all files of streams.
    public var usedBytes: UInt64 = 0

    /// A store in which nothing has happened.
    public init() {}
}

/// The commit loop's end of a meter.
struct CommitMeter: ~Copyable {
    private let counts: CounterWriter
    private let writes: HistogramWriter
    private let waits: HistogramWriter
    private let syncs: HistogramWriter
    private var round: [BatchFacts] = []
    private var roundBytes: (raw: UInt64, sealed: UInt64) = (0, 0)
    private var roundBegan = Instant.never

    /// From which duration on a sync is a stall.
    static var stallNanoseconds: UInt64 { nanosecondsPerSecond }

    init(_ meter: JournalMeter) {
        counts = meter.counts.takeWriter()
        writes = HistogramWriter(meter.writes)
        waits = HistogramWriter(meter.waits)
        syncs = HistogramWriter(meter.syncs)
    }

    /// A batch was staged: `rawBytes` became a block of `sealedBytes`.
    mutating func note(_ batch: BatchFacts, rawBytes: Int, sealedBytes: UInt32) {
        if round.isEmpty { roundBegan = MeterClock.wall() }
        round.append(batch)
        roundBytes.raw &+= UInt64(rawBytes)
        roundBytes.sealed &+= UInt64(sealedBytes)
    }

    /// A sync took so long.
    func noteSync(nanoseconds: UInt64) {
        syncs.record(nanoseconds)
        add(1, .syncs)
        if nanoseconds > Self.stallNanoseconds { add(1, .stalls) }
    }

    /// What was staged in this round was written at `written` and safe so long afterwards.
    mutating func endRound(written: Instant, syncNanoseconds: UInt64) {
        for batch in round {
            let count = UInt64(batch.messageCount)
            let first = Instant(nanoseconds: batch.firstTime)
            let last = Instant(nanoseconds: batch.lastTime)
            // Those between the first and the last count as if they had come evenly.
            let longest = written.nanoseconds(since: first)
            let shortest = written.nanoseconds(since: last)
            writes.record(longest)
            if count > 1 { writes.record(shortest) }
            if count > 2 { writes.record(longest / 2 &+ shortest / 2, times: count - 2) }
            waits.record(syncNanoseconds, times: count)
            add(count, .messages)
            add(1, .batches)
            add(roundBegan.nanoseconds(since: first), .waitNanoseconds)
        }
        add(roundBytes.raw, .rawBytes)
        add(roundBytes.sealed, .sealedBytes)
        dropRound()
    }

    /// Nothing of this round became safe.
    mutating func dropRound() {
        round.removeAll(keepingCapacity: true)
        roundBytes = (0, 0)
    }

    /// Whether messages were staged in this round.
    var hasRound: Bool { !round.isEmpty }

    /// The store's files as they are now.
    func noteFiles(segments: UInt64, active: UInt64, segmentBytes: UInt64, usedBytes: UInt64) {
        counts.set(JournalMeter.Count.segments.rawValue, to: segments)
        counts.set(JournalMeter.Count.activeSegments.rawValue, to: active)
        counts.set(JournalMeter.Count.segmentBytes.rawValue, to: segmentBytes)
        counts.set(JournalMeter.Count.usedBytes.rawValue, to: usedBytes)
    }

    private func add(_ amount: UInt64, _ count: JournalMeter.Count) {
        counts.add(amount, to: count.rawValue)
    }
}

/// The clocks of the journal's threads; what is stored depends on none of them.
enum MeterClock {
    /// The time of day, as messages carry it.
    static func wall() -> Instant { read(CLOCK_REALTIME) }

    /// Time that never jumps.
    static func monotonic() -> Instant { read(CLOCK_MONOTONIC) }

    private static func read(_ clock: clockid_t) -> Instant {
        var time = timespec()
        // SAFETY: the call fills a value of its own kind.
        unsafe _ = clock_gettime(clock, &time)
        return Instant(
            nanoseconds: UInt64(time.tv_sec) &* nanosecondsPerSecond &+ UInt64(time.tv_nsec)
        )
    }
}

extension CommitLoop {
    /// Notes which files there are.
    ///
    /// - Complexity: O(segments) of all streams.
    func noteFiles() {
        var segments: UInt64 = 0
        var used: UInt64 = 0
        for entry in catalog.state.streams.values {
            for segment in entry.segments {
                if segment.name.lane == .log { segments += 1 }
                used += segment.sealed?.end ?? 0
            }
        }
        var active: UInt64 = 0
        var most: UInt64 = 0
        for case let stream? in streams {
            if stream.log != nil { active += 1 }
            used += (stream.log?.durable.end ?? 0) + (stream.state?.durable.end ?? 0)
            most = max(most, stream.segmentBytesMax)
        }
        meter.noteFiles(segments: segments, active: active, segmentBytes: most, usedBytes: used)
    }

    /// Syncs `log` and notes how long that took.
    func sync(_ log: SegmentFile) throws(DiskError) {
        let began = MeterClock.monotonic()
        try log.sync()
        meter.noteSync(nanoseconds: MeterClock.monotonic().nanoseconds(since: began))
    }
}
