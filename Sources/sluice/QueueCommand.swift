// `sluice queue`: asks before it destroys, then asks the server.

import Client
import Configuration
import Glibc

/// Carries out `sluice queue`.
enum QueueCommand {
    /// Does what `request` asks for.
    static func run(_ request: QueueRequest) -> ExitStatus {
        if !request.wantsHelp, request.isDestructive, !isConfirmed(request) {
            Output.complain("nothing was done: the name of the queue confirms it, or --yes NAME")
            return .usage
        }
        return ClientCommand.run("queue", wantsHelp: request.wantsHelp) {
            surroundings throws(ClientError) in
            try ClientCommands.queue(request, surroundings)
        }
    }

    /// Whether the name was given, or a person types it.
    private static func isConfirmed(_ request: QueueRequest) -> Bool {
        if !request.confirmed.isEmpty { return request.confirmed == request.queue }
        guard isatty(STDIN_FILENO) == 1 else { return false }
        let name = String(
            decoding: request.queue.map { (0x20...0x7E).contains($0) ? $0 : 0x3F },
            as: UTF8.self
        )
        let what = request.verb == .purge ? "Messages of \(name) are gone" : "\(name) is gone"
        Output.show("\(what) for ever. Type its name: ")
        return readLine().map { Array($0.utf8) } == request.queue
    }
}
