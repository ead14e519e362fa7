// `sluice serve`: the broker without a screen, steered by signals.

import Broker
import Configuration
import Reactor

/// Runs a server until somebody stops it.
enum Serve {
    /// Serves with `configuration` until a signal or the server itself says stop.
    ///
    /// A hang-up reads the configuration of `request` anew.
    static func run(_ request: ServeRequest, _ configuration: ServerConfiguration) -> ExitStatus {
        do {
            // Before any thread starts, so that all of them leave signals to this one.
            let signals = try SignalSource()
            let held = try StoreSecret.find(configuration)
            let server = try Server(configuration, unlock: held)
            try wait(signals, server, request)
            server.stop()
            return .success
        } catch let error as ServerError {
            complain(error.text)
            if error.isAboutKeys { return .locked }
        } catch let error as SystemError {
            complain(error.text)
        } catch {
            complain("\(error)")
        }
        return .failure
    }

    private static func wait(
        _ signals: borrowing SignalSource,
        _ server: Server,
        _ request: ServeRequest
    ) throws(SystemError) {
        var poller = try Poller()
        try poller.add(signals.descriptor, token: 1)
        try poller.add(server.bell.descriptor, token: 2)
        while true {
            for at in 0..<poller.wait(milliseconds: -1) where poller.ready(at).token == 2 {
                return
            }
            while let signal = signals.next() {
                server.log.info("Trapped \"\(signal.text)\" signal")
                switch signal {
                case .interrupt, .terminate: return
                case .hangUp: reload(server, request)
                case .user1: server.reopenLog()
                case .user2: server.enterLameDuck()
                }
            }
        }
    }

    private static func reload(_ server: Server, _ request: ServeRequest) {
        do {
            server.reload(try request.configuration(Process.surroundings).configuration)
        } catch {
            for line in error.text.split(separator: "\n") {
                server.log.error("Failed to reload server configuration: \(line)")
            }
        }
    }

    private static func complain(_ text: String) {
        var line: [UInt8] = []
        let fatal = LogLine(at: SystemClock.now(), level: .fatal, text: text)
        let offset = SystemClock.localOffsetSeconds(at: fatal.at)
        fatal.append(to: &line, processId: ProcessUse.processId, offsetSeconds: offset)
        _ = AppendFile().append(line)
    }
}
