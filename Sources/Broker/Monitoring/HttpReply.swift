// Answers of the monitoring endpoints.

import Base

/// The outcomes that monitoring knows.
enum HttpStatus: Int, Sendable {
    /// Here it is.
    case ok = 200
    /// An argument or the request itself is wrong.
    case badRequest = 400
    /// No such page.
    case notFound = 404
    /// The request is too large.
    case tooLarge = 431
    /// Something is broken.
    case failed = 500
    /// Not now.
    case unavailable = 503

    /// The words behind the number.
    var text: String {
        switch self {
        case .ok: "OK"
        case .badRequest: "Bad Request"
        case .notFound: "Not Found"
        case .tooLarge: "Request Header Fields Too Large"
        case .failed: "Internal Server Error"
        case .unavailable: "Service Unavailable"
        }
    }
}

/// An answer.
struct HttpReply: Equatable, Sendable {
    /// What the body is.
    enum Kind: Equatable, Sendable {
        /// JSON, readable from any page.
        case json
        /// Text for people.
        case text
        /// A page for people.
        case html
        /// Text for Prometheus.
        case metrics

        /// The value of Content-Type.
        var text: String {
            switch self {
            case .json: "application/json"
            case .text: "text/plain; charset=utf-8"
            case .html: "text/html; charset=utf-8"
            case .metrics: "text/plain; version=0.0.4; charset=utf-8"
            }
        }
    }

    /// The outcome.
    var status: HttpStatus
    /// What the body is.
    var kind: Kind
    /// The body.
    var body: [UInt8]

    /// A page of JSON.
    static func json(_ body: [UInt8], _ status: HttpStatus = .ok) -> HttpReply {
        HttpReply(status: status, kind: .json, body: body)
    }

    /// A few words.
    static func words(_ text: String, _ status: HttpStatus) -> HttpReply {
        HttpReply(status: status, kind: .text, body: Array(text.utf8))
    }

    /// The answer as it goes through the wire, at `now`, to `request`; `nil` if the request was
    /// none.
    func bytes(to request: HttpRequest?, at now: Instant) -> [UInt8] {
        let isCurrent = request?.isCurrent ?? true
        let isKeptAlive = request?.isKeptAlive ?? false
        var head = "HTTP/\(isCurrent ? "1.1" : "1.0") \(status.rawValue) \(status.text)\r\n"
        if kind == .json { head += "Access-Control-Allow-Origin: *\r\n" }
        head += "Content-Type: \(kind.text)\r\n"
        if kind != .json { head += "X-Content-Type-Options: nosniff\r\n" }
        head += "Date: \(Self.date(now))\r\n"
        head += "Content-Length: \(body.count)\r\n"
        if !isKeptAlive {
            head += "Connection: close\r\n"
        } else if !isCurrent {
            head += "Connection: keep-alive\r\n"
        }
        head += "\r\n"
        return Array(head.utf8) + (request?.wantsHeadOnly == true ? [] : body)
    }

    /// `Tue, 24 Nov 2026 06:54:20 GMT`.
    static func date(_ now: Instant) -> String {
        let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        let text = String(decoding: now.text, as: UTF8.self)
        let day = days[Int(now.nanoseconds / nanosecondsPerSecond / 86_400 % 7)]
        let month = months[min(max((Int(text.dropFirst(5).prefix(2)) ?? 1) - 1, 0), 11)]
        let (year, dayOfMonth) = (text.prefix(4), text.dropFirst(8).prefix(2))
        return "\(day), \(dayOfMonth) \(month) \(year) \(text.dropFirst(11).prefix(8)) GMT"
    }
}
