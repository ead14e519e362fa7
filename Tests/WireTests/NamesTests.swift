// Nuids, nkeys and base 64.

import Base
import Testing
import Wire

@Suite struct NuidTests {
    @Test func `names have 22 letters and never repeat`() {
        var source = Nuid(seed: 42)
        var seen: Set<[UInt8]> = []
        for _ in 0..<10_000 {
            let name = source.next()
            #expect(name.count == 22)
            #expect(seen.insert(name).inserted)
        }
        let letters = Set(seen.flatMap { $0 })
        #expect(
            letters.allSatisfy { Character(Unicode.Scalar($0)).isLetter || (48...57).contains($0) }
        )
        #expect(letters.count == 62)
    }

    @Test func `a seed decides the names`() {
        var (first, same, other) = (Nuid(seed: 1), Nuid(seed: 1), Nuid(seed: 2))
        let name = first.next()
        #expect(name == same.next())
        #expect(name != other.next())
    }
}

@Suite struct NkeyTests {
    // The public keys that belong to the seed 0, 1, … 31.
    private let user = Array("UAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3RLKK".utf8)
    private let account = Array("AAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3QPZV".utf8)
    private let key: [UInt8] = [
        3, 161, 7, 191, 243, 206, 16, 190, 29, 112, 221, 24, 231, 75, 192, 153, 103, 228, 214, 48,
        155, 165, 13, 95, 29, 220, 134, 100, 18, 85, 49, 184,
    ]

    @Test func `known keys go both ways`() throws {
        #expect(try Nkey.decode(user, as: .user) == key)
        #expect(try Nkey.decode(account, as: .account) == key)
        #expect(try Nkey.encode(key, as: .user) == user)
        #expect(try Nkey.encode(key, as: .account) == account)
    }

    @Test func `refuses what is no key of that role`() {
        #expect(throws: NkeyError.wrongRole) { try Nkey.decode(account, as: .user) }
        #expect(throws: NkeyError.wrongLength) { try Nkey.decode([], as: .user) }
        #expect(throws: NkeyError.wrongLength) { try Nkey.decode(user + [65], as: .user) }
        #expect(throws: NkeyError.wrongLength) {
            try Nkey.decode(Array(user.dropLast()), as: .user)
        }
        #expect(throws: NkeyError.wrongLength) { try Nkey.encode(Array(key.dropLast()), as: .user) }
        let lowered = user.map { $0 | 0x20 }
        #expect(throws: NkeyError.invalidDigit) { try Nkey.decode(lowered, as: .user) }
    }

    @Test func `notices a change of any letter`() {
        for index in user.indices {
            var changed = user
            changed[index] =
                changed[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            #expect(throws: NkeyError.wrongChecksum) { try Nkey.decode(changed, as: .user) }
        }
    }

    @Test func `every role has its letter`() throws {
        let letters = try NkeyRole.allCases.map { role in try Nkey.encode(key, as: role)[0] }
        #expect(letters == Array("ACNOUX".utf8))
    }
}

@Suite struct Base64Tests {
    @Test(arguments: [
        ("", "", ""), ("f", "Zg==", "Zg"), ("fo", "Zm8=", "Zm8"), ("foo", "Zm9v", "Zm9v"),
        ("foob", "Zm9vYg==", "Zm9vYg"), ("fooba", "Zm9vYmE=", "Zm9vYmE"),
        ("foobar", "Zm9vYmFy", "Zm9vYmFy"), ("~~?", "fn4/", "fn4_"), ("~~>", "fn4+", "fn4-"),
    ])
    func `known texts go both ways`(bytes: String, standard: String, url: String) {
        let bytes = Array(bytes.utf8)
        #expect(Base64.encode(bytes, .standard) == Array(standard.utf8))
        #expect(Base64.encode(bytes, .url) == Array(url.utf8))
        #expect(Base64.decode(Array(standard.utf8)) == bytes)
        #expect(Base64.decode(Array(url.utf8)) == bytes)
    }

    @Test(arguments: [
        "Z", "Zg=", "Zg===", "====", "=", "Zm9vY", "Zh==", "Zm9=", "Z g=", "Zg==\n", "fn4+fn4_",
        "é",
    ])
    func `refuses what no encoder writes`(text: String) {
        #expect(Base64.decode(Array(text.utf8)) == nil)
    }

    @Test(arguments: [11, 12] as [UInt64])
    func `random bytes survive`(seed: UInt64) {
        var random = Random(seed: seed)
        for count in 0..<200 {
            let bytes = (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            for alphabet in [Base64.Alphabet.standard, .url] {
                #expect(Base64.decode(Base64.encode(bytes, alphabet)) == bytes, "seed \(seed)")
            }
        }
    }
}
