// Why a server does not start.

public import Identity
public import Configuration
public import Reactor

/// Why a server could not start.
public enum ServerError: Error, Equatable, Sendable {
    /// The clients' address cannot be listened on.
    case listen(host: String, port: UInt16, SystemError)
    /// The monitoring address cannot be listened on.
    case monitor(host: String, port: UInt16, SystemError)
    /// The log cannot be opened.
    case log(path: String, SystemError)
    /// A file that tells of the server cannot be written.
    case file(path: String, SystemError)
    /// Monitoring with TLS is asked for, and there is no certificate for it.
    case missingCertificate
    /// Certificates or keys cannot be used.
    case tls(TlsError)
    /// The users cannot be served.
    case identity(IdentityError)
    /// The store cannot be opened.
    case store(StoreError)
    /// A thread or a descriptor is refused by the system.
    case system(SystemError)
    /// The configuration cannot work.
    case configuration(ConfigurationProblem)

    /// What happened, for the operator.
    public var text: String {
        switch self {
        case .listen(let host, let port, let error):
            "Error listening on port: \(host):\(port), \(error.text)"
        case .monitor(let host, let port, let error):
            "Can't start monitoring: \(host):\(port), \(error.text)"
        case .log(let path, let error): "Can't open the log \(path): \(error.text)"
        case .file(let path, let error): "Can't write \(path): \(error.text)"
        case .missingCertificate: "https monitoring needs a certificate: the block tls"
        case .tls(let error): "Can't use TLS: \(error.text)"
        case .identity(.noCryptography): "Can't use libsodium"
        case .identity(.malformedRule(let user)):
            "User number \(user + 1) has a permission with a malformed subject"
        case .identity(.tooManyRules(let user)):
            "User number \(user + 1) has more permissions than fit into memory"
        case .store(let error): error.text
        case .system(let error): "Can't start: \(error.text)"
        case .configuration(let problem): problem.text
        }
    }
}
