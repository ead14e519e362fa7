// The control thread: watches, tells and steers, and never touches a message.

import Base
import Configuration
import Engine
import JSON
import Journal
import Reactor
import Telemetry

/// What the control thread is given at its start.
struct ControlStart: Sendable {
    /// The server.
    var facts: ServerFacts
    /// The monitoring listeners.
    var monitor: MonitoringDoors
    /// The mailboxes.
    var posts: ServerPosts
    /// What the console sees.
    var engine: EmbeddedEngine
    /// How long messages took.
    var times: ServerTimes
    /// The store's keys; `nil` without a store.
    var keys: KeyService?
    /// What the store measures; `nil` without a store.
    var storage: StorageSource?
    /// Seeds the shard's tables; stays when settings change.
    var seed: UInt64
}

/// The body of the control thread.
struct ControlLoop: ~Copyable {
    let posts: ServerPosts
    let engine: EmbeddedEngine
    let times: ServerTimes
    let keys: KeyService?
    /// The journal's numbers of streams by name, as of the last picture.
    var streamNumbers: [[UInt8]: UInt32] = [:]
    var facts: ServerFacts
    var book: LogBook
    var log: Log
    var poller: Poller
    var http: HttpServer
    /// Pages that wait for a picture, by the picture's number.
    var waiting: [UInt64: (page: MonitoringPage, call: HttpCall)] = [:]
    /// Requests by message that wait for a picture, by the picture's number.
    var asked: [UInt64: (request: SystemRequest, options: SystemOptions)] = [:]
    /// Counts the answers to requests by message.
    var systemSequence: UInt64 = 0
    var requestCounts: [String: UInt64] = [:]
    var sampler: EngineSampler
    var process = ProcessSampler()
    var disk: DiskWatch?
    var lameDuck: LameDuckPlan?
    /// What the audit log will say of orders about streams, by ticket.
    var audited: [Ticket: AuditedOrder] = [:]
    /// What clients did lately.
    var deeds = DeedBook()
    /// Orders whose end a shard reports, by connection.
    var awaited: [UInt64: [Ticket]] = [:]
    var pictureNumber: UInt64 = 0
    /// Ends of orders that are not told yet.
    var held = HeldReports()
    var isStopping = false
    let seed: UInt64

    /// What the mailbox's doorbell is watched under.
    static let mailToken: UInt64 = 1

    /// Works until a letter says stop.
    static func run(_ start: ControlStart) {
        do throws(SystemError) {
            var loop = try ControlLoop(start)
            loop.work()
        } catch {
            // Without descriptors there is neither a log nor a way to go on.
            start.posts.bell.ring()
        }
    }

    private init(_ start: ControlStart) throws(SystemError) {
        posts = start.posts
        engine = start.engine
        times = start.times
        keys = start.keys
        facts = start.facts
        seed = start.seed
        let logging = start.facts.configuration.logging
        book = LogBook(logging)
        log = Log(logging.topics, posts: start.posts)
        let poller = try Poller()
        try poller.add(start.posts.office.doorbell.descriptor, token: Self.mailToken)
        http = try HttpServer(start.monitor, poller)
        self.poller = poller
        sampler = EngineSampler(start.facts, start.storage, start.times)
        disk = start.storage.map { DiskWatch($0.meter.pulse) }
    }

    private mutating func work() {
        while !isStopping {
            let count = poller.wait(milliseconds: timeout())
            let now = SystemClock.now()
            for at in 0..<count { handle(poller.ready(at), at: now) }
            http.expire(poller, at: now)
            sample(at: now)
            if let line = disk?.look(at: now) { book.take(line) }
            advanceLameDuck(at: now)
            flushDeeds(at: now)
            book.flush()
        }
        readMail(at: SystemClock.now())
        book.flush()
    }

    private mutating func timeout() -> Int32 {
        var next = min(http.nextDeadline, deeds.nextFlush)
        if let disk { next = min(next, disk.nextLook) }
        if let lameDuck { next = min(next, lameDuck.nextStep) }
        if engine.isWatched(at: SystemClock.now()) { next = min(next, sampler.nextSample) }
        guard next != .distantFuture else { return -1 }
        let left = next.nanoseconds(since: SystemClock.now())
        return Int32(min(left / nanosecondsPerMillisecond + 1, 60_000))
    }

    private mutating func handle(_ ready: Readiness, at now: Instant) {
        switch ready.token {
        case Self.mailToken:
            posts.office.doorbell.answer()
            readMail(at: now)
        case HttpServer.listenerToken, HttpServer.secureToken:
            http.accept(ready.token, poller, at: now)
        default:
            if let call = http.serve(ready, poller, at: now) { take(call, at: now) }
        }
    }

    private mutating func readMail(at now: Instant) {
        for letter in posts.office.takeAll() { obey(letter, at: now) }
        let lost = posts.lost.take()
        guard lost > 0 else { return }
        let words = "\(lost) lines were lost because the log was busy"
        book.take(LogLine(at: now, level: .warning, text: words))
    }

    private mutating func obey(_ letter: ControlLetter, at now: Instant) {
        switch letter {
        case .line(let line): book.take(line)
        case .shard(let report): hear(report, at: now)
        case .shardFailed(let error):
            book.take(LogLine(at: now, level: .fatal, text: "Can't serve clients: \(error.text)"))
            posts.bell.ring()
        case .order(let order, let ticket): obey(order, ticket, at: now)
        case .system(let request): take(request, at: now)
        case .watched: break
        case .reload(let configuration): reload(configuration, at: now)
        case .reopenLog:
            let words =
                book.reopen() ? "File log re-opened" : "File log re-open ignored, not a file logger"
            book.take(LogLine(at: now, level: .info, text: words))
        case .lameDuck: startLameDuck(at: now)
        case .stop: isStopping = true
        }
    }

    private mutating func hear(_ report: ShardReport, at now: Instant) {
        switch report {
        case .picture(let picture): take(picture, at: now)
        case .found(let connection, let wasFound): finish(connection, wasFound)
        case .operated(let report):
            noteEnd(report)
            tell(report)
        case .done(let deeds): note(deeds, at: now)
        case .remaining(let count): lameDuck?.remaining = count
        }
    }

    /// Asks the shard for a picture.
    mutating func ask(_ request: PictureRequest) {
        _ = posts.shard.post(.picture(request))
    }

    /// The next picture's number.
    mutating func nextPictureNumber() -> UInt64 {
        pictureNumber += 1
        return pictureNumber
    }

    private mutating func take(_ picture: ShardPicture, at now: Instant) {
        if let wait = waiting.removeValue(forKey: picture.number) {
            answer(wait.call, wait.page, picture, at: now)
        } else if let ask = asked.removeValue(forKey: picture.number) {
            answer(ask.request, ask.options, picture, at: now)
        } else if picture.number == sampler.awaitedPicture {
            show(picture)
        }
    }

    // MARK: - Monitoring

    /// Takes a request of the monitoring endpoints.
    private mutating func take(_ call: HttpCall, at now: Instant) {
        let base = facts.configuration.monitoring.basePath
        guard let page = MonitoringPage(path: call.request.path, basePath: base) else {
            send(.words("404 page not found\n", .notFound), to: call, at: now)
            return
        }
        requestCounts[page.rawValue, default: 0] += 1
        let number = nextPictureNumber()
        waiting[number] = (page, call)
        ask(page.pictureRequest(number, call.request))
    }

    private mutating func answer(
        _ call: HttpCall,
        _ page: MonitoringPage,
        _ picture: ShardPicture,
        at now: Instant
    ) {
        var view = MonitoringView(facts, picture, layout: .indented)
        view.process = process.sample(at: now)
        view.requestCounts = requestCounts
        view.isLameDuck = lameDuck != nil
        view.diskHang = disk?.hang ?? 0
        if page == .metrics { view.ticks = Histogram(reading: times.ticks) }
        send(view.reply(page, call.request), to: call, at: now)
    }

    private mutating func send(_ reply: HttpReply, to call: HttpCall, at now: Instant) {
        if let next = http.answer(call.token, reply, poller, at: now) { take(next, at: now) }
    }
}
