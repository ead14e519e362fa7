// Answers of the JetStream API as JSON texts.
// Source: NATS JetStream API; order and omissions of members are the server's.

public import Base
import JSON
public import Queueing

/// One page of a list.
public struct Page: BitwiseCopyable, Equatable, Sendable {
    /// How many entries there are in all.
    public var total: Int
    /// How many come before this page.
    public var offset: Int
    /// How many a page has at most.
    public var limit: Int

    /// The page from `offset` on.
    public init(total: Int, offset: Int, limit: Int) {
        self.total = total
        self.offset = offset
        self.limit = limit
    }

    /// Names on one page.
    public static var namesMax: Int { 1_024 }
    /// Streams or consumers on one page.
    public static var entriesMax: Int { 256 }
    /// Subjects on one page.
    public static var subjectsMax: Int { 100_000 }
}

/// Makes answers.
public enum ApiResponse {
    /// A refusal, with the members that the endpoint never leaves out.
    public static func refusal(_ error: QueueingError, to type: ApiResponseType) -> [UInt8] {
        write(type) { json in
            json.name("error")
            error.write(to: &json)
            switch type {
            case .streamNames:
                json.page(Page(total: 0, offset: 0, limit: 0))
                json.name("streams")
                json.null()
            case .streamList:
                json.page(Page(total: 0, offset: 0, limit: 0))
                json.field("streams", [[UInt8]]())
            case .consumerNames, .consumerList:
                json.page(Page(total: 0, offset: 0, limit: 0))
                json.field("consumers", [[UInt8]]())
            case .streamInfo: json.page(Page(total: 0, offset: 0, limit: 0))
            case .streamPurge: json.field("purged", 0)
            case .streamRestore: json.field("deliver_subject", "")
            case .consumerPause:
                json.field("paused", false)
                json.field("pause_until", Instant.never.text)
            case .consumerReset: json.field("reset_seq", 0)
            case .accountInfo, .accountPurge, .streamCreate, .streamUpdate, .streamDelete,
                .streamSnapshot,
                .messageGet, .messageDelete, .consumerCreate, .consumerInfo, .consumerDelete,
                .consumerUnpin, .streamStepDown, .consumerStepDown, .streamRemovePeer,
                .streamEvacuatePeer, .streamCancelMove:
                break
            }
        }
    }

    /// The answer to something that was done and needs no more words.
    public static func success(_ type: ApiResponseType) -> [UInt8] {
        write(type) { json in
            if type != .consumerUnpin { json.field("success", true) }
        }
    }

    /// The answer to `INFO`.
    public static func accountInfo(_ report: AccountReport) -> [UInt8] {
        write(.accountInfo) { report.write(to: &$0) }
    }

    /// The answer to `ACCOUNT.PURGE`.
    public static func accountPurge() -> [UInt8] {
        write(.accountPurge) { $0.field("initiated", true) }
    }

    /// The answer to `STREAM.CREATE`.
    public static func streamCreate(_ report: StreamReport) -> [UInt8] {
        write(.streamCreate) { json in
            report.writeMembers(to: &json)
            json.field("did_create", true)
        }
    }

    /// The answer to `STREAM.UPDATE`.
    public static func streamUpdate(_ report: StreamReport) -> [UInt8] {
        write(.streamUpdate) { report.writeMembers(to: &$0) }
    }

    /// The answer to `STREAM.INFO`; `page` counts subjects, if they were asked for.
    public static func streamInfo(_ report: StreamReport, _ page: Page) -> [UInt8] {
        write(.streamInfo) { json in
            json.page(page)
            report.writeMembers(to: &json)
        }
    }

    /// The answer to `STREAM.NAMES`.
    public static func streamNames(_ names: [[UInt8]], _ page: Page) -> [UInt8] {
        write(.streamNames) { json in
            json.page(page)
            json.name("streams")
            if names.isEmpty { json.null() } else { json.array(names) }
        }
    }

    /// The answer to `STREAM.LIST`.
    public static func streamList(_ reports: [StreamReport], _ page: Page) -> [UInt8] {
        write(.streamList) { json in
            json.page(page)
            json.name("streams")
            json.beginArray()
            for report in reports {
                json.beginObject()
                report.writeMembers(to: &json)
                json.endObject()
            }
            json.endArray()
        }
    }

    /// The answer to `STREAM.PURGE`.
    public static func streamPurge(_ purged: UInt64) -> [UInt8] {
        write(.streamPurge) { json in
            json.field("success", true)
            json.field("purged", purged)
        }
    }

    /// The answer to `STREAM.MSG.GET`.
    public static func messageGet(_ message: StoredMessage) -> [UInt8] {
        write(.messageGet) { json in
            json.name("message")
            json.beginObject()
            json.field("subject", message.subject)
            json.field("seq", message.sequence)
            json.fieldIfPresent("hdrs", base64(message.headers))
            json.fieldIfPresent("data", base64(message.payload))
            json.field("time", message.time.text)
            json.endObject()
        }
    }

    /// The answer to `STREAM.SNAPSHOT`.
    public static func streamSnapshot(_ report: StreamReport) -> [UInt8] {
        write(.streamSnapshot) { json in
            json.name("config")
            report.configuration.write(to: &json)
            json.name("state")
            report.state.write(to: &json)
        }
    }

    /// The answer to `STREAM.RESTORE`.
    public static func streamRestore(deliverSubject: [UInt8]) -> [UInt8] {
        write(.streamRestore) { $0.field("deliver_subject", deliverSubject) }
    }

    /// The answer to `CONSUMER.CREATE`.
    public static func consumerCreate(_ report: ConsumerReport) -> [UInt8] {
        write(.consumerCreate) { report.writeMembers(to: &$0) }
    }

    /// The answer to `CONSUMER.INFO`.
    public static func consumerInfo(_ report: ConsumerReport) -> [UInt8] {
        write(.consumerInfo) { report.writeMembers(to: &$0) }
    }

    /// The answer to `CONSUMER.NAMES`.
    public static func consumerNames(_ names: [[UInt8]], _ page: Page) -> [UInt8] {
        write(.consumerNames) { json in
            json.page(page)
            json.field("consumers", names)
        }
    }

    /// The answer to `CONSUMER.LIST`.
    public static func consumerList(_ reports: [ConsumerReport], _ page: Page) -> [UInt8] {
        write(.consumerList) { json in
            json.page(page)
            json.name("consumers")
            json.beginArray()
            for report in reports {
                json.beginObject()
                report.writeMembers(to: &json)
                json.endObject()
            }
            json.endArray()
        }
    }

    /// The answer to `CONSUMER.PAUSE`; `until` is `never` after a resume.
    public static func consumerPause(until: Instant, now: Instant) -> [UInt8] {
        write(.consumerPause) { json in
            let isPaused = now < until
            json.field("paused", isPaused)
            json.field("pause_until", until.text)
            json.fieldIfNotZero("pause_remaining", until.nanoseconds(since: now))
        }
    }

    /// The answer to `CONSUMER.RESET`.
    public static func consumerReset(_ report: ConsumerReport, sequence: UInt64) -> [UInt8] {
        write(.consumerReset) { json in
            report.writeMembers(to: &json)
            json.field("reset_seq", sequence)
        }
    }

    private static func write(
        _ type: ApiResponseType,
        _ members: (inout JSONWriter) -> Void
    ) -> [UInt8] {
        var json = JSONWriter(.compact, capacity: 512)
        json.beginObject()
        json.field("type", type.name)
        members(&json)
        json.endObject()
        return json.bytes
    }
}

/// `bytes` in the alphabet of RFC 4648, padded.
func base64(_ bytes: [UInt8]) -> [UInt8] {
    let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8
    )
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
        let count = min(3, bytes.count - start)
        var word = UInt32(bytes[start]) << 16
        if count > 1 { word |= UInt32(bytes[start + 1]) << 8 }
        if count > 2 { word |= UInt32(bytes[start + 2]) }
        text.append(alphabet[Int(word >> 18)])
        text.append(alphabet[Int(word >> 12 & 63)])
        text.append(count > 1 ? alphabet[Int(word >> 6 & 63)] : UInt8(ascii: "="))
        text.append(count > 2 ? alphabet[Int(word & 63)] : UInt8(ascii: "="))
    }
    return text
}
