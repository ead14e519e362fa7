// The `-ERR` lines that name a subject; the connection stays open after each.

/// An operation that the permissions of a client do not allow.
public enum PermissionViolation: Equatable, Sendable {
    /// A publish to `subject`.
    case publish(subject: [UInt8])
    /// A publish whose reply subject is reserved.
    case reply(subject: [UInt8])
    /// A subscription to `subject`.
    case subscribe(subject: [UInt8])
    /// A subscription to `subject` in a queue group.
    case subscribeInQueue(subject: [UInt8], queue: [UInt8])

    /// A subscription to `subject`, which has more tokens than allowed.
    case tooManyTokens(subject: [UInt8])

    /// Appends the whole `-ERR` line.
    ///
    /// Clients find subject and queue by the double quotes; those inside are escaped with a
    /// backslash. Control bytes, which no valid subject has, are written as `?`.
    public func append(to line: inout [UInt8]) {
        line.append(contentsOf: "-ERR 'Permissions Violation for ".utf8)
        switch self {
        case .publish(let subject):
            line.append(contentsOf: "Publish to ".utf8)
            quote(subject, in: &line)
        case .reply(let subject):
            line.append(contentsOf: "Publish with Reply of ".utf8)
            quote(subject, in: &line)
        case .subscribe(let subject):
            line.append(contentsOf: "Subscription to ".utf8)
            quote(subject, in: &line)
        case .tooManyTokens(let subject):
            line.append(contentsOf: "Subscription to ".utf8)
            quote(subject, in: &line)
            line.append(contentsOf: ", too many tokens".utf8)
        case .subscribeInQueue(let subject, let queue):
            line.append(contentsOf: "Subscription to ".utf8)
            quote(subject, in: &line)
            line.append(contentsOf: " using queue ".utf8)
            quote(queue, in: &line)
        }
        line.append(contentsOf: "'\r\n".utf8)
    }

    private func quote(_ name: [UInt8], in line: inout [UInt8]) {
        line.append(UInt8(ascii: "\""))
        for byte in name {
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                line.append(UInt8(ascii: "\\"))
            }
            line.append(byte < 0x20 || byte == 0x7F ? UInt8(ascii: "?") : byte)
        }
        line.append(UInt8(ascii: "\""))
    }
}
