// No key is left in memory when its owner is gone.

import Base
import Glibc
import Synchronization
import Testing

@testable import Sealing

@Suite struct KeyMemoryTests {
    /// What a key is masked with here, so that the test itself holds none.
    private let mask: UInt8 = 0x5A

    /// The keys of `vault`, masked.
    private func maskedKeys(_ vault: KeyVault) -> [[UInt8]] {
        let handles = vault.state.withLock { [$0.root] + Array($0.dataKeys.values) }
        return handles.map { handle in
            // SAFETY: the place holds a key of 32 bytes.
            (0..<32).map { unsafe vault.arena.address(handle)[$0] ^ mask }
        }
    }

    /// How many of `keys` are anywhere in the readable memory of this process.
    private func found(_ keys: [[UInt8]]) -> Int {
        let memory = unsafe open("/proc/self/mem", O_RDONLY)
        defer { close(memory) }
        var seen: Set<Int> = []
        for line in maps().split(separator: UInt8(ascii: "\n")) {
            let words = String(decoding: line, as: UTF8.self).split(separator: " ")
            let ends = words[0].split(separator: "-").compactMap { UInt64($0, radix: 16) }
            guard words.count > 1, words[1].hasPrefix("rw"), ends.count == 2 else { continue }
            search(memory, ends[0], ends[1], keys, &seen)
        }
        return seen.count
    }

    /// The memory of this process, a line for each region.
    private func maps() -> [UInt8] {
        let file = unsafe open("/proc/self/maps", O_RDONLY)
        defer { close(file) }
        var text: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while true {
            // SAFETY: the piece is as long as the call is told.
            let count = unsafe piece.withUnsafeMutableBytes {
                unsafe read(file, $0.baseAddress, $0.count)
            }
            guard count > 0 else { return text }
            text += piece[..<count]
        }
    }

    private func search(
        _ memory: Int32,
        _ start: UInt64,
        _ end: UInt64,
        _ keys: [[UInt8]],
        _ seen: inout Set<Int>
    ) {
        let size = 1 << 20
        let chunk = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
        defer {
            // SAFETY: the chunk has `size` bytes; copies of what was found go with it.
            unsafe memset(chunk, 0, size)
            unsafe chunk.deallocate()
        }
        var at = start
        while at < end {
            let wanted = min(size, Int(end - at))
            // SAFETY: the chunk has room for what is wanted.
            let got = unsafe pread(memory, chunk, wanted, off_t(at))
            guard got > 64 else { return }
            for (number, key) in keys.enumerated() where !seen.contains(number) {
                var from = 0
                while from + 32 <= got {
                    // SAFETY: the search ends with what was read.
                    guard
                        let hit = unsafe memchr(chunk + from, Int32(key[0] ^ mask), got - from - 31)
                    else { break }
                    let place = unsafe chunk.distance(to: hit)
                    // SAFETY: 32 bytes from the hit on were read.
                    let isKey = (1..<32).allSatisfy {
                        unsafe hit.load(fromByteOffset: $0, as: UInt8.self) ^ mask == key[$0]
                    }
                    if isKey {
                        seen.insert(number)
                        break
                    }
                    from = place + 1
                }
            }
            at += UInt64(max(got - 31, 1))
        }
    }

    @Test func `keys are in memory while the vault lives and nowhere when it is gone`() throws {
        var keys: [[UInt8]] = []
        do {
            let store = UniqueId.random()
            let now = Instant(nanoseconds: 1)
            let secret = SlotSecret(.keyFile, try SecretBytes.random(count: 32))
            let vault = try KeyVault.create(store: store, slot: .keyFile, secret: secret, at: now)
            _ = try vault.addStreams(count: 1, at: now)
            keys = maskedKeys(vault)
            #expect(keys.count == 3)
            #expect(found(keys) == 3, "the search finds what is there")
            _ = vault.file
        }
        #expect(found(keys) == 0)
    }

    @Test func `a destroyed key is wiped while the others stay`() throws {
        let store = UniqueId.random()
        let now = Instant(nanoseconds: 1)
        let secret = SlotSecret(.keyFile, try SecretBytes.random(count: 32))
        let vault = try KeyVault.create(store: store, slot: .keyFile, secret: secret, at: now)
        let stream = try #require(try vault.addStreams(count: 1, at: now).first)
        let before = maskedKeys(vault)
        try vault.destroyAll(of: stream, at: now)
        let kept = maskedKeys(vault)
        let gone = before.filter { !kept.contains($0) }
        #expect(gone.count == 1)
        #expect(found(gone) == 0)
        #expect(found(kept) == 2)
    }
}
