// `sluice --demo`: the console on a store that is thrown away, with a trading desk at work.

import Broker
import Configuration
import Demo
import Glibc
import Journal
import Reactor

/// Runs the demonstration.
enum DemoCommand {
    /// Shows the console with live traffic, and takes the store away at the end.
    ///
    /// Without a configuration file the store is a new directory and the port a free one; options
    /// say otherwise, and a store that they name is kept.
    static func run(_ request: DemoRequest) -> ExitStatus {
        guard request.server.configurationFile.isEmpty, case .run = request.server.purpose else {
            return ConsoleCommand.run(request.server, demoSeed: request.seed)
        }
        var server = request.server
        server.underlay { $0.clients.port = .anyFree }
        var asked = ServerConfiguration()
        server.apply(to: &asked)
        // A store that is kept has its key where it is found again.
        guard asked.jetStream.storeDirectory.isEmpty else {
            return ConsoleCommand.run(server, demoSeed: request.seed)
        }
        guard let directory = makeDirectory() else {
            Output.complain("no directory can be made below \(temporary), error \(errno)")
            return .failure
        }
        defer { remove(directory) }
        server.underlay { configuration in
            configuration.jetStream.storeDirectory = directory
            configuration.jetStream.keyDirectory = directory + "/keys"
        }
        return ConsoleCommand.run(server, demoSeed: request.seed)
    }

    /// Lets the desk begin its work on `server`.
    /// - Throws: `ServerError` when the system starts no more threads.
    static func start(on server: Server, seed: UInt64) throws(ServerError) -> Demo {
        do throws(SystemError) {
            return try Demo(port: server.port, seed: seed)
        } catch {
            throw .system(error)
        }
    }

    // MARK: - The store

    private static var temporary: String {
        // SAFETY: the text is copied at once, and nobody changes the environment.
        unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
    }

    private static func makeDirectory() -> String? {
        var path = Array("\(temporary)/sluice-demo-XXXXXX".utf8CString)
        // SAFETY: the call changes the last six letters of the array, which ends with a zero.
        let isMade = unsafe path.withUnsafeMutableBufferPointer { memory in
            guard let first = memory.baseAddress else { return false }
            return unsafe mkdtemp(first) != nil
        }
        guard isMade else { return nil }
        return String(decoding: path.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Removes `directory` and everything in it; what cannot go stays.
    private static func remove(_ directory: String) {
        do throws(DiskError) {
            try empty("", on: try SystemDisk(path: directory))
        } catch {
            Output.complain("\(directory) is left behind: error \(error.number)")
        }
        // SAFETY: the text lives through the call.
        unsafe _ = rmdir(directory)
    }

    private static func empty(_ path: String, on disk: SystemDisk) throws(DiskError) {
        for name in try disk.list(path) {
            let inner = path.isEmpty ? name : "\(path)/\(name)"
            do throws(DiskError) {
                try disk.remove(inner)
            } catch {
                guard error.number == EISDIR else { throw error }
                try empty(inner, on: disk)
                try disk.removeDirectory(inner)
            }
        }
    }
}
