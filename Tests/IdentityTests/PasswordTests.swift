import Testing

@testable import Identity

@Suite struct PasswordTests {
    /// "s3cret" at the lowest cost.
    static let hash = Array("$2a$04$abcdefghijklmnopqrstuuLZYjhNQAOdpbzt4WxWlUHjv1wsyH5DG".utf8)

    private func matches(_ given: String, _ expected: String) -> Bool {
        Password.matches(Array(given.utf8), Array(expected.utf8))
    }

    @Test func `plain passwords match byte for byte`() {
        #expect(matches("s3cret", "s3cret"))
        for wrong in ["", "s3cre", "s3cret ", "S3cret", "s3cret\0"] {
            #expect(!matches(wrong, "s3cret"))
        }
        #expect(!matches("caf\u{E9}", "cafe\u{301}"))
    }

    @Test func `nothing matches a password that is not there`() {
        #expect(!matches("", ""))
        #expect(!matches("x", ""))
    }

    @Test(arguments: ["a", "b", "y"])
    func `hashes match their password alone`(kind: String) {
        var hash = Self.hash
        hash[2] = kind.utf8.first ?? 0
        #expect(Password.isHash(hash))
        #expect(Password.matches(Array("s3cret".utf8), hash))
        for wrong in ["", "s3cre", "S3cret", "s3cret\0", "\0"] {
            #expect(!Password.matches(Array(wrong.utf8), hash))
        }
    }

    @Test func `a hash is no password for itself`() {
        #expect(!Password.matches(Self.hash, Self.hash))
    }

    @Test func `agrees with the hashes that it makes itself`() throws {
        let phrase = Array("correct horse battery staple".utf8)
        let setting = Array("$2b$05$abcdefghijklmnopqrstuu".utf8)
        let made = try #require(Password.hash(phrase, setting: setting))
        #expect(made.count == 60)
        #expect(Password.matches(phrase, made))
        #expect(!Password.matches(phrase + [0x20], made))
    }

    @Test(arguments: [
        "$2a$04$", "$2a$04$short", "$2a$99$abcdefghijklmnopqrstuuLZYjhNQAOdpbzt4WxWlUHjv1wsyH5DG",
        "$2a$04$abcdefghijklmnopqrstuuLZYjhNQAOdpbzt4WxWlUHjv1wsyH5D",
        "$2a$04$!!!!!!!!!!!!!!!!!!!!!!LZYjhNQAOdpbzt4WxWlUHjv1wsyH5DG", "$2a$04$*0", "$2a$04$*1",
    ])
    func `a broken hash matches nothing`(hash: String) {
        for given in ["s3cret", "", hash, "*0", "*1"] { #expect(!matches(given, hash)) }
    }

    @Test(arguments: ["$2", "$2a", "$2z$04$x", "$1$abc", "$2a$4$xxxx", "plain", ""])
    func `other texts are plain passwords`(text: String) {
        #expect(!Password.isHash(Array(text.utf8)))
        #expect(matches(text, text) == !text.isEmpty)
    }

    @Test func `very long passwords are not hashed`() {
        #expect(!Password.matches([UInt8](repeating: 0x61, count: 1_025), Self.hash))
    }
}
