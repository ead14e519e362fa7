// The real disk, the real threads.

import Base
import Glibc
import Journal
import Reactor
import Sealing
import Testing

/// A directory that is removed with its owner.
final class TemporaryDirectory {
    let path: String

    init() {
        var template = Array("/tmp/sluice-journal-XXXXXX".utf8CString)
        unsafe _ = mkdtemp(&template)
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { remove(path) }

    private func remove(_ path: String) {
        let disk = try? SystemDisk(path: path)
        for name in (try? disk?.list("")) ?? [] where (try? disk?.remove(name)) == nil {
            remove("\(path)/\(name)")
        }
        _ = unsafe rmdir(path)
    }
}

@Suite struct SystemDiskTests {
    @Test func `files are the owner's alone, links are not followed, names are listed`() throws {
        let directory = TemporaryDirectory()
        let disk = try SystemDisk(path: directory.path)
        let file = try disk.open("one", .create)
        try disk.write(file, at: 3, [1, 2, 3].raw)
        try disk.sync(file)
        #expect(try disk.size(file) == 6)
        disk.close(file)
        var status = stat()
        let found = unsafe stat("\(directory.path)/one", &status)
        #expect(found == 0 && status.st_mode & 0o777 == 0o600)
        #expect(throws: DiskError(.open, number: EEXIST)) { _ = try disk.open("one", .create) }
        let linked = unsafe symlink("one", "\(directory.path)/two")
        #expect(linked == 0)
        #expect(throws: DiskError(.open, number: ELOOP)) { _ = try disk.open("two", .read) }
        #expect(try disk.list("") == ["one", "two"])
        try disk.rename("one", to: "three")
        try disk.syncDirectory("")
        #expect(try disk.list("") == ["three", "two"])
        #expect(disk.freeBytes() > 0)
    }

    @Test func `a second process is kept out`() throws {
        let directory = TemporaryDirectory()
        var first = try JournalDriver(try SystemDisk(path: directory.path))
        #expect(throws: JournalError.storeInUse) {
            _ = try JournalDriver(try SystemDisk(path: directory.path))
        }
        _ = first.stop()
    }

    @Test(.timeLimit(.minutes(1)))
    func `two threads commit and read while the shard goes on`() throws {
        let directory = TemporaryDirectory()
        let disk = try SystemDisk(path: directory.path)
        let secret = SlotSecret(.keyFile, try SecretBytes(copying: [1].raw))
        let options = StoreOptions(slot: .keyFile, now: Instant(nanoseconds: 1))
        let journal = try Journal.open(disk, options, secret, wake: {})
        let commits = try WorkerThread(name: "journal") { journal.runCommits() }
        let reads = try WorkerThread(name: "reads") { journal.runReads() }
        let total: UInt64 = 5_000
        let outcome = Self.publish(total, journal)
        commits.join()
        reads.join()
        #expect(outcome.durable == total)
        #expect(outcome.read == Array(1...total))
    }

    private static func publish(
        _ total: UInt64,
        _ journal: Journal
    ) -> (durable: UInt64, read: [UInt64]) {
        var client = journal.makeClient()
        _ = client.create(stream: 0, configuration: [])
        var next: UInt64 = 1
        var durable: UInt64 = 0
        var read: [UInt64] = []
        var isReading = false
        var hasStopped = false
        while !hasStopped {
            if next <= total, client.appendsInFlight < 2 {
                var writer = BatchWriter()
                for message in numbered(next...min(total, next + 49)) { _ = writer.add(message) }
                next += 50
                _ = client.append(writer.finish(), to: 0)
            }
            if durable == total, !isReading {
                _ = client.read(stream: 0, from: 1, blockCountMax: 64)
                isReading = true
            }
            client.flush()
            while let report = client.next() {
                switch report {
                case .durable(_, _, let last, let loan):
                    _ = RecordBuffer(loan)
                    durable = last
                case .block(_, _, _, let last, let isLast, let loan):
                    read += decoded(RecordBuffer(loan)).map(\.sequence)
                    guard isLast else { continue }
                    if last < total {
                        _ = client.read(stream: 0, from: last + 1, blockCountMax: 64)
                    } else {
                        _ = client.stop()
                    }
                case .stopped: hasStopped = true
                default: break
                }
            }
            sched_yield()
        }
        return (durable, read)
    }
}
