// Names of 128 bits: their digits and their order.

import Base
import Sealing
import Testing

@Suite struct UniqueIdTests {
    @Test func `digits stand for the bytes in order`() {
        let id = UniqueId(low: 0x0123_4567_89AB_CDEF, high: 0x00FF)
        #expect(id.hex == "efcdab8967452301ff00000000000000")
        #expect(UniqueId(hex: Array(id.hex.utf8)) == id)
    }

    @Test func `the order is that of the digits`() {
        var random = Random(seed: 5)
        var ids = (0..<200).map { _ in UniqueId(low: random.next(), high: random.next()) }
        ids += ids.prefix(50).map { UniqueId(low: $0.low, high: random.next()) }
        #expect(ids.sorted().map(\.hex) == ids.map(\.hex).sorted())
        #expect(ids.allSatisfy { !($0 < $0) })
    }
}
