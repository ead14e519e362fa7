// The entry of the program: what it is asked to do, and who does it.

import Broker
import Client
import Configuration
import Glibc
import Reactor
import Terminal

@main
enum Main {
    static func main() {
        let isOurs = CrashReport.install(name: "sluice \(ServerVersion.product)")
        if !isOurs { Process.askNobodyAfterCrashes() }
        OpenFiles.raiseLimit()
        var arguments = Process.arguments
        // Under the name of the server it replaces, the program is that server.
        if Process.name == "nats-server" { arguments.insert(Array("serve".utf8), at: 0) }
        exit(run(arguments).rawValue)
    }

    private static func run(_ arguments: [[UInt8]]) -> ExitStatus {
        let request: ProgramRequest
        do {
            request = try ProgramRequest(arguments)
        } catch {
            Output.complain(error.text)
            return .usage
        }
        switch request {
        case .showHelp:
            Output.show(CommandManual.overview)
            return .success
        case .showVersion:
            Output.show("sluice: v\(ServerVersion.product)\n")
            return .success
        case .console(let request): return ConsoleCommand.run(request)
        case .demo(let request): return DemoCommand.run(request)
        case .serve(let request): return ServeCommand.run(request)
        case .themes(let request):
            guard !request.wantsHelp else {
                Output.show(CommandManual.help("themes") ?? "")
                return .success
            }
            return ExitStatus(rawValue: ThemesCommand.run(request.words)) ?? .failure
        case .resetTerminal(let request):
            guard !request.wantsHelp else {
                Output.show(CommandManual.help("reset-tty") ?? "")
                return .success
            }
            return TerminalSession.reset() ? .success : .failure
        case .audit(let request): return AuditCommand.run(request)
        case .store(let request): return StoreCommand.run(request)
        case .queue(let request): return QueueCommand.run(request)
        case .keys(let request): return KeysCommand.run(request)
        case .top(let request): return ClientCommand.top(request)
        case .publish(let request):
            return ClientCommand.run("pub", wantsHelp: request.wantsHelp) {
                surroundings throws(ClientError) in
                try ClientCommands.publish(request, surroundings)
                return true
            }
        case .subscribe(let request):
            return ClientCommand.run("sub", wantsHelp: request.wantsHelp) {
                surroundings throws(ClientError) in
                try ClientCommands.subscribe(request, surroundings)
                return true
            }
        case .request(let request):
            return ClientCommand.run("request", wantsHelp: request.wantsHelp) {
                surroundings throws(ClientError) in
                try ClientCommands.request(request, surroundings)
            }
        case .bench(let request):
            return ClientCommand.run("bench", wantsHelp: request.wantsHelp) {
                surroundings throws(ClientError) in
                try ClientCommands.bench(request, surroundings)
                return true
            }
        }
    }
}
