// Answers as texts.

import Base
import JetStreamApi
@testable import Queueing
import Testing

@Suite struct ApiResponseTests {
    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
    private let prefix = "{\"type\":\"io.nats.jetstream.api.v1."

    @Test func `a refusal has code, number and text, and what the endpoint never omits`() {
        let error = QueueingError(.streamNotFound)
        let body =
            "\"error\":{\"code\":404,\"err_code\":10059,\"description\":\"stream not found\"}"
        #expect(
            text(ApiResponse.refusal(error, to: .streamInfo))
                == prefix + "stream_info_response\",\(body),\"total\":0,\"offset\":0,\"limit\":0}"
        )
        #expect(
            text(ApiResponse.refusal(error, to: .streamDelete))
                == prefix + "stream_delete_response\",\(body)}"
        )
        #expect(
            text(ApiResponse.refusal(error, to: .streamPurge))
                == prefix + "stream_purge_response\",\(body),\"purged\":0}"
        )
    }

    @Test func `arguments stand where the braces were`() {
        let error = QueueingError(.wrongLastSequence, "17")
        #expect(text(error.description) == "wrong last sequence: 17")
        #expect(text(QueueingError(.streamInvalidConfiguration, "why").description) == "why")
        #expect(ErrorCode(10_071).status == 400)
    }

    @Test func `a new stream's answer is the server's`() {
        var report = StreamReport()
        report.configuration.name = [0x53]
        report.created = Instant(nanoseconds: 1_700_000_000_000_000_001)
        report.timestamp = report.created
        let answer = text(ApiResponse.streamCreate(report))
        let state = """
            "state":{"messages":0,"bytes":0,"first_seq":0,"first_ts":"0001-01-01T00:00:00Z",\
            "last_seq":0,"last_ts":"0001-01-01T00:00:00Z","consumer_count":0},\
            "ts":"2023-11-14T22:13:20.000000001Z","did_create":true}
            """
        #expect(answer.hasPrefix(prefix + "stream_create_response\",\"config\":{\"name\":\"S\","))
        #expect(answer.hasSuffix("},\"created\":\"2023-11-14T22:13:20.000000001Z\"," + state))
    }

    @Test func `publishes are answered in the server's words`() {
        var buffer = Table<UInt8>()
        func ack(domain: [UInt8], isDuplicate: Bool) -> String {
            buffer.removeAll()
            let stream = Array("S".utf8)
            // SAFETY: the bytes are only read during the call.
            unsafe PubAck.append(
                stream: stream.span.bytes,
                domain: domain.span.bytes,
                sequence: 1_024,
                isDuplicate: isDuplicate,
                to: &buffer
            )
            return text((0..<buffer.count).map { buffer[$0] })
        }
        #expect(ack(domain: [], isDuplicate: false) == "{\"stream\":\"S\",\"seq\":1024}")
        #expect(
            ack(domain: [0x44], isDuplicate: true)
                == "{\"stream\":\"S\",\"domain\":\"D\",\"seq\":1024,\"duplicate\": true}"
        )
        let refusal = PubAck.refusal(
            QueueingError(.storeFailed, "maximum bytes exceeded"),
            stream: []
        )
        #expect(
            text(refusal) == """
                {"error":{"code":503,"err_code":10077,"description":"maximum bytes exceeded"},\
                "stream":"","seq":0}
                """
        )
    }

    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
    ])
    func `payloads are written in base64`(plain: String, encoded: String) {
        let message = StoredMessage(
            subject: [0x73],
            sequence: 1,
            headers: [],
            payload: Array(plain.utf8),
            time: .never
        )
        let answer = text(ApiResponse.messageGet(message))
        let data = plain.isEmpty ? "" : "\"data\":\"\(encoded)\","
        #expect(answer.hasSuffix("\"seq\":1,\(data)\"time\":\"0001-01-01T00:00:00Z\"}}"))
    }
}
