// The body of a shard's thread: readiness, sockets and time around the shard's decisions.

import Base
import Identity
import Journal
import Reactor
import Telemetry
import Wire

/// Runs one shard until it is told to stop.
@safe
public struct ShardRunner: ~Copyable {
    var shard: Shard
    var sessions = TlsSessions()
    private var poller: Poller
    private var listener: Listener?
    /// When those who wait at the door are looked after again; `nil` while the door is open.
    private var doorOpensAt: Instant?
    let posts: ServerPosts
    /// How long the messages of a tick took.
    private let ticks: HistogramWriter
    var log: Log
    private let passwords: PasswordDesk
    let store: StoreLink?
    let buffer: UnsafeMutableRawBufferPointer
    var stalled = Table<Stall>(capacity: 16)
    var isStopping = false

    /// Bytes read at once: large, because waking the receivers costs more than the cache misses.
    private static let readBytes = 512 << 10
    private static let listenerToken = UInt64.max
    private static let mailboxToken = UInt64.max - 1
    private static let journalToken = UInt64.max - 2
    /// How long nobody is accepted once the system has refused it.
    private static let doorNanoseconds = nanosecondsPerSecond

    /// A runner that accepts from `listener`.
    /// - Throws: `SystemError` when the system refuses a descriptor.
    init(
        _ settings: ShardSettings,
        listener: consuming Listener,
        posts: ServerPosts,
        times: ServerTimes,
        store: StoreLink?,
        log: Log
    ) throws(SystemError) {
        let passwords = try PasswordDesk(answers: posts.shard)
        let poller = try Poller()
        try poller.add(listener.descriptor, token: Self.listenerToken)
        Socket.stampArrivals(listener.descriptor)
        try poller.add(posts.shard.doorbell.descriptor, token: Self.mailboxToken)
        if let store { try poller.add(store.bell.descriptor, token: Self.journalToken) }
        shard = Shard(settings)
        shard.host.publishTally = PublishTally(times.publishes)
        shard.host.times.deliveries = HistogramWriter(times.deliveries)
        shard.host.times.acknowledgements = HistogramWriter(times.acknowledgements)
        self.store = store
        self.poller = poller
        self.listener = consume listener
        self.posts = posts
        ticks = HistogramWriter(times.ticks)
        self.log = log
        self.passwords = passwords
        let limits = settings.limits
        unsafe buffer = .allocate(
            byteCount: limits.payloadBytesMax + limits.controlLineBytesMax * 2 + Self.readBytes,
            alignment: 4_096
        )
    }

    deinit { unsafe buffer.deallocate() }

    /// Works until a letter says stop.
    public mutating func run() {
        recoverStreams()
        Poller.sharpenTimers()
        while !isStopping {
            let count = wait()
            let messages = shard.counters.traffic.messagesIn
            shard.begin(at: SystemClock.now())
            for at in 0..<count { handle(poller.ready(at)) }
            shard.readJournal()
            shard.advance()
            shard.flushJournal()
            resumeStalled()
            if let doorOpensAt, doorOpensAt <= shard.tick.now { openDoor() }
            flush()
            closeEnded()
            if !shard.tick.systemRequests.isEmpty { forwardRequests() }
            if !shard.host.operated.isEmpty { forwardOutcomes() }
            if !shard.tick.deeds.isEmpty { forwardDeeds() }
            if !shard.host.readNews.isEmpty { logReads() }
            measure(shard.counters.traffic.messagesIn &- messages)
            if posts.stand.isDue(at: shard.tick.now) { leavePicture() }
            askForChecks()
        }
        closeAll()
        passwords.stop()
        stopJournal()
    }

    /// Notes how long a tick took for each of its `messages`, from receiving to writing.
    @inline(__always)
    private mutating func measure(_ messages: UInt64) {
        guard messages > 0 else { return }
        let duration = SystemClock.now().nanoseconds(since: shard.tick.now)
        shard.counters.busyNanoseconds &+= duration
        ticks.record(duration, times: messages)
    }

    /// Waits until there is something to do.
    private mutating func wait() -> Int {
        guard let look = shard.host.gathering.nextLook else {
            return poller.wait(milliseconds: timeout())
        }
        return poller.wait(nanoseconds: look.nanoseconds(since: SystemClock.now()))
    }

    private mutating func timeout() -> Int32 {
        var next = shard.nextDeadline
        if let doorOpensAt { next = min(next, doorOpensAt) }
        for at in 0..<stalled.count { next = min(next, stalled[at].until) }
        guard next != .distantFuture else { return -1 }
        let left = next.nanoseconds(since: SystemClock.now())
        return Int32(min(left / nanosecondsPerMillisecond + 1, 60_000))
    }

    private mutating func handle(_ ready: Readiness) {
        switch ready.token {
        case Self.listenerToken: acceptWaiting()
        case Self.mailboxToken: readMail()
        case Self.journalToken: store?.bell.answer()
        default: serve(ready)
        }
    }

    /// Accepts nobody any more.
    mutating func closeListener() {
        if let descriptor = listener?.descriptor { poller.remove(descriptor) }
        listener = nil
    }

    // MARK: - Input

    private mutating func acceptWaiting() {
        for _ in 0..<64 {
            do throws(SystemError) {
                guard let accepted = try listener?.accept() else { return }
                let index = shard.accept(accepted)
                logOpened(index)
                try poller.add(accepted.descriptor, token: token(index))
            } catch {
                return closeDoor(error)
            }
        }
    }

    /// Lets those who come wait: a door that stays open wakes the thread again and again.
    private mutating func closeDoor(_ error: SystemError) {
        guard let descriptor = listener?.descriptor else { return }
        log.error("No connection is accepted for a second: \(error.text)")
        poller.remove(descriptor)
        doorOpensAt = shard.tick.now.adding(nanoseconds: Self.doorNanoseconds)
    }

    private mutating func openDoor() {
        doorOpensAt = nil
        guard let descriptor = listener?.descriptor else { return }
        do throws(SystemError) {
            try poller.add(descriptor, token: Self.listenerToken)
        } catch {
            closeDoor(error)
        }
    }

    private func token(_ index: UInt32) -> UInt64 {
        UInt64(shard.connections[index].generation) << 32 | UInt64(index)
    }

    private mutating func serve(_ ready: Readiness) {
        let index = UInt32(truncatingIfNeeded: ready.token)
        let generation = UInt32(truncatingIfNeeded: ready.token >> 32)
        guard shard.isCurrent(index, generation: generation) else { return }
        if ready.isWritable { writable(index) }
        let flags = shard.connections[index].flags
        guard !flags.contains(.isClosing) else { return }
        switch shard.connections[index].security {
        case _ where flags.contains(.awaitsVerdict): watch(index)
        case .none: if ready.isReadable || ready.isHungUp { read(index) }
        case .established: readSecurely(index)
        case .awaitsOpening: open(index)
        case .handshaking: shakeHands(index)
        }
    }

    /// Reads what the socket has and hands it to the shard.
    mutating func read(_ index: UInt32) {
        let room = room(index)
        let descriptor = shard.connections[index].descriptor
        var arrived = Instant.never
        // SAFETY: the range lies inside the buffer.
        let part = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[room])
        let outcome = unsafe Socket.read(descriptor, into: part, arrived: &arrived)
        // Clocks may be set; nothing comes from the future.
        if arrived != .never { shard.tick.arrived = min(arrived, shard.tick.now) }
        defer { shard.tick.arrived = shard.tick.now }
        switch outcome {
        case .bytes(let count):
            take(index, room.lowerBound + count)
            if shard.connections[index].flags.contains(.isThrottled) { pause(index, after: count) }
        case .wouldBlock: take(index, room.lowerBound)
        case .ended: shard.end(index, .clientClosed)
        case .failed: shard.end(index, .readError)
        }
    }

    /// Where the next bytes of the connection go: behind what was left over before.
    mutating func room(_ index: UInt32) -> Range<Int> {
        let start = Int(shard.connections[index].leftover.count)
        if start > 0 { takeLeftover(of: index) }
        let most =
            shard.connections[index].flags.contains(.isThrottled)
            ? throttledBytes(index) : Self.readBytes
        let wanted = max(most, shard.connections[index].awaitedBytes - start)
        // SAFETY: only the buffer's count is read.
        return unsafe start..<min(buffer.count, start + wanted)
    }

    private mutating func takeLeftover(of index: UInt32) {
        // SAFETY: a leftover is shorter than the longest command, which the buffer is made for.
        unsafe shard.leftover(of: index).withUnsafeBytes { unsafe buffer.copyMemory(from: $0) }
        shard.freeLeftover(of: index)
    }

    /// Hands the first `count` bytes of the buffer to the shard and keeps what it does not use.
    @inline(__always)
    mutating func take(_ index: UInt32, _ count: Int) {
        // SAFETY: the first `count` bytes of the buffer were filled, and nobody changes them
        // meanwhile.
        let bytes = unsafe UnsafeRawBufferPointer(rebasing: buffer[0..<count]).bytes
        if !shard.settings.topics.isEmpty { trace(index, bytes) }
        let used = shard.receive(index, bytes)
        if used < count { shard.keep(bytes.extracting(used..<count), of: index) }
    }

    /// Hands passwords to the thread that has the time to compare them.
    private mutating func askForChecks() {
        guard !shard.tick.checks.isEmpty else { return }
        for check in shard.tick.checks where !passwords.post(check) {
            decide(check.index, check.generation, nil)
        }
        shard.tick.checks.removeAll()
    }

    /// Takes the outcome of a comparison and goes on with what the client has sent meanwhile.
    mutating func decide(_ index: UInt32, _ generation: UInt32, _ admission: Admission?) {
        guard shard.isCurrent(index, generation: generation) else { return }
        shard.decide(index, admission)
        guard shard.connections[index].flags.isDisjoint(with: [.awaitsVerdict, .isClosing]) else {
            return
        }
        watch(index)
        let room = room(index)
        if room.lowerBound > 0 { take(index, room.lowerBound) }
        if shard.connections[index].security == .established { readSecurely(index) }
    }

    // MARK: - Output

    private mutating func writable(_ index: UInt32) {
        shard.connections[index].flags.remove(.awaitsRoom)
        shard.connections[index].blockedSince = .never
        watch(index)
        shard.markDirty(index)
    }

    private mutating func flush() {
        for at in 0..<shard.tick.dirty.count {
            let index = shard.tick.dirty[at]
            shard.connections[index].flags.remove(.isDirty)
            guard shard.connections[index].descriptor >= 0 else { continue }
            if !shard.connections[index].flags.contains(.awaitsRoom) { write(index) }
            // Each wakes a client that may take the processor before the next is written.
            let written = UInt32(at + 1)
            if shard.hasAnswered(among: written) {
                shard.noteAnswered(among: written, at: SystemClock.now())
            }
        }
        if shard.host.answered.count > 0 { shard.noteAnswered(at: SystemClock.now()) }
        shard.tick.dirty.removeAll()
        for at in 0..<shard.tick.stalled.count {
            holdForSlower(shard.tick.stalled[at])
        }
        shard.tick.stalled.removeAll()
    }

    @inline(__always)
    private mutating func write(_ index: UInt32) {
        while !shard.connections[index].queue.isEmpty {
            switch send(index) {
            case .bytes: continue
            case .wouldBlock, .ended:
                awaitRoom(index)
                return
            case .failed:
                shard.outbox.drop(&shard.connections[index].queue)
                shard.end(index, .writeError)
                return
            }
        }
    }

    @inline(__always)
    private mutating func send(_ index: UInt32) -> Transfer {
        switch shard.connections[index].security {
        case .established: return sendSecurely(index)
        case .handshaking: return .wouldBlock
        case .none, .awaitsOpening:
            let descriptor = shard.connections[index].descriptor
            return shard.outbox.send(&shard.connections[index].queue, to: descriptor)
        }
    }

    /// Waits until the socket takes more.
    mutating func awaitRoom(_ index: UInt32) {
        shard.connections[index].flags.insert(.awaitsRoom)
        shard.connections[index].blockedSince = shard.tick.now
        shard.noteBlocked()
        watch(index)
    }

    /// Tells the poller what the connection waits for.
    mutating func watch(_ index: UInt32) {
        let flags = shard.connections[index].flags
        do throws(SystemError) {
            try poller.change(
                shard.connections[index].descriptor,
                token: token(index),
                forReading: flags.isDisjoint(with: [.isStalled, .awaitsVerdict]),
                forWriting: flags.contains(.awaitsRoom)
            )
        } catch {
            shard.end(index, .writeError)
        }
    }

    // MARK: - End

    private mutating func closeEnded() {
        guard !shard.tick.ended.isEmpty else { return }
        for at in 0..<shard.tick.ended.count { close(shard.tick.ended[at]) }
        shard.tick.ended.removeAll()
    }

    private mutating func close(_ index: UInt32) {
        logClosed(index)
        if shard.details[Int(index)]?.closedReason != .writeError { write(index) }
        let descriptor = shard.connections[index].descriptor
        poller.remove(descriptor)
        let tls = shard.connections[index].tls
        if tls != noIndex { sessions.remove(tls) }
        Socket.closeGently(descriptor)
        shard.release(index)
    }

    private mutating func closeAll() {
        closeListener()
        for index in 0..<UInt32(shard.connections.limit)
        where shard.connections[index].descriptor >= 0 {
            shard.end(index, .serverShutdown)
        }
        closeEnded()
    }
}
