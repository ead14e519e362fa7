// The store of a server: opened with its key, run by threads of its own.

import Base
import Configuration
public import Journal
public import Reactor
import Sealing

/// Why a store cannot be opened.
public enum StoreError: Error, Equatable, Sendable {
    /// A directory cannot be made.
    case directory(String, SystemError)
    /// The key file cannot be read.
    case keyFile(String, SystemError)
    /// The journal refuses.
    case journal(JournalError)
    /// A thread is refused by the system.
    case system(SystemError)

    /// What happened and what to do, for the operator.
    public var text: String {
        switch self {
        case .directory(let path, let error): "Can't use the directory \(path): \(error.text)"
        case .keyFile(let path, let error):
            "Can't read the key file \(path): \(error.text); it can be in another directory "
                + "(--key-dir), or the store opens with a passphrase (--passphrase-file) or a "
                + "recovery key (--recovery-file)"
        case .journal(let error): "Can't open the store: \(error.text)"
        case .system(let error): "Can't start: \(error.text)"
        }
    }
}

/// A store and the bell that rings when its journal has answers.
struct StoreLink: Sendable {
    let store: Store
    let bell: Doorbell
    let publishers = PublishBlocks()

    /// Opens the store that `settings` name, or makes it.
    init(_ settings: JetStreamSettings, _ held: HeldSecret?) throws(StoreError) {
        let bell: Doorbell
        do throws(SystemError) {
            bell = try Doorbell()
        } catch {
            throw .system(error)
        }
        store = try Store(settings, held, publishers.watch) { bell.ring() }
        self.bell = bell
    }
}

/// An open store and the threads that run it.
final class Store: Sendable {
    let journal: Journal
    private let commits: WorkerThread
    private let reads: WorkerThread
    private let rewrites: WorkerThread
    private let keeps: WorkerThread
    private let disk: SystemDisk
    private let helpers: [WorkerThread]

    /// Opens the store that `settings` name, or makes it; `wake` tells the shard of answers.
    init(
        _ settings: JetStreamSettings,
        _ held: HeldSecret?,
        _ publishers: PublishWatch,
        wake: @escaping @Sendable () -> Void
    ) throws(StoreError) {
        let directory = settings.storeDirectory + "/store"
        try Self.make(directory)
        try Self.make(settings.keyDirectory)
        let disk = try Self.disk(directory)
        let secret: SlotSecret
        if let given = held?.take() {
            secret = given
        } else {
            // A key is made together with a store, and never beside one that is there.
            secret = try StoreKey.keyFile(settings, mayCreate: !Journal.hasStore(disk))
        }
        let made: Journal
        do throws(JournalError) {
            var options = StoreOptions(slot: held?.slot ?? .keyFile, now: SystemClock.now())
            options.rotation = RotationPolicy(
                ageMax: settings.keyAgeMax,
                bytesMax: settings.keyBytesMax,
                messagesMax: settings.keyMessagesMax
            )
            options.publishers = publishers
            made = try Journal.open(
                disk,
                options,
                secret,
                wake: wake
            )
        } catch {
            throw .journal(error)
        }
        journal = made
        self.disk = disk
        do throws(SystemError) {
            commits = try WorkerThread(name: "sluice-journal") { made.runCommits() }
            reads = try WorkerThread(name: "sluice-reader") { made.runReads() }
            rewrites = try WorkerThread(name: "sluice-rewriter") { made.runRewrites() }
            keeps = try WorkerThread(name: "sluice-keeper") { made.runKeeping() }
            var helpers: [WorkerThread] = []
            for number in 0..<SyncCrew.helperCount {
                helpers.append(
                    try WorkerThread(name: "sluice-sync") { disk.helpToSync(number) }
                )
            }
            self.helpers = helpers
        } catch {
            throw .system(error)
        }
    }

    private static func make(_ directory: String) throws(StoreError) {
        do throws(SystemError) {
            try Directories.make(directory)
        } catch {
            throw .directory(directory, error)
        }
    }

    private static func disk(_ directory: String) throws(StoreError) -> SystemDisk {
        do throws(DiskError) {
            return try SystemDisk(path: directory)
        } catch {
            throw .journal(.disk(error))
        }
    }

    /// Waits until all threads have ended, after the client has told the journal to stop.
    func join() {
        commits.join()
        disk.endHelp()
        for helper in helpers { helper.join() }
        reads.join()
        rewrites.join()
        keeps.join()
    }
}
