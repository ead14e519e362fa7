// Puts a catalog together from its two copies.

import Sealing

/// Collects the blocks of a catalog; a block that is damaged in one copy is taken from the other.
struct CatalogReader: ~Copyable {
    private let mark: Watermark
    /// Records by block, under the number of the block's first record.
    private var blocks: [UInt64: (lastNumber: UInt64, records: [CatalogRecord])] = [:]
    private var durableNumber: UInt64

    /// A reader of the catalog that was durable as far as `mark` says.
    init(_ mark: Watermark) {
        self.mark = mark
        durableNumber = mark.sequence
    }

    /// Takes what is intact in one copy.
    mutating func take(
        _ image: borrowing SegmentImage,
        _ opener: inout BlockOpener,
        _ plain: inout RecordBuffer
    ) {
        let scan = image.scan(&opener, watermark: mark)
        for damage in scan.damages { durableNumber = max(durableNumber, damage.lastSequence) }
        for block in scan.blocks where block.header.kind == .records {
            guard image.open(block, &opener, into: &plain) == nil,
                let records = Self.records(plain)
            else { continue }
            blocks[block.header.firstSequence] = (block.header.lastSequence, records)
        }
    }

    /// The catalog; `nil` if something that was durable is in neither copy.
    var catalog: CatalogState? {
        var catalog = CatalogState()
        var next: UInt64 = 1
        while let block = blocks[next] {
            for record in block.records { catalog.apply(record) }
            next = block.lastNumber + 1
        }
        return next > durableNumber ? catalog : nil
    }

    private static func records(_ buffer: borrowing RecordBuffer) -> [CatalogRecord]? {
        let bytes = buffer.bytes
        var cursor = ByteCursor()
        let formats = CatalogRecord.oldestFormat...CatalogRecord.format
        guard let format = cursor.byte(bytes), formats.contains(format) else { return nil }
        var records: [CatalogRecord] = []
        while !cursor.isAtEnd(bytes) {
            guard let record = CatalogRecord.read(bytes, &cursor) else { return nil }
            records.append(record)
        }
        return records
    }
}
