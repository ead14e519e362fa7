// Connections through TLS: the opening, the handshake, reading and writing.

import Base
import Configuration
import Identity
import Reactor
import Wire

extension ShardRunner {
    /// Looks at the first byte of a connection: the start of TLS, or clear text.
    mutating func open(_ index: UInt32) {
        switch Socket.opening(of: shard.connections[index].descriptor) {
        case .handshake: startTls(index)
        case .plain:
            shard.declinedTls(index)
            if shard.connections[index].security == .none { read(index) }
        case .wouldBlock: break
        case .ended: shard.end(index, .clientClosed)
        }
    }

    private mutating func startTls(_ index: UInt32) {
        guard let context = shard.settings.tls?.context else { return }
        do throws(TlsError) {
            let descriptor = shard.connections[index].descriptor
            let session = try TlsSession(context, descriptor: descriptor, peerName: nil)
            shard.connections[index].tls = sessions.insert(session)
            shard.connections[index].security = .handshaking
            shakeHands(index)
        } catch {
            shard.end(index, .handshakeFailure)
        }
    }

    /// Takes the handshake as far as the socket allows.
    mutating func shakeHands(_ index: UInt32) {
        switch sessions[shard.connections[index].tls].handshake() {
        case .done:
            noteTerms(index)
            shard.secured(index, certificate: certificate(index))
            shard.markDirty(index)
            readSecurely(index)
        case .wantsRead: break
        case .wantsWrite: awaitRoom(index)
        case .ended, .failed: shard.end(index, .handshakeFailure)
        }
    }

    /// Keeps what was agreed, for monitoring.
    private mutating func noteTerms(_ index: UInt32) {
        let session = shard.connections[index].tls
        let version = sessions[session].version
        let number = version.hasPrefix("TLSv") ? version.dropFirst(4) : version[...]
        shard.details[Int(index)]?.tlsVersion = Array(number.utf8)
        shard.details[Int(index)]?.tlsCipher = Array(sessions[session].cipherSuite.utf8)
    }

    /// What the client's certificate says, where somebody vouched for it.
    private mutating func certificate(_ index: UInt32) -> CertificateClaim? {
        guard shard.settings.tls?.terms.clientCertificates != .ignored,
            let names = sessions[shard.connections[index].tls].peerNames()
        else { return nil }
        return CertificateClaim(
            alternatives: names.emails + names.hosts + names.uris,
            subject: names.subject
        )
    }

    /// Reads until the session has nothing more: what waits inside it is not announced again.
    ///
    /// Once the buffer was full, only what is inside is read, so that others get their turn.
    mutating func readSecurely(_ index: UInt32) {
        var isSocketOpen = true
        while !shard.connections[index].flags.contains(.isClosing) {
            let room = room(index)
            var count = 0
            var end: Transfer?
            while end == nil, count < room.count {
                // SAFETY: the range lies inside the buffer.
                let rest = unsafe UnsafeMutableRawBufferPointer(
                    rebasing: buffer[room.lowerBound + count..<room.upperBound]
                )
                let session = shard.connections[index].tls
                let outcome =
                    isSocketOpen
                    ? unsafe sessions[session].read(into: rest)
                    : unsafe sessions[session].readHeld(into: rest)
                switch outcome {
                case .bytes(let more): count += more
                case .wouldBlock: end = .wouldBlock
                case .ended: end = .ended
                case .failed(let number): end = .failed(number)
                }
            }
            take(index, room.lowerBound + count)
            if shard.connections[index].flags.contains(.isThrottled) { pause(index, after: count) }
            switch end {
            case nil, .bytes: isSocketOpen = false
            case .wouldBlock: return
            case .ended: shard.end(index, .clientClosed)
            case .failed: shard.end(index, .readError)
            }
        }
    }

    /// Writes the first chunk that waits.
    mutating func sendSecurely(_ index: UInt32) -> Transfer {
        let queue = shard.connections[index].queue
        let outcome = sessions[shard.connections[index].tls].write(
            shard.outbox.firstBytes(of: queue)
        )
        if case .bytes(let count) = outcome {
            shard.outbox.consume(count, of: &shard.connections[index].queue)
        }
        return outcome
    }
}
