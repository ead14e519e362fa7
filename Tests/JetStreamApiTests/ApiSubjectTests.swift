// Subjects of the API and what they name.

import JetStreamApi
import Testing

@Suite struct ApiSubjectTests {
    private func subject(_ text: String) -> ApiSubject? { ApiSubject(Array(text.utf8)) }
    private let s = Array("S".utf8)
    private let c = Array("C".utf8)

    @Test func `every endpoint is found by its subject`() {
        let cases: [(String, ApiSubject)] = [
            ("INFO", .accountInfo), ("STREAM.CREATE.S", .streamCreate(stream: s)),
            ("STREAM.UPDATE.S", .streamUpdate(stream: s)), ("STREAM.NAMES", .streamNames),
            ("STREAM.LIST", .streamList), ("STREAM.INFO.S", .streamInfo(stream: s)),
            ("STREAM.DELETE.S", .streamDelete(stream: s)),
            ("STREAM.PURGE.S", .streamPurge(stream: s)),
            ("STREAM.MSG.GET.S", .messageGet(stream: s)),
            ("STREAM.MSG.DELETE.S", .messageDelete(stream: s)),
            ("STREAM.SNAPSHOT.S", .streamSnapshot(stream: s)),
            ("STREAM.RESTORE.S", .streamRestore(stream: s)),
            ("DIRECT.GET.S", .directGet(stream: s)),
            ("DIRECT.GET.S.a.b", .directGetLast(stream: s, subject: Array("a.b".utf8))),
            ("CONSUMER.CREATE.S", .consumerCreate(stream: s, consumer: nil, filter: nil)),
            ("CONSUMER.CREATE.S.C", .consumerCreate(stream: s, consumer: c, filter: nil)),
            (
                "CONSUMER.CREATE.S.C.x.>",
                .consumerCreate(stream: s, consumer: c, filter: Array("x.>".utf8))
            ),
            ("CONSUMER.DURABLE.CREATE.S.C", .consumerDurableCreate(stream: s, consumer: c)),
            ("CONSUMER.NAMES.S", .consumerNames(stream: s)),
            ("CONSUMER.LIST.S", .consumerList(stream: s)),
            ("CONSUMER.INFO.S.C", .consumerInfo(stream: s, consumer: c)),
            ("CONSUMER.DELETE.S.C", .consumerDelete(stream: s, consumer: c)),
            ("CONSUMER.PAUSE.S.C", .consumerPause(stream: s, consumer: c)),
            ("CONSUMER.RESET.S.C", .consumerReset(stream: s, consumer: c)),
            ("CONSUMER.UNPIN.S.C", .consumerUnpin(stream: s, consumer: c)),
            ("CONSUMER.MSG.NEXT.S.C", .consumerNext(stream: s, consumer: c)),
            ("ACCOUNT.PURGE.A", .accountPurge(account: Array("A".utf8))),
            ("STREAM.LEADER.STEPDOWN.S", .clusterOnly(.streamStepDown)),
            ("CONSUMER.LEADER.STEPDOWN.S.C", .clusterOnly(.consumerStepDown)),
        ]
        for (text, expected) in cases { #expect(subject(text) == expected, "\(text)") }
    }

    @Test(arguments: [
        "", ".", "STREAM", "STREAM.INFO", "STREAM.INFO.a.b", "STREAM..S", "INFO.x", "NOPE.S",
        "STREAM.CREATE.S.", "CONSUMER.INFO.S", "CONSUMER.MSG.NEXT.S", "CONSUMER.INFO.S.C.D",
        "DIRECT.GET", "DIRECT.PUT.S", "META.LEADER.STEPDOWN",
    ])
    func `nobody serves other subjects`(text: String) {
        #expect(subject(text) == nil)
    }
}
