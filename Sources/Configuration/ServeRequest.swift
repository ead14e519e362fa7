// What `sluice serve` is asked to do.

import Base

/// A command line of `sluice serve`, understood but not yet carried out.
public struct ServeRequest: Sendable {
    /// What is to be done.
    public enum Purpose: Equatable, Sendable {
        /// Run a server.
        case run
        /// Look at the configuration file only.
        case checkConfiguration
        /// Send a signal to a server that runs.
        case signal(SignalOrder)
        /// Show the options.
        case showHelp
        /// Show the version.
        case showVersion
    }

    /// What is to be done.
    public var purpose = Purpose.run
    /// The configuration file; empty without one.
    public var configurationFile = ""
    /// What the console is told, where there is one.
    public var console = ConsoleOptions()
    /// What the program was called as.
    public var programName = "sluice"
    /// What the options change, in their order.
    var changes: [@Sendable (inout ServerConfiguration) -> Void] = []
    var user: [UInt8]?
    var password: [UInt8]?
    /// TLS by options: `nil` if no option names it, and off when it is switched off.
    var tls: TlsOptions?

    /// The files that options name for TLS.
    struct TlsOptions: Sendable {
        var isOn = true
        var settings = TlsSettings()
    }

    /// The request in `arguments`, those after `serve`.
    ///
    /// - Throws: the first thing that is not understood.
    public init(_ arguments: ArraySlice<[UInt8]>) throws(ArgumentError) {
        let operands = try Commands.serve.read(arguments, into: &self)
        guard let operand = operands.first else { return }
        switch String(decoding: operand.lowercased, as: UTF8.self) {
        case "help": purpose = .showHelp
        case "version": purpose = .showVersion
        default: throw .unexpectedOperand(operand)
        }
    }

    mutating func change(_ body: @escaping @Sendable (inout ServerConfiguration) -> Void) {
        changes.append(body)
    }

    mutating func show(_ purpose: Purpose) {
        // Asking for help wins over everything, as with nats-server.
        if self.purpose != .showHelp { self.purpose = purpose }
    }

    /// Lays the options over `configuration`, which comes from the file or is the default.
    public func apply(to configuration: inout ServerConfiguration) {
        for change in changes { change(&configuration) }
        if user != nil || password != nil {
            configuration.access.users.removeAll { $0.name == user }
            configuration.access.users.append(
                User(name: user ?? [], proof: .password(password ?? []), account: 0)
            )
        }
        guard let tls else { return }
        configuration.tls = tls.isOn ? tls.settings : nil
        let handshake = tls.settings.timeoutNanoseconds + nanosecondsPerSecond
        if tls.isOn, configuration.access.timeoutNanoseconds < handshake {
            configuration.access.timeoutNanoseconds = handshake
        }
    }

    /// The configuration this request comes to.
    ///
    /// The defaults, then the file, then the options, then the places for what has none;
    /// `SLUICE_ALLOW_OPEN=1` in the environment is as good as `--allow_open`.
    /// - Throws: everything that is wrong with the file, or that keeps a server from starting.
    public func configuration(
        _ surroundings: SyntaxSurroundings
    ) throws(ServeRefusal) -> ConfigurationFile.Reading {
        var reading = ConfigurationFile.Reading(configuration: .embedded, ignored: [])
        if !configurationFile.isEmpty {
            do {
                reading = try ConfigurationFile.read(
                    configurationFile,
                    over: ServerConfiguration(),
                    surroundings: surroundings
                )
            } catch {
                throw .file(error)
            }
        }
        apply(to: &reading.configuration)
        reading.configuration.traces.programName = programName
        reading.configuration.settle(in: Places(environment: surroundings.environment))
        if surroundings.environment.text("SLUICE_ALLOW_OPEN") == "1" {
            reading.configuration.clients.allowsOpenAccess = true
        }
        var problems = reading.configuration.problems
        if (user == nil) != (password == nil) { problems.append(.halfAUser) }
        guard problems.isEmpty else { throw .problems(problems) }
        return reading
    }
}

extension ServerConfiguration {
    /// The defaults of a server without a configuration file.
    public static var embedded: ServerConfiguration {
        var configuration = ServerConfiguration()
        configuration.access.accounts[0].jetStream = AccountStreamLimits()
        return configuration
    }
}

/// Why a server does not start with what it was given.
public enum ServeRefusal: Error, Equatable, Sendable {
    /// The configuration file is wrong.
    case file(ConfigurationErrors)
    /// The configuration cannot work.
    case problems([ConfigurationProblem])

    /// The refusal in words, one thing on a line.
    public var text: String {
        switch self {
        case .file(let errors): errors.text
        case .problems(let problems): problems.map(\.text).joined(separator: "\n")
        }
    }
}

/// A signal for a server that runs, as `--signal` takes it.
public struct SignalOrder: Equatable, Sendable {
    /// What the server is told.
    public enum Word: String, CaseIterable, Sendable {
        /// Stop at once.
        case stop
        /// Stop now.
        case quit
        /// Stop now, unless it is leaving already.
        case term
        /// Open the log file anew.
        case reopen
        /// Read the configuration anew.
        case reload
        /// Send clients away, then stop.
        case ldm
    }

    /// What the server is told.
    public var word: Word
    /// A process id, or a file that holds one; `nil` for the only server there is.
    public var target: [UInt8]?

    /// The order written as `WORD` or `WORD=TARGET`; `nil` if it is none.
    init?(_ text: [UInt8]) {
        let parts = text.split(
            separator: UInt8(ascii: "="),
            maxSplits: 1,
            omittingEmptySubsequences: false
        )
        guard let first = parts.first,
            let word = Word(rawValue: String(decoding: first, as: UTF8.self))
        else { return nil }
        self.word = word
        target = parts.count > 1 ? Array(parts[1]) : nil
    }
}
