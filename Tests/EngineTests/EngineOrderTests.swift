// Orders know what they need.

import Base
import Engine
import Testing

@Suite struct EngineOrderTests {
    @Test func `only looking orders count as read-only`() {
        #expect(EngineOrder.peek(stream: [], from: 1, count: 1).isReadOnly)
        #expect(EngineOrder.resample.isReadOnly)
        #expect(EngineOrder.key(.verify(.root)).isReadOnly)
        #expect(
            !EngineOrder.purge(stream: [], scope: .init(ceiling: 1, keep: 0, filter: [])).isReadOnly
        )
        #expect(!EngineOrder.key(.lock).isReadOnly)
        #expect(!EngineOrder.resume(stream: [], consumer: nil).isReadOnly)
    }

    @Test func `a missing capability says why until it is there`() {
        var capabilities = EngineCapabilities()
        #expect(capabilities[.drain] == .full)
        capabilities[.drain] = .none(reason: "JetStream has no drain")
        #expect(capabilities.reasonAgainst(.drain) == "JetStream has no drain")
        #expect(capabilities.reasonAgainst(.purge) == nil)
        capabilities[.drain] = .full
        #expect(capabilities == EngineCapabilities())
    }
}
