// What a shard's thread says in the log.

import Base
import Configuration
import Reactor
import Wire

extension ShardRunner {
    /// What of the store is there and not served.
    mutating func logSetAside() {
        for number in shard.host.unreadable {
            log.error(
                "Stream number \(number) of the store is set aside: its configuration is not "
                    + "understood, or its account is not configured; nothing of it is changed"
            )
        }
        if shard.host.unreadableConsumers > 0 {
            log.error(
                "\(shard.host.unreadableConsumers) consumers of the store are not understood "
                    + "and not served"
            )
        }
    }

    /// What of streams cannot be read, or can be again.
    mutating func logReads() {
        for news in shard.host.readNews {
            let name = LogText.safe(news.name)
            if let number = news.number {
                log.error(
                    "Stream \"\(name)\" cannot be read from disk (error \(number)); nothing of it is "
                        + "given up, and it is tried again every second"
                )
            } else {
                log.info("Stream \"\(name)\" can be read from disk again")
            }
        }
        shard.host.readNews.removeAll()
    }

    /// A connection came.
    mutating func logOpened(_ index: UInt32) {
        guard log.wants(.debug) else { return }
        log.write(
            .debug,
            "\(peer(index)) - cid:\(shard.connections[index].id) - Client connection created"
        )
    }

    /// A connection ends.
    mutating func logClosed(_ index: UInt32) {
        guard let reason = shard.details[Int(index)]?.closedReason else { return }
        logCause(index, reason)
        log.write(.debug, "\(who(index)) - Client connection closed: \(reason.text)")
    }

    /// What an operator should know about the end of a connection.
    private mutating func logCause(_ index: UInt32, _ reason: ClosedReason) {
        let limits = shard.settings.limits
        switch reason {
        case .slowConsumerPendingBytes:
            log.info(
                "\(who(index)) - Slow Consumer Detected: "
                    + "MaxPending of \(limits.pendingBytesMax) Exceeded"
            )
        case .slowConsumerWriteDeadline:
            let bytes = shard.connections[index].queue.byteCount
            log.info(
                "\(who(index)) - Slow Consumer Detected: WriteDeadline of "
                    + "\(goDuration(limits.writeNanoseconds)) exceeded with \(bytes) total bytes"
            )
        case .authenticationFailure:
            log.error("\(who(index)) - authentication error")
        case .authenticationTimeout: log.error("\(who(index)) - authentication timeout")
        case .handshakeFailure: log.error("\(who(index)) - TLS handshake error")
        case .parseError: log.error("\(who(index)) - Client parser ERROR")
        case .connectionsExceeded:
            log.error("\(who(index)) - maximum connections exceeded")
        case .payloadExceeded: log.error("\(who(index)) - maximum payload exceeded")
        case .controlLineExceeded: log.error("\(who(index)) - maximum control line exceeded")
        case .staleConnection:
            log.write(.debug, "\(who(index)) - Stale Client Connection - Closing")
        case .clientClosed, .writeError, .readError, .protocolViolation, .badProtocolVersion,
            .subscriptionsExceeded, .serverShutdown, .authenticationExpired, .credentialsRevoked,
            .respondersNeedHeaders, .kicked:
            break
        }
    }

    /// Says every command in `bytes`, if that is wanted.
    @inline(never)
    mutating func trace(_ index: UInt32, _ bytes: RawSpan) {
        guard log.wants(.trace) else { return }
        let account = Int(shard.connections[index].account)
        guard !shard.accounts[account].isSystem || log.topics.contains(.systemTrace) else { return }
        let limits = shard.settings.limits
        var reader = CommandReader(
            controlLineBytesMax: limits.controlLineBytesMax,
            payloadBytesMax: limits.payloadBytesMax
        )
        var command = Command()
        var start = 0
        while true {
            switch reader.next(in: bytes, into: &command) {
            case .command:
                say(command, bytes, from: start, of: index)
                start = min(reader.offset, bytes.byteCount)
            case .incomplete, .refused: return
            }
        }
    }

    private mutating func say(
        _ command: Command,
        _ bytes: RawSpan,
        from start: Int,
        of index: UInt32
    ) {
        let prefix = "\(who(index)) - <<-"
        let hasPayload = command.kind == .publish
        let end = hasPayload ? Int(command.payload.start) : bytes.byteCount
        var line = bytes.extracting(min(start, end)..<end).array
        if let stop = line.firstIndex(of: 0x0A) { line = Array(line[..<stop]) }
        if line.last == 0x0D { line.removeLast() }
        if command.kind == .connect { line = Array("CONNECT {...}".utf8) }
        log.write(.trace, "\(prefix) [\(LogText.safe(line))]")
        guard hasPayload else { return }
        var shown = bytes.slice(command.payload)
        if log.topics.contains(.headersOnly) {
            guard command.hasHeaders else { return }
            shown = shown.extracting(0..<Int(command.headerBytes))
        }
        let most = shard.settings.tracedBytesMax ?? shown.byteCount
        let rest = shown.byteCount > most ? "..." : ""
        let text = LogText.safe(shown.extracting(0..<min(most, shown.byteCount)).array)
        log.write(.trace, "\(prefix) MSG_PAYLOAD: [\"\(text)\(rest)\"]")
    }

    // MARK: - Names

    private mutating func peer(_ index: UInt32) -> String {
        guard let peer = shard.details[Int(index)]?.peer else { return "" }
        return hostPort(peer.host, peer.port)
    }

    /// Address, number, program and user of a connection.
    private mutating func who(_ index: UInt32) -> String {
        var text = "\(peer(index)) - cid:\(shard.connections[index].id)"
        guard let details = shard.details[Int(index)] else { return text }
        let program = details.program
        let words = [program.version, program.language, program.name]
        if words.contains(where: { !$0.isEmpty }) {
            let label = words.map { LogText.safe($0) }.joined(separator: ":")
            text += " - \"v\(label)\""
        }
        if !details.user.isEmpty {
            let account = shard.accounts[Int(shard.connections[index].account)].name
            text += " - \"\(LogText.safe(account))/user:\(LogText.safe(details.user))\""
        }
        return text
    }
}
