// A message that came from a server.

import Base
import Wire

/// A message as a subscriber gets it.
public struct Message: Equatable, Sendable {
    /// The subject it was published to.
    public var subject: [UInt8]
    /// Where answers go; empty if none are asked for.
    public var reply: [UInt8]
    /// The header block with its first line; empty without.
    public var headers: [UInt8]
    /// The payload.
    public var body: [UInt8]

    /// A message with all its parts.
    public init(subject: [UInt8], reply: [UInt8], headers: [UInt8], body: [UInt8]) {
        self.subject = subject
        self.reply = reply
        self.headers = headers
        self.body = body
    }

    /// The status of the header block; `nil` without.
    public var status: UInt16? { Headers(headers.raw).status?.code }
}
