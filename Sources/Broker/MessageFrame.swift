// How a message is written for one receiver: verb, subject, subscription id, and the rest as it
// came.

import Base
import Reactor
import Routing

/// The parts of an outgoing message that are the same for every receiver.
///
/// `tail` is everything behind the subscription id: a space, the reply if any, the sizes, the line
/// end, the payload and its line end. A publish in the usual form holds these bytes already, so
/// that nothing is formatted anew.
struct MessageFrame: BitwiseCopyable {
    /// Where the subject lies.
    var subject = ByteSlice.empty
    /// Where the tail lies.
    var tail = ByteSlice.empty
    /// Whether the tail has headers, so that the verb is HMSG.
    var hasHeaders = false
    /// Headers and body in bytes.
    var payloadBytes: UInt32 = 0
}

/// `MSG ` and `HMSG` as a little-endian word.
private enum Verb {
    static let msg: UInt32 = 0x2047_534D
    static let hmsg: UInt32 = 0x4753_4D48
}

extension Outbox {
    /// Appends one message for the subscription `sid`.
    /// - Returns: `false` when memory for outbound bytes is used up.
    @inline(__always)
    mutating func append(
        hasHeaders: Bool,
        subject: RawSpan,
        sid: Sid,
        tail: RawSpan,
        to queue: inout OutQueue
    ) -> Bool {
        let verbBytes = hasHeaders ? 5 : 4
        let count = verbBytes &+ subject.byteCount &+ 1 &+ Int(sid.count) &+ tail.byteCount
        guard Int(sid.count) <= Sid.shortBytesMax,
            // The id is stored as 24 bytes whatever its length: room for them must be there.
            let room = unsafe reserve(count &+ Sid.shortBytesMax, in: &queue)
        else { return false }
        // SAFETY: `room` has `count` bytes and as many more as the fixed-size stores may spill.
        unsafe room.storeBytes(of: hasHeaders ? Verb.hmsg : Verb.msg, as: UInt32.self)
        if hasHeaders { unsafe room.storeBytes(of: 0x20, toByteOffset: 4, as: UInt8.self) }
        var at = verbBytes
        unsafe copy(subject, to: room + at)
        at &+= subject.byteCount
        unsafe room.storeBytes(of: 0x20, toByteOffset: at, as: UInt8.self)
        at &+= 1
        unsafe (room + at).storeBytes(of: sid.words[0], as: UInt64.self)
        unsafe (room + at + 8).storeBytes(of: sid.words[1], as: UInt64.self)
        unsafe (room + at + 16).storeBytes(of: sid.words[2], as: UInt64.self)
        at &+= Int(sid.count)
        unsafe copy(tail, to: room + at)
        commit(count, to: &queue)
        return true
    }

    /// The same for messages that do not fit one chunk and ids that do not fit in place.
    @inline(never)
    mutating func appendInPieces(
        hasHeaders: Bool,
        subject: RawSpan,
        sid: Sid,
        longSid: RawSpan,
        tail: RawSpan,
        to queue: inout OutQueue
    ) -> Bool {
        guard append(Array((hasHeaders ? "HMSG " : "MSG ").utf8), to: &queue),
            append(subject, to: &queue), append([0x20], to: &queue)
        else { return false }
        let isSidAppended =
            sid.long.isEmpty ? append(sid.bytes, to: &queue) : append(longSid, to: &queue)
        return isSidAppended && append(tail, to: &queue)
    }

    @unsafe
    @inline(__always)
    private func copy(_ bytes: RawSpan, to room: UnsafeMutableRawPointer) {
        // SAFETY: the caller has reserved room for all of `bytes`.
        unsafe bytes.withUnsafeBytes { source in
            if let from = source.baseAddress {
                unsafe room.copyMemory(from: from, byteCount: source.count)
            }
        }
    }
}

extension Sid {
    /// The bytes of an id that is kept in place.
    var bytes: [UInt8] {
        (0..<Int(min(count, UInt16(Sid.shortBytesMax)))).map { offset in
            UInt8(truncatingIfNeeded: words[offset >> 3] >> UInt64((offset & 7) * 8))
        }
    }
}
