// The thread that rewrites segments, so that commits are never held up.

import Base
import Sealing
import Synchronization

/// What the thread that rewrites answers.
enum RewriteReport: Sendable {
    /// The next generation is complete, synced and read back.
    case done(RewriteResult)
    /// So many blocks were read back as they should be.
    case verified(UInt64, blocks: UInt64)
    /// So much is left of the segment that it is not worth the work.
    case tooMuchLeft(UInt64)
    /// The order was not carried out; nothing is left of it.
    case failed(UInt64, RewriteStop)
}

/// A segment that was rewritten.
struct RewriteResult: Sendable {
    /// The order.
    let number: UInt64
    let keyVersion: UInt32
    let facts: SealedFacts
    /// What could not be read.
    let lost: [LostRange]
    let checkedBlocks: UInt64
}

/// What the commit loop and the thread that rewrites share.
final class RewriteDesk: Sendable {
    let orders = LetterBox<RewriteOrder>()
    let reports = LetterBox<RewriteReport>()
    private let rounds = Atomic<UInt64>(0)
    private let taken = Atomic<UInt64>(0)
    private let limit = Atomic<UInt64>(0)
    private let isHolding = Atomic<Bool>(false)
    private let rewritten = Atomic<UInt64>(0)
    private let inHand = Atomic<UInt64>(0)
    private let speed = Atomic<UInt64>(0)
    private let worked = Atomic<UInt64>(0)
    private let quiet = Atomic<UInt64>(0)
    /// How publishers fare.
    let publishers: PublishWatch
    private let bell: Bell

    init(_ publishers: PublishWatch) throws(DiskError) {
        self.publishers = publishers
        bell = try Bell()
    }

    /// Wakes the thread that rewrites.
    func ring() { bell.ring() }

    /// Sleeps until the bell rings or `milliseconds` have passed, unless `hasWork`.
    func sleep(milliseconds: Int32, unless hasWork: () -> Bool) {
        bell.sleep(milliseconds: milliseconds, unless: hasWork)
    }

    /// Notes a commit round that carried something for a client, `bytes` of records among it.
    func noteRound(bytes: Int) {
        rounds.wrappingAdd(1, ordering: .relaxed)
        taken.wrappingAdd(UInt64(bytes), ordering: .relaxed)
    }

    /// Bytes of records that all rounds took.
    var takenBytes: UInt64 { taken.load(ordering: .relaxed) }

    /// How many such rounds there were.
    var roundCount: UInt64 { rounds.load(ordering: .relaxed) }

    /// Limits the rewriting; 0 is no limit but the yielding.
    func limit(to bytesPerSecond: UInt64) { limit.store(bytesPerSecond, ordering: .relaxed) }

    /// Most bytes a second; 0 for no limit.
    var bytesPerSecondMax: UInt64 { limit.load(ordering: .relaxed) }

    /// Holds the rewriting or lets it go on.
    func hold(_ isHeld: Bool) { isHolding.store(isHeld, ordering: .relaxed) }

    /// Whether the operator holds the rewriting.
    var isHeld: Bool { isHolding.load(ordering: .relaxed) }

    /// Notes that `bytes` more were rewritten, which makes `inHand` bytes of the segment in hand.
    func noteRewritten(_ bytes: UInt64, inHand: UInt64) {
        rewritten.wrappingAdd(bytes, ordering: .relaxed)
        self.inHand.store(inHand, ordering: .relaxed)
    }

    /// Hands `order` over; nothing else is in hand.
    func post(_ order: RewriteOrder) {
        inHand.store(0, ordering: .relaxed)
        orders.post(order)
    }

    /// Bytes of old segments rewritten since the start.
    var rewrittenBytes: UInt64 { rewritten.load(ordering: .relaxed) }

    /// Bytes of the segment in hand that are rewritten; all of them until the next one is begun.
    var inHandBytes: UInt64 { inHand.load(ordering: .relaxed) }

    /// Notes how fast it goes.
    func noteSpeed(_ bytesPerSecond: UInt64) { speed.store(bytesPerSecond, ordering: .relaxed) }

    /// Bytes a second, lately; 0 while nothing is rewritten.
    var bytesPerSecond: UInt64 { speed.load(ordering: .relaxed) }

    /// Notes how long a piece took.
    func noteWork(_ nanoseconds: UInt64) { worked.wrappingAdd(nanoseconds, ordering: .relaxed) }

    /// How long all pieces took since the start, rests left out.
    var workedNanoseconds: UInt64 { worked.load(ordering: .relaxed) }

    /// Notes what publishers wait while nothing is rewritten.
    func noteQuiet(_ p99: UInt64) { quiet.store(p99, ordering: .relaxed) }

    /// What 99 of 100 publishers wait at most while nothing is rewritten, in nanoseconds; 0 if that
    /// is not known.
    var quietP99: UInt64 { quiet.load(ordering: .relaxed) }
}

/// Carries out orders to rewrite or to verify, one at a time, piece by piece.
struct RewriteLoop: ~Copyable {
    let origin: SegmentOrigin
    let desk: RewriteDesk
    private var rewrite: SegmentRewrite?
    private var waiting: [RewriteOrder] = []
    private var speed = RewriteSpeed()

    init(_ origin: SegmentOrigin, _ desk: RewriteDesk) {
        self.origin = origin
        self.desk = desk
    }

    /// Whether there is something to do.
    var hasOrders: Bool {
        guard !desk.isHeld, !origin.vault.isLocked else { return false }
        return rewrite != nil || !waiting.isEmpty || !desk.orders.isEmpty
    }

    /// Does the next piece.
    /// - Returns: whether there was anything to do.
    mutating func step() -> Bool {
        guard hasOrders, origin.vault.enter() else { return false }
        defer { origin.vault.leave() }
        waiting += desk.orders.takeAll()
        if rewrite != nil {
            proceed()
        } else if !waiting.isEmpty {
            begin(waiting.removeFirst())
        }
        return true
    }

    /// Tells how fast the rewriting goes at `now`.
    mutating func measure(at now: Instant) {
        if hasOrders { speed.take(desk.rewrittenBytes, at: now) } else { speed.rest() }
        desk.noteSpeed(UInt64(speed.perSecond))
    }

    private mutating func begin(_ order: RewriteOrder) {
        do throws(RewriteStop) {
            if order.isVerification {
                let blocks = try sample(order)
                desk.reports.post(.verified(order.number, blocks: blocks))
            } else if order.isCompaction, try !isSparse(order) {
                desk.reports.post(.tooMuchLeft(order.number))
            } else {
                rewrite = try SegmentRewrite(order, origin, isSalvage: false)
            }
        } catch {
            giveUp(order, error, isSalvage: false)
        }
    }

    /// Reads the first blocks of a segment.
    private func sample(_ order: RewriteOrder) throws(RewriteStop) -> UInt64 {
        var stroll = try SegmentStroll(order, origin)
        var frame = RecordBuffer(capacity: 128 << 10)
        var count: UInt64 = 0
        while count < Self.sampleBlocksMax, try stroll.next(into: &frame) != nil { count += 1 }
        return count
    }

    /// Whether at most a quarter of a segment's bytes would be left.
    private func isSparse(_ order: RewriteOrder) throws(RewriteStop) -> Bool {
        let left = try SegmentStroll.bytesLeft(of: order, origin)
        return left <= order.facts.end / CompactionWork.partMax
    }

    /// Blocks of a segment that a verification reads.
    static var sampleBlocksMax: UInt64 { 8 }

    private mutating func proceed() {
        guard var current = rewrite.take() else { return }
        let before = current.rewrittenBytes
        do throws(RewriteStop) {
            let facts = try current.step()
            let inHand = current.rewrittenBytes
            desk.noteRewritten(inHand - before, inHand: inHand)
            guard let facts else {
                rewrite = consume current
                return
            }
            let result = RewriteResult(
                number: current.order.number,
                keyVersion: current.keyVersion,
                facts: facts,
                lost: current.lost,
                checkedBlocks: current.checkedBlocks
            )
            desk.reports.post(.done(result))
        } catch {
            current.abandon()
            giveUp(current.order, error, isSalvage: current.isSalvage)
        }
    }

    /// A damaged segment is tried once more, without what is damaged.
    private mutating func giveUp(_ order: RewriteOrder, _ stop: RewriteStop, isSalvage: Bool) {
        guard case .damaged = stop, !isSalvage, !order.isVerification, !order.isCompaction else {
            desk.reports.post(.failed(order.number, stop))
            return
        }
        do throws(RewriteStop) {
            rewrite = try SegmentRewrite(order, origin, isSalvage: true)
        } catch {
            desk.reports.post(.failed(order.number, error))
        }
    }
}
