// `sluice pub`, `sub`, `request` and `bench`: a client in this process.

import Base
import Client
import Configuration
import Glibc
import Reactor

/// Carries out the commands that are clients.
enum ClientCommand {
    /// Does what `request` asks for, with `help` for the command called `name`.
    static func run(
        _ name: String,
        wantsHelp: Bool,
        _ body: (ClientSurroundings) throws(ClientError) -> Bool
    ) -> ExitStatus {
        if wantsHelp {
            Output.show(CommandManual.help(name) ?? "")
            return .success
        }
        do {
            if try body(surroundings) { return .success }
            Output.complain("nobody answered")
            return .noAnswer
        } catch {
            Output.complain(error.text)
            if case .wrongSecret = error { return .locked }
            return .failure
        }
    }

    /// Carries out `sluice top`.
    static func top(_ request: TopRequest) -> ExitStatus {
        run("top", wantsHelp: request.wantsHelp) { surroundings throws(ClientError) in
            try ClientCommands.top(request, surroundings)
        }
    }

    /// Longest payload from standard input: nothing longer can be sent.
    private static let inputBytesMax = 1 << 31

    private static var surroundings: ClientSurroundings {
        ClientSurroundings(
            read: { path throws(UnreadableFile) in try Process.read(path) },
            input: { () throws(UnreadableFile) in
                try Process.read(STDIN_FILENO, bytesMax: inputBytesMax)
            },
            write: { Output.write($0, to: STDOUT_FILENO) },
            nameSeed: SystemClock.now().nanoseconds ^ UInt64(getpid())
        )
    }
}
