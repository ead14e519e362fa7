// `sluice check`, `sluice backup` and `sluice restore`: a store as a whole.

import Broker
import Configuration
import Glibc
import Journal

/// Carries out the commands about whole stores.
enum StoreCommand {
    /// Does what `request` asks for; a store with damage is a failure.
    static func run(_ request: StoreRequest) -> ExitStatus {
        guard !request.wantsHelp else {
            Output.show(CommandManual.help(name(of: request.verb)) ?? "")
            return .success
        }
        let settings = JetStreamSettings(
            closedStore: request.storeDirectory,
            request.unlock,
            Places(environment: Process.environment)
        )
        do throws(StoreError) {
            let inspection: StoreInspection
            switch request.verb {
            case .check:
                inspection = try StoreInspection(checking: settings)
            case .backUp(let directory):
                inspection = try StoreInspection(backingUp: settings, to: directory)
            case .restore(let directory):
                inspection = try StoreInspection(restoring: settings, from: directory)
            }
            if request.isJson {
                Output.write(inspection.json + [0x0A], to: STDOUT_FILENO)
            } else {
                Output.show(inspection.text)
            }
            return inspection.report.isIntact ? .success : .failure
        } catch {
            Output.complain(error.text)
            return error.isAboutKeys ? .locked : .failure
        }
    }

    private static func name(of verb: StoreRequest.Verb) -> String {
        switch verb {
        case .check: "check"
        case .backUp: "backup"
        case .restore: "restore"
        }
    }
}
