// The newest value.

import Base
import Testing

@Suite struct LatestTests {
    @Test func `shows what was published last`() {
        let latest = Latest([1])
        #expect(latest.value == [1])
        latest.publish([2, 3])
        #expect(latest.value == [2, 3])
    }
}
