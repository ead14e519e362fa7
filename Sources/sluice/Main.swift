// The entry of the program.

import Base
import Broker
import Reactor
import Wire

@main
enum Main {
    static func main() throws {
        var settings = ShardSettings()
        let arguments = CommandLine.arguments
        var port: UInt16 = 4222
        if let at = arguments.firstIndex(of: "-p"), at + 1 < arguments.count,
            let number = UInt16(arguments[at + 1])
        {
            port = number
        }
        settings.info.identity.version = Array("2.12.0".utf8)
        settings.info.identity.id = Array("NSLUICE".utf8)
        settings.info.identity.name = settings.info.identity.id
        settings.info.host = Array("127.0.0.1".utf8)
        settings.info.port = port
        settings.seed = SystemClock.now().nanoseconds
        let listener = try Listener(host: "127.0.0.1", port: port)
        let mailbox = Mailbox<ShardOrder>(doorbell: try Doorbell())
        var runner = try ShardRunner(settings, listener: listener, mailbox: mailbox)
        runner.run()
    }
}
