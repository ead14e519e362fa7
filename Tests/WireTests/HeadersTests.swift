// Header blocks: read in place, rebuilt with changes.

import Base
import Testing
import Wire

private func value(_ block: String, _ name: String) -> String? {
    let bytes = Array(block.utf8)
    let headers = Headers(bytes.span)
    return headers.value(of: name).map { String(decoding: headers.bytes(of: $0), as: UTF8.self) }
}

private func status(_ block: String) -> String? {
    let bytes = Array(block.utf8)
    let headers = Headers(bytes.span)
    guard let status = headers.status else { return nil }
    return "\(status.code)|\(String(decoding: headers.bytes(of: status.text), as: UTF8.self))"
}

@Suite struct HeadersTests {
    @Test(
        arguments: [
            ("NATS/1.0\r\nA: 1\r\n\r\n", "A", "1"),
            ("NATS/1.0\r\nA:1\r\nB: 2\r\n\r\n", "B", "2"),
            ("NATS/1.0\r\nA:1\r\n\r\n", "A", "1"),
            ("NATS/1.0\r\nA:   1  \r\n\r\n", "A", "1"),
            ("NATS/1.0\nA: 1\n\n", "A", "1"),
            ("NATS/1.0\r\nA: x:y\r\n\r\n", "A", "x:y"),
            ("NATS/1.0\r\nA: 1\r\nA: 2\r\n\r\n", "A", "1"),
            ("NATS/1.0 503\r\nA:\r\n\r\n", "A", ""),
            ("NATS/1.0\r\njunk\r\nA: 1\r\n\r\n", "A", "1"),
            ("NATS/1.0\r\nA: 1", "A", "1"),
            ("NATS/1.0\r\na: 1\r\n\r\n", "A", nil),
            ("NATS/1.0\r\nAB: 1\r\n\r\n", "A", nil),
            ("NATS/1.0\r\n\r\nA: 1\r\n\r\n", "A", nil),
            ("A: 1\r\n\r\n", "A", nil),
            ("", "A", nil),
            ("\r\n", "A", nil),
            (":", "", nil),
        ] as [(String, String, String?)]
    )
    func `finds values by exact name`(block: String, name: String, expected: String?) {
        #expect(value(block, name) == expected)
    }

    @Test(
        arguments: [
            ("NATS/1.0 503\r\n\r\n", "503|"),
            ("NATS/1.0 404 No Messages\r\n\r\n", "404|No Messages"),
            ("NATS/1.0 100 \r\n\r\n", "100|"),
            ("NATS/1.0\r\n\r\n", nil),
            ("NATS/1.0 50\r\n\r\n", nil),
            ("NATS/1.0 5x3\r\n\r\n", nil),
            ("NATS/1.0 5033\r\n\r\n", nil),
            ("NATS/1.1 503\r\n\r\n", nil),
            ("NATS/1.0", nil),
            ("", nil),
        ] as [(String, String?)]
    )
    func `reads the status line`(block: String, expected: String?) {
        #expect(status(block) == expected)
    }

    @Test func `a rebuilt block leaves out and adds fields`() {
        let block = Array("NATS/1.0 200 OK\r\nKeep:1\r\nNats-Rollup: sub\r\nkeep: 2\r\n\r\n".utf8)
        var writer = HeaderWriter()
        #expect(writer.isEmpty)
        writer.append(Headers(block.span)) { $0.starts(with: "Nats-".utf8) }
        writer.append("Nats-Sequence", 18_446_744_073_709_551_615 as UInt64)
        writer.append("Note", Array("a\r\nb".utf8))
        writer.append("Text", "t")
        #expect(!writer.isEmpty)
        let expected =
            "NATS/1.0\r\nKeep: 1\r\nkeep: 2\r\nNats-Sequence: 18446744073709551615\r\n"
            + "Note: a  b\r\nText: t\r\n\r\n"
        #expect(String(decoding: writer.finish(), as: UTF8.self) == expected)
    }

    @Test func `a status block reads back`() {
        let plain = HeaderWriter(status: 503, text: "").finish()
        #expect(String(decoding: plain, as: UTF8.self) == "NATS/1.0 503\r\n\r\n")
        var writer = HeaderWriter(status: 408, text: "Request Timeout")
        writer.append("Nats-Pending-Messages", 3)
        let block = writer.finish()
        let headers = Headers(block.span)
        #expect(headers.status?.code == 408)
        #expect(headers.value(of: "Nats-Pending-Messages") == ByteSlice(start: 53, count: 1))
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `damaged blocks never trap`(seed: UInt64) {
        var random = Random(seed: seed)
        let alphabet = Array("NATS/1.0 50:\r\n\n\r".utf8)
        for _ in 0..<20_000 {
            var block = random.below(2) == 0 ? Array("NATS/1.0".utf8) : []
            for _ in 0..<random.below(24) {
                block.append(alphabet[Int(random.below(UInt32(alphabet.count)))])
            }
            let headers = Headers(block.span)
            _ = headers.status
            var offset = headers.firstField
            while let field = headers.field(at: &offset) {
                #expect(field.line.end <= block.count, "seed \(seed)")
                #expect(field.value.end <= field.line.end, "seed \(seed)")
            }
        }
    }
}
