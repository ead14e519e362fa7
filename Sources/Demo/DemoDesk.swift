// The publishing side of the demonstration: it makes the queues and sends what the plan says.

import Base
import Client
import Reactor

/// Publishes.
struct DemoDesk: Sendable {
    private let way: DemoWay

    init(_ port: UInt16, _ flag: DemoFlag) {
        way = DemoWay(port, flag)
    }

    func run(_ plan: DemoPlan) {
        var plan = plan
        way.go("market-data") { connection throws(ClientError) in
            try makeStreams(&connection)
            var end = SystemClock.monotonic()
            while !way.flag.isRaised {
                for message in plan.next() {
                    // Quotes are sent and forgotten, everything else is to be acknowledged.
                    let isQuote = message.subject.first == UInt8(ascii: "q")
                    try connection.publish(
                        message.subject,
                        reply: isQuote ? [] : Array("_INBOX.demo.desk".utf8),
                        headers: [],
                        message.body
                    )
                }
                try connection.send()
                end = end.adding(nanoseconds: DemoPlan.tickMilliseconds * 1_000_000)
                try connection.rest(until: end)
            }
        }
    }

    private func makeStreams(_ connection: inout ClientConnection) throws(ClientError) {
        let inbox = Array("_INBOX.demo.desk".utf8)
        connection.subscribe(inbox, queue: [], sid: 1)
        for stream in DemoStream.all {
            _ = try connection.ask(
                "$JS.API.STREAM.CREATE.\(stream.name)",
                stream.body,
                inbox: inbox
            )
        }
    }
}

/// Prices options on request, and asks itself as a trader would.
struct DemoPricing: Sendable {
    private let way: DemoWay

    init(_ port: UInt16, _ flag: DemoFlag) {
        way = DemoWay(port, flag)
    }

    func run() {
        way.go("pricing") { connection throws(ClientError) in
            connection.subscribe(Array("pricing.option".utf8), queue: Array("pricers".utf8), sid: 1)
            connection.subscribe(Array("_INBOX.demo.trader".utf8), queue: [], sid: 2)
            while !way.flag.isRaised {
                try connection.publish(
                    Array("pricing.option".utf8),
                    reply: Array("_INBOX.demo.trader".utf8),
                    headers: [],
                    Array("{\"strike\":95,\"days\":30}".utf8)
                )
                try connection.send()
                let end = Pause.end(milliseconds: 10)
                while let message = try connection.next(until: end) {
                    guard !message.reply.isEmpty else { continue }
                    try connection.publish(
                        message.reply,
                        reply: [],
                        headers: [],
                        Array("{\"premium\":4.21,\"delta\":0.47}".utf8)
                    )
                    try connection.send()
                }
            }
        }
    }
}
