// The listeners of the monitoring endpoints on their way to the control thread.

import Configuration
import Reactor

/// Where monitoring listens.
struct MonitoringDoors: Sendable {
    /// The listener for HTTP.
    var plain: ListenerHandle?
    /// The listener for HTTPS.
    var secure: ListenerHandle?
    /// Certificate and key for HTTPS.
    var context: TlsContext?

    /// Listens where `configuration` says.
    ///
    /// A port for HTTP that nobody asked for may be taken by somebody else.
    /// - Throws: `ServerError.monitor`, `missingCertificate` or `tls`.
    init(_ configuration: ServerConfiguration) throws(ServerError) {
        let monitoring = configuration.monitoring
        if let port = monitoring.port.number {
            do throws(ServerError) {
                plain = try Self.listen(monitoring.host, port)
            } catch {
                guard !monitoring.isRequired else { throw error }
            }
        }
        guard let port = monitoring.securePort.number else { return }
        context = try Self.context(configuration)
        guard context != nil else { throw .missingCertificate }
        secure = try Self.listen(monitoring.host, port)
    }

    /// What HTTPS shows: the clients' certificate, without asking for one.
    static func context(_ configuration: ServerConfiguration) throws(ServerError) -> TlsContext? {
        guard let settings = configuration.tls else { return nil }
        var terms = TlsTerms(settings)
        terms.checksPeer = false
        do throws(TlsError) {
            return try TlsContext(.server, terms)
        } catch {
            throw .tls(error)
        }
    }

    private static func listen(_ host: String, _ port: UInt16) throws(ServerError) -> ListenerHandle
    {
        do throws(SystemError) {
            return try Listener(host: host, port: port, backlog: 64).hand()
        } catch {
            throw .monitor(host: host, port: port, error)
        }
    }
}
