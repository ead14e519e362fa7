// The durable log of one store: opened here, run by four threads, used through a client.

public import Base
import CLinux
import Glibc
public import Sealing
import Synchronization
import Telemetry

/// An open store.
///
///     let journal = try Journal.open(disk, options, secret, wake: doorbell.ring)
///     // journal.recovered: what the shard starts from
///     // one thread:   journal.runCommits()
///     // another one:  journal.runReads()
///     // a third one:  journal.runRewrites()
///     // a fourth one: journal.runKeeping()
///     // the shard:    var client = journal.makeClient()
///
/// Another way, for simulations, is to call `step` on one thread.
public final class Journal: Sendable {
    /// The streams as recovery found them, called 0, 1, 2 … .
    public let recovered: [RecoveredStream]
    /// The store's keys.
    public let vault: KeyVault
    /// Where requests about keys go.
    public let keys: KeyDesk
    /// What is measured.
    public let meter = JournalMeter()
    /// How long it took to open the store, in nanoseconds.
    public let openingNanoseconds: UInt64
    private let commits: Mutex<CommitLoop>
    private let reads: Mutex<ReadLoop>
    private let rewrites: Mutex<RewriteLoop>
    private let rewriting: RewriteDesk
    private let keeps: Mutex<KeeperLoop>
    private let keeper: KeeperDesk
    private let commitBell: Bell
    private let readBell: Bell
    private let isEnding = Atomic<Bool>(false)
    private let wake: @Sendable () -> Void
    private let orders: Ring<JournalOrder>
    private let readOrders: Ring<ReadOrder>
    private let committed: Ring<JournalReport>
    private let found: Ring<JournalReport>

    /// Orders that can wait.
    static var orderCountMax: Int { 4_096 }
    /// Reads that can wait.
    static var readCountMax: Int { 1_024 }
    /// How long an end may take for the heads of segments sealed last.
    static var lastHeadsNanoseconds: UInt64 { 3 * nanosecondsPerSecond }

    /// Opens the store on `disk`, or makes one; recovers what a run that was cut off left behind.
    ///
    /// `wake` is called after reports were sent; it makes the shard call `JournalClient.next`.
    /// - Throws: `JournalError` when the store cannot be opened; nothing is changed then but what
    ///   recovery had already made safe.
    public static func open(
        _ disk: any Disk,
        _ options: StoreOptions,
        _ secret: borrowing SlotSecret,
        wake: @escaping @Sendable () -> Void
    ) throws(JournalError) -> Journal {
        try Journal(opening: disk, options, secret, wake: wake)
    }

    private init(
        opening disk: any Disk,
        _ options: StoreOptions,
        _ secret: borrowing SlotSecret,
        wake: @escaping @Sendable () -> Void
    ) throws(JournalError) {
        self.wake = wake
        let disk = PulseDisk(disk, meter.pulse)
        orders = Ring(capacity: Self.orderCountMax)
        readOrders = Ring(capacity: Self.readCountMax)
        committed = Ring(capacity: 2 * Self.orderCountMax)
        found = Ring(capacity: 2 * Self.readCountMax)
        let notes = Ring<IndexNote>(capacity: CommitLoop.noteCountMax)
        do {
            commitBell = try Bell()
            readBell = try Bell()
            rewriting = try RewriteDesk(options.publishers)
            keeper = try KeeperDesk()
        } catch {
            throw .disk(error)
        }
        let opened: OpenedStore
        (opened, openingNanoseconds) = try Self.openStore(disk, options, secret)
        vault = opened.origin.vault
        recovered = opened.recoveredStreams
        keys = KeyDesk(commitBell)
        rewrites = Mutex(RewriteLoop(opened.origin, rewriting))
        keeps = Mutex(KeeperLoop(opened.origin, keeper))
        let keyWork = KeyWork(keys, rewriting, keeper, options.rotation)
        reads = Mutex(
            ReadLoop(
                disk: disk,
                store: opened.origin.store,
                vault: vault,
                streams: opened.catalog.readStreams,
                orders: readOrders.makeReceiver(),
                reports: found.makeSender(),
                notes: notes.makeReceiver(),
                walker: BlockWalker(disk: disk, store: opened.origin.store, vault: vault),
                keeper: keeper,
                byteCount: meter.reads.takeWriter()
            )
        )
        commits = Mutex(
            try CommitLoop(
                opened,
                options,
                keyWork,
                meter,
                orders: orders.makeReceiver(),
                reports: committed.makeSender(),
                notes: notes.makeSender()
            )
        )
    }

    /// Opens the store and says how many nanoseconds that took.
    private static func openStore(
        _ disk: any Disk,
        _ options: StoreOptions,
        _ secret: borrowing SlotSecret
    ) throws(JournalError) -> (OpenedStore, UInt64) {
        let began = MeterClock.monotonic()
        var opening = StoreOpening(disk: disk, options: options)
        let opened = try opening.run(secret)
        return (opened, MeterClock.monotonic().nanoseconds(since: began))
    }

    /// The shard's end; there is only one.
    public func makeClient() -> JournalClient {
        JournalClient(
            orders: orders.makeSender(),
            reads: readOrders.makeSender(),
            committed: committed.makeReceiver(),
            found: found.makeReceiver(),
            commitBell: commitBell,
            readBell: readBell
        )
    }

    /// Commits until the client stops the journal: the body of the journal thread.
    public func runCommits() {
        commits.withLock { loop in
            while !loop.hasStopped {
                if loop.step(at: MeterClock.monotonic()) {
                    wake()
                    // Who reads takes notes first; alone it is woken only before they pile up.
                    if loop.hasManyNotes { readBell.ring() }
                } else {
                    let wait = loop.nextDeadline.nanoseconds(since: MeterClock.monotonic())
                    let milliseconds = Int32(min(1_000, wait / 1_000_000 + 1))
                    commitBell.sleep(milliseconds: milliseconds) { loop.hasOrders }
                }
            }
        }
        isEnding.store(true, ordering: .sequentiallyConsistent)
        readBell.ring()
        rewriting.ring()
        keeper.ring()
    }

    /// Rewrites segments until the journal is stopped: the body of the third thread.
    ///
    /// It works when nobody else wants the processor, and rests when publishers are busy. With
    /// nothing to rewrite it gives memory back.
    public func runRewrites() {
        // On Linux 0 names the calling thread alone.
        _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
        rewrites.withLock { loop in
            var rounds: UInt64 = 0
            var pace = RewritePace(rewriting.publishers)
            var memory = IdleTrim()
            while !isEnding.load(ordering: .sequentiallyConsistent) {
                let began = MeterClock.monotonic()
                let before = rewriting.rewrittenBytes
                let hasWorked = loop.step()
                loop.measure(at: began)
                guard hasWorked else {
                    pace.rest(at: began)
                    rewriting.noteQuiet(pace.quietP99)
                    if memory.isDue(rewriting.takenBytes, at: began) { IdleTrim.trim() }
                    rewriting.sleep(milliseconds: 1_000) {
                        loop.hasOrders || isEnding.load(ordering: .sequentiallyConsistent)
                    }
                    continue
                }
                if !rewriting.reports.isEmpty { commitBell.ring() }
                let now = MeterClock.monotonic()
                let worked = now.nanoseconds(since: began)
                rewriting.noteWork(worked)
                let roundsNow = rewriting.roundCount
                let rest = pace.rest(
                    worked: worked,
                    bytes: rewriting.rewrittenBytes &- before,
                    bytesPerSecondMax: rewriting.bytesPerSecondMax,
                    wasDisturbed: roundsNow != rounds,
                    at: now
                )
                rounds = roundsNow
                rewriting.noteQuiet(pace.quietP99)
                if rest > 0 { sleepRewrites(rest, from: now) }
            }
        }
    }

    /// Looks after sealed segments until the journal is stopped, and a while longer for those that
    /// were sealed last: the body of the fourth thread.
    public func runKeeping() {
        keeps.withLock { loop in
            while !isEnding.load(ordering: .sequentiallyConsistent) {
                if loop.step() {
                    if !keeper.failures.isEmpty { commitBell.ring() }
                } else {
                    keeper.sleep {
                        loop.hasOrders || isEnding.load(ordering: .sequentiallyConsistent)
                    }
                }
            }
            let end = MeterClock.monotonic().adding(nanoseconds: Self.lastHeadsNanoseconds)
            while MeterClock.monotonic() < end, loop.step() {}
        }
    }

    /// Rests for `nanoseconds`, however often the bell rings.
    private func sleepRewrites(_ nanoseconds: UInt64, from start: Instant) {
        let end = start.adding(nanoseconds: nanoseconds)
        while true {
            let left = end.nanoseconds(since: MeterClock.monotonic())
            guard left > 0, !isEnding.load(ordering: .sequentiallyConsistent) else { return }
            rewriting.sleep(milliseconds: Int32(min(left, nanosecondsPerSecond) / 1_000_000 + 1)) {
                isEnding.load(ordering: .sequentiallyConsistent)
            }
        }
    }

    /// Reads until the journal is stopped: the body of the reading thread.
    public func runReads() {
        reads.withLock { loop in
            while !isEnding.load(ordering: .sequentiallyConsistent) {
                if loop.step() {
                    wake()
                } else {
                    readBell.sleep(milliseconds: 1_000) {
                        loop.hasOrders || isEnding.load(ordering: .sequentiallyConsistent)
                    }
                }
            }
        }
    }

    /// Does what waits on the calling thread, at the time `now`.
    /// - Returns: whether there was anything to do.
    public func step(at now: Instant) -> Bool {
        let hasCommitted = commits.withLock { $0.step(at: now) }
        let hasRead = reads.withLock { $0.step() }
        let hasRewritten = rewrites.withLock { loop in
            loop.measure(at: now)
            return loop.step()
        }
        let hasKept = keeps.withLock { $0.step() }
        return hasCommitted || hasRead || hasRewritten || hasKept
    }
}
