// Command lines of `sluice keys`.

import Configuration
import Testing

@Suite struct KeysRequestTests {
    private func request(_ line: String) throws -> KeysRequest {
        let words = line.split(separator: " ").map { Array($0.utf8) }
        return try KeysRequest(words[...])
    }

    @Test func `every verb is understood`() throws {
        #expect(try request("status").verb == .status)
        #expect(try request("ls --json").isJson)
        let rotate = try request("rotate orders --rate 5M --destroy-old")
        #expect(rotate.verb == .rotate && rotate.queue == Array("orders".utf8))
        #expect(rotate.bytesPerSecond == 5_000_000 || rotate.bytesPerSecond == 5 << 20)
        #expect(rotate.destroysOld)
        #expect(try request("rotate --dry-run").isDryRun)
        #expect(try request("destroy orders k3").verb == .destroy(3))
        #expect(try request("compromise orders 4").verb == .compromise(4))
        #expect(try request("slots").verb == .slots)
        #expect(try request("slots add keyfile /k").verb == .addSlot(.keyfile, path: "/k"))
        #expect(try request("slots remove 2").verb == .removeSlot(2))
        #expect(try request("export-recovery").verb == .addSlot(.recovery, path: ""))
        let closed = try request("status --store-dir /d --passphrase-file /p")
        #expect(closed.storeDirectory == "/d" && closed.unlock.passphraseFile == "/p")
    }

    @Test(arguments: [
        "", "nonsense", "destroy orders", "destroy orders kx", "destroy orders -1", "rotate a b",
        "slots add", "slots add thing /x", "slots remove", "slots go", "status --passphrase x",
    ])
    func `what is wrong is refused`(line: String) {
        #expect(throws: ArgumentError.self) { _ = try request(line) }
    }
}
