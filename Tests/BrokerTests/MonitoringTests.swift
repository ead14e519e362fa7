// HTTP and the pages, without sockets.

import Base
import Reactor
import Telemetry
import Testing
import Wire

@testable import Broker

@Suite struct HttpRequestReaderTests {
    private func read(_ text: String) -> HttpReading {
        HttpRequestReader.read(Array(text.utf8))
    }

    private func request(_ text: String) -> HttpRequest? {
        guard case .request(let request, _) = read(text) else { return nil }
        return request
    }

    @Test func `splits a target into path and arguments`() throws {
        let read = try #require(
            request("GET /connz?sort=idle&subs=1&x&user=a%20b+c%2x HTTP/1.1\r\nHost: x\r\n\r\n")
        )
        #expect(read.path == Array("/connz".utf8))
        #expect(read.argument("sort") == Array("idle".utf8))
        #expect(read.argument("x") == [])
        #expect(read.argument("user") == Array("a b c%2x".utf8))
        #expect(read.argument("none") == nil)
        #expect(read.isKeptAlive && read.isCurrent)
    }

    @Test(arguments: [
        "", "GET / HTT", "GET / HTTP/1.1\r\nHost: x\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\na",
    ])
    func `waits for the rest`(text: String) {
        #expect(read(text) == .incomplete)
    }

    @Test(arguments: [
        "\r\n\r\n", "GET /\r\n\r\n", "GET / HTTP/2\r\n\r\n", "GET x HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", "GET / HTTP/1.1\r\n\r\n",
        "\u{0}\u{1}\r\n\r\n",
    ])
    func `refuses what is no request`(text: String) {
        guard case .refused(.badRequest, _) = read(text) else {
            Issue.record("not refused: \(read(text))")
            return
        }
    }

    @Test func `refuses a head without end and a body without measure`() {
        #expect(read(String(repeating: "a", count: 9_000)) == .refused(.tooLarge, ""))
        let body = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n"
        #expect(read(body) == .refused(.tooLarge, ""))
    }

    @Test func `takes the body with the request`() {
        guard
            case .request(_, let count) = read(
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nabGET"
            )
        else {
            Issue.record("no request")
            return
        }
        #expect(count == "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab".utf8.count)
    }

    @Test func `ends connections as the versions have it`() {
        #expect(request("GET / HTTP/1.0\r\n\r\n")?.isKeptAlive == false)
        #expect(request("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n")?.isKeptAlive == true)
        #expect(
            request("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")?.isKeptAlive == false
        )
    }
}

@Suite struct HttpReplyTests {
    @Test func `dates are those of the calendar`() {
        let at = Instant(nanoseconds: 1_795_503_260 * nanosecondsPerSecond)
        #expect(HttpReply.date(at) == "Tue, 24 Nov 2026 06:54:20 GMT")
        #expect(HttpReply.date(Instant(nanoseconds: 1)) == "Thu, 01 Jan 1970 00:00:00 GMT")
    }

    @Test func `HEAD gets the head alone`() {
        var request = HttpRequest(
            method: Array("HEAD".utf8),
            path: [],
            arguments: [],
            isKeptAlive: true,
            isCurrent: true
        )
        let reply = HttpReply.words("hello", .ok)
        let head = String(decoding: reply.bytes(to: request, at: .never), as: UTF8.self)
        #expect(head.contains("Content-Length: 5\r\n") && head.hasSuffix("\r\n\r\n"))
        request.method = Array("GET".utf8)
        let whole = String(decoding: reply.bytes(to: request, at: .never), as: UTF8.self)
        #expect(whole == head + "hello")
    }
}

@Suite struct ConnzQueryTests {
    private func query(_ arguments: String) throws -> ConnzQuery {
        let text = Array("GET /connz?\(arguments) HTTP/1.1\r\nHost: x\r\n\r\n".utf8)
        guard case .request(let request, _) = HttpRequestReader.read(text) else {
            throw QueryError.state([])
        }
        return try ConnzQuery(request)
    }

    private func picture() -> ShardPicture {
        var bench = ShardBench()
        let (one, two, three) = (bench.client(), bench.client(), bench.client())
        bench.say(one, "SUB a.b 1\r\nSUB c 2\r\n")
        bench.wait(milliseconds: 100)
        bench.say(two, "PUB a.b 3\r\nabc\r\nPUB a.b 1\r\nx\r\n")
        bench.say(three, "SUB a.> 1\r\n")
        let four = bench.client()
        bench.shard.end(four, .kicked)
        bench.shard.release(four)
        return bench.picture()
    }

    @Test(arguments: [
        ("", [1, 2, 3]), ("sort=subs", [1, 3, 2]), ("sort=msgs_from", [2, 1, 3]),
        ("sort=bytes_to", [1, 2, 3]),
        ("sort=idle", [1, 2, 3]), ("sort=last", [2, 3, 1]), ("sort=pending", [1, 2, 3]),
        ("cid=2", [2]),
        ("cid=9", []), ("state=closed", [4]), ("state=any", [1, 2, 3, 4]),
        ("filter_subject=a.b", [1, 3]),
        ("filter_subject=a.x", [3]), ("acc=$G", [1, 2, 3]), ("acc=x", []), ("user=x", []),
        ("state=closed&sort=stop", [4]), ("sort=start&subs=detail", [1, 2, 3]),
    ])
    func `chooses and sorts`(arguments: String, ids: [Int]) throws {
        let rows = try query(arguments).rows(of: picture())
        #expect(rows.map(\.id) == ids.map(UInt64.init))
    }

    @Test(arguments: [
        ("sort=zzz", "invalid sorting option: zzz"), ("state=zzz", "Error decoding state for zzz"),
        ("limit=a", #"Error decoding int for 'limit': strconv.Atoi: parsing "a": invalid syntax"#),
        (
            "auth=maybe",
            #"Error decoding boolean for 'auth': strconv.ParseBool: parsing "maybe": invalid syntax"#
        ),
        (
            "subs=x",
            #"Error decoding boolean for 'subs': strconv.ParseBool: parsing "x": invalid syntax"#
        ),
        ("sort=stop", "sort by stop only valid on closed connections"),
        ("sort=reason&state=open", "sort by reason only valid on closed connections"),
    ])
    func `says what is wrong as nats-server does`(arguments: String, words: String) {
        #expect {
            try query(arguments)
        } throws: { error in
            (error as? QueryError)?.text == words
        }
    }
}

@Suite struct MetricsWriterTests {
    @Test func `histograms are cumulative and end with everything`() {
        var values = Histogram()
        for value in [5_000, 15_000, 15_000, 3_000_000_000] as [UInt64] { values.record(value) }
        var page = MetricsWriter()
        page.histogram("x", "Help.", values)
        let text = String(decoding: page.bytes, as: UTF8.self)
        #expect(text.contains("# TYPE x histogram\n"))
        #expect(text.contains("x_bucket{le=\"1e-05\"} 1\n"))
        #expect(text.contains("x_bucket{le=\"2e-05\"} 3\n"))
        #expect(text.contains("x_bucket{le=\"1.0\"} 3\n"))
        #expect(text.contains("x_bucket{le=\"+Inf\"} 4\nx_sum 3.000035\nx_count 4\n"))
    }

    @Test func `labels are escaped`() {
        var page = MetricsWriter()
        page.gauge("x", "Help.", 1, labels: [("name", "a\"b\\c\nd")])
        let text = String(decoding: page.bytes, as: UTF8.self)
        #expect(text.hasSuffix("x{name=\"a\\\"b\\\\c\\nd\"} 1.0\n"))
    }
}

@Suite struct GoDurationTests {
    @Test(
        arguments: [
            (0, "0s"), (999, "999ns"), (598_000, "598µs"), (598_040, "598.04µs"),
            (3_672_453, "3.672453ms"),
            (1_500_000_000, "1.5s"), (121_000_000_000, "2m1s"), (10_000_000_000, "10s"),
            (7_261_000_000_000, "2h1m1s"),
        ] as [(UInt64, String)]
    )
    func `reads as Go prints it`(nanoseconds: UInt64, text: String) {
        #expect(goDuration(nanoseconds) == text)
    }

    @Test(
        arguments: [
            (0, "0s"), (59, "59s"), (62, "1m2s"), (3_600, "1h0m0s"), (90_061, "1d1h1m1s"),
            (31_536_000 + 3_600, "1y0d1h0m0s"),
        ] as [(UInt64, String)]
    )
    func `ages are whole`(seconds: UInt64, text: String) {
        #expect(ageText(seconds * nanosecondsPerSecond) == text)
    }
}
