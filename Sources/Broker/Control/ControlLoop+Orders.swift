// What operators want, and another configuration.

import Base
import Configuration
import Engine
import Reactor

extension ControlLoop {
    /// Carries out `order`, or hands it to the shard, which reports its end.
    mutating func obey(_ order: EngineOrder, _ ticket: Ticket, at now: Instant) {
        switch order {
        case .kick(let connection, let reason):
            note("kick of connection \(connection)", ticket, reason)
            awaited[connection, default: []].append(ticket)
            _ = posts.shard.post(.kick(connection: connection))
        case .throttle(let connection, let bytesPerSecond):
            note("limit of \(bytesPerSecond) bytes/s for connection \(connection)", ticket, [])
            awaited[connection, default: []].append(ticket)
            _ = posts.shard.post(
                .throttle(connection: connection, bytesPerSecond: bytesPerSecond)
            )
        case .lameDuck:
            note("lame duck mode", ticket, [])
            startLameDuck(at: now)
            tell(.finished(ticket, OrderOutcome()))
        case .shutDown:
            note("shutdown", ticket, [])
            posts.bell.ring()
            tell(.finished(ticket, OrderOutcome()))
        case .resample:
            sampler.nextSample = now
            tell(.finished(ticket, OrderOutcome()))
        case .pauseDelivery, .pauseIngress, .resume, .drain, .purge, .peek, .deleteStream,
            .deleteConsumer:
            guard remember(order, ticket) else { return tell(.failed(ticket, .busy)) }
            note(order, ticket)
            _ = posts.shard.post(.operate(order, ticket))
        case .key(let order): obey(order, ticket)
        case .redrive, .resumeWriting:
            tell(.failed(ticket, .unsupported(order.capability)))
        }
    }

    /// Reports the end of the oldest order about `connection`.
    mutating func finish(_ connection: UInt64, _ wasFound: Bool) {
        guard var tickets = awaited.removeValue(forKey: connection), !tickets.isEmpty else {
            return
        }
        let ticket = tickets.removeFirst()
        if !tickets.isEmpty { awaited[connection] = tickets }
        tell(
            wasFound ? .finished(ticket, OrderOutcome()) : .failed(ticket, .notFound)
        )
    }

    /// Logs an order about a stream; a look is not worth a line.
    private mutating func note(_ order: EngineOrder, _ ticket: Ticket) {
        switch order {
        case .pauseDelivery(let stream, let consumer, _, let reason):
            let whose = consumer.map { ", consumer \(LogText.safe($0))" } ?? ""
            note("pause of delivery of \(LogText.safe(stream))\(whose)", ticket, reason)
        case .pauseIngress(let stream, _, let reason):
            note("pause of ingress of \(LogText.safe(stream))", ticket, reason)
        case .resume(let stream, _): note("resume of \(LogText.safe(stream))", ticket, [])
        case .drain(let stream, _, _): note("drain of \(LogText.safe(stream))", ticket, [])
        case .purge(let stream, let scope):
            note(
                "purge of \(LogText.safe(stream)) up to \(scope.ceiling), keeping \(scope.keep)",
                ticket,
                []
            )
        case .deleteStream(let stream):
            note("removal of \(LogText.safe(stream))", ticket, [])
        case .deleteConsumer(let stream, let consumer):
            note(
                "removal of consumer \(LogText.safe(consumer)) of \(LogText.safe(stream))",
                ticket,
                []
            )
        case .peek, .redrive, .kick, .throttle, .key, .lameDuck, .shutDown, .resumeWriting,
            .resample:
            break
        }
    }

    private mutating func note(_ action: String, _ ticket: Ticket, _ reason: [UInt8]) {
        let why = reason.isEmpty ? "" : ": \(LogText.safe(reason))"
        log.order(of: ticket.author, "\(action)\(why)")
    }

    // MARK: - Reload

    /// Works with `next` from now on, or says why not and changes nothing.
    mutating func reload(_ next: ServerConfiguration, at now: Instant) {
        let current = facts.configuration
        let changed: [ConfigurationPart]
        do throws(ReloadRefusal) {
            changed = try current.changes(to: next)
        } catch {
            log.error("Failed to reload server configuration: \(error.text)")
            return
        }
        facts.configuration = next
        let settings: ShardSettings
        do throws(ServerError) {
            settings = try ShardSettings(facts, seed: seed)
            if http.context != nil { http.context = try MonitoringDoors.context(next) }
        } catch {
            facts.configuration = current
            log.error("Failed to reload server configuration: \(error.text)")
            return
        }
        facts.configuredAt = now
        changeLog(next.logging)
        _ = posts.shard.post(.change(settings))
        for part in changed { log.info("Reloaded: \(part.rawValue)") }
        log.info("Reloaded server configuration")
    }

    private mutating func changeLog(_ settings: Logging) {
        log.topics = settings.topics
        do throws(SystemError) {
            try book.change(settings)
        } catch {
            log.error("Can't open the log \(settings.file): \(error.text)")
        }
    }
}
