// A store that was locked while it runs opens with every kind of slot.

import Base
import Configuration
import Engine
import Reactor
import Support
import Testing

@testable import Broker

@Suite struct UnlockTests {
    private func isFinished(_ report: EngineReport?) -> Bool {
        if case .finished = report { true } else { false }
    }

    /// A server with a slot of each kind, and where the secrets of slots 2 to 4 are.
    private func server() throws -> (KeyServer, passphrase: String, recovery: String) {
        let bench = try KeyServer()
        let passphrase = bench.directory + "/passphrase"
        TextFile.write("correct horse battery staple\n", to: passphrase)
        let credential = bench.directory + "/credentials/store"
        TextFile.write("what the service manager hands over", to: credential)
        let recovery = bench.directory + "/recovery"
        for body in [
            "{\"kind\":\"passphrase\",\"path\":\"\(passphrase)\"}",
            "{\"kind\":\"recovery\",\"path\":\"\(recovery)\"}",
            "{\"kind\":\"credential\",\"path\":\"store\"}",
        ] {
            let added = bench.ask("SLOT.ADD", body)
            #expect(added.contains("\"success\":true"), "\(added)")
        }
        return (bench, passphrase, recovery)
    }

    @Test func `a request opens it with a key file, a passphrase, a recovery key, a credential`()
        throws
    {
        let (bench, passphrase, recovery) = try server()
        for body in [
            "", "{\"kind\":\"passphrase\",\"path\":\"\(passphrase)\"}",
            "{\"kind\":\"recovery\",\"path\":\"\(recovery)\"}",
            "{\"kind\":\"credential\",\"path\":\"store\"}",
        ] {
            #expect(bench.ask("LOCK").contains("\"success\":true"))
            #expect(bench.ask("ROTATE").contains("the keys are locked"))
            let opened = bench.ask("UNLOCK", body)
            #expect(opened.contains("\"success\":true"), "\(body): \(opened)")
            #expect(bench.ask("STATUS").contains("\"unlocked\":true"))
        }
        #expect(bench.ask("UNLOCK").contains("\"code\":409"), "nothing is locked")
    }

    @Test func `who hears of the end of an order sees what it did`() throws {
        let bench = try KeyServer()
        let engine = bench.server.engine
        _ = try bench.picture { $0.version > 0 }
        for _ in 0..<5 {
            #expect(isFinished(try bench.obey(.lock)))
            #expect(!engine.snapshot.keys.memory.isUnlocked)
            #expect(isFinished(try bench.obey(.unlock(.keyFile(path: [])))))
            #expect(engine.snapshot.keys.memory.isUnlocked)
        }
    }

    @Test func `a wrong secret opens nothing, is said so, and is noted`() throws {
        let (bench, passphrase, recovery) = try server()
        #expect(bench.ask("LOCK").contains("\"success\":true"))
        TextFile.write("Correct horse battery staple", to: bench.directory + "/wrong")
        for body in [
            "{\"kind\":\"passphrase\",\"path\":\"\(bench.directory)/wrong\"}",
            "{\"kind\":\"recovery\",\"path\":\"\(passphrase)\"}",
            "{\"kind\":\"keyfile\",\"path\":\"\(recovery)\"}",
        ] {
            let refused = bench.ask("UNLOCK", body)
            #expect(refused.contains("no slot opens with this secret"), "\(body): \(refused)")
        }
        for body in [
            "{\"kind\":\"passphrase\"}", "{\"kind\":\"recovery\"}",
            "{\"kind\":\"credential\"}", "{\"kind\":\"retina\"}",
        ] {
            #expect(bench.ask("UNLOCK", body).contains("\"code\":400"), "\(body)")
        }
        #expect(bench.ask("UNLOCK", "{\"path\":\"/nowhere\"}").contains("error 2"))
        #expect(bench.ask("STATUS").contains("\"unlocked\":false"))
        #expect(bench.ask("UNLOCK").contains("\"success\":true"))
        let log = bench.ask("AUDIT")
        #expect(log.filter { $0 != "\\" }.contains("keys unlock\",\"about\":\"all queues\""))
        #expect(log.contains("refused: no slot opens with this secret"))
        #expect(log.contains(" from 127.0.0.1:"))
    }

    @Test func `a credential opens a closed store from the directory the environment names`()
        throws
    {
        let directory: String
        do { directory = try server().0.directory }
        // As the service manager hands it over, decrypted or not: a file of that name.
        let environment = Environment(texts: [
            "HOME": "/nowhere", "CREDENTIALS_DIRECTORY": directory + "/credentials/",
        ])
        var unlock = StoreUnlock()
        unlock.credential = "store"
        let settings = JetStreamSettings(
            closedStore: directory + "/state",
            unlock,
            Places(environment: environment)
        )
        let store = try StoreKey.open(settings)
        defer { store.close() }
        let status = String(decoding: store.answer("STATUS", []), as: UTF8.self)
        #expect(status.contains("\"kind\":\"credential\""), "\(status)")
    }

    @Test func `what cannot be a passphrase is refused in words of its own, and makes no slot`()
        throws
    {
        let bench = try KeyServer()
        let path = bench.directory + "/secret"
        for (text, words) in [
            ("\n", "the secret is empty"), ("a\0b", "there is a NUL byte in the passphrase"),
            (String(repeating: "x", count: 5_000), "the secret has more than 4096 bytes"),
        ] {
            TextFile.write(text, to: path)
            let body = "{\"kind\":\"passphrase\",\"path\":\"\(path)\"}"
            let refused = bench.ask("SLOT.ADD", body)
            #expect(refused.contains("\"code\":400") && refused.contains(words), "\(refused)")
        }
        #expect(!bench.ask("STATUS").contains("passphrase"))
    }

    @Test func `the console opens it with what is typed outside of it, and with a credential`()
        throws
    {
        let (bench, passphrase, recovery) = try server()
        for source in [
            SecretSource.keyFile(path: []), .credential(name: Array("store".utf8)),
            .typed(.passphrase, path: Array(passphrase.utf8)),
            .typed(.recovery, path: Array(recovery.utf8)),
        ] {
            #expect(isFinished(try bench.obey(.lock)))
            #expect(isFinished(try bench.obey(.unlock(source))), "\(source)")
        }
        #expect(isFinished(try bench.obey(.lock)))
        guard case .failed(_, .invalid) = try bench.obey(.unlock(.recovery)) else {
            Issue.record("a recovery key was not asked for")
            return
        }
        let wrong = SecretSource.typed(.recovery, path: Array(passphrase.utf8))
        guard case .failed(_, .wrongSecret) = try bench.obey(.unlock(wrong)) else {
            Issue.record("a passphrase is no recovery key")
            return
        }
    }
}
