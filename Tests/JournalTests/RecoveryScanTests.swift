// Torn tail or damage: every acknowledged message is there unaltered, or its sequence is named.

import Base
@testable import Journal
import Sealing
import Testing

/// Checks the promise for one broken copy of a segment.
///
/// `acknowledged` messages were durable. Each is found unaltered or named by a damage; nothing that
/// was never written appears; no sequence up to the last readable one would be used again.
private func check(
    _ fixture: SegmentFixture,
    _ bytes: [UInt8],
    _ scan: RecoveryScan,
    acknowledged: Int,
    _ what: String
) throws {
    let found = try fixture.read(scan, in: bytes)
    var named = SequenceSet()
    for damage in scan.damages where damage.firstSequence <= damage.lastSequence {
        named.insert(damage.firstSequence...damage.lastSequence)
    }
    var next = 0
    for message in found {
        #expect(message == fixture.messages[Int(message.sequence) - 1], "altered: \(what)")
        while next < Int(message.sequence) - 1 {
            #expect(named.contains(UInt64(next + 1)), "\(next + 1) silently missing: \(what)")
            next += 1
        }
        next = Int(message.sequence)
    }
    while next < acknowledged {
        #expect(named.contains(UInt64(next + 1)), "\(next + 1) silently missing: \(what)")
        next += 1
    }
    #expect(scan.highestSequence >= found.last?.sequence ?? 0)
}

@Suite struct RecoveryScanTests {
    @Test(arguments: 1...6 as ClosedRange<UInt64>)
    func `a whole segment reads back with nothing to report`(seed: UInt64) throws {
        let fixture = try SegmentFixture(seed: seed, groups: 12, isSealed: seed.isMultiple(of: 2))
        let scan = try fixture.scan(fixture.bytes, watermark: fixture.watermark)
        #expect(scan.damages.isEmpty)
        #expect(scan.tornOffset == nil)
        #expect(scan.isSealed == seed.isMultiple(of: 2))
        #expect(scan.endOffset == fixture.watermark.offset)
        #expect(try fixture.read(scan, in: fixture.bytes) == fixture.messages)
    }

    @Test func `a plain power cut is a torn tail, never damage`() throws {
        let fixture = try SegmentFixture(seed: 11, groups: 10)
        let before = fixture.versions[7]
        let after = fixture.versions[8].bytes
        // Any subset of the last group's pages reached the disk.
        let pages = Int(before.durableEnd / 4_096)..<(after.count / 4_096)
        let changed = pages.filter { page in
            let range = (page * 4_096)..<(page * 4_096 + 4_096)
            return before.bytes.count < range.upperBound || before.bytes[range] != after[range]
        }
        #expect(changed.count > 0)
        for subset in 0..<(1 << changed.count) - 1 {
            let zeros = [UInt8](repeating: 0, count: max(0, after.count - before.bytes.count))
            var bytes = before.bytes + zeros
            for (bit, page) in changed.enumerated() where subset >> bit & 1 == 1 {
                let range = (page * 4_096)..<(page * 4_096 + 4_096)
                bytes.replaceSubrange(range, with: after[range])
            }
            for mark in [Watermark.none, Watermark(offset: before.durableEnd, sequence: 0)] {
                let scan = try fixture.scan(bytes, watermark: mark)
                #expect(scan.damages.isEmpty, "pages \(subset)")
                try check(fixture, bytes, scan, acknowledged: before.messages, "pages \(subset)")
            }
        }
    }

    @Test func `every flipped bit below the watermark is found, confined and named`() throws {
        let fixture = try SegmentFixture(seed: 5, groups: 6)
        var random = Random(seed: 5)
        let end = Int(fixture.watermark.offset)
        var reported = 0
        for offset in stride(from: SegmentHeader.byteCount, to: end, by: 29) {
            var bytes = fixture.bytes
            bytes[offset] ^= 1 << UInt8(random.below(8))
            let scan = try fixture.scan(bytes, watermark: fixture.watermark)
            let what = "byte \(offset)"
            try check(fixture, bytes, scan, acknowledged: fixture.messages.count, what)
            let hit = fixture.blocks.first {
                offset >= Int($0.place.offset)
                    && offset < Int($0.place.offset) + Int($0.place.byteCount)
            }
            #expect(scan.damages.count == (hit == nil ? 0 : 1), "\(what)")
            if let hit, let damage = scan.damages.first {
                reported += 1
                #expect(damage.firstSequence == UInt64(hit.messages.lowerBound + 1), "\(what)")
                #expect(damage.lastSequence == UInt64(hit.messages.upperBound), "\(what)")
            }
        }
        #expect(reported > 50)
    }

    @Test func `without a watermark only the last group can go unreported`() throws {
        let fixture = try SegmentFixture(seed: 6, groups: 6)
        let proven = fixture.versions[fixture.versions.count - 2]
        var random = Random(seed: 6)
        for offset in stride(from: SegmentHeader.byteCount, to: fixture.bytes.count, by: 61) {
            var bytes = fixture.bytes
            bytes[offset] ^= 1 << UInt8(random.below(8))
            let scan = try fixture.scan(bytes)
            try check(fixture, bytes, scan, acknowledged: proven.messages, "byte \(offset)")
        }
    }

    @Test func `a file cut anywhere below the watermark names what is gone`() throws {
        let fixture = try SegmentFixture(seed: 7, groups: 5)
        for count in stride(from: SegmentHeader.byteCount, to: fixture.bytes.count, by: 67) {
            let bytes = Array(fixture.bytes[..<count])
            let scan = try fixture.scan(bytes, watermark: fixture.watermark)
            let what = "cut to \(count)"
            try check(fixture, bytes, scan, acknowledged: fixture.messages.count, what)
        }
    }

    @Test func `zeroed, swapped and repeated pages are damage`() throws {
        let fixture = try SegmentFixture(seed: 8, groups: 5)
        let pages = Int(fixture.watermark.offset + 4_095) / 4_096
        let zero = [UInt8](repeating: 0, count: 4_096)
        func page(_ index: Int) -> Range<Int> { (index * 4_096)..<(index * 4_096 + 4_096) }
        for index in 1..<pages {
            var zeroed = fixture.bytes
            zeroed.replaceSubrange(page(index), with: zero)
            var swapped = fixture.bytes
            let other = index == 1 ? pages - 1 : index - 1
            swapped.replaceSubrange(page(index), with: fixture.bytes[page(other)])
            swapped.replaceSubrange(page(other), with: fixture.bytes[page(index)])
            var repeated = fixture.bytes
            repeated.replaceSubrange(page(index), with: fixture.bytes[page(other)])
            for (bytes, what) in [(zeroed, "zeroed"), (swapped, "swapped"), (repeated, "again")] {
                let scan = try fixture.scan(bytes, watermark: fixture.watermark)
                #expect(!scan.damages.isEmpty, "\(what) \(index)")
                let count = fixture.messages.count
                try check(fixture, bytes, scan, acknowledged: count, "\(what) \(index)")
            }
        }
    }

    @Test func `a sealed segment has no torn tail`() throws {
        let fixture = try SegmentFixture(seed: 9, groups: 5, isSealed: true)
        let last = try #require(fixture.blocks.last)
        var bytes = fixture.bytes
        bytes[Int(last.place.offset) + 130] ^= 4
        let scan = try fixture.scan(bytes, sealed: fixture.watermark)
        #expect(scan.tornOffset == nil)
        #expect(scan.damages.map(\.defect) == [.blockBody])
        let short = try fixture.scan(
            Array(bytes[..<Int(last.place.offset)]),
            sealed: fixture.watermark
        )
        #expect(short.damages.map(\.lastSequence) == [UInt64(fixture.messages.count)])
    }

    @Test func `a block opens in no other segment`() throws {
        let one = try SegmentFixture(seed: 10, groups: 4)
        let other = try SegmentFixture(seed: 10, groups: 4)
        var bytes = one.bytes
        bytes.replaceSubrange(
            SegmentHeader.byteCount...,
            with: other.bytes[SegmentHeader.byteCount...]
        )
        let scan = try one.scan(bytes, watermark: one.watermark)
        #expect(scan.blocks.isEmpty)
        #expect(scan.damages.map(\.defect) == [.notAuthentic])
        #expect(scan.damages.map(\.lastSequence) == [UInt64(one.messages.count)])
    }
}

@Suite struct SegmentHeaderTests {
    @Test func `reads back from either copy, and from none if both are changed`() throws {
        let fixture = try SegmentFixture(seed: 1, groups: 1)
        let bytes = fixture.bytes
        let read = SegmentHeader(bytes.raw)
        #expect(read == fixture.header)
        let cipher = try fixture.vault.cipher(fixture.header.identity)
        let isOwn = SegmentHeader.isCommitted(bytes.raw, by: cipher)
        #expect(isOwn)
        for offset in 0..<SegmentHeader.usedBytes {
            var changed = bytes
            changed[offset] ^= 0x10
            let rescued = SegmentHeader(changed.raw)
            #expect(rescued == fixture.header, "byte \(offset)")
            let digest = SegmentHeader.digest(changed.raw)
            #expect(digest == SegmentHeader.digest(bytes.raw), "byte \(offset)")
            changed[SegmentHeader.copyOffset + offset] ^= 0x10
            let header = SegmentHeader(changed.raw)
            #expect(header == nil, "byte \(offset)")
        }
        let other = try SegmentFixture(seed: 1, groups: 1)
        let wrong = try other.vault.cipher(other.header.identity)
        let isOthers = SegmentHeader.isCommitted(bytes.raw, by: wrong)
        #expect(!isOthers)
    }
}
