// Fuzzing the key decoder: nothing traps, and what is read does not depend on how bytes arrive.

import Canvas
import Terminal

/// Decodes the input in one piece and in small ones, and compares.
@c(LLVMFuzzerTestOneInput)
public func fuzzKeys(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = unsafe [UInt8](UnsafeBufferPointer(start: start, count: count))
    guard let first = input.first else { return 0 }
    let bytes = input.dropFirst()
    let whole = decode(bytes, in: max(bytes.count, 1))
    precondition(whole == decode(bytes, in: Int(first % 7) + 1), "the keys depend on the pieces")
    for case .key(let stroke) in whole {
        guard case .scalar(let scalar) = stroke.name else { continue }
        precondition(TextWidth.width(of: scalar) != .hidden, "a key of a hidden scalar")
    }
    return 0
}

/// What `bytes` mean that arrive in pieces of `size`; at the end the decoder still works.
private func decode(_ bytes: ArraySlice<UInt8>, in size: Int) -> [TerminalEvent] {
    var decoder = KeyDecoder()
    var events: [TerminalEvent] = []
    var start = bytes.startIndex
    while start < bytes.endIndex {
        let end = min(start + size, bytes.endIndex)
        decoder.take(bytes[start..<end], into: &events)
        start = end
    }
    decoder.timeOut(into: &events)
    precondition(decoder.waitMilliseconds == nil, "waits for nothing")
    decoder.take([0x71], into: &events)
    precondition(events.last == .key(KeyStroke(.scalar("q"))), "a decoder that is stuck")
    return events
}
