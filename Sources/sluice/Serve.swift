// `sluice serve`: the broker without a screen, steered by signals.

import Broker
import Configuration
import Glibc
import Reactor

enum Serve {
    /// Serves until a signal or the server itself says stop.
    /// - Returns: the exit status.
    static func run(_ arguments: [String]) -> Int32 {
        do {
            // Before any thread starts, so that all of them leave signals to this one.
            let signals = try SignalSource()
            let server = try Server(configuration(arguments))
            try wait(signals, server, arguments)
            server.stop()
            return 0
        } catch let error as ServerError {
            complain(error.text)
        } catch let error as SystemError {
            complain(error.text)
        } catch {
            complain("\(error)")
        }
        return 1
    }

    private static func wait(
        _ signals: borrowing SignalSource,
        _ server: Server,
        _ arguments: [String]
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
                case .hangUp: server.reload(configuration(arguments))
                case .user1: server.reopenLog()
                case .user2: server.enterLameDuck()
                }
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

    private static func configuration(_ arguments: [String]) -> ServerConfiguration {
        var configuration = ServerConfiguration()
        var rest = arguments[...]
        while let flag = rest.popFirst() {
            switch flag {
            case "-p":
                guard let number = rest.popFirst().flatMap({ Int($0) }) else { break }
                configuration.clients.port = port(number)
            case "-a": configuration.clients.host = rest.popFirst() ?? ""
            case "-m":
                guard let number = rest.popFirst().flatMap({ Int($0) }) else { break }
                configuration.monitoring.port = port(number)
                configuration.monitoring.isRequired = true
            case "-D": configuration.logging.topics.insert(.debug)
            case "-V": configuration.logging.topics.insert(.trace)
            case "-DV": configuration.logging.topics.formUnion([.debug, .trace])
            case "-P": configuration.traces.processFile = rest.popFirst() ?? ""
            case "-l": configuration.logging.file = rest.popFirst() ?? ""
            case "--ports_file_dir": configuration.traces.portsDirectory = rest.popFirst() ?? ""
            default: break
            }
        }
        return configuration
    }

    private static func port(_ number: Int) -> ListeningPort {
        if number == -1 { return .anyFree }
        return UInt16(exactly: number).map { $0 == 0 ? .none : .fixed($0) } ?? .none
    }
}
