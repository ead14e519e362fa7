// `sluice serve`: everything up to the configuration of a server.

import Broker
import Configuration

/// Carries out `sluice serve`.
enum ServeCommand {
    /// Does what `request` asks for.
    static func run(_ request: ServeRequest) -> ExitStatus {
        var request = request
        request.programName = Process.name
        switch request.purpose {
        case .showHelp:
            Output.show(CommandManual.help("serve") ?? "")
            return .success
        case .showVersion:
            // Whoever asks for the server that is replaced wants to know what clients may expect.
            let isReplacing = Process.name == "nats-server"
            Output.show(
                isReplacing
                    ? "nats-server: v\(ServerVersion.nats)\n"
                    : "sluice: v\(ServerVersion.product)\n"
            )
            return .success
        case .signal(let order): return SignalCommand.run(order)
        case .checkConfiguration: return check(request)
        case .run: return serve(request)
        }
    }

    private static func check(_ request: ServeRequest) -> ExitStatus {
        guard !request.configurationFile.isEmpty else {
            Output.complain("--check-config needs --config too")
            return .usage
        }
        guard let configuration = configuration(request) else { return .configuration }
        do {
            try Server.check(configuration)
        } catch {
            Output.complain(error.text)
            return .configuration
        }
        Output.complain("configuration file \(request.configurationFile) is valid")
        return .success
    }

    private static func serve(_ request: ServeRequest) -> ExitStatus {
        guard let configuration = configuration(request) else { return .configuration }
        return Serve.run(request, configuration)
    }

    /// The configuration that `request` comes to; `nil` after saying why there is none.
    static func configuration(_ request: ServeRequest) -> ServerConfiguration? {
        do {
            let reading = try request.configuration(Process.surroundings)
            for place in reading.ignored {
                Output.complain("\(place.file):\(place.line): this key has no effect here")
            }
            return reading.configuration
        } catch {
            for line in error.text.split(separator: "\n") { Output.complain(String(line)) }
            return nil
        }
    }
}
