// The exact words of refusals.

import Testing
import Wire

@Suite struct WireErrorTests {
    @Test(
        arguments: [
            (.unknownOperation, "-ERR 'Unknown Protocol Operation'\r\n", "Parse Error"),
            (.malformedArguments, "", "Parse Error"),
            (
                .authorizationViolation, "-ERR 'Authorization Violation'\r\n",
                "Authentication Failure"
            ),
            (.authenticationTimeout, "-ERR 'Authentication Timeout'\r\n", "Authentication Timeout"),
            (.staleConnection, "-ERR 'Stale Connection'\r\n", "Stale Connection"),
            (
                .payloadTooLarge, "-ERR 'Maximum Payload Violation'\r\n",
                "Maximum Message Payload Exceeded"
            ),
            (
                .controlLineTooLong, "-ERR 'maximum control line exceeded'\r\n",
                "Maximum Control Line Exceeded"
            ),
            (
                .tooManyConnections, "-ERR 'maximum connections exceeded'\r\n",
                "Maximum Connections Exceeded"
            ),
            (
                .invalidProtocolVersion, "-ERR 'invalid client protocol'\r\n",
                "Bad Client Protocol Version"
            ),
            (.slowConsumer, "", "Slow Consumer (Pending Bytes)"),
            (.tooManySubscriptions, "-ERR 'maximum subscriptions exceeded'\r\n", nil),
            (.invalidSubject, "-ERR 'Invalid Subject'\r\n", nil),
            (.invalidPublishSubject, "-ERR 'Invalid Publish Subject'\r\n", nil),
        ] as [(WireError, String, String?)]
    )
    func `clients and monitoring read the known texts`(
        error: WireError,
        line: String,
        reason: String?
    ) {
        var bytes: [UInt8] = []
        error.append(to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == line)
        #expect(error.closedReason?.text == reason)
        #expect(error.closes == (reason != nil))
    }

    @Test func `no two refusals and no two reasons share a text`() {
        let texts = WireError.allCases.compactMap(\.text)
        #expect(Set(texts).count == texts.count)
        let reasons = ClosedReason.allCases.map(\.text)
        #expect(Set(reasons).count == reasons.count)
    }

    @Test func `every refusal of the reader has its answer`() {
        #expect(WireError(CommandRefusal.unknownOperation) == .unknownOperation)
        #expect(WireError(CommandRefusal.malformedArguments) == .malformedArguments)
        #expect(WireError(CommandRefusal.controlLineTooLong) == .controlLineTooLong)
        #expect(WireError(CommandRefusal.payloadTooLarge) == .payloadTooLarge)
    }

    @Test(
        arguments: [
            (.publish(subject: Array("a.b".utf8)), #"Publish to "a.b""#),
            (.reply(subject: Array("$JS.ACK.x".utf8)), #"Publish with Reply of "$JS.ACK.x""#),
            (.subscribe(subject: Array("a.>".utf8)), #"Subscription to "a.>""#),
            (
                .subscribeInQueue(subject: Array("a".utf8), queue: Array("q".utf8)),
                #"Subscription to "a" using queue "q""#
            ),
            (.publish(subject: Array("a\"\\\r\nx".utf8)), #"Publish to "a\"\\??x""#),
        ] as [(PermissionViolation, String)]
    )
    func `permission violations quote the names`(violation: PermissionViolation, text: String) {
        var bytes: [UInt8] = []
        violation.append(to: &bytes)
        let expected = "-ERR 'Permissions Violation for \(text)'\r\n"
        #expect(String(decoding: bytes, as: UTF8.self) == expected)
    }
}
