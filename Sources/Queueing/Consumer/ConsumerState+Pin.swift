// Pinning: one client of a group gets everything until it goes away.
// Source: NATS ADR-42.

import Base

extension ConsumerState {
    /// Whether `id` is that of the pinned client.
    func isPinned(_ id: RawSpan) -> Bool {
        pin.id != 0 && equal(id, pinText.raw)
    }

    /// The id of the pinned client; empty if nobody is pinned.
    var pinText: [UInt8] {
        guard pin.id != 0 else { return [] }
        let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
        var text: [UInt8] = []
        for part in 0..<2 as Range<UInt64> {
            var rest = hash(ackPrefix.raw, seed: pin.id &* 2 &+ part ^ created.nanoseconds)
            for _ in 0..<11 {
                text.append(alphabet[Int(rest % 62)])
                rest /= 62
            }
        }
        return text
    }

    /// Pins whoever gets the next message.
    mutating func assignPin(at now: Instant, into effects: inout Effects) {
        pin.count += 1
        pin.id = pin.count
        pin.since = now
        pin.deadline = now.adding(nanoseconds: rules.priorityTimeout)
        advisePin(.pinned, into: &effects)
    }

    /// Lets go of the pinned client.
    public mutating func unpin(byAdmin: Bool, into effects: inout Effects) {
        guard pin.id != 0 else { return }
        advisePin(byAdmin ? .unpinnedByAdmin : .unpinnedByTimeout, into: &effects)
        pin.id = 0
        pin.deadline = .distantFuture
    }

    /// Keeps the id of the pinned client for an effect.
    func keepPinId(in effects: inout Effects) -> ByteSlice {
        effects.keep(pinText.raw)
    }

    private func advisePin(_ kind: ConsumerAdvisory, into effects: inout Effects) {
        var notice = AdvisoryNotice(kind, consumer: index)
        notice.text = keepPinId(in: &effects)
        effects.append(.advise(notice))
    }
}
