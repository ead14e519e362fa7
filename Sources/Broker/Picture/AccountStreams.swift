// The streams of accounts as the page /jsz shows them.

import Base
import Queueing

/// A stream with what is known of its consumers.
struct StreamDetail: Sendable {
    let report: StreamReport
    let consumers: [ConsumerReport]
}

/// What an account does with streams.
struct AccountStreams: Sendable {
    let name: [UInt8]
    let report: AccountReport
    /// Messages in all its streams.
    var messages: UInt64 = 0
    /// Its streams, by name; only if they are asked for.
    var streams: [StreamDetail] = []
}

extension Shard {
    /// Accounts that may have streams, by name, in as much detail as is asked for.
    mutating func accountStreams(_ detail: JetStreamDetail) -> [AccountStreams] {
        guard detail > .none, settings.hasStreams else { return [] }
        var shown: [AccountStreams] = []
        for account in accounts.indices where accounts[account].streamLimits != nil {
            var entry = AccountStreams(
                name: accounts[account].name,
                report: accountReport(UInt32(account))
            )
            for index in host.streams(of: UInt32(account)) {
                entry.messages += host.streams[index].stream.state.messages
                if detail >= .streams { entry.streams.append(self.detail(of: index, detail)) }
            }
            shown.append(entry)
        }
        return shown.sorted { $0.name.lexicographicallyPrecedes($1.name) }
    }

    private mutating func detail(of index: UInt32, _ detail: JetStreamDetail) -> StreamDetail {
        var report = streamReport(index)
        report.leader = host.settings.leader
        var consumers: [ConsumerReport] = []
        if detail == .consumers {
            for consumer in 0..<host.streams[index].stream.consumers.limit
            where host.streams[index].stream.consumers.contains(consumer) {
                consumers.append(self.report(consumer, of: index))
            }
        }
        return StreamDetail(report: report, consumers: consumers)
    }
}
