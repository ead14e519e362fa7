// The audit log: complete, checkable by others, and nobody changes it unnoticed.

import Base
import DiskSimulation
import Journal
import Sealing
import Testing

@Suite struct AuditTests {
    private func page(_ bench: KeyBench) throws -> (entries: [String], export: [UInt8]) {
        let answer = try #require(bench.ask(.all, .audit(from: 0)))
        let outcome = try answer.get()
        let head = try #require(outcome.head)
        var lines: [UInt8] = []
        for entry in outcome.entries { lines += entry + [0x0A] }
        let texts = outcome.entries.map { String(decoding: $0, as: UTF8.self) }
        return (texts, lines + [0x0A] + head.note)
    }

    private func busy(_ disk: SimulatedDisk) throws -> KeyBench {
        let bench = try KeyBench(disk)
        #expect(bench.create())
        #expect(bench.append(noisy(1...8, payload: 100)) == 8)
        _ = bench.ask(.stream(0), .rotate(destroysOld: true, bytesPerSecond: 0))
        _ = bench.ask(.stream(7), .prepare)
        _ = bench.ask(.stream(0), .note("queue purge", result: "done"))
        return bench
    }

    @Test func `says what was done, by whom and what came of it, also through a restart`() throws {
        let disk = SimulatedDisk(seed: 61)
        var found: [String] = []
        do {
            let bench = try busy(disk)
            found = try page(bench).entries
            try #require(found.count == 5)
            #expect(found[0].hasPrefix("{\"n\":0,\"at\":\"2023-11-"))
            #expect(found[0].contains("\"who\":\"test\",\"what\":\"keys rotate, destroy old\""))
            #expect(found[0].contains("\"result\":\"accepted as rotation 1\"}"))
            #expect(found[1].contains("\"what\":\"key destroyed\""))
            #expect(found[2].contains("\"what\":\"rotation ended\""))
            #expect(found[2].contains("1 versions destroyed"))
            #expect(found[3].contains("\"result\":\"refused: notFound\""))
            #expect(found[4].contains("\"what\":\"queue purge\""))
        }
        disk.restart()
        let again = try KeyBench(disk)
        #expect(try page(again).entries == found)
        #expect(again.picture().auditCount == 5)
        _ = again.ask(.catalog, .prepare)
        #expect(try page(again).entries.count == 6)
        #expect(!disk.bytes("audit").contains(Array("queue purge".utf8)), "it is sealed")
    }

    @Test func `an export is checked without a secret; any change in it is noticed`() throws {
        let disk = SimulatedDisk(seed: 62)
        let export = try page(busy(disk)).export
        let whole = try AuditExport(checking: export)
        #expect(whole.count == 5)
        var lines = export.split(separator: 0x0A, omittingEmptySubsequences: false).map {
            Array($0)
        }
        func check(_ lines: [[UInt8]]) -> AuditExport.Problem? {
            let bytes = Array(lines.joined(separator: [0x0A]))
            do throws(AuditExport.Problem) {
                _ = try AuditExport(checking: bytes)
                return nil
            } catch {
                return error
            }
        }
        #expect(check(lines) == nil)
        for at in 0..<5 {
            var changed = lines
            changed[at][20] ^= 1
            #expect(check(changed) == .root, "changed \(at)")
            var removed = lines
            removed.remove(at: at)
            #expect(check(removed) == .count(4, claimed: 5), "removed \(at)")
            var moved = lines
            moved.swapAt(at, (at + 1) % 5)
            #expect(check(moved) == .root, "moved \(at)")
        }
        // A head over fewer entries would have to be signed anew.
        lines[7] = Array("4".utf8)
        lines.remove(at: 4)
        #expect(check(lines) == .signature || check(lines) == .malformed)
        #expect(check([]) == .malformed)
    }

    @Test func `requests that came too fast to be heard are counted in the log`() throws {
        let bench = try KeyBench(SimulatedDisk(seed: 64))
        for number in 0..<300 { _ = bench.post(.all, .note("note \(number)", result: "done")) }
        _ = bench.post(.all, .show)
        bench.run()
        let page = try #require(try bench.ask(.all, .audit(from: 250))?.get())
        let words = page.entries.map { String(decoding: $0, as: UTF8.self) }
        try #require(words.count == 7)
        #expect(words[5].contains("note 255"))
        #expect(words[6].contains("44 entries that came now are missing"))
    }

    @Test(arguments: [0, 1, 2])
    func `a log that somebody changed or cut is set aside, and the new one says so`(
        kind: Int
    ) throws {
        let disk = SimulatedDisk(seed: 63)
        do { _ = try busy(disk) }
        disk.restartProcess()
        disk.damage("audit") { bytes in
            switch kind {
            case 0: bytes[bytes.count - 1] ^= 1
            case 1: bytes.removeLast(40)
            default: bytes = []
            }
        }
        let bench = try KeyBench(disk)
        let entries = try page(bench).entries
        #expect(entries.count == 1)
        #expect(entries[0].contains("audit log damaged"))
        #expect(disk.files.contains { $0.hasPrefix("audit.") })
    }
}

extension [UInt8] {
    /// Whether `part` is anywhere in it.
    fileprivate func contains(_ part: [UInt8]) -> Bool {
        guard count >= part.count else { return false }
        return (0...(count - part.count)).contains {
            self[$0..<($0 + part.count)].elementsEqual(part)
        }
    }
}
