// `sluice keys`: asks a running server, or works on a closed store.

import Broker
import Client
import Configuration
import Glibc
import Journal
import Sealing

/// Carries out `sluice keys`.
enum KeysCommand {
    /// Does what `request` asks for.
    static func run(_ request: KeysRequest) -> ExitStatus {
        guard !request.wantsHelp else {
            Output.show(CommandManual.help("keys") ?? "")
            return .success
        }
        if case .addSlot(let kind, "") = request.verb, kind != .recovery {
            Output.complain("slots add \(kind.rawValue) FILE: the secret is read from a file")
            return .usage
        }
        switch request.verb {
        case .unlock(.passphrase, ""): return askAndUnlock(request, .passphrase, "Passphrase")
        case .unlock(.recovery, ""): return askAndUnlock(request, .recovery, "Recovery key")
        default: break
        }
        if request.storeDirectory.isEmpty {
            return ClientCommand.run("keys", wantsHelp: false) {
                surroundings throws(ClientError) in
                try ClientCommands.keys(request, surroundings)
            }
        }
        let settings = JetStreamSettings(
            closedStore: request.storeDirectory,
            request.unlock,
            Places(environment: Process.environment)
        )
        do throws(StoreError) {
            let store = try StoreKey.open(settings)
            let (verb, body) = request.message
            let answer = KeysText(store.answer(verb, body))
            store.close()
            Output.write(answer.text(request), to: STDOUT_FILENO)
            return answer.isRefusal ? .failure : .success
        } catch {
            Output.complain(error.text)
            return error.isAboutKeys ? .locked : .failure
        }
    }
}

extension KeysCommand {
    /// Lets a person type a secret, which the server reads from this process.
    private static func askAndUnlock(
        _ request: KeysRequest,
        _ kind: KeysRequest.SlotWord,
        _ name: String
    ) -> ExitStatus {
        do {
            let lent = try LentSecret.ask("\(name) of the store: ")
            var told = request
            told.verb = .unlock(kind, path: lent.path)
            let status = ClientCommand.run("keys", wantsHelp: false) {
                surroundings throws(ClientError) in
                try ClientCommands.keys(told, surroundings)
            }
            withExtendedLifetime(lent) {}
            return status
        } catch is SealingError {
            Output.complain("nothing was typed; the store stays locked")
            return .locked
        } catch {
            Output.complain("unlock \(kind.rawValue): there is no terminal to ask on")
            return .usage
        }
    }
}

/// What opens the store of a server.
enum StoreSecret {
    /// The secret that `configuration` names or a person types; `nil` if the key file will do.
    static func find(_ configuration: ServerConfiguration) throws(ServerError) -> HeldSecret? {
        guard configuration.jetStream.isEnabled else { return nil }
        do throws(StoreError) {
            return try StoreKey.find(configuration.jetStream)
        } catch {
            throw .store(error)
        }
    }
}
