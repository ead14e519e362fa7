// What the desk of the demonstration sends, tick by tick: a value that follows from its seed.

import Base

/// A message of the demonstration.
public struct DemoMessage: Equatable, Sendable {
    /// Where it is published.
    public var subject: [UInt8]
    /// Its payload, JSON.
    public var body: [UInt8]

    init(_ subject: String, _ body: String) {
        self.subject = Array(subject.utf8)
        self.body = Array(body.utf8)
    }
}

/// An options desk: prices walk, quotes follow, trades and orders come in bursts.
///
/// Two plans of one seed say the same. A tick is `tickMilliseconds`;
/// about 2,400 quotes, 200 trades and 300 to 1,000 orders come in a second.
public struct DemoPlan: Sendable {
    /// Time between two ticks.
    public static var tickMilliseconds: UInt64 { 50 }
    /// The subject of messages that no consumer can deal with.
    public static var poison: String { "risk.check.malformed" }

    private static let names = ["BTC", "ETH", "SOL", "SPX", "NDX", "DAX"]
    private static let strikes = 16

    private var random: Random
    private var prices: [UInt32] = [9_412_350, 318_240, 17_122, 612_480, 2_114_500, 2_388_010]
    private var orderNumber: UInt32 = 0
    private var tickNumber: UInt64 = 0

    /// The plan that `seed` starts.
    public init(seed: UInt64) {
        random = Random(seed: seed)
    }

    /// Everything that is sent in the next tick.
    public mutating func next() -> [DemoMessage] {
        tickNumber += 1
        walk()
        var messages: [DemoMessage] = []
        for _ in 0..<120 { messages.append(quote()) }
        for _ in 0..<chance(6, 14) { messages.append(trade()) }
        // Orders come in bursts: every ten seconds the desk is busy for two.
        let isBusy = tickNumber % 200 >= 160
        for _ in 0..<(isBusy ? chance(40, 60) : chance(8, 16)) { messages += order() }
        if tickNumber % 300 == 40 {
            messages.append(
                DemoMessage(Self.poison, "{\"order\":\"\(orderNumber)\",\"qty\":\"∞\"}")
            )
        }
        return messages
    }

    private mutating func walk() {
        for index in prices.indices {
            let step = prices[index] / 20_000 + 1
            prices[index] = prices[index] &+ random.below(2 * step + 1) &- step
        }
    }

    private mutating func quote() -> DemoMessage {
        let index = Int(random.below(UInt32(Self.names.count)))
        let strike = 80 + random.below(UInt32(Self.strikes)) * 5 / 2
        let side = random.below(2) == 0 ? "C" : "P"
        let spread = prices[index] / 5_000 + random.below(20) + 1
        let bid = prices[index] / 10 + random.below(prices[index] / 100 + 1)
        return DemoMessage(
            "quotes.\(Self.names[index]).\(strike)\(side)",
            "{\"bid\":\(decimal(bid)),\"ask\":\(decimal(bid + spread)),"
                + "\"size\":\(random.below(400) + 1),\"spot\":\(decimal(prices[index]))}"
        )
    }

    private mutating func trade() -> DemoMessage {
        let index = Int(random.below(UInt32(Self.names.count)))
        return DemoMessage(
            "trades.\(Self.names[index])",
            "{\"price\":\(decimal(prices[index])),\"qty\":\(random.below(50) + 1),"
                + "\"taker\":\"\(random.below(2) == 0 ? "buy" : "sell")\"}"
        )
    }

    /// An order, what risk is asked about it, and what clearing hears of it.
    private mutating func order() -> [DemoMessage] {
        orderNumber &+= 1
        let index = Int(random.below(UInt32(Self.names.count)))
        let desk = random.below(3) == 0 ? "west" : "east"
        let text =
            "{\"id\":\(orderNumber),\"what\":\"\(Self.names[index])\","
            + "\"qty\":\(random.below(200) + 1),\"limit\":\(decimal(prices[index]))}"
        return [
            DemoMessage("orders.\(desk).\(Self.names[index])", text),
            DemoMessage("risk.check.\(Self.names[index])", text),
            DemoMessage("settlement.\(Self.names[index])", text),
        ]
    }

    private mutating func chance(_ low: UInt32, _ high: UInt32) -> UInt32 {
        low + random.below(high - low + 1)
    }

    private func decimal(_ hundredths: UInt32) -> String {
        let cents = hundredths % 100
        return "\(hundredths / 100).\(cents < 10 ? "0" : "")\(cents)"
    }
}
