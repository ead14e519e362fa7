import Glibc
import Testing

@testable import Reactor

@Suite struct TlsSessionsTests {
    @Test func `keeps sessions at stable indices and uses freed places again`() throws {
        let context = try TlsContext(.client, .client(authorityFile: nil))
        var sessions = TlsSessions()
        var indices: [UInt32] = []
        for _ in 0..<100 {
            let session = try TlsSession(context, descriptor: -1, peerName: "host.test")
            indices.append(sessions.insert(session))
        }
        #expect(Set(indices).count == 100)
        let count = sessions.count
        #expect(count == 100)
        for index in indices.prefix(50) { sessions.remove(index) }
        for index in indices.suffix(50) {
            let isEstablished = sessions[index].isEstablished
            #expect(!isEstablished)
        }
        let again = sessions.insert(
            try TlsSession(context, descriptor: -1, peerName: "host.test")
        )
        #expect(indices.prefix(50).contains(again))
    }

    @Test func `an unused index is a programmer's error`() async {
        await #expect(processExitsWith: .failure) {
            let sessions = TlsSessions()
            _ = sessions[3].isEstablished
        }
    }
}
