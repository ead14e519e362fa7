// `sluice audit`: shows, checks and exports what was done.

import Broker
import Client
import Configuration
import Glibc
import Sealing

/// Carries out `sluice audit`.
enum AuditCommand {
    /// Does what `request` asks for.
    static func run(_ request: AuditRequest) -> ExitStatus {
        if !request.wantsHelp, !request.file.isEmpty {
            guard let bytes = try? Process.read(request.file) else {
                Output.complain("can't read \(request.file)")
                return .failure
            }
            return verify(bytes)
        }
        if request.storeDirectory.isEmpty {
            var status = ExitStatus.success
            let outcome = ClientCommand.run("audit", wantsHelp: request.wantsHelp) {
                surroundings throws(ClientError) in
                status = show(try ClientCommands.audit(request, surroundings), request)
                return true
            }
            return outcome == .success ? status : outcome
        }
        return onClosedStore(request)
    }

    private static func onClosedStore(_ request: AuditRequest) -> ExitStatus {
        let settings = JetStreamSettings(
            closedStore: request.storeDirectory,
            request.unlock,
            Places(environment: Process.environment)
        )
        do {
            let store = try StoreKey.open(settings)
            defer { store.close() }
            let pages = try AuditPages { body throws(ClientError) in store.answer("AUDIT", body) }
            return show(pages, request)
        } catch let error as StoreError {
            Output.complain(error.text)
            return error.isAboutKeys ? .locked : .failure
        } catch let error as ClientError {
            Output.complain(error.text)
            return .failure
        } catch {
            return .failure
        }
    }

    private static func show(_ pages: AuditPages, _ request: AuditRequest) -> ExitStatus {
        switch request.verb {
        case .list:
            Output.write(pages.entries.flatMap { $0 + [0x0A] }, to: STDOUT_FILENO)
            return .success
        case .export:
            Output.write(pages.export, to: STDOUT_FILENO)
            return .success
        case .verify: return verify(pages.export)
        }
    }

    private static func verify(_ bytes: [UInt8]) -> ExitStatus {
        do {
            let export = try AuditExport(checking: bytes)
            let files = export.fileCount > 1 ? " in \(export.fileCount) files" : ""
            let place = export.first > 0 ? " from entry \(export.first) on" : ""
            Output.show(
                "\(export.count) entries\(place)\(files), root \(export.root)\n"
                    + "signed by \(export.key)\n"
            )
            return .success
        } catch {
            switch error {
            case .malformed: Output.complain("this is no audit log")
            case .signature: Output.complain("the head is not signed by its key")
            case .count(let found, let claimed):
                Output.complain("\(found) entries, but the head is over \(claimed)")
            case .root: Output.complain("an entry was changed, removed, added or moved")
            case .order(let number):
                Output.complain(
                    "the file that begins with entry \(number) does not follow the one before it"
                )
            }
            return .failure
        }
    }
}
