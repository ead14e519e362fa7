import CSodium
import Testing
import Wire

@testable import Identity

/// A key that signs.
struct TestKey {
    let text: [UInt8]
    private let secret: [UInt8]

    init(seed: UInt8) throws {
        var (key, secret) = ([UInt8](repeating: 0, count: 32), [UInt8](repeating: 0, count: 64))
        let seedBytes = [UInt8](repeating: seed, count: 32)
        // SAFETY: the arrays have the lengths the call reads and writes.
        unsafe _ = crypto_sign_seed_keypair(&key, &secret, seedBytes)
        text = try Nkey.encode(key, as: .user)
        self.secret = secret
    }

    func sign(_ message: [UInt8]) -> [UInt8] {
        var signature = [UInt8](repeating: 0, count: 64)
        // SAFETY: the arrays have the lengths the call reads and writes.
        unsafe _ = crypto_sign_detached(&signature, nil, message, UInt64(message.count), secret)
        return Base64.encode(signature, .url)
    }
}

@Suite struct ChallengeTests {
    static let challenge = Array("PXoWU7zWAMt75FY".utf8)
    static let key = Array("UD466L6EBCM3YY5HEGHJANNTN4LSKTSUXTH7RILHCKEQMQHTBNLHJJXT".utf8)
    static let signature = Array(
        "Q7NJw8_tdpboin6l4FenR7icGxNUSaae6dgxOc11QNoD33vfRfG2CFWjqpnEbLOVOQJjNBlkJT4n9AJ_OG4kDQ"
            .utf8
    )

    @Test func `the holder of a seed answers`() throws {
        let seed = Array("SUAAAAICAMCAKBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4H776Y".utf8)
        let answer = try #require(Challenge.answer(Array("nonce".utf8), seed: seed))
        let expected =
            "-HTq4d6DDHVNb8MsTRAZtSIa0vXA_yuZblwTA7JT5wYzmKBxJ2wpYfjHh7hcptZlidbVw_6ZLyubjm_yDk-OCQ"
        #expect(
            answer.key == Array("UAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3RLKK".utf8)
        )
        #expect(answer.signature == Array(expected.utf8))
        #expect(Challenge.answer(Array("nonce".utf8), seed: Array("SUA".utf8)) == nil)
    }

    private func isAnswered(
        _ challenge: [UInt8] = challenge,
        _ signature: [UInt8] = signature,
        _ key: [UInt8] = key
    ) -> Bool {
        Challenge.isAnswered(challenge, signature: signature, key: key)
    }

    @Test func `takes a signature that a client library made`() {
        #expect(isAnswered())
    }

    @Test func `takes padded standard base 64 too`() throws {
        let bytes = try #require(Base64.decode(Self.signature))
        #expect(isAnswered(Self.challenge, Base64.encode(bytes, .standard)))
    }

    @Test func `refuses every change of a byte`() throws {
        let bytes = try #require(Base64.decode(Self.signature))
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 1
            #expect(!isAnswered(Self.challenge, Base64.encode(changed, .url)))
        }
        for index in Self.challenge.indices {
            var changed = Self.challenge
            changed[index] ^= 1
            #expect(!isAnswered(changed))
        }
    }

    @Test func `refuses an answer to an earlier challenge`() throws {
        let key = try TestKey(seed: 1)
        let (first, second) = (Challenge.make(), Challenge.make())
        #expect(isAnswered(first, key.sign(first), key.text))
        #expect(!isAnswered(second, key.sign(first), key.text))
    }

    @Test func `refuses the answer of another key`() throws {
        let (one, other) = (try TestKey(seed: 1), try TestKey(seed: 2))
        let challenge = Challenge.make()
        #expect(!isAnswered(challenge, one.sign(challenge), other.text))
    }

    @Test func `refuses texts that are cut, empty or not base 64`() {
        #expect(!isAnswered(Self.challenge, []))
        #expect(!isAnswered(Self.challenge, Array(Self.signature.dropLast(2))))
        #expect(!isAnswered(Self.challenge, Array("#".utf8) + Self.signature.dropFirst()))
        #expect(!isAnswered(Self.challenge, Self.signature, Array(Self.key.dropLast())))
        #expect(!isAnswered(Self.challenge, Self.signature, []))
        #expect(!isAnswered([], Self.signature))
    }

    @Test func `refuses keys of other roles`() throws {
        let bytes = try Nkey.decode(Self.key, as: .user)
        for role in NkeyRole.allCases where role != .user {
            #expect(!isAnswered(Self.challenge, Self.signature, try Nkey.encode(bytes, as: role)))
        }
    }

    @Test(arguments: [0, 1, 0xEC] as [UInt8])
    func `refuses keys of low order, for which anything is signed`(first: UInt8) throws {
        var weak = [UInt8](repeating: first == 0xEC ? 0xFF : 0, count: 32)
        weak[0] = first
        if first == 0xEC { weak[31] = 0x7F }
        let key = try Nkey.encode(weak, as: .user)
        var forged = [UInt8](repeating: 0, count: 64)
        forged[0] = 1
        #expect(!isAnswered(Self.challenge, Base64.encode(forged, .url), key))
    }

    @Test func `challenges are 15 letters and never the same`() {
        let made = (0..<1_000).map { _ in Challenge.make() }
        #expect(Set(made).count == made.count)
        #expect(made.allSatisfy { $0.count == 15 && Base64.decode($0)?.count == 11 })
    }
}
