// A closed store's keys: opened, changed and closed again by one thread.

import Base
public import Configuration
import Engine
import JetStreamApi
public import Journal
import Queueing
import Reactor
public import Sealing

/// The keys of a store that no server has open.
///
/// Answers the same requests as a running server, with the same answers.
public final class KeyStore {
    private let journal: Journal
    private var client: JournalClient
    private let service: KeyService
    private let names: [[UInt8]: UInt32]

    /// Opens the store that `settings` name with `secret`.
    /// - Throws: `JournalError` if it cannot be opened.
    public init(
        _ settings: JetStreamSettings,
        secret: borrowing SlotSecret
    ) throws(JournalError) {
        let disk: SystemDisk
        do throws(DiskError) {
            disk = try SystemDisk(path: settings.storeDirectory + "/store")
        } catch {
            throw .disk(error)
        }
        guard Journal.hasStore(disk) else { throw .disk(DiskError(.open, number: noSuchFile)) }
        let options = StoreOptions(slot: .keyFile, now: SystemClock.now())
        journal = try Journal.open(disk, options, secret, wake: {})
        client = journal.makeClient()
        service = KeyService(journal, SecretPlaces(settings))
        var names: [[UInt8]: UInt32] = [:]
        for stream in journal.recovered {
            guard let archive = try? StreamArchive(stream.configuration) else { continue }
            names[archive.configuration.name] = stream.stream
        }
        self.names = names
    }

    /// The answer to the request `verb` (`STATUS`, `ROTATE` and so on) with `body`; what goes on in
    /// the background has ended when it comes.
    public func answer(_ verb: String, _ body: [UInt8]) -> [UInt8] {
        do throws(EngineRefusal) {
            guard let verb = KeyApiVerb(rawValue: verb) else { throw .invalid }
            let options = try KeyApiOptions(body)
            let plan = try service.translate(verb, options, names: names)
            let box = Latest<Result<KeyOutcome, KeyRefusal>?>(nil)
            service.desk.post(
                KeyRequest(
                    plan.target,
                    plan.command,
                    author: Array("sluice keys".utf8),
                    about: options.stream ?? Array("all queues".utf8)
                ) { box.publish($0) }
            )
            run()
            guard let result = box.value else { throw .stopping }
            return KeyApiAnswer.text(verb, plan, result) {
                var shown: [UInt32: [UInt8]] = [:]
                for (name, number) in names { shown[number] = name }
                var sampler = KeySampler(hasNoSwap: Swap.isOff)
                return sampler.status(service.desk.lastPicture, names: shown)
            }
        } catch {
            return KeyApiAnswer.refused(error)
        }
    }

    /// Seals everything and lets the store go.
    public func close() {
        _ = client.stop()
        run()
    }

    private func run() {
        client.flush()
        while journal.step(at: SystemClock.monotonic()) {
            while client.next() != nil {}
        }
        while client.next() != nil {}
    }
}
