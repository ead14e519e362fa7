// `sluice keys`: asks a running server, or works on a closed store.

import Broker
import Client
import Configuration
import Glibc
import Journal

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
        if case .unlock(.passphrase, "") = request.verb { return askAndUnlock(request) }
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
            let store = try StoreKey.open(settings, credentials: Process.credentials)
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
    /// Lets a person type the passphrase, which the server reads from this process.
    private static func askAndUnlock(_ request: KeysRequest) -> ExitStatus {
        do {
            let lent = try LentSecret.ask("Passphrase of the store: ")
            var told = request
            told.verb = .unlock(.passphrase, path: lent.path)
            let status = ClientCommand.run("keys", wantsHelp: false) {
                surroundings throws(ClientError) in
                try ClientCommands.keys(told, surroundings)
            }
            withExtendedLifetime(lent) {}
            return status
        } catch {
            Output.complain("unlock passphrase: there is no terminal to ask on")
            return .usage
        }
    }
}

extension Process {
    /// Where the service manager puts credentials.
    static var credentials: String {
        let value = environment[Array("CREDENTIALS_DIRECTORY".utf8)] ?? []
        return String(decoding: value, as: UTF8.self)
    }
}

/// What opens the store of a server.
enum StoreSecret {
    /// The secret that `configuration` names or a person types; `nil` if the key file will do.
    static func find(_ configuration: ServerConfiguration) throws(ServerError) -> HeldSecret? {
        guard configuration.jetStream.isEnabled else { return nil }
        do throws(StoreError) {
            let credentials = Process.credentials
            return try StoreKey.find(configuration.jetStream, credentials: credentials)
        } catch {
            throw .store(error)
        }
    }
}
