// The command reader at every split, in every spelling, and on random bytes.

import Base
import Testing

@testable import Wire

@Suite struct CommandReaderTests {
    /// What a command says, with its bytes.
    struct Said: Equatable, CustomStringConvertible {
        var kind: CommandKind
        var words: [[UInt8]]
        var payload: [UInt8]
        var headerBytes: UInt32
        var most: UInt64

        var description: String {
            let text = words.map { String(decoding: $0, as: UTF8.self) }
            return "\(kind) \(text) \(payload.count) \(headerBytes) \(most)"
        }
    }

    /// Everything that `text` asks for when it comes in pieces that end at `cuts`, and how it ends.
    static func read(_ bytes: [UInt8], cuts: [Int] = []) -> ([Said], CommandStep) {
        var said: [Said] = []
        var held: [UInt8] = []
        var last = CommandStep.incomplete(total: 0)
        var from = 0
        for cut in cuts + [bytes.count] {
            held += bytes[from..<cut]
            from = cut
            var reader = CommandReader(controlLineBytesMax: 4_096, payloadBytesMax: 1 << 20)
            var command = Command()
            last = .command
            while last == .command {
                last = reader.next(in: held.raw, into: &command)
                if last == .command { said.append(Self.said(command, held)) }
            }
            if case .refused = last { return (said, last) }
            held.removeFirst(min(reader.offset, held.count))
        }
        if case .incomplete = last { return (said, .incomplete(total: held.count)) }
        return (said, last)
    }

    static func said(_ command: Command, _ bytes: [UInt8]) -> Said {
        func take(_ slice: ByteSlice) -> [UInt8] { Array(bytes[slice.range]) }
        let isPublish = command.kind == .publish
        let isSub = command.kind == .subscribe
        let isUnsub = command.kind == .unsubscribe
        var words: [[UInt8]] = []
        if isPublish || isSub { words = [take(command.subject), take(command.reply)] }
        if isSub || isUnsub { words.append(take(command.sid)) }
        let hasPayload = isPublish || command.kind == .connect
        return Said(
            kind: command.kind,
            words: words,
            payload: hasPayload ? take(command.payload) : [],
            headerBytes: isPublish ? command.headerBytes : 0,
            most: isUnsub ? command.deliveriesMax : 0
        )
    }

    static let conversation = """
        CONNECT {"verbose":false}\r\nPING\r\nSUB foo.* 1\r\nsub\tbar  q  22\r\nPUB foo.bar 5\r\nhello\r\n\
        pub foo.bar _INBOX.x 0\r\n\r\nPUB  two.spaces \t 3\r\nabc\r\nHPUB h r 12 14\r\nNATS/1.0\r\n\r\nhi\r\n\
        hpub h 12 12\r\nNATS/1.0\r\n\r\n\r\nUNSUB 1\r\nUNSUB 22 7\r\nPONG\r\nPUB n 3\nxyz\r\nPING anything\n\
        +OK\r\nINFO {}\r\nPUB \u{E9}.\u{1F600} 012\r\n123456789012\r\n
        """ + String(repeating: "PUB a.much.longer.subject.than.others.have 1\r\nx\r\n", count: 8)

    @Test func `reads a whole conversation`() {
        let (said, end) = Self.read(Array(Self.conversation.utf8))
        #expect(end == .incomplete(total: 0))
        #expect(said.count == 25)
        #expect(said[1].kind == .ping)
        #expect(said[3].words == [Array("bar".utf8), Array("q".utf8), Array("22".utf8)])
        #expect(said[4].payload == Array("hello".utf8))
        #expect(said[5].words[1] == Array("_INBOX.x".utf8))
        #expect(said[7].headerBytes == 12 && said[7].payload.count == 14)
        #expect(said[10].most == 7)
        #expect(said[16].payload == Array("123456789012".utf8))
    }

    @Test func `reads the same at every split in two`() {
        let bytes = Array(Self.conversation.utf8)
        let whole = Self.read(bytes).0
        for cut in 0...bytes.count {
            #expect(Self.read(bytes, cuts: [cut]).0 == whole, "cut at \(cut)")
        }
    }

    @Test func `reads the same byte by byte`() {
        let bytes = Array(Self.conversation.utf8)
        #expect(Self.read(bytes, cuts: Array(1..<bytes.count)).0 == Self.read(bytes).0)
    }

    @Test(arguments: [
        ("XYZ\r\n", CommandRefusal.unknownOperation),
        ("\r\n", .unknownOperation),
        ("PUB\r\n", .unknownOperation),
        ("PUB a\r\n", .malformedArguments),
        ("PUB a b c d\r\n", .malformedArguments),
        ("PUB a -1\r\n", .malformedArguments),
        ("PUB a 1x\r\n", .malformedArguments),
        ("PUB a 99999999999999999999\r\n", .malformedArguments),
        ("PUB a 1048577\r\n", .payloadTooLarge),
        ("PUB a 2\r\nabcd", .unknownOperation),
        ("HPUB a 5 4\r\n", .malformedArguments),
        ("SUB a\r\n", .malformedArguments),
        ("SUB a b c d\r\n", .malformedArguments),
        ("UNSUB\r\n", .unknownOperation),
        ("UNSUB a b c\r\n", .malformedArguments),
        ("MSG a 1 2\r\n", .unknownOperation),
        ("RS+ a\r\n", .unknownOperation),
    ])
    func `refuses what is no command`(text: String, refusal: CommandRefusal) {
        // Padded, so that the usual form is tried too.
        let padded = Array((text + String(repeating: "PING\r\n", count: 40)).utf8)
        #expect(Self.read(padded).1 == .refused(refusal))
        #expect(Self.read(padded, cuts: Array(1..<padded.count)).1 == .refused(refusal))
    }

    @Test func `refuses a control line that is too long, whole or not`() {
        let long = Array(("SUB " + String(repeating: "a", count: 4_100)).utf8)
        #expect(Self.read(long).1 == .refused(.controlLineTooLong))
        #expect(Self.read(long + Array(" 1\r\n".utf8)).1 == .refused(.controlLineTooLong))
    }

    @Test func `reads the usual form and any other alike`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = Random(seed: seed)
        for _ in 0..<2_000 {
            let size = Int(random.below(300))
            let reply = random.below(2) == 0 ? "" : "_R.\(random.below(1_000_000)) "
            let subject = String(repeating: "s", count: 1 + Int(random.below(140)))
            let body = String(repeating: "b", count: size)
            let usual = "PUB \(subject) \(reply)\(size)\r\n\(body)\r\n"
            let other = "PUB\t\(subject) \(reply) \(size) \r\n\(body)\r\n"
            let tail = Array(String(repeating: "PING\r\n", count: 30).utf8)
            let one = Self.read(Array(usual.utf8) + tail).0
            let two = Self.read(Array(other.utf8) + tail).0
            #expect(one == two, "seed \(seed)")
            #expect(one.count == 31, "seed \(seed)")
        }
    }

    @Test func `never traps on random bytes`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = Random(seed: seed)
        let pieces = [
            "PUB ", "HPUB ", "SUB ", "UNSUB ", "a.b ", "5\r\n", "\r\n", "CONNECT {", " 1 ",
        ]
        for _ in 0..<3_000 {
            var bytes: [UInt8] = []
            for _ in 0..<random.below(40) {
                if random.below(3) == 0 {
                    bytes.append(UInt8(random.below(256)))
                } else {
                    bytes += Array(pieces[Int(random.below(UInt32(pieces.count)))].utf8)
                }
            }
            let whole = Self.read(bytes)
            let halves = Self.read(bytes, cuts: [bytes.count / 2])
            #expect(whole.0 == halves.0, "seed \(seed)")
        }
    }
}
