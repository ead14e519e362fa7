// What may change about streams and consumers that exist.

@testable import Queueing
import Testing

@Suite struct ConfigurationUpdateTests {
    private func stream(_ change: (inout StreamConfiguration) -> Void) throws -> StreamConfiguration
    {
        var wanted = StreamConfiguration()
        wanted.name = Array("S".utf8)
        change(&wanted)
        return try wanted.checked(in: StreamSurroundings())
    }

    private func text(_ error: QueueingError) -> String {
        String(decoding: error.description, as: UTF8.self)
    }

    /// Text of the refusal when `from` shall become `to`; empty if it may.
    private func refusal(
        _ from: (inout StreamConfiguration) -> Void,
        _ to: (inout StreamConfiguration) -> Void
    ) throws -> String {
        let old = try stream(from)
        do {
            _ = try old.updated(to: stream(to), in: StreamSurroundings())
            return ""
        } catch let error as QueueingError {
            return text(error)
        }
    }

    @Test func `what stays stays`() throws {
        let prefix = "stream configuration update can not"
        #expect(
            try refusal({ _ in }, { $0.storage = .memory }) == "\(prefix) change storage type"
        )
        #expect(
            try refusal({ _ in }, { $0.retention = .workQueue })
                == "\(prefix) change retention policy to/from workqueue"
        )
        #expect(try refusal({ _ in }, { $0.retention = .interest }).isEmpty)
        #expect(
            try refusal({ $0.flags = .denyDelete }, { _ in })
                == "\(prefix) cancel deny message deletes"
        )
        #expect(
            try refusal({ $0.flags = .allowTtl }, { _ in })
                == "message TTL status can not be disabled"
        )
        #expect(
            try refusal({ _ in }, { $0.name = [0x54] })
                == "stream configuration name must match original"
        )
        var source = StreamSource()
        source.name = [0x4F]
        #expect(
            try refusal({ _ in }, { $0.mirror = source })
                == "stream mirror configuration can not be updated"
        )
        #expect(try refusal({ $0.mirror = source }, { _ in }).isEmpty)
    }

    @Test func `sealing forces what a sealed stream is`() throws {
        let old = try stream { $0.flags = .allowRollup }
        var wanted = old
        wanted.flags.insert(.sealed)
        wanted.limits.ageMax = 200_000_000_000
        let sealed = try old.updated(to: wanted, in: StreamSurroundings())
        #expect(sealed.flags.isSuperset(of: [.sealed, .denyDelete, .denyPurge]))
        #expect(!sealed.flags.contains(.allowRollup))
        #expect(sealed.limits.ageMax == 0)
        #expect(sealed.discard == .new)
        #expect(throws: QueueingError.self) {
            try sealed.updated(to: old, in: StreamSurroundings())
        }
    }

    @Test func `server metadata does not make a difference`() throws {
        let one = try stream { $0.metadata = [] }
        var other = one
        other.metadata = [].stored(requiredApiLevel: 0).shown(serverVersion: [0x32], apiLevel: 4)
        #expect(other.metadata.count == 3)
        #expect(one.isSame(as: other))
        other.metadata.append(MetadataEntry(key: [0x61], value: [0x62]))
        #expect(!one.isSame(as: other))
    }

    @Test func `a consumer keeps how it delivers`() throws {
        let on = try stream { $0.subjects = [Array("a".utf8)] }
        var plain = ConsumerConfiguration()
        plain.durableName = [0x64]
        plain.ackPolicy = .explicit
        func refusal(_ change: (inout ConsumerConfiguration) -> Void) throws -> String {
            var wanted = plain
            change(&wanted)
            let old = try plain.checked(on: on, in: ConsumerSurroundings())
            let new = try wanted.checked(on: on, in: ConsumerSurroundings())
            do {
                try old.checkUpdate(to: new, isBound: false)
                return ""
            } catch { return text(error) }
        }
        #expect(try refusal { $0.ackPolicy = .all } == "ack policy can not be updated")
        #expect(try refusal { $0.deliverPolicy = .new } == "deliver policy can not be updated")
        #expect(try refusal { $0.limits.waitingMax = 7 } == "max waiting can not be updated")
        #expect(
            try refusal {
                $0.deliverSubject = [0x70]
                $0.limits.waitingMax = 0
            } == "can not update pull consumer to push based"
        )
        #expect(try refusal { $0.filter = [0x61] }.isEmpty)
        #expect(try refusal { $0.limits.deliverMax = 9 }.isEmpty)
    }

    @Test func `the error table ascends and has texts`() {
        for number in UInt16(10_000)..<10_300 {
            let error = QueueingError(ErrorCode(number), "x")
            #expect(error.code.status >= 400)
            #expect(!error.description.contains(UInt8(ascii: "{")))
        }
        #expect(ErrorCode(10_227).status == 400)
        #expect(text(QueueingError(ErrorCode(10_002))) == "resource limits exceeded for account")
    }
}
