// The file wm: what was durable, by stream; a help for recovery that may be lost.
// Layout: sluice-journal(5), WATERMARKS.

import Base
import Sealing

/// Notes after each sync how far a stream's active segment is durable.
///
/// Written without a sync of its own: it outlives a killed process, and a power cut only makes
/// recovery rely on the blocks themselves.
final class Watermarks {
    private let disk: any Disk
    private let file: DiskFile
    private var slot = RecordBuffer(capacity: 64)

    static var name: String { "wm" }
    private static var slotBytes: Int { 64 }
    private static var byteCountMax: Int { 64 << 20 }

    /// Reads what the last run left; damaged slots are passed over.
    static func read(_ disk: any Disk) -> [SegmentName: Watermark] {
        guard let buffer = try? disk.readAll(name, byteCountMax: byteCountMax) else { return [:] }
        var marks: [SegmentName: Watermark] = [:]
        let bytes = buffer.bytes
        var start = 0
        while start + slotBytes <= bytes.byteCount {
            let slot = bytes.part(start, start + slotBytes)
            start += slotBytes
            guard slot.number(UInt32.self, at: 52) == Crc32c.of(slot.part(0, 52)),
                let lane = Lane(rawValue: slot.number(UInt8.self, at: 28)),
                slot.number(UInt64.self, at: 32) > 0
            else { continue }
            let name = SegmentName(
                stream: slot.uniqueId(at: 0),
                lane: lane,
                number: slot.number(UInt64.self, at: 16),
                generation: slot.number(UInt32.self, at: 24)
            )
            marks[name] = Watermark(
                offset: slot.number(UInt64.self, at: 32),
                sequence: slot.number(UInt64.self, at: 40)
            )
        }
        return marks
    }

    /// Starts an empty file.
    ///
    /// The old one may not come back after a power cut: it may name segments that the catalog never
    /// did, whose numbers are used again.
    init(_ disk: any Disk) throws(DiskError) {
        self.disk = disk
        try? disk.remove(Self.name)
        file = try disk.open(Self.name, .create)
        do throws(DiskError) {
            try disk.syncDirectory("")
        } catch {
            disk.close(file)
            throw error
        }
    }

    deinit { disk.close(file) }

    /// Notes in the slot `index` how far `name` is durable; on a full disk the note is left out.
    func note(_ name: SegmentName, _ mark: Watermark, index: UInt32) throws(DiskError) {
        slot.removeAll()
        slot.append(name.stream.low)
        slot.append(name.stream.high)
        slot.append(name.number)
        slot.append(name.generation)
        slot.append(UInt32(name.lane.rawValue))
        slot.append(mark.offset)
        slot.append(mark.sequence)
        slot.append(UInt32(0))
        slot.append(Crc32c.of(slot.bytes))
        slot.appendZeros(Self.slotBytes - slot.count)
        do throws(DiskError) {
            try put(slot, at: UInt64(index) * UInt64(Self.slotBytes))
        } catch {
            guard error.isDiskFull else { throw error }
        }
    }

    private func put(_ buffer: borrowing RecordBuffer, at offset: UInt64) throws(DiskError) {
        try disk.write(file, at: offset, buffer.bytes)
    }
}
