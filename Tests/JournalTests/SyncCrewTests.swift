// Several files that are synced together.

import Base
import Glibc
import Reactor
import Synchronization
import Testing

@testable import Journal

@Suite struct SyncCrewTests {
    /// A crew at work, and the threads that help.
    private final class Bench: Sendable {
        let crew: SyncCrew
        let synced = Guarded<[Int32]>([])
        let begun = Atomic<Int>(0)

        init() throws { crew = try SyncCrew() }

        /// Runs `body` while helpers call `sync`.
        func withHelpers(
            _ sync: @escaping @Sendable (DiskFile) -> DiskError?,
            _ body: () throws -> Void
        ) throws {
            let crew = crew
            var helpers: [WorkerThread] = []
            for number in 0..<SyncCrew.helperCount {
                helpers.append(try WorkerThread(name: "help") { crew.run(number, by: sync) })
            }
            defer {
                crew.dismiss()
                for helper in helpers { helper.join() }
            }
            try body()
        }
    }

    private func files(_ count: Int32) -> [DiskFile] {
        (0..<count).map { DiskFile(descriptor: $0) }
    }

    @Test(.timeLimit(.minutes(1)), arguments: [2, 5, 16] as [Int32])
    func `every file is synced once, each time`(count: Int32) throws {
        let bench = try Bench()
        let sync: @Sendable (DiskFile) -> DiskError? = { file in
            bench.synced.withLock { $0.append(file.descriptor) }
            return nil
        }
        try bench.withHelpers(sync) {
            for _ in 0..<200 {
                try bench.crew.sync(files(count), by: sync)
                let synced = bench.synced.withLock { synced in
                    defer { synced = [] }
                    return synced.sorted()
                }
                #expect(synced == Array(0..<count))
            }
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `as many files as there are threads are synced side by side`() throws {
        let bench = try Bench()
        let count = SyncCrew.helperCount + 1
        // Nobody comes back before all have begun.
        let sync: @Sendable (DiskFile) -> DiskError? = { _ in
            bench.begun.add(1, ordering: .sequentiallyConsistent)
            while bench.begun.load(ordering: .sequentiallyConsistent) < count { sched_yield() }
            return nil
        }
        try bench.withHelpers(sync) {
            try bench.crew.sync(files(Int32(count)), by: sync)
        }
        #expect(bench.begun.load(ordering: .sequentiallyConsistent) == count)
    }

    @Test(.timeLimit(.minutes(1)), arguments: [0, 3, 7] as [Int32])
    func `one that fails is told, and forgotten the next time`(bad: Int32) throws {
        let bench = try Bench()
        let sync: @Sendable (DiskFile) -> DiskError? = { file in
            file.descriptor == bad ? DiskError(.sync, number: EIO) : nil
        }
        try bench.withHelpers(sync) {
            #expect(throws: DiskError(.sync, number: EIO)) {
                try bench.crew.sync(files(8), by: sync)
            }
            try bench.crew.sync([DiskFile(descriptor: 20), DiskFile(descriptor: 21)], by: sync)
        }
    }

    @Test func `without helpers the one who asks does it all`() throws {
        let bench = try Bench()
        try bench.crew.sync(files(9)) { file in
            bench.synced.withLock { $0.append(file.descriptor) }
            return nil
        }
        #expect(bench.synced.withLock { $0 } == Array(0..<9))
    }
}
