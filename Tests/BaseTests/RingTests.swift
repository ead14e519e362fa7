// One sender, one receiver, nothing lost and nothing twice.

import Base
import Synchronization
import Testing

@Suite struct RingTests {
    @Test func `a full ring refuses and an empty one gives nothing`() {
        let ring = Ring<UInt64>(capacity: 4)
        var sender = ring.makeSender()
        var receiver = ring.makeReceiver()
        for round in 0..<10 as Range<UInt64> {
            for value in 0..<4 as Range<UInt64> {
                let isSent = sender.send(round * 4 + value)
                #expect(isSent)
            }
            let fifth = sender.send(99)
            #expect(!fifth)
            for value in 0..<4 as Range<UInt64> {
                let received = receiver.receive()
                #expect(received == round * 4 + value)
            }
            let none = receiver.receive()
            #expect(none == nil)
        }
    }

    @Test func `values cross between two tasks in order`() async {
        let ring = Ring<UInt64>(capacity: 64)
        let count: UInt64 = 100_000
        async let received = Task.detached {
            var receiver = ring.makeReceiver()
            var expected: UInt64 = 0
            while expected < count {
                guard let value = receiver.receive() else {
                    await Task.yield()
                    continue
                }
                guard value == expected else { return false }
                expected += 1
            }
            return true
        }.value
        var sender = ring.makeSender()
        var next: UInt64 = 0
        while next < count {
            if sender.send(next) { next += 1 } else { await Task.yield() }
        }
        #expect(await received)
    }
}
