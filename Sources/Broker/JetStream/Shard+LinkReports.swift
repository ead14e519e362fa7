// What is said about mirrors and sources, what is kept of them, and what is checked beforehand.

import Base
import Journal
import Queueing

extension Shard {
    // MARK: - Reports

    /// Fills in how the stream's mirror or sources are doing.
    mutating func reportLinks(_ index: UInt32, into report: inout StreamReport) {
        for at in host.linksInto[index] ?? [] {
            let name = host.links[at].link.source.name
            var lag: UInt64 = 0
            let origin = host.find(host.streams[index].account, name)
            if let origin {
                lag = host.links[at].link.lag(in: host.streams[origin].stream.state)
            }
            var found = host.links[at].link.report(lag: lag, at: tick.now)
            // Both are here: as long as the origin exists, it is heard.
            if origin != nil, found.silence > 0 { found.silence = 0 }
            if host.links[at].link.isMirror {
                report.mirror = found
            } else {
                report.sources.append(found)
            }
        }
    }

    // MARK: - Through a restart

    /// The key under which a store keeps how far links are.
    private static var positionsKey: [UInt8] { Array("sources".utf8) }

    /// Adds how far the links into a stream are, if that has changed: whatever removes messages
    /// removes the headers that tell.
    mutating func collectPositions(_ index: UInt32, into writer: inout StateWriter) {
        guard let links = host.linksInto[index], !writer.isEmpty else { return }
        let durable = host.streams[index].stream.state.durableSequence
        var value = Table<UInt8>(capacity: 128)
        var hasChanged = false
        for at in links where !host.links[at].link.isMirror {
            let position = host.links[at].safePosition(durable: durable)
            hasChanged = hasChanged || position != host.links[at].keptPosition
            host.links[at].keptPosition = position
            value.append(decimal: position)
            value.append(0x20)
            value.append(host.links[at].link.source.name.raw)
            value.append(0x20)
            value.append(host.links[at].link.way.raw)
            value.append(0x0A)
        }
        if hasChanged { writer.put(Self.positionsKey.raw, value.bytes) }
    }

    /// Lets the links into a stream go on where the store and the stream say they were.
    mutating func recoverLinks(_ index: UInt32, _ values: [StateValue]) {
        guard let links = host.linksInto[index] else { return }
        let last = host.streams[index].stream.state.lastSequence
        let kept = values.first { $0.key == Self.positionsKey }?.value ?? []
        let lines = kept.split(separator: 0x0A).map(Array.init)
        for at in links {
            guard !host.links[at].link.isMirror else {
                host.links[at].resume(behind: last)
                continue
            }
            let way = host.links[at].link.source.name + [0x20] + host.links[at].link.way
            for line in lines where line.count > way.count && line.suffix(way.count) == way[...] {
                let digits = String(decoding: line.dropLast(way.count + 1), as: UTF8.self)
                guard let position = UInt64(digits) else { continue }
                host.links[at].resume(behind: position)
                host.links[at].keptPosition = position
            }
        }
    }

    /// Lets the links into a stream go on behind a message that is read back.
    mutating func resumeLinks(_ index: UInt32, headers: RawSpan) {
        guard let links = host.linksInto[index], !headers.isEmpty else { return }
        for at in links where !host.links[at].link.isMirror {
            host.links[at].resume(headers: headers)
        }
    }

    // MARK: - Checks

    /// What the check of a configuration has to know about other streams.
    mutating func surroundings(
        of wanted: StreamConfiguration,
        _ account: UInt32,
        isPedantic: Bool
    ) -> StreamSurroundings {
        var place = StreamSurroundings()
        place.isPedantic = isPedantic
        addLimits(account, wanted.storage, to: &place)
        if let mirror = wanted.mirror {
            place.origin = configuration(of: mirror.name, account)
        }
        for source in wanted.sources {
            guard let origin = configuration(of: source.name, account) else { continue }
            place.sourceOrigins.append(origin)
        }
        place.isCycle = leads(from: wanted, to: wanted.name, account)
        return place
    }

    private func configuration(of name: [UInt8], _ account: UInt32) -> StreamConfiguration? {
        host.find(account, name).map { host.streams[$0].stream.state.configuration }
    }

    /// Whether what `start` takes from others comes, in the end, from the stream called `name`.
    private func leads(
        from start: StreamConfiguration,
        to name: [UInt8],
        _ account: UInt32
    ) -> Bool {
        var seen: Set<[UInt8]> = []
        var left = start.origins
        while let next = left.popLast() {
            if next == name { return true }
            guard seen.insert(next).inserted else { continue }
            left += configuration(of: next, account)?.origins ?? []
        }
        return false
    }
}

extension StreamConfiguration {
    /// The names of the streams that messages come from.
    fileprivate var origins: [[UInt8]] {
        var names = sources.map(\.name)
        if let mirror { names.append(mirror.name) }
        return names
    }
}
