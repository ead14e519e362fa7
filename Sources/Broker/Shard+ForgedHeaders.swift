// Headers that only a server may set: a client's are taken off before anybody reads them.

import Base
import Wire

/// Header names that speak for a server: who made a request (`Nats-Request-Info`), and all of
/// Sluice's own, `Sluice-…`, by which a dead letter says where it came from.
///
/// nats-server passes the first on within an account; whoever trusts it there trusts everybody.
enum ForgedHeaders {
    private static let requestInfo: StaticString = "nats-request-info:"
    private static let own: StaticString = "sluice-"

    /// Whether a line of the header `block` has such a name.
    @inline(__always)
    static func isIn(_ block: RawSpan) -> Bool {
        var at = lineEnd(block, from: 0)
        while at < block.byteCount {
            let start = at &+ 1
            guard start &+ 8 <= block.byteCount else { return false }
            let first = block.byte(start) | 0x20
            if first == UInt8(ascii: "n") || first == UInt8(ascii: "s"), isForged(block, start) {
                return true
            }
            at = lineEnd(block, from: start)
        }
        return false
    }

    /// The header `block` without such lines.
    static func removed(from block: RawSpan) -> [UInt8] {
        var kept: [UInt8] = []
        kept.reserveCapacity(block.byteCount)
        var start = 0
        while start < block.byteCount {
            let end = min(lineEnd(block, from: start) &+ 1, block.byteCount)
            if start == 0 || !isForged(block, start) {
                kept += block.extracting(start..<end).array
            }
            start = end
        }
        return kept
    }

    @inline(never)
    private static func isForged(_ block: RawSpan, _ start: Int) -> Bool {
        begins(block, start, with: requestInfo) || begins(block, start, with: own)
    }

    private static func begins(_ block: RawSpan, _ start: Int, with name: StaticString) -> Bool {
        let count = name.utf8CodeUnitCount
        guard start &+ count <= block.byteCount else { return false }
        // SAFETY: the literal lives for ever and has `count` bytes.
        let letters = unsafe UnsafeRawBufferPointer(start: name.utf8Start, count: count)
        for offset in 0..<count {
            let byte = block.byte(start &+ offset)
            let lower = byte &- 0x41 < 26 ? byte | 0x20 : byte
            guard unsafe lower == letters[offset] else { return false }
        }
        return true
    }

    /// Offset of the first LF from `start` on, or the end of the block.
    @inline(__always)
    private static func lineEnd(_ block: RawSpan, from start: Int) -> Int {
        var at = start
        while at &+ 8 <= block.byteCount {
            // SAFETY: eight bytes are there.
            let word = unsafe block.unsafeLoadUnaligned(
                fromUncheckedByteOffset: at,
                as: UInt64.self
            )
            let other = word ^ 0x0A0A_0A0A_0A0A_0A0A
            let found = (other &- 0x0101_0101_0101_0101) & ~other & 0x8080_8080_8080_8080
            if found != 0 { return at &+ found.trailingZeroBitCount >> 3 }
            at &+= 8
        }
        while at < block.byteCount, block.byte(at) != 0x0A { at &+= 1 }
        return at
    }
}

extension Shard {
    /// Routes a publish whose headers lie, without those that do.
    @inline(never)
    mutating func spreadWithoutForged(
        _ command: Command,
        in bytes: RawSpan,
        from index: UInt32
    ) {
        let payload = bytes.slice(command.payload)
        let headerBytes = Int(command.headerBytes)
        let headers = ForgedHeaders.removed(from: payload.extracting(0..<headerBytes))
        let body = payload.extracting(headerBytes..<payload.byteCount)
        var line = Array("HPUB ".utf8) + bytes.slice(command.subject).array
        line += Self.tail(
            reply: bytes.slice(command.reply),
            headerBytes: headers.count,
            payload: (headers + body.array).raw
        )
        var reader = CommandReader(
            controlLineBytesMax: settings.limits.controlLineBytesMax,
            payloadBytesMax: payload.byteCount
        )
        var kept = Command()
        // It is as a client would have written it, and never longer than what came.
        guard case .command = reader.next(in: line.raw, into: &kept) else { return }
        spread(kept, in: line.raw, from: index)
    }
}
