// What may be a secret and what may not, whoever wrote the file.

import Base
import Journal
import Sealing
import Testing

@Suite struct SecretFileTests {
    private let directory = TemporaryDirectory()

    private func read(_ bytes: [UInt8], as source: SlotSecret.Source) throws -> [UInt8] {
        let disk = try SystemDisk(path: directory.path)
        let file = try disk.open("secret", .create)
        try disk.write(file, at: 0, bytes.raw)
        disk.close(file)
        defer { try? disk.remove("secret") }
        let secret = try SecretFile.read(directory.path + "/secret", as: source)
        return secret.withBytes { secret in unsafe secret.withUnsafeBytes { unsafe Array($0) } }
    }

    private func problem(_ bytes: [UInt8], as source: SlotSecret.Source) -> SealingError? {
        do {
            _ = try read(bytes, as: source)
            return nil
        } catch {
            return error as? SealingError
        }
    }

    @Test func `the bytes of a passphrase count as they are, without the end of the line`() throws {
        let forms = [Array("caf\u{E9}".utf8), Array("cafe\u{301}".utf8), [0xFF, 0x20, 0xFE]]
        for form in forms {
            #expect(try read(form, as: .passphrase) == form)
            #expect(try read(form + [0x0A], as: .passphrase) == form)
            #expect(try read(form + [0x0D, 0x0A], as: .passphrase) == form)
        }
        #expect(forms[0] != forms[1], "the same letters in two forms are two passphrases")
    }

    @Test func `an empty, an endless and a cut passphrase are refused for what they are`() throws {
        let most = SecretFile.byteCountMax
        #expect(problem([], as: .passphrase) == .secretEmpty)
        #expect(problem([0x0A], as: .passphrase) == .secretEmpty)
        #expect(problem([0x61, 0, 0x62], as: .passphrase) == .secretHasNul)
        let longest = [UInt8](repeating: 0x61, count: most)
        #expect(try read(longest, as: .passphrase) == longest)
        #expect(problem(longest + [0x61], as: .passphrase) == .secretTooLong)
    }

    @Test(arguments: [SlotSecret.Source.keyFile, .credential])
    func `a key file and a credential hold any bytes but none`(source: SlotSecret.Source) throws {
        let bytes: [UInt8] = [0, 1, 0x0A, 0, 0xFF, 0x0A]
        #expect(try read(bytes, as: source) == bytes)
        #expect(problem([], as: source) == .secretEmpty)
    }
}
