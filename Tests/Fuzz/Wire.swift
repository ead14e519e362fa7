// Fuzzing the command reader: nothing traps, and what is read does not depend on how bytes arrive.

import Base
import Wire

/// Commands and the end of the reading, as text that can be compared.
private struct Reading: Equatable {
    var commands: [[UInt8]] = []
    var refusal: CommandRefusal?
}

private let controlLineBytesMax = 128
private let payloadBytesMax = 512

/// Reads the input in one piece and in small ones, and compares.
@c(LLVMFuzzerTestOneInput)
public func fuzzWire(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = unsafe [UInt8](UnsafeBufferPointer(start: start, count: count))
    guard let first = input.first else { return 0 }
    let bytes = Array(input.dropFirst())
    let whole = read(bytes, in: max(bytes.count, 1))
    let pieces = read(bytes, in: Int(first % 17) + 1)
    precondition(whole == pieces, "the reading depends on the pieces")
    return 0
}

/// Reads `bytes` that arrive in pieces of `size`, keeping the rest of each in front of the next.
private func read(_ bytes: [UInt8], in size: Int) -> Reading {
    var reading = Reading()
    var kept: [UInt8] = []
    var offset = 0
    while offset < bytes.count {
        let end = min(bytes.count, offset + size)
        kept += bytes[offset..<end]
        offset = end
        let used = readAll(kept, into: &reading)
        if reading.refusal != nil { return reading }
        kept.removeFirst(used)
        precondition(
            kept.count <= controlLineBytesMax + payloadBytesMax + 16,
            "more is kept than one command takes"
        )
    }
    return reading
}

private func readAll(_ bytes: [UInt8], into reading: inout Reading) -> Int {
    var reader = CommandReader(
        controlLineBytesMax: controlLineBytesMax,
        payloadBytesMax: payloadBytesMax
    )
    var command = Command()
    while true {
        let before = reader.offset
        switch reader.next(in: bytes.raw, into: &command) {
        case .command:
            precondition(reader.offset > before, "a command without bytes")
            precondition(reader.offset <= bytes.count, "a command beyond the bytes")
            reading.commands.append(text(of: command, in: bytes))
        case .incomplete(let total):
            precondition(before + total > bytes.count, "waits for bytes that are there")
            return min(reader.offset, bytes.count)
        case .refused(let refusal):
            reading.refusal = refusal
            return bytes.count
        }
    }
}

private func text(of command: Command, in bytes: [UInt8]) -> [UInt8] {
    var text: [UInt8] = [command.kind.rawValue]
    switch command.kind {
    case .publish:
        precondition(command.headerBytes <= command.payload.count, "headers beyond the payload")
        text.append(command.hasHeaders ? 1 : 0)
        text += [UInt8(truncatingIfNeeded: command.headerBytes)]
        text += bytes[command.subject.range] + [0] + bytes[command.reply.range] + [0]
        text += bytes[command.payload.range]
    case .subscribe:
        text += bytes[command.subject.range] + [0] + bytes[command.reply.range] + [0]
        text += bytes[command.sid.range]
    case .unsubscribe:
        text += bytes[command.sid.range] + [0] + Array(String(command.deliveriesMax).utf8)
    case .connect: text += bytes[command.payload.range]
    case .ping, .pong, .ignored, .peerError: break
    }
    return text
}
