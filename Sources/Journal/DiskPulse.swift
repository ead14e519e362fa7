// Whether the disk answers, for whoever has to say so.

import Base
import Synchronization

/// How long the oldest call to the disk has been under way.
///
/// A call takes milliseconds, and a second on a bad day; nothing comes back from a disk that hangs,
/// so somebody else has to look. Any thread may.
public final class DiskPulse: Sendable {
    /// When the calls under way began, by place; 0 in a place that is free.
    private let calls = InlineArray<8, Atomic<UInt64>> { _ in Atomic(0) }

    /// From when on a call is said to hang.
    public static let hangNanoseconds = 2 * nanosecondsPerSecond
    /// The place of a call for which there is none; more threads than places do not use a disk.
    private static let nowhere = 8

    init() {}

    /// For how many nanoseconds the disk hangs; 0 while it answers.
    public var hang: UInt64 { hang(at: MeterClock.monotonic()) }

    /// The same at the time `now`, which never jumps.
    func hang(at now: Instant) -> UInt64 {
        var longest: UInt64 = 0
        for place in 0..<Self.nowhere {
            let began = calls[place].load(ordering: .relaxed)
            guard began > 0 else { continue }
            longest = max(longest, now.nanoseconds(since: Instant(nanoseconds: began)))
        }
        return longest >= Self.hangNanoseconds ? longest : 0
    }

    /// Notes that a call begins.
    /// - Returns: its place.
    func begin(at now: Instant) -> Int {
        for place in 0..<Self.nowhere
        where calls[place].compareExchange(
            expected: 0,
            desired: now.nanoseconds,
            ordering: .relaxed
        ).exchanged {
            return place
        }
        return Self.nowhere
    }

    /// Notes that the call at `place` is over.
    func end(_ place: Int) {
        guard place < Self.nowhere else { return }
        calls[place].store(0, ordering: .relaxed)
    }
}

/// A disk whose calls are watched by a pulse.
final class PulseDisk: Disk {
    private let disk: any Disk
    private let pulse: DiskPulse

    /// Watches the calls to `disk`.
    init(_ disk: any Disk, _ pulse: DiskPulse) {
        self.disk = disk
        self.pulse = pulse
    }

    private func watched<Result>(
        _ call: () throws(DiskError) -> Result
    ) throws(DiskError) -> Result {
        let place = pulse.begin(at: MeterClock.monotonic())
        defer { pulse.end(place) }
        return try call()
    }

    func open(_ path: String, _ mode: DiskMode) throws(DiskError) -> DiskFile {
        try watched { () throws(DiskError) in try disk.open(path, mode) }
    }

    func close(_ file: DiskFile) { disk.close(file) }

    func read(
        _ file: DiskFile,
        at offset: UInt64,
        into bytes: inout MutableRawSpan
    ) throws(DiskError) -> Int {
        let place = pulse.begin(at: MeterClock.monotonic())
        defer { pulse.end(place) }
        return try disk.read(file, at: offset, into: &bytes)
    }

    func write(_ file: DiskFile, at offset: UInt64, _ bytes: RawSpan) throws(DiskError) {
        let place = pulse.begin(at: MeterClock.monotonic())
        defer { pulse.end(place) }
        try disk.write(file, at: offset, bytes)
    }

    func writeOut(_ file: DiskFile, at offset: UInt64, count: UInt64) throws(DiskError) {
        try watched { () throws(DiskError) in
            try disk.writeOut(file, at: offset, count: count)
        }
    }

    func sync(_ file: DiskFile) throws(DiskError) {
        try watched { () throws(DiskError) in try disk.sync(file) }
    }

    func sync(_ files: [DiskFile]) throws(DiskError) {
        try watched { () throws(DiskError) in try disk.sync(files) }
    }

    func size(_ file: DiskFile) throws(DiskError) -> UInt64 { try disk.size(file) }

    func truncate(_ file: DiskFile, to size: UInt64) throws(DiskError) {
        try watched { () throws(DiskError) in try disk.truncate(file, to: size) }
    }

    func list(_ path: String) throws(DiskError) -> [String] {
        try watched { () throws(DiskError) in try disk.list(path) }
    }

    func makeDirectory(_ path: String) throws(DiskError) {
        try watched { () throws(DiskError) in try disk.makeDirectory(path) }
    }

    func rename(_ path: String, to target: String) throws(DiskError) {
        try watched { () throws(DiskError) in try disk.rename(path, to: target) }
    }

    func remove(_ path: String) throws(DiskError) {
        try watched { () throws(DiskError) in try disk.remove(path) }
    }

    func removeDirectory(_ path: String) throws(DiskError) {
        try watched { () throws(DiskError) in try disk.removeDirectory(path) }
    }

    func syncDirectory(_ path: String) throws(DiskError) {
        try watched { () throws(DiskError) in try disk.syncDirectory(path) }
    }

    func lock(_ file: DiskFile) throws(DiskError) { try disk.lock(file) }

    func freeBytes() -> UInt64 { disk.freeBytes() }
}
