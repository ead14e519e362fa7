// Seeds as text.

import Testing
import Wire

@Suite struct NkeySeedTests {
    // The seed 0, 1, … 31 of a user and of an account, as the keys of nats-server's own tool.
    private let user = Array("SUAAAAICAMCAKBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4H776Y".utf8)
    private let account = Array("SAAAAAICAMCAKBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4HYMHI".utf8)

    @Test func `known seeds are read`() throws {
        #expect(try Nkey.decode(seed: user, of: .user) == Array(0..<32))
        #expect(try Nkey.decode(seed: account, of: .account) == Array(0..<32))
    }

    @Test func `anything else is refused`() {
        #expect(throws: NkeyError.wrongRole) { try Nkey.decode(seed: user, of: .account) }
        #expect(throws: NkeyError.wrongLength) {
            try Nkey.decode(seed: Array(user.dropLast()), of: .user)
        }
        var changed = user
        changed[20] = UInt8(ascii: "Z")
        #expect(throws: NkeyError.wrongChecksum) { try Nkey.decode(seed: changed, of: .user) }
        changed[20] = UInt8(ascii: "1")
        #expect(throws: NkeyError.invalidDigit) { try Nkey.decode(seed: changed, of: .user) }
    }
}
