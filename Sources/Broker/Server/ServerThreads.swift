// The threads of a server and the mailboxes between them.

import Base
import Configuration
import Engine
import Reactor
import Telemetry

/// Where the letters of a server go.
struct ServerPosts: Sendable {
    /// To the control thread.
    let office: Mailbox<ControlLetter>
    /// To the shard.
    let shard: Mailbox<ShardOrder>
    /// From the engine to the console.
    let reports: Mailbox<EngineReport>
    /// To whoever runs the server.
    let bell: Doorbell
    /// Pictures for the console that the shard takes by itself.
    let stand = PictureStand()
    /// Lines that found no room in the mailbox.
    let lost = LostLines()

    /// Lines of the log and other letters that may wait for the control thread.
    static let officeLettersMax = 16_384

    /// Empty mailboxes.
    /// - Throws: `ServerError.system` when the system has no descriptor left.
    init() throws(ServerError) {
        do throws(SystemError) {
            office = Mailbox(doorbell: try Doorbell(), letterCountMax: Self.officeLettersMax)
            shard = Mailbox(doorbell: try Doorbell())
            reports = Mailbox(doorbell: try Doorbell())
            bell = try Doorbell()
        } catch {
            throw .system(error)
        }
    }
}

/// How long messages take, by shard and stage: written by the shard, read by everybody.
struct ServerTimes: Sendable {
    /// From receiving to writing, by message of a tick.
    let ticks = CounterBlock(count: Histogram.counterCount)
    /// From a publish until its message is safe, and what failed.
    let publishes: PublishBlocks
    /// From a message's time until it is first sent to a consumer.
    let deliveries = CounterBlock(count: Histogram.counterCount)
    /// From a delivery until its acknowledgement.
    let acknowledgements = CounterBlock(count: Histogram.counterCount)

    init(_ publishes: PublishBlocks) {
        self.publishes = publishes
    }
}

/// The threads of a server.
struct ServerThreads: Sendable {
    /// The one that serves clients.
    let shard: WorkerThread
    /// The one that watches, tells and steers.
    let control: WorkerThread

    /// Starts both.
    /// - Throws: `ServerError.system` when the system starts no more threads; none is left running.
    init(
        _ facts: ServerFacts,
        _ clients: ListenerHandle,
        _ monitor: MonitoringDoors,
        _ posts: ServerPosts,
        _ engine: EmbeddedEngine,
        _ store: StoreLink?,
        _ log: Log
    ) throws(ServerError) {
        let times = ServerTimes(store?.publishers ?? PublishBlocks())
        let settings = try ShardSettings(facts, seed: SystemRandom.number())
        let start = ControlStart(
            facts: facts,
            monitor: monitor,
            posts: posts,
            engine: engine,
            times: times,
            keys: store.map {
                KeyService($0.store.journal, SecretPlaces(facts.configuration.jetStream))
            },
            storage: store.map {
                let directory = facts.configuration.jetStream.storeDirectory
                return StorageSource($0.store.journal, directory: directory)
            },
            seed: settings.seed
        )
        do throws(SystemError) {
            control = try WorkerThread(name: "sluice-control") { ControlLoop.run(start) }
        } catch {
            throw .system(error)
        }
        do throws(SystemError) {
            shard = try WorkerThread(name: "sluice-shard") {
                Self.runShard(settings, clients, posts, times, store, log)
            }
        } catch {
            _ = posts.office.post(.stop)
            control.join()
            throw .system(error)
        }
    }

    private static func runShard(
        _ settings: ShardSettings,
        _ clients: ListenerHandle,
        _ posts: ServerPosts,
        _ times: ServerTimes,
        _ store: StoreLink?,
        _ log: Log
    ) {
        do throws(SystemError) {
            var runner = try ShardRunner(
                settings,
                listener: Listener(clients),
                posts: posts,
                times: times,
                store: store,
                log: log
            )
            runner.run()
        } catch {
            _ = posts.office.post(.shardFailed(error))
        }
    }
}
