// The taking side of the demonstration: pulls, acknowledges, sends back.

import Base
import Client
import Reactor

/// Takes messages from one consumer.
struct DemoTakerRun: Sendable {
    private let way: DemoWay
    private let taker: DemoTaker
    private var inbox: [UInt8] { Array("_INBOX.demo.\(taker.name)".utf8) }

    init(_ port: UInt16, _ flag: DemoFlag, _ taker: DemoTaker) {
        way = DemoWay(port, flag)
        self.taker = taker
    }

    func run() {
        way.go(taker.name) { connection throws(ClientError) in
            connection.subscribe(inbox, queue: [], sid: 1)
            guard try makeConsumer(&connection) else {
                // Its stream is not there yet.
                try connection.rest(until: Pause.end(milliseconds: 200))
                return
            }
            let began = SystemClock.monotonic()
            while !way.flag.isRaised {
                let end = Pause.end(milliseconds: taker.pauseMilliseconds)
                let seconds = SystemClock.monotonic().nanoseconds(since: began) / 1_000_000_000
                try takeSome(&connection, batch: batch(after: seconds))
                try connection.rest(until: end)
            }
        }
    }

    private func batch(after seconds: UInt64) -> Int {
        guard taker.manner == .tidal else { return taker.batch }
        return seconds % 40 < 20 ? taker.batch / 5 : taker.batch
    }

    private func makeConsumer(_ connection: inout ClientConnection) throws(ClientError) -> Bool {
        let answer = try connection.ask(
            "$JS.API.CONSUMER.CREATE.\(taker.stream).\(taker.name)",
            taker.body,
            inbox: inbox
        )
        guard let body = answer?.body else { return false }
        return !String(decoding: body, as: UTF8.self).contains("\"error\"")
    }

    private func takeSome(
        _ connection: inout ClientConnection,
        batch: Int
    ) throws(ClientError) {
        try connection.publish(
            Array("$JS.API.CONSUMER.MSG.NEXT.\(taker.stream).\(taker.name)".utf8),
            reply: inbox,
            headers: [],
            Array("{\"batch\":\(batch),\"expires\":300000000}".utf8)
        )
        try connection.send()
        let end = Pause.end(milliseconds: 1_000)
        for number in 0..<batch {
            guard let message = try connection.next(until: end), message.status == nil else {
                break
            }
            guard let word = verdict(on: message, number) else { continue }
            try connection.publish(message.reply, reply: [], headers: [], Array(word.utf8))
        }
        try connection.send()
    }

    /// What is answered; `nil` is nothing.
    private func verdict(on message: Message, _ number: Int) -> String? {
        guard taker.manner == .critical else { return "+ACK" }
        if message.subject == Array(DemoPlan.poison.utf8) { return nil }
        return number % 20 == 7 ? "-NAK {\"delay\":500000000}" : "+ACK"
    }
}
