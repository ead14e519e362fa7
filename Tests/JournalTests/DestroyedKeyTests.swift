// A key that was destroyed opens nothing of what lies in the store's directory, on the real disk.

import Base
import Glibc
import Testing

@testable import Journal
@testable import Sealing

@Suite struct DestroyedKeyTests {
    /// What a vault opens in a directory.
    private struct Opened {
        var headers = 0
        var blocks = 0
    }

    private func secret() throws -> SlotSecret {
        SlotSecret(.keyFile, try SecretBytes(copying: [7, 7, 7].raw))
    }

    /// The ring in `directory` as it is now, open.
    private func vault(_ disk: SystemDisk) throws -> (vault: KeyVault, file: [UInt8]) {
        let file = try disk.readAll("keyring", byteCountMax: 1 << 20).array
        let (text, _) = try KeyRing.split(file)
        let store = try KeyRing(text: text).store
        let vault = try KeyVault.open(
            file: file,
            store: store,
            generationFloor: 0,
            secret: secret()
        )
        return (vault, file)
    }

    private func files(_ disk: SystemDisk, in directory: String = "") throws -> [String] {
        var found: [String] = []
        for name in try disk.list(directory) {
            let path = directory.isEmpty ? name : "\(directory)/\(name)"
            if (try? disk.list(path)) != nil {
                found += try files(disk, in: path)
            } else {
                found.append(path)
            }
        }
        return found
    }

    /// Tries every key that `vault` has for the stream of a segment on its header, wherever one
    /// lies in a file, and on every block behind it, wherever one may begin.
    private func search(_ disk: SystemDisk, with vault: KeyVault) throws -> Opened {
        var opened = Opened()
        for path in try files(disk) {
            let file = try disk.readAll(path, byteCountMax: 1 << 30)
            for at in stride(from: 0, to: file.count, by: 2_048) {
                let rest = file.bytes.part(at, file.count)
                guard let header = SegmentHeader(rest) else { continue }
                for record in vault.ring.versions(of: header.identity.stream) {
                    let identity = header.identity.under(record.name.version)
                    let cipher = try vault.cipher(identity)
                    if SegmentHeader.isCommitted(rest, by: cipher) { opened.headers += 1 }
                    opened.blocks += blocks(rest, cipher)
                }
            }
        }
        return opened
    }

    private func blocks(_ segment: RawSpan, _ cipher: borrowing SegmentCipher) -> Int {
        var opener = BlockOpener()
        var plain = RecordBuffer(capacity: 4_096)
        let digest = SegmentHeader.digest(segment)
        var count = 0
        var at = SegmentHeader.byteCount
        while at < segment.byteCount {
            let bytes = segment.part(at, segment.byteCount)
            guard let header = BlockHeader(bytes) else {
                // Groups of blocks begin on pages.
                at = (at / 4_096 + 1) * 4_096
                continue
            }
            let defect = opener.open(
                bytes,
                header,
                offset: UInt64(at),
                segment: digest,
                cipher: cipher,
                into: &plain
            )
            if defect == nil { count += 1 }
            at += header.blockBytes
        }
        return count
    }

    /// In how many files that are not sealed as a whole the wrap of the ring in `file` is.
    private func wraps(_ file: [UInt8], of name: DataKeyName, on disk: SystemDisk) throws -> Int {
        let (text, _) = try KeyRing.split(file)
        let wrap = try #require(try KeyRing(text: text).dataKey(name)?.wrap)
        let wanted = [Hex.encode(wrap.bytes), wrap.bytes]
        var count = 0
        for path in try files(disk) where !path.contains("/") && !path.hasPrefix("catalog") {
            let bytes = try disk.readAll(path, byteCountMax: 1 << 30).array
            for each in wanted where bytes.contains(each) { count += 1 }
        }
        return count
    }

    @Test func `after a rotation that destroys, the old ring's keys open nothing`() throws {
        let directory = TemporaryDirectory()
        let disk = try SystemDisk(path: directory.path)
        let (old, ring, gone) = try life(disk)
        let after = try search(disk, with: old)
        #expect(after.headers == 0 && after.blocks == 0)
        #expect(gone.count == 2, "the stream's and the catalog's")
        for name in gone { #expect(try wraps(ring, of: name, on: disk) == 0, "\(name)") }
        let report = try checked(disk)
        #expect(report.isIntact && report.strays.isEmpty)
        #expect(report.messageCount == 192)
        #expect(report.blocksByKey.keys.allSatisfy { $0.version == 2 })
    }

    @Test func `the keys of a removed stream go from the bytes of the old rings too`() throws {
        let directory = TemporaryDirectory()
        let aside = TemporaryDirectory()
        let disk = try SystemDisk(path: directory.path)
        var driver = try JournalDriver(disk)
        let isMade = driver.create(0)
        #expect(isMade)
        let last = driver.append(noisy(1...8, payload: 400), to: 0)
        #expect(last == 8)
        for name in RingFile.names {
            // SAFETY: both texts live through the call.
            let result = unsafe link("\(directory.path)/\(name)", "\(aside.path)/\(name)")
            #expect(result == 0)
        }
        _ = driver.client.remove(stream: 0)
        driver.discard(driver.run())
        let old = try SystemDisk(path: aside.path)
        for name in RingFile.names {
            let bytes = try old.readAll(name, byteCountMax: 1 << 20).array
            #expect(!bytes.isEmpty && bytes.allSatisfy { $0 == 0 }, "\(name) can still be read")
        }
    }

    /// A store with messages, whose keys are rotated and destroyed.
    /// - Returns: the ring before, open and as it was on disk, and the keys that went.
    private func life(
        _ disk: SystemDisk
    ) throws -> (old: KeyVault, ring: [UInt8], gone: [DataKeyName]) {
        let bench = try KeyBench(disk)
        #expect(bench.create())
        for first in stride(from: 1, to: 190, by: 8) as StrideTo<UInt64> {
            #expect(bench.append(noisy(first...(first + 7), payload: 4_000)) != nil)
        }
        var state = StateWriter()
        state.put([1].raw, [2].raw)
        let isWritten = bench.write(state)
        #expect(isWritten)
        let (old, ring) = try vault(disk)
        let before = try search(disk, with: old)
        #expect(before.headers > 3 && before.blocks > 24, "the search finds what is there")
        for record in old.ring.dataKeys {
            #expect(try wraps(ring, of: record.name, on: disk) > 0)
        }
        let answer = bench.ask(.all, .rotate(destroysOld: true, bytesPerSecond: 0))
        _ = try #require(try? answer?.get())
        #expect(bench.stop())
        return (old, ring, bench.journal.vault.ring.destroyed.map(\.name))
    }
}

extension SegmentIdentity {
    /// The same segment, as if it were under another version.
    fileprivate func under(_ version: UInt32) -> SegmentIdentity {
        SegmentIdentity(
            store: store,
            stream: stream,
            lane: lane,
            number: number,
            generation: generation,
            keyVersion: version,
            salt: salt
        )
    }
}
