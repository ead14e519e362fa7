// The queues of the demonstration and who takes from them.

/// One stream, and the request that makes it.
struct DemoStream: Sendable {
    let name: String
    let request: String

    /// The streams; each is bounded, 128 MiB together.
    static let all = [
        DemoStream(
            name: "QUOTES",
            request: "\"subjects\":[\"quotes.>\"],\"max_msgs_per_subject\":1,"
                + "\"max_bytes\":33554432,\"description\":\"the last quote of every option\""
        ),
        DemoStream(
            name: "TRADES",
            request: "\"subjects\":[\"trades.*\"],\"max_bytes\":33554432,"
                + "\"description\":\"every trade, for the tape\""
        ),
        DemoStream(
            name: "ORDERS",
            request: "\"subjects\":[\"orders.>\"],\"retention\":\"workqueue\","
                + "\"max_bytes\":33554432,\"description\":\"orders on their way to the venue\""
        ),
        DemoStream(
            name: "RISK",
            request: "\"subjects\":[\"risk.check.*\"],\"max_bytes\":16777216,"
                + "\"description\":\"limits are checked before and after\""
        ),
        DemoStream(
            name: "SETTLEMENT",
            request: "\"subjects\":[\"settlement.*\"],\"retention\":\"workqueue\","
                + "\"max_bytes\":16777216,\"description\":\"clearing takes it in its own time\""
        ),
    ]

    /// The body of the request.
    var body: [UInt8] { Array("{\"name\":\"\(name)\",\"allow_direct\":true,\(request)}".utf8) }
}

/// Somebody who takes messages from a queue, each with a connection and a thread of its own.
struct DemoTaker: Sendable {
    /// How it answers.
    enum Manner: Sendable {
        /// Acknowledges everything at once.
        case diligent
        /// Sends back one in twenty for later, and never understands poison.
        case critical
        /// Works for 20 seconds at half the pace that is needed, then at twice.
        case tidal
    }

    /// The name of its connection and of its consumer.
    let name: String
    let stream: String
    /// Members of the consumer's configuration beside its name.
    let configuration: String
    /// Messages that it asks for at once.
    let batch: Int
    /// Time between two requests.
    let pauseMilliseconds: UInt64
    let manner: Manner

    static let all = [
        DemoTaker(
            name: "tape",
            stream: "TRADES",
            configuration: "",
            batch: 100,
            pauseMilliseconds: 100,
            manner: .diligent
        ),
        DemoTaker(
            name: "router-east",
            stream: "ORDERS",
            configuration: ",\"filter_subject\":\"orders.east.*\"",
            batch: 50,
            pauseMilliseconds: 20,
            manner: .diligent
        ),
        DemoTaker(
            name: "router-west",
            stream: "ORDERS",
            configuration: ",\"filter_subject\":\"orders.west.*\"",
            batch: 50,
            pauseMilliseconds: 40,
            manner: .diligent
        ),
        DemoTaker(
            name: "limits",
            stream: "RISK",
            configuration: ",\"max_deliver\":3,\"ack_wait\":2000000000",
            batch: 100,
            pauseMilliseconds: 20,
            manner: .critical
        ),
        DemoTaker(
            name: "clearing",
            stream: "SETTLEMENT",
            configuration: ",\"max_ack_pending\":2000",
            batch: 100,
            pauseMilliseconds: 100,
            manner: .tidal
        ),
    ]

    /// The body of the request that makes the consumer.
    var body: [UInt8] {
        Array(
            ("{\"stream_name\":\"\(stream)\",\"config\":{\"durable_name\":\"\(name)\","
                + "\"ack_policy\":\"explicit\"\(configuration)}}").utf8
        )
    }
}
