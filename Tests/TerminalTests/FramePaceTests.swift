// How far frames are apart.

import Terminal
import Testing

@Suite struct FramePaceTests {
    private let millisecond: UInt64 = 1_000_000
    private let start: UInt64 = 5_000_000_000

    @Test func `the first frame is drawn at once`() {
        let pace = FramePace()
        #expect(pace.wait(at: start, forKey: false) == 0)
        #expect(pace.wait(at: start, forKey: true) == 0)
    }

    @Test func `a key right behind a frame is drawn at once, and news waits`() {
        var pace = FramePace()
        pace.drew(at: start, forKey: false)
        let soon = start + millisecond
        #expect(pace.wait(at: soon, forKey: true) == 0)
        #expect(pace.wait(at: soon, forKey: false) == 15 * millisecond)
        pace.drew(at: soon, forKey: true)
        #expect(pace.wait(at: soon, forKey: false) == 16 * millisecond)
        #expect(pace.wait(at: soon + 16 * millisecond, forKey: false) == 0)
    }

    @Test func `keys in a flood are shown 60 times a second`() {
        var pace = FramePace()
        var now = start
        var frames = 0
        // A key each millisecond, two seconds long.
        for _ in 0..<2_000 {
            now += millisecond
            guard pace.wait(at: now, forKey: true) == 0 else { continue }
            pace.drew(at: now, forKey: true)
            frames += 1
        }
        #expect((125...145).contains(frames), "\(frames)")
    }

    @Test func `a hand on a key that repeats is never held`() {
        var pace = FramePace()
        var now = start
        for _ in 0..<1_000 {
            now += 30 * millisecond
            #expect(pace.wait(at: now, forKey: true) == 0)
            pace.drew(at: now, forKey: true)
        }
    }

    @Test func `after a flood a rest makes keys quick again`() {
        var pace = FramePace()
        for _ in 0..<50 { pace.drew(at: start, forKey: true) }
        #expect(pace.wait(at: start, forKey: true) > 0)
        let rested = start + 50 * 16 * millisecond
        #expect(pace.wait(at: rested, forKey: true) == 0)
    }
}
