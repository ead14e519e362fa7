// What can be found out about a configuration without starting a server.

public import Configuration
import Reactor

extension Server {
    /// Reads the files that `configuration` names as a server would at its start.
    ///
    /// - Throws: `ServerError` when one of them cannot be used.
    public static func check(_ configuration: ServerConfiguration) throws(ServerError) {
        guard let settings = configuration.tls else { return }
        do throws(TlsError) {
            _ = try TlsContext(.server, TlsTerms(settings))
        } catch {
            throw .tls(error)
        }
    }
}
