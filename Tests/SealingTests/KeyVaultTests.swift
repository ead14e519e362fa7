// The key ring: what opens it, what refuses, what its text may look like.

import Base
import Sealing
import Testing

private let now = Instant(nanoseconds: 1_700_000_000_000_000_000)

private func secret(_ byte: UInt8, _ source: SlotSecret.Source = .keyFile) throws -> SlotSecret {
    SlotSecret(source, try SecretBytes(copying: [UInt8](repeating: byte, count: 32).raw))
}

private func vault(_ store: UniqueId) throws -> KeyVault {
    try KeyVault.create(store: store, slot: .keyFile, secret: secret(7), at: now)
}

private func identity(
    _ store: UniqueId,
    _ stream: UniqueId,
    generation: UInt32 = 0,
    salt: Digest
) -> SegmentIdentity {
    SegmentIdentity(
        store: store,
        stream: stream,
        lane: 0,
        number: 1,
        generation: generation,
        keyVersion: 1,
        salt: salt
    )
}

@Suite struct KeyVaultTests {
    @Test func `what one run sealed the next one opens`() throws {
        let store = UniqueId.random()
        let first = try vault(store)
        let stream = try #require(try first.addStreams(count: 1, at: now).first)
        let salt = Digest.random()
        let plain: [UInt8] = Array("acknowledged means synced".utf8)
        let nonce = BlockNonce.fresh(counter: 3)
        var sealed = [UInt8](repeating: 0, count: plain.count + SegmentCipher.tagBytes)
        var output = sealed.mutableSpan
        var raw = unsafe output.mutableBytes
        try first.cipher(identity(store, stream, salt: salt)).seal(
            plain.raw,
            associated: stream.bytes.raw,
            nonce: nonce,
            into: &raw
        )

        let second = try KeyVault.open(
            file: first.file,
            store: store,
            generationFloor: 2,
            secret: secret(7)
        )
        #expect(second.ring == first.ring)
        func open(_ identity: SegmentIdentity, associated: [UInt8]) throws -> [UInt8] {
            var opened = [UInt8](repeating: 0, count: plain.count)
            var output = opened.mutableSpan
            var raw = unsafe output.mutableBytes
            try second.cipher(identity).open(
                sealed.raw,
                associated: associated.raw,
                nonce: nonce,
                into: &raw
            )
            return opened
        }
        let right = identity(store, stream, salt: salt)
        #expect(try open(right, associated: stream.bytes) == plain)
        #expect(throws: SealingError.notAuthentic) { try open(right, associated: store.bytes) }
        let rewritten = identity(store, stream, generation: 1, salt: salt)
        #expect(throws: SealingError.notAuthentic) {
            try open(rewritten, associated: stream.bytes)
        }
    }

    @Test func `a wrong secret or a secret of another kind opens nothing`() throws {
        let store = UniqueId.random()
        let file = try vault(store).file
        for source in [SlotSecret.Source.keyFile, .credential, .recovery] {
            #expect(throws: SealingError.slotNotOpened) {
                let wrong = try secret(source == .keyFile ? 8 : 7, source)
                _ = try KeyVault.open(file: file, store: store, generationFloor: 0, secret: wrong)
            }
        }
    }

    @Test func `every changed byte of the ring is refused`() throws {
        let store = UniqueId.random()
        let vault = try vault(store)
        _ = try vault.addStreams(count: 2, at: now)
        let file = vault.file
        for offset in file.indices {
            var changed = file
            changed[offset] ^= 1 << UInt8(offset % 7)
            #expect(throws: SealingError.self, "byte \(offset)") {
                _ = try KeyVault.open(
                    file: changed,
                    store: store,
                    generationFloor: 0,
                    secret: secret(7)
                )
            }
        }
        for count in 0..<file.count {
            #expect(throws: SealingError.self, "\(count) bytes") {
                _ = try KeyVault.open(
                    file: Array(file[..<count]),
                    store: store,
                    generationFloor: 0,
                    secret: secret(7)
                )
            }
        }
    }

    @Test func `an older ring and a ring of another store are told apart from damage`() throws {
        let store = UniqueId.random()
        let vault = try vault(store)
        let old = vault.file
        _ = try vault.addStreams(count: 1, at: now)
        #expect(throws: SealingError.ringRolledBack(generation: 1, floor: 2)) {
            _ = try KeyVault.open(file: old, store: store, generationFloor: 2, secret: secret(7))
        }
        #expect(throws: SealingError.ringOfAnotherStore) {
            let other = UniqueId.random()
            _ = try KeyVault.open(file: old, store: other, generationFloor: 0, secret: secret(7))
        }
    }

    @Test func `a rotation leaves exactly one active version and destroys last`() throws {
        let vault = try vault(UniqueId.random())
        let stream = try #require(try vault.addStreams(count: 1, at: now).first)
        let old = DataKeyName(stream: stream, version: 1)
        #expect(throws: SealingError.keyState(.active)) {
            try vault.destroy(old, isStreamGone: false, at: now)
        }
        let version = try vault.addVersion(of: stream, at: now)
        #expect(version == 2)
        #expect(vault.ring.activeVersion(of: stream) == 1)
        try vault.activate(DataKeyName(stream: stream, version: version), at: now)
        #expect(vault.ring.versions(of: stream).map(\.state) == [.decryptOnly, .active])
        try vault.destroy(old, isStreamGone: false, at: now)
        #expect(vault.ring.versions(of: stream).map(\.name.version) == [2])
        #expect(vault.ring.destroyed.map(\.name) == [old])
        #expect(try vault.addVersion(of: stream, at: now) == 3)
        #expect(throws: SealingError.keyUnknown) {
            _ = try vault.cipher(identity(vault.ring.store, stream, salt: .zero))
        }
    }

    @Test func `another root key wraps everything and the old one opens nothing of it`() throws {
        let store = UniqueId.random()
        let ring = try vault(store)
        let stream = try #require(try ring.addStreams(count: 1, at: now).first)
        let (old, publicKey) = (ring.file, try ring.auditPublicKey())
        let entry = try ring.sealAudit([1, 2, 3], index: 4)
        let salt = Digest.random()
        let first = try ring.cipher(identity(store, stream, salt: salt))
        let seen = first.commitment(of: salt.bytes.raw)

        var change = try ring.beginRootChange()
        #expect(throws: SealingError.keyState(.active)) { try ring.changeRoot(change, at: now) }
        #expect(throws: SealingError.slotNotOpened) {
            try ring.add(1, secret: secret(8), to: &change)
        }
        try ring.add(1, secret: secret(7), to: &change)
        let late = try ring.makeSlot(.keyFile, secret: secret(9))
        ring.forget(try ring.changeRoot(change, at: now))
        #expect(throws: SealingError.keyState(.active), "it was made under the root key before") {
            try ring.add(late, at: now)
        }
        #expect(ring.ring.rootKey.version == 2)
        #expect(ring.ring.dataKeys.allSatisfy { $0.wrappedBy == 2 })
        #expect(!ring.areKept([DataKeyName(stream: stream, version: 1)], in: old))

        let again = try KeyVault.open(
            file: ring.file,
            store: store,
            generationFloor: ring.generation,
            secret: secret(7)
        )
        #expect(again.ring == ring.ring)
        #expect(try again.openAudit(entry, index: 4) == [1, 2, 3])
        #expect(try again.auditPublicKey() == publicKey)
        let same = try again.cipher(identity(store, stream, salt: salt))
        #expect(same.commitment(of: salt.bytes.raw) == seen)
    }

    @Test func `a root key that could not be written leaves the one before in place`() throws {
        let store = UniqueId.random()
        let ring = try vault(store)
        let (before, used) = (ring.ring, ring.keyBytesUsed)
        for _ in 0..<3 {
            var change = try ring.beginRootChange()
            try ring.add(1, secret: secret(7), to: &change)
            ring.restoreRoot(try ring.changeRoot(change, at: now))
        }
        #expect(ring.ring.slots == before.slots && ring.ring.dataKeys == before.dataKeys)
        #expect(ring.generation == before.generation + 3)
        #expect(ring.keyBytesUsed == used, "what was not used is wiped")
        let change = try ring.beginRootChange()
        ring.discard(change)
        #expect(ring.keyBytesUsed == used)
    }

    @Test func `locked keys are wiped and come back in their places`() throws {
        let store = UniqueId.random()
        let ring = try vault(store)
        let stream = try #require(try ring.addStreams(count: 1, at: now).first)
        let salt = Digest.random()
        let cipher = try ring.cipher(identity(store, stream, salt: salt))
        let (seen, used) = (cipher.commitment(of: salt.bytes.raw), ring.keyBytesUsed)
        let change = try ring.beginRootChange()
        #expect(throws: SealingError.keyState(.active)) { try ring.unlock(secret: secret(7)) }
        #expect(ring.enter())
        ring.leave()
        ring.lock()
        #expect(ring.isLocked)
        #expect(!ring.enter())
        #expect(cipher.commitment(of: salt.bytes.raw) != seen, "nothing is left of its key")
        #expect(throws: SealingError.slotNotOpened) { try ring.unlock(secret: secret(8)) }
        #expect(ring.isLocked)
        #expect(ring.opening.count == 1)
        try ring.unlock(secret: secret(7))
        #expect(ring.opening.slot == 1 && ring.opening.count == 2)
        #expect(!ring.isLocked && ring.enter())
        ring.leave()
        #expect(cipher.commitment(of: salt.bytes.raw) == seen)
        #expect(throws: SealingError.keyState(.active), "a wiped key takes nothing over") {
            try ring.changeRoot(change, at: now)
        }
        ring.discard(change)
        #expect(ring.keyBytesUsed == used)
        let again = try KeyVault.open(
            file: ring.file,
            store: store,
            generationFloor: 1,
            secret: secret(7)
        )
        #expect(again.ring == ring.ring)
    }

    @Test func `a passphrase opens its slot and no other does`() throws {
        let store = UniqueId.random()
        let cost = try #require(Argon2Cost(memoryKibibytes: 65_536, passes: 1))
        let kind = SlotKind.passphrase(cost, salt: .random())
        func typed(_ text: String) throws -> SlotSecret {
            SlotSecret(.passphrase, try SecretBytes(copying: Array(text.utf8).raw))
        }
        let file = try KeyVault.create(
            store: store,
            slot: kind,
            secret: typed("correct horse"),
            at: now
        ).file
        _ = try KeyVault.open(
            file: file,
            store: store,
            generationFloor: 1,
            secret: typed("correct horse")
        )
        #expect(throws: SealingError.slotNotOpened) {
            let wrong = try typed("correct house")
            _ = try KeyVault.open(file: file, store: store, generationFloor: 1, secret: wrong)
        }
    }

    @Test(
        arguments: [(65_535, 3), (4_194_305, 3), (65_536, 0), (65_536, 65)] as [(UInt32, UInt32)]
    )
    func `costs outside the limits are refused`(memory: UInt32, passes: UInt32) {
        #expect(Argon2Cost(memoryKibibytes: memory, passes: passes) == nil)
    }
}
