// From a directory to an open store: lock, ring, catalog, segments.

public import Base
public import Sealing

/// How a store is opened.
public struct StoreOptions: Sendable {
    /// The kind of slot a new store's first secret goes into.
    public var slot: SlotKind
    /// The time of opening.
    public var now: Instant
    /// When keys are rotated although nobody asks.
    public var rotation = RotationPolicy.standard
    /// Bytes that are kept back, so that a full disk can be emptied.
    public var ballastBytes: UInt64 = 4 << 20
    /// Bytes from which on the audit log goes on in another file.
    public var auditFileBytesMax: UInt64 = 4 << 20
    /// Sequences that each stream leaves out before it goes on.
    var sequenceJump: UInt64 = 0
    /// How publishers fare; the rewriting yields to them.
    public var publishers = PublishWatch.none

    /// The options of a store that is opened at `now`.
    public init(slot: SlotKind, now: Instant) {
        self.slot = slot
        self.now = now
    }
}

/// A stream as recovery found it.
public struct RecoveredStream: Sendable {
    /// What the stream is called between shard and journal from now on.
    public let stream: UInt32
    /// Its name on disk.
    public let id: UniqueId
    /// The bytes of the last `create` or `configure`.
    public let configuration: [UInt8]
    /// The lowest sequence that may still be there.
    public let firstSequence: UInt64
    /// No sequence up to here is given out again.
    public let lastSequence: UInt64
    /// When the last message was taken in.
    public let lastTime: Instant
    /// Messages in the log, deleted ones above `firstSequence` included.
    public let recordCount: UInt64
    /// Bytes the log takes on disk.
    public let byteCount: UInt64
    /// Deleted sequences from `firstSequence` on, and those that were never acknowledged.
    public let deleted: SequenceSet
    /// What the shard keeps, by key.
    public let values: [StateValue]
    /// Acknowledged messages that are gone.
    public let lost: [LostRange]
    /// Whether some of `values` or `deleted` may be missing or old.
    public let isStateDamaged: Bool
}

/// What recovery hands to the commit loop.
struct OpenedStore {
    var origin: SegmentOrigin
    var file: StoreFile
    var catalogNumber: UInt64
    var catalog: CatalogState
    var folds: [UniqueId: StateFold] = [:]
    var damagedStates: Set<UniqueId> = []
    /// Streams that have keys but no name yet.
    var spares: [UniqueId] = []
}

/// Opens or makes the store on a disk.
struct StoreOpening: ~Copyable {
    let disk: any Disk
    private let options: StoreOptions
    private var opener = BlockOpener()
    private var plain = RecordBuffer(capacity: 64 << 10)

    /// Streams whose keys are made in one write of the ring.
    static var spareCount: Int { 32 }

    init(disk: any Disk, options: StoreOptions) {
        self.disk = disk
        self.options = options
    }

    mutating func run(_ secret: borrowing SlotSecret) throws(JournalError) -> OpenedStore {
        let names: [String]
        do {
            names = try disk.list("")
        } catch {
            throw .disk(error)
        }
        let hasRing = RingFile.names.contains { names.contains($0) }
        if !names.contains(StoreFile.name) || !hasRing {
            guard !names.contains(where: { $0.hasPrefix("catalog-") && !$0.hasSuffix(".tmp") })
            else { throw hasRing ? .storeDamaged : .ringMissing }
            return try create(secret)
        }
        return try open(secret)
    }

    /// A store is made in an order in which a kill at any point leaves nothing or a store.
    private func create(_ secret: borrowing SlotSecret) throws(JournalError) -> OpenedStore {
        let store = UniqueId.random()
        try? disk.remove(StoreFile.name)
        for name in RingFile.names { try? disk.remove(name) }
        let file = try StoreFile(creating: store, on: disk)
        let vault: KeyVault
        let spares: [UniqueId]
        do {
            vault = try KeyVault.create(
                store: store,
                slot: options.slot,
                secret: secret,
                at: options.now
            )
            spares = try vault.addStreams(count: Self.spareCount, at: options.now)
        } catch {
            throw .sealing(error)
        }
        do {
            try disk.makeDirectory("s")
            try RingFile.write(vault, disk: disk, store: file)
            try disk.syncDirectory("")
        } catch {
            throw .disk(error)
        }
        return OpenedStore(
            origin: origin(vault, store),
            file: file,
            catalogNumber: 0,
            catalog: CatalogState(),
            spares: spares
        )
    }

    private func origin(_ vault: KeyVault, _ store: UniqueId) -> SegmentOrigin {
        SegmentOrigin(
            disk: disk,
            vault: vault,
            store: store,
            incarnation: .random(),
            created: options.now
        )
    }

    /// Reads STORE, the ring and the catalog; changes nothing.
    mutating func look(
        _ secret: borrowing SlotSecret,
        _ marks: [SegmentName: Watermark]
    ) throws(JournalError) -> OpenedStore {
        let file = try StoreFile(openingOn: disk)
        let store = file.state.store
        let vault = try RingFile.open(disk, file.state, secret)
        var opened = OpenedStore(
            origin: origin(vault, store),
            file: file,
            catalogNumber: 0,
            catalog: CatalogState()
        )
        try readCatalog(&opened, marks)
        return opened
    }

    private mutating func open(_ secret: borrowing SlotSecret) throws(JournalError) -> OpenedStore {
        let marks = Watermarks.read(disk)
        var opened = try look(secret, marks)
        Ballast.makeRoom(on: disk, byteCount: options.ballastBytes)
        let vault = opened.origin.vault
        var recovery = SegmentRecovery(disk: disk, vault: vault, store: opened.origin.store)
        do {
            try recoverSegments(&opened, marks, &recovery)
        } catch {
            throw .disk(error)
        }
        for (id, stream) in opened.catalog.ordered where options.sequenceJump > 0 {
            let (next, isTooHigh) = stream.lastSequence.addingReportingOverflow(
                options.sequenceJump
            )
            if !isTooHigh { opened.catalog.apply(.lastSequence(id, next)) }
        }
        do {
            try sortUnnamedKeys(&opened)
        } catch let error as DiskError {
            throw .disk(error)
        } catch let error as SealingError {
            throw .sealing(error)
        } catch {
            throw .storeDamaged
        }
        return opened
    }

    /// Keys of no stream are spares if they were never used; those of removed streams are
    /// destroyed, if the run that removed them did not come that far.
    private func sortUnnamedKeys(_ opened: inout OpenedStore) throws {
        let vault = opened.origin.vault
        let named = Set(opened.catalog.ordered.map(\.id)).union([.none])
        let unnamed = Set(vault.ring.dataKeys.map(\.name.stream)).subtracting(named)
        var removed: [UniqueId] = []
        for id in unnamed.sorted() {
            let directory = "s/\(id.hex)"
            do throws(DiskError) {
                for file in try disk.list(directory) { try? disk.remove("\(directory)/\(file)") }
                removed.append(id)
            } catch {
                guard error.number == noSuchFile else { throw error }
                opened.spares.append(id)
            }
        }
        guard !removed.isEmpty else { return }
        for id in removed { try vault.destroyAll(of: id, at: options.now) }
        try RingFile.write(vault, disk: disk, store: opened.file, isErasing: true)
        for id in removed { try? disk.removeDirectory("s/\(id.hex)") }
    }

    private mutating func readCatalog(
        _ opened: inout OpenedStore,
        _ marks: [SegmentName: Watermark]
    ) throws(JournalError) {
        let numbers: [UInt64]
        do {
            numbers = try CatalogFile.numbers(on: disk)
        } catch {
            throw .disk(error)
        }
        guard let number = numbers.first else {
            guard opened.file.state.catalogFloor == 0 else { throw .catalogDamaged }
            return
        }
        guard number >= opened.file.state.catalogFloor else { throw .catalogDamaged }
        opened.catalogNumber = number
        let mark = marks[CatalogFile.segmentName(number, copy: 0)] ?? .none
        var reader = CatalogReader(mark)
        for copy in 0..<CatalogFile.copyCount {
            let name = CatalogFile.segmentName(number, copy: copy)
            guard
                let bytes = try? disk.readAll(
                    CatalogFile.name(number, copy: copy),
                    byteCountMax: SegmentImage.byteCountMax
                ),
                let image = try? SegmentImage(
                    bytes,
                    name: name,
                    store: opened.origin.store,
                    vault: opened.origin.vault
                )
            else { continue }
            reader.take(image, &opener, &plain)
        }
        guard let catalog = reader.catalog else { throw .catalogDamaged }
        opened.catalog = catalog
    }

    private mutating func recoverSegments(
        _ opened: inout OpenedStore,
        _ marks: [SegmentName: Watermark],
        _ recovery: inout SegmentRecovery
    ) throws(DiskError) {
        for (id, stream) in opened.catalog.ordered {
            for entry in stream.segments where entry.sealed == nil {
                let recovered = try recovery.recover(entry, watermark: marks[entry.name] ?? .none)
                if entry.name.lane == .log {
                    for range in recovered.lost { opened.catalog.apply(.lost(id, range)) }
                    opened.catalog.apply(.lastSequence(id, recovered.highestSequence))
                } else if !recovered.lost.isEmpty {
                    opened.damagedStates.insert(id)
                }
                if let facts = recovered.facts {
                    opened.catalog.apply(.segmentSealed(entry.name, facts))
                } else {
                    opened.catalog.apply(.segmentGone(entry.name, lastSequence: 0))
                }
            }
            foldState(id, &opened, recovery)
        }
    }

    private mutating func foldState(
        _ id: UniqueId,
        _ opened: inout OpenedStore,
        _ recovery: borrowing SegmentRecovery
    ) {
        var fold = StateFold()
        let entries = opened.catalog.streams[id]?.segments(in: .state) ?? []
        for entry in entries {
            guard let facts = entry.sealed, let image = try? recovery.image(of: entry.name) else {
                opened.damagedStates.insert(id)
                continue
            }
            let sealed = Watermark(offset: facts.end, sequence: facts.lastSequence)
            let scan = image.scan(&opener, watermark: .none, sealed: sealed)
            var isWhole = scan.damages.isEmpty
            for block in scan.blocks where block.header.kind == .records {
                if image.open(block, &opener, into: &plain) != nil
                    || !Self.apply(plain, to: &fold)
                {
                    isWhole = false
                }
            }
            if !isWhole { opened.damagedStates.insert(id) }
        }
        opened.folds[id] = fold
    }

    private static func apply(
        _ buffer: borrowing RecordBuffer,
        to fold: inout StateFold
    ) -> Bool {
        fold.apply(buffer.bytes)
    }
}
