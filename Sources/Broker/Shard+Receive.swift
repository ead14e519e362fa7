// From bytes to commands, and the commands that are not publishes.

import Base
import Routing
import Wire

extension Shard {
    /// Takes what came from the connection at `index`, beginning with what was left over before.
    ///
    /// - Returns: how many bytes were used; the caller keeps the others with `keep`.
    public mutating func receive(_ index: UInt32, _ bytes: RawSpan) -> Int {
        connections[index].lastHeard = tick.now
        var reader = CommandReader(
            controlLineBytesMax: settings.limits.controlLineBytesMax,
            payloadBytesMax: payloadBytesMax(of: index)
        )
        var command = Command()
        while true {
            switch reader.next(in: bytes, into: &command) {
            case .command:
                if command.kind == .publish, isReady(index) {
                    publish(command, in: bytes, from: index)
                } else {
                    perform(command, in: bytes, from: index)
                    // Who has just introduced itself may send more from here on.
                    reader.payloadBytesMax = payloadBytesMax(of: index)
                }
                let flags = connections[index].flags
                if flags.contains(.isClosing) { return bytes.byteCount }
                if flags.contains(.awaitsVerdict) { return reader.offset }
            case .incomplete(let total):
                connections[index].awaitedBytes = total
                return min(reader.offset, bytes.byteCount)
            case .refused(let refusal):
                refuse(index, error(refusal, index, at: reader.offset, in: bytes))
                return bytes.byteCount
            }
        }
    }

    /// Keeps the beginning of a command until the rest comes.
    public mutating func keep(_ rest: RawSpan, of index: UInt32) {
        guard let place = leftovers.store(rest) else {
            end(index, .readError)
            return
        }
        connections[index].leftover = place
    }

    /// The kept beginning of the connection's next command.
    @_lifetime(borrow self)
    public func leftover(of index: UInt32) -> RawSpan {
        leftovers.bytes(of: connections[index].leftover)
    }

    /// Forgets the kept beginning, which the runner has copied.
    public mutating func freeLeftover(of index: UInt32) {
        leftovers.free(connections[index].leftover)
        connections[index].leftover = .empty
    }

    /// Whether the connection may do more than introduce itself, and has been noticed to do so.
    @inline(__always)
    private func isReady(_ index: UInt32) -> Bool {
        connections[index].flags.intersection([.isConnected, .mustAuthenticate]) == .isConnected
    }

    /// A payload is only waited for once its sender is known.
    func payloadBytesMax(of index: UInt32) -> Int {
        if connections[index].flags.contains(.mustAuthenticate) { return 0 }
        return min(settings.limits.payloadBytesMax, Int(connections[index].payloadBytesMax))
    }

    /// What is wrong with the command at `offset`: before CONNECT anything else is a violation.
    private func error(
        _ refusal: CommandRefusal,
        _ index: UInt32,
        at offset: Int,
        in bytes: RawSpan
    ) -> WireError {
        guard connections[index].flags.contains(.mustAuthenticate), offset < bytes.byteCount,
            bytes.byte(offset) | 0x20 != UInt8(ascii: "c")
        else { return WireError(refusal) }
        return .authorizationViolation
    }

    @inline(never)
    private mutating func perform(_ command: Command, in bytes: RawSpan, from index: UInt32) {
        if command.kind == .connect {
            connect(index, bytes.slice(command.payload))
            return
        }
        if connections[index].flags.contains(.mustAuthenticate) {
            refuse(index, .authorizationViolation)
            return
        }
        guard connections[index].flags.contains(.isConnected) || beginUnspoken(index) else {
            return
        }
        switch command.kind {
        case .publish: publish(command, in: bytes, from: index)
        case .subscribe: subscribe(command, in: bytes, from: index)
        case .unsubscribe: unsubscribe(command, in: bytes, from: index)
        case .ping: pong(index)
        case .pong: heard(index)
        case .peerError: refuse(index, .peerError)
        case .connect, .ignored: break
        }
    }
}

extension RawSpan {
    /// The bytes of `slice`, which comes from a command read from this span.
    @inline(__always)
    @_lifetime(copy self)
    func slice(_ slice: ByteSlice) -> RawSpan {
        extracting(slice.range)
    }

    /// A copy of the bytes.
    var array: [UInt8] {
        // SAFETY: the array is made from the live bytes of the span.
        unsafe withUnsafeBytes { unsafe Array($0) }
    }

    /// The byte at `offset`.
    @inline(__always)
    func byte(_ offset: Int) -> UInt8 {
        // SAFETY: the load is checked and any byte is a valid integer.
        unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    }
}
