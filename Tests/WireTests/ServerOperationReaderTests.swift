// What a server sends, at every split, and INFO and CONNECT on the client's side.

import Base
import Testing
import Wire

/// The operations in `text`, fed in pieces of `step` bytes, as readable texts.
private func read(_ text: String, step: Int) -> [String] {
    var reader = ServerOperationReader(lineBytesMax: 64, payloadBytesMax: 100)
    let all = Array(text.utf8)
    var found: [String] = []
    var buffer: [UInt8] = []
    var fed = 0
    while true {
        var operation = ServerOperation()
        switch reader.next(in: buffer.raw, into: &operation) {
        case .command:
            func part(_ slice: ByteSlice) -> String {
                String(decoding: buffer[slice.range], as: UTF8.self)
            }
            var words = "\(operation.kind)"
            if operation.kind == .message {
                words += " \(part(operation.subject)) \(part(operation.sid))"
                words += " <\(part(operation.reply))> \(part(operation.headers))|"
                words += part(operation.body)
            } else {
                words += " \(part(operation.payload))"
            }
            found.append(words)
        case .incomplete:
            guard fed < all.count else { return found }
            buffer += all[fed..<min(all.count, fed + step)]
            fed += step
        case .refused(let refusal):
            return found + ["refused \(refusal)"]
        }
    }
}

@Suite struct ServerOperationReaderTests {
    @Test(arguments: [1, 2, 3, 7, 1_000])
    func `operations are read at any split`(step: Int) {
        let text =
            "INFO {\"a\":1} \r\n+OK\r\nPING\r\npong\r\nMSG a.b 7 3\r\nx\r\n\r\n"
            + "MSG a 8 r.s 0\r\n\r\nhmsg  a\t9 2 4\r\nHHbb\r\nHMSG a 9 r 0 1\nb\r\n"
            + "-ERR 'Stale Connection'\r\n"
        #expect(
            read(text, step: step) == [
                "info {\"a\":1}", "ok ", "ping ", "pong ", "message a.b 7 <> |x\r\n",
                "message a 8 <r.s> |", "message a 9 <> HH|bb", "message a 9 <r> |b",
                "error Stale Connection",
            ]
        )
    }

    @Test(arguments: [
        ("PUB a 0\r\n\r\n", "unknownOperation"), ("MSG a 1\r\n", "malformedArguments"),
        ("MSG a 1 b c 5\r\n", "malformedArguments"), ("MSG a 1 -5\r\n", "malformedArguments"),
        ("MSG a 1 9999999999\r\n", "malformedArguments"), ("MSG a 1 101\r\n", "payloadTooLarge"),
        ("HMSG a 1 5 4\r\n", "malformedArguments"), ("MSG a 1 1\r\nabc", "unknownOperation"),
        (String(repeating: "x", count: 70), "controlLineTooLong"), ("\r\n", "unknownOperation"),
        ("MSGX a 1 0\r\n", "unknownOperation"),
    ])
    func `anything else is refused`(text: String, refusal: String) {
        #expect(read(text, step: 1) == ["refused \(refusal)"])
    }

    @Test func `random bytes never trap`() {
        let seed = UInt64.random(in: .min ... .max)
        print("seed \(seed)")
        var random = Random(seed: seed)
        let pieces = [
            "MSG ", "HMSG ", "INFO ", "PING\r\n", "a ", "1 ", "5\r\n", "\r\n", "\n", "'", "\0",
        ]
        for _ in 0..<2_000 {
            let count = Int(random.below(30))
            let text = (0..<count).map { _ in pieces[Int(random.below(UInt32(pieces.count)))] }
            _ = read(text.joined(), step: 5)
        }
    }

    @Test func `a client reads what a server wrote about itself`() throws {
        var info = ServerInfo()
        info.identity.name = Array("n".utf8)
        info.identity.version = Array("2.12.0".utf8)
        info.host = Array("h".utf8)
        info.port = 99
        info.payloadBytesMax = 5_000
        info.flags = [.headers, .tlsRequired, .authRequired, .lameDuck]
        var connection = ServerInfo.Connection(id: 7, ip: Array("127.0.0.1".utf8))
        connection.nonce = Array("nonce".utf8)
        var line: [UInt8] = []
        info.append(for: connection, to: &line)
        let json = Array(line.dropFirst(5).dropLast(3))
        let greeting = try ServerInfo.read(json)
        #expect(greeting.info == info)
        #expect(greeting.connection == connection)
        #expect(throws: (any Error).self) { try ServerInfo.read(Array("{".utf8)) }
    }

    @Test func `a server reads what a client wrote about itself`() throws {
        var options = ConnectOptions()
        options.flags = [.headers, .noResponders, .echo]
        options.protocolVersion = 1
        options.credentials.user = Array("u\"".utf8)
        options.credentials.password = []
        options.program.name = Array("n".utf8)
        var line: [UInt8] = []
        options.append(to: &line)
        #expect(line.starts(with: Array("CONNECT {".utf8)))
        #expect(try ConnectOptions(json: Array(line.dropFirst(8).dropLast(2))) == options)
    }
}
