// `sluice`: the console with the broker in the same process.

import Broker
import Canvas
import Configuration
import Console
import Demo
import Engine
import Glibc
import Journal
import Reactor
import Terminal

/// Runs the console on a broker of its own.
enum ConsoleCommand {
    /// Starts a server with the configuration of `request`, and the console on it.
    ///
    /// With `demoSeed` the clients of the demonstration come to it.
    static func run(_ request: ServeRequest, demoSeed: UInt64? = nil) -> ExitStatus {
        guard case .run = request.purpose else { return ServeCommand.run(request) }
        guard let asked = ServeCommand.configuration(request), let keymap = keymap(asked.console)
        else { return .configuration }
        if request.console.printsKeymap {
            Output.show(PlainText.keymap(keymap))
            return .success
        }
        // Who opens the cockpit wants queues to look at; `serve` has them only by name, as the
        // server it replaces does.
        var wanted = asked
        wanted.jetStream.isEnabled = true
        let configuration = wanted
        // A passphrase is asked for before the screen is taken.
        let held: HeldSecret?
        do throws(ServerError) {
            held = try StoreSecret.find(configuration)
        } catch {
            Output.complain(error.text)
            return error.isAboutKeys ? .locked : .failure
        }
        if request.console.isPlain || variable("TERM") == "dumb" {
            return runPlain(configuration, held, request.console, keymap, demoSeed)
        }
        return runScreen(configuration, held, request.console, keymap, demoSeed)
    }

    /// The keys with those that `settings` names instead; nil where that is refused.
    private static func keymap(_ settings: ConsoleSettings) -> Keymap? {
        var keymap = Keymap.standard
        var wishes: [KeyWish] = []
        for entry in settings.keys {
            var keys: [Key] = []
            for label in entry.labels {
                guard let key = Key(label: label) else {
                    Output.complain("\(shown(entry)): there is no key \(DisplayText(label).text)")
                    return nil
                }
                keys.append(key)
            }
            wishes.append(KeyWish(entry.command, keys))
        }
        do throws(KeyWishRefusal) {
            try keymap.rebind(wishes)
        } catch {
            Output.complain("\(shown(settings.keys[error.wish])): \(error.reason.sentence)")
            return nil
        }
        return keymap
    }

    private static func shown(_ entry: ConfiguredKeys) -> String {
        let name = DisplayText(entry.command).text
        return "\(DisplayText(entry.place.file).text):\(entry.place.line): \(name)"
    }

    /// The console on the terminal with a server of its own.
    private static func runScreen(
        _ configuration: ServerConfiguration,
        _ held: HeldSecret?,
        _ options: ConsoleOptions,
        _ keymap: Keymap,
        _ demoSeed: UInt64?
    ) -> ExitStatus {
        let shelf = ThemeShelf(environment: variable)
        let name = BuiltInTheme.harbourDark
        let firstTheme = FirstTheme(
            configured: String(decoding: configuration.console.theme, as: UTF8.self),
            environment: variable
        )
        let settings = settings(configuration, options, firstTheme)
        var (failure, status) = ("", ExitStatus.failure)
        var server: Server?
        var demo: Demo?
        let ending = ConsoleLoop.run(settings) { () -> ConsoleProgram<EmbeddedEngine>? in
            // The terminal is open by now: threads of the server never see the environment change.
            do throws(ServerError) {
                let started = try Server(configuration, unlock: held)
                server = started
                if let demoSeed { demo = try DemoCommand.start(on: started, seed: demoSeed) }
                let session = session(on: started, configuration, options, demoSeed)
                return ConsoleProgram(
                    started.engine,
                    session: session,
                    keymap: keymap,
                    refreshPerSecond: configuration.console.framesPerSecond,
                    theme: name.theme,
                    shelf: shelf,
                    firstTheme: firstTheme,
                    alertCommand: options.alertCommand,
                    notification: TerminalNotification(rawValue: options.alertNotification),
                    hasStopped: { isRinging(started.bell) }
                )
            } catch {
                failure = error.text
                if error.isAboutKeys { status = .locked }
                return nil
            }
        }
        demo?.stop()
        server?.stop()
        switch ending {
        case .finished(let status): return ExitStatus(rawValue: status) ?? .failure
        case .refused(let error):
            Output.complain(error.text)
            return .failure
        case .declined:
            Output.complain(failure)
            return status
        }
    }

    private static func settings(
        _ configuration: ServerConfiguration,
        _ options: ConsoleOptions,
        _ firstTheme: FirstTheme
    ) -> ScreenSettings {
        var settings = ScreenSettings(
            environment: variable,
            colours: nil,
            theme: BuiltInTheme.harbourDark.theme,
            ticksPerSecond: configuration.console.framesPerSecond
        )
        settings.terminal.asksForBackground = firstTheme.isAutomatic
        settings.recording = options.recording
        return settings
    }

    /// The console as lines of text on a server of its own.
    private static func runPlain(
        _ configuration: ServerConfiguration,
        _ held: HeldSecret?,
        _ options: ConsoleOptions,
        _ keymap: Keymap,
        _ demoSeed: UInt64?
    ) -> ExitStatus {
        do {
            // Before any thread starts, so that all of them leave signals to this one.
            let signals = try SignalSource()
            let server = try Server(configuration, unlock: held)
            let demo = try demoSeed.map { try DemoCommand.start(on: server, seed: $0) }
            var console = PlainConsole(
                server.engine,
                session: session(on: server, configuration, options, demoSeed),
                keymap: keymap,
                alertCommand: options.alertCommand
            )
            console.run(signals) { isRinging(server.bell) }
            demo?.stop()
            server.stop()
            return .success
        } catch let error as ServerError {
            Output.complain(error.text)
            return error.isAboutKeys ? .locked : .failure
        } catch let error as SystemError {
            Output.complain(error.text)
        } catch {
            Output.complain("\(error)")
        }
        return .failure
    }

    private static func session(
        on server: Server,
        _ configuration: ServerConfiguration,
        _ options: ConsoleOptions,
        _ demoSeed: UInt64?
    ) -> Session {
        let author = variable("USER") ?? variable("LOGNAME") ?? "operator"
        // No picture of the server may have been taken yet.
        let name = configuration.identity.name
        var session = Session(
            target: name.isEmpty ? Array("127.0.0.1:\(server.port)".utf8) : name,
            author: Array(author.utf8)
        )
        session.environment = Array((variable("SLUICE_ENVIRONMENT") ?? "").utf8)
        session.isReadOnly = options.isReadOnly
        session.demoSeed = demoSeed
        session.offsetSeconds = SystemClock.localOffsetSeconds(at: SystemClock.now())
        return session
    }

    /// Whether the server has asked to be stopped.
    private static func isRinging(_ bell: Doorbell) -> Bool {
        var watched = pollfd(fd: bell.descriptor, events: Int16(POLLIN), revents: 0)
        // SAFETY: the call reads and writes exactly one entry.
        return unsafe poll(&watched, 1, 0) > 0
    }

    private static func variable(_ name: String) -> String? {
        // SAFETY: the text is copied at once, and nobody changes the environment.
        unsafe getenv(name).map { unsafe String(cString: $0) }
    }
}
