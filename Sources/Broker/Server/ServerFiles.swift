// The files that tell other programs about a running server.

import Base
import Configuration
import JSON
import Reactor

/// The pid file and the ports file of a server.
struct ServerFiles: Sendable {
    private let processFile: String
    private let portsFile: String

    /// Writes the files that the configuration asks for.
    /// - Throws: `ServerError.file`.
    init(_ facts: ServerFacts) throws(ServerError) {
        let traces = facts.configuration.traces
        processFile = traces.processFile
        let directory = traces.portsDirectory
        let name = "\(traces.programName)_\(ProcessUse.processId).ports"
        portsFile = directory.isEmpty ? "" : "\(directory)/\(name)"
        if !processFile.isEmpty {
            try Self.write(Array("\(ProcessUse.processId)".utf8), to: processFile)
        }
        if !portsFile.isEmpty { try Self.write(Self.ports(facts), to: portsFile) }
    }

    /// Takes the files away again.
    func remove() {
        if !processFile.isEmpty { SmallFile.remove(processFile) }
        if !portsFile.isEmpty { SmallFile.remove(portsFile) }
    }

    private static func write(_ bytes: [UInt8], to path: String) throws(ServerError) {
        do throws(SystemError) {
            try SmallFile.replace(path, with: bytes)
        } catch {
            throw .file(path: path, error)
        }
    }

    /// URLs by kind, as nats-server writes them.
    private static func ports(_ facts: ServerFacts) -> [UInt8] {
        var json = JSONWriter(.compact)
        let configuration = facts.configuration
        json.beginObject()
        json.name("nats")
        json.beginArray()
        let scheme = configuration.tls == nil ? "nats" : "tls"
        json.string("\(scheme)://\(hostPort(configuration.clients.host, facts.port))")
        json.endArray()
        let host = configuration.monitoring.host
        let doors = [("http", facts.monitoringPort), ("https", facts.secureMonitoringPort)]
        let urls = doors.filter { $0.1 != 0 }.map { "\($0.0)://\(hostPort(host, $0.1))" }
        if !urls.isEmpty {
            json.name("monitoring")
            json.beginArray()
            for url in urls { json.string(url) }
            json.endArray()
        }
        json.endObject()
        return json.bytes
    }
}

/// `host:port`, with brackets around an IPv6 address.
func hostPort(_ host: String, _ port: UInt16) -> String {
    host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
}
