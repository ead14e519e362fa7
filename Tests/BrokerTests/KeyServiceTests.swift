// Keys as operators see them: orders go to the journal and come back as pictures.

import Base
import Engine
import Reactor
import Testing

@testable import Broker

@Suite struct KeyServiceTests {
    @Test func `requests by message are answered in JSON, and nonsense is refused`() throws {
        let bench = try KeyServer()
        let status = bench.ask("STATUS")
        #expect(status.contains("\"success\":true"))
        #expect(status.contains("\"of\":\"store catalog\",\"version\":1,\"state\":\"active\""))
        let rotated = bench.ask("ROTATE", "{\"stream\":\"store catalog\",\"destroy_old\":true}")
        #expect(rotated.contains("\"success\":true"))
        let unknown = bench.ask("ROTATE", "{\"stream\":\"nobody\"}")
        #expect(unknown.contains("\"code\":404"))
        for body in ["{", "[]", "{\"version\":-1}", "{\"version\":4294967296}"] {
            #expect(bench.ask("DESTROY", body).contains("\"code\":400"), "\(body)")
        }
        #expect(bench.ask("SLOT.ADD", "{\"kind\":\"keyfile\"}").contains("\"code\":400"))
        #expect(bench.ask("SLOT.REMOVE", "{\"slot\":1}").contains("\"code\":409"))
    }

    private func isFinished(_ report: EngineReport?) -> Bool {
        if case .finished = report { true } else { false }
    }

    @Test func `all keys are rotated, the old ones destroyed, and the picture says so`() throws {
        let bench = try KeyServer()
        let first = try bench.picture { !$0.keys.keys.isEmpty }
        #expect(first.keys.slots.map(\.kind) == [.keyFile])
        #expect(first.keys.isTrial)
        #expect(first.keys.keys.first { $0.scope == .root }?.version == 1)
        for order in [KeyOrder.prepare(.allStreams), .activate(.allStreams)] {
            #expect(isFinished(try bench.obey(order)))
        }
        let catalog = KeyScope.stream(KeyService.catalogName)
        let rewrite = KeyOrder.reencrypt(.allStreams, bytesPerSecond: 0)
        #expect(isFinished(try bench.obey(rewrite)))
        let done = try bench.picture { snapshot in
            guard let rotation = snapshot.keys.rotations.last else { return false }
            guard case .done = rotation[.retire] else { return false }
            return true
        }
        #expect(done.keys.rotations.last?.scope == .allStreams)
        let states = done.keys.keys.filter { $0.scope == catalog }.map(\.state)
        #expect(states == [.retired, .active])
        #expect(isFinished(try bench.obey(.destroy(catalog, version: 1))))
        let after = try bench.picture { $0.keys.keys.contains { $0.state == .destroyed } }
        #expect(after.keys.generation > first.keys.generation)
        let refused = try bench.obey(.destroy(catalog, version: 2))
        guard case .failed(_, .wrongState) = refused else {
            Issue.record("an active key was destroyed: \(String(describing: refused))")
            return
        }
    }

    @Test func `a recovery slot is added with a file for its owner, and the last slot stays`()
        throws
    {
        let bench = try KeyServer()
        _ = try bench.picture { !$0.keys.slots.isEmpty }
        #expect(isFinished(try bench.obey(.addSlot(.recovery))))
        let two = try bench.picture { $0.keys.slots.count == 2 }
        #expect(two.keys.slots.map(\.kind) == [.keyFile, .recovery] && !two.keys.isTrial)
        #expect(isFinished(try bench.obey(.removeSlot(2))))
        guard case .failed(_, .wrongState) = try bench.obey(.removeSlot(1)) else {
            Issue.record("the last slot was removed")
            return
        }
        guard case .failed(_, .notFound) = try bench.obey(.prepare(.stream([0x78]))) else {
            Issue.record("a stream that is not there has a key")
            return
        }
    }
}
