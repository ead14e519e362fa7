// The audit log in several files: one log still, and none of them changes or goes unnoticed.

import Base
import DiskSimulation
import Journal
import Sealing
import Testing

@Suite struct AuditFilesTests {
    private func bench(_ disk: SimulatedDisk) throws -> KeyBench {
        try KeyBench(disk, auditFileBytesMax: 1_500)
    }

    private func note(_ bench: KeyBench, _ numbers: Range<Int>) -> Int {
        numbers.count { number in
            let answer = bench.ask(.catalog, .note("note \(number)", result: "done"))
            return (try? answer?.get()) != nil
        }
    }

    /// Every entry, page by page, and an export with the heads where they belong.
    private func export(_ bench: KeyBench) throws -> (entries: [String], export: [UInt8]) {
        var (entries, export): ([String], [UInt8]) = ([], [])
        var next: UInt64 = 0
        while true {
            let page = try #require(try bench.ask(.all, .audit(from: next))?.get())
            for entry in page.entries {
                let text = String(decoding: entry, as: UTF8.self)
                if !entries.isEmpty, text.contains("\"what\":\"audit continued\"") {
                    let head = try #require(text.split(separator: "\"result\":\"").last)
                    let lines = head.dropLast(2).split(
                        separator: "\\u000a",
                        omittingEmptySubsequences: false
                    )
                    export += [0x0A] + Array(lines.joined(separator: "\n").utf8)
                }
                entries.append(text)
                export += entry + [0x0A]
            }
            guard page.nextEntry < page.entryCount else {
                return (entries, export + [0x0A] + (try #require(page.head)).note)
            }
            next = page.nextEntry
        }
    }

    private func files(_ disk: SimulatedDisk) -> [String] {
        disk.files.filter { $0 == "audit" || $0.hasPrefix("audit-") }
    }

    private func problem(_ export: [UInt8]) -> AuditExport.Problem? {
        do throws(AuditExport.Problem) {
            _ = try AuditExport(checking: export)
            return nil
        } catch {
            return error
        }
    }

    @Test func `a large file is followed by others, each bound to the head over the one before`()
        throws
    {
        let disk = SimulatedDisk(seed: 91)
        var found: [String] = []
        do {
            let bench = try bench(disk)
            #expect(note(bench, 0..<60) == 60)
            found = try export(bench).entries
        }
        #expect(files(disk).count > 3)
        for (number, entry) in found.enumerated() { #expect(entry.hasPrefix("{\"n\":\(number),")) }
        let notes = found.filter { $0.contains("\"what\":\"note ") }
        #expect(notes.count == 60)
        disk.restart()
        let again = try bench(disk)
        let (entries, export) = try export(again)
        #expect(entries == found)
        #expect(again.picture().auditCount == UInt64(found.count))
        let whole = try AuditExport(checking: export)
        #expect(whole.count == UInt64(found.count) && whole.first == 0)
        #expect(whole.fileCount == UInt64(files(disk).count))
        #expect(note(again, 60..<80) == 20)
    }

    @Test func `a file that is changed, left out or moved is noticed in an export`() throws {
        let disk = SimulatedDisk(seed: 92)
        let bench = try bench(disk)
        #expect(note(bench, 0..<40) == 40)
        let text = String(decoding: try export(bench).export, as: UTF8.self)
        // Files end with the line of the key.
        var parts: [String] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            let isNew = parts.isEmpty || parts.last?.contains("\nkey ") == true
            if isNew { parts.append("") }
            parts[parts.count - 1] += line + "\n"
        }
        try #require(parts.count > 3)
        #expect(problem(Array(parts.joined().utf8)) == nil)
        var less = parts
        less.remove(at: 1)
        guard case .order = problem(Array(less.joined().utf8)) else {
            Issue.record("a file is missing")
            return
        }
        var moved = parts
        moved.swapAt(1, 2)
        guard case .order = problem(Array(moved.joined().utf8)) else {
            Issue.record("files are in another order")
            return
        }
        var changed = parts
        changed[1] = parts[1].replacing("done", with: "lost", maxReplacements: 1)
        #expect(problem(Array(changed.joined().utf8)) == .root)
        // What comes first may be in an archive.
        let rest = try AuditExport(checking: Array(parts.dropFirst().joined().utf8))
        #expect(rest.first > 0 && rest.fileCount == UInt64(parts.count) - 1)
    }

    @Test func `an old file that was changed on the disk is noticed, the log goes on`() throws {
        let disk = SimulatedDisk(seed: 93)
        do { #expect(note(try bench(disk), 0..<40) == 40) }
        disk.restartProcess()
        let second = try #require(files(disk).dropFirst().first)
        disk.damage(second) { $0[200] ^= 1 }
        let bench = try bench(disk)
        #expect(note(bench, 40..<41) == 1)
        let (entries, export) = try export(bench)
        #expect(!entries.contains { $0.contains("audit log damaged") })
        guard case .count = problem(export) else {
            Issue.record("entries of an old file are missing")
            return
        }
    }

    @Test func `a log whose newest file was cut is set aside as a whole, numbers go on`() throws {
        let disk = SimulatedDisk(seed: 94)
        do { #expect(note(try bench(disk), 0..<40) == 40) }
        disk.restartProcess()
        let count = files(disk).count
        let newest = try #require(
            files(disk).max { ($0.utf8.count, $0) < ($1.utf8.count, $1) }
        )
        disk.damage(newest) { $0 = [] }
        let bench = try bench(disk)
        let (entries, export) = try export(bench)
        try #require(entries.count == 1)
        #expect(entries[0].contains("audit log damaged"))
        #expect(!entries[0].hasPrefix("{\"n\":0,"))
        #expect(disk.files.count { $0.hasPrefix("audit.") } == count)
        #expect(try AuditExport(checking: export).first >= 40)
    }

    @Test(arguments: [DiskFault.crashesBefore, .crashesInside, .fails(28)])
    func `an accident while a file follows another loses no entry that was answered`(
        fault: DiskFault
    ) throws {
        for call in 1...60 {
            let disk = SimulatedDisk(seed: UInt64(call))
            var answered = 0
            do {
                let bench = try bench(disk)
                #expect(note(bench, 0..<9) == 9)
                disk.inject(fault, at: disk.writeCalls + call)
                answered = 9 + note(bench, 9..<20)
                // What a full disk kept back is written with what comes next.
                _ = note(bench, 50..<51)
            }
            disk.restart()
            let bench = try bench(disk)
            #expect(note(bench, 20..<40) == 20)
            let (entries, export) = try export(bench)
            #expect(!entries.contains { $0.contains("audit log damaged") }, "call \(call)")
            let kept = entries.filter { $0.contains("\"what\":\"note ") }
            #expect(kept.count >= answered + 20, "call \(call): of \(answered + 20)")
            let numbers = kept.compactMap { entry in
                entry.split(separator: "\"").first { $0.hasPrefix("note ") }
            }
            #expect(Set(numbers).count == kept.count, "call \(call): one came twice")
            #expect(problem(export) == nil, "call \(call)")
        }
    }
}
