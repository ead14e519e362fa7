// The pages of the monitoring endpoints.
// Source: nats-server's monitoring endpoints, whose tools expect every field.

import Base
import JSON
import Telemetry

/// A page.
enum MonitoringPage: String, CaseIterable, Sendable {
    /// The list of pages.
    case index = "/"
    /// The server.
    case varz = "/varz"
    /// Connections.
    case connz = "/connz"
    /// Subscriptions.
    case subsz = "/subsz"
    /// The same under its long name.
    case subscriptionsz = "/subscriptionsz"
    /// Accounts.
    case accountz = "/accountz"
    /// What accounts did.
    case accstatz = "/accstatz"
    /// Streams.
    case jsz = "/jsz"
    /// Links to servers of the same cluster.
    case routez = "/routez"
    /// Links of leaf nodes.
    case leafz = "/leafz"
    /// Links to other clusters.
    case gatewayz = "/gatewayz"
    /// Whether the server is well.
    case healthz = "/healthz"
    /// Everything for Prometheus.
    case metrics = "/metrics"

    /// The page at `path`, which starts with `basePath`; `nil` if there is none.
    init?(path: [UInt8], basePath: String) {
        var rest = path[...]
        let base = basePath.utf8.drop { $0 == UInt8(ascii: "/") }
        if !base.isEmpty {
            guard path.starts(with: [UInt8(ascii: "/")] + base) else { return nil }
            rest = path.dropFirst(base.count + 1)
            if rest.isEmpty { rest = [UInt8(ascii: "/")] }
        }
        guard rest.allSatisfy({ $0 < 0x80 }) else { return nil }
        self.init(rawValue: String(decoding: rest, as: UTF8.self))
    }

    /// What a picture for this page must hold, for `request`.
    func pictureRequest(_ number: UInt64, _ request: HttpRequest) -> PictureRequest {
        var wanted = PictureRequest(number: number)
        switch self {
        case .connz:
            wanted.connectionsMax = .max
            wanted.closedMax = .max
            wanted.hasSubscriptions =
                request.argument("subs") != nil || request.argument("filter_subject") != nil
        case .subsz, .subscriptionsz:
            wanted.connectionsMax = .max
            wanted.hasSubscriptions = request.argument("subs") != nil
        case .varz:
            wanted.jetStream = .sums
        case .jsz:
            wanted.jetStream = (try? JszQuery(request))?.detail ?? .sums
        case .index, .accountz, .accstatz, .routez, .leafz, .gatewayz, .healthz, .metrics:
            break
        }
        return wanted
    }
}

/// Everything that pages are made of.
struct MonitoringView: Sendable {
    /// The server.
    var facts: ServerFacts
    /// The shard.
    var picture: ShardPicture
    /// The process.
    var process = ProcessSample()
    /// How often each page was asked for.
    var requestCounts: [String: UInt64] = [:]
    /// How long messages took, as far as known.
    var ticks: Histogram?
    /// Whether clients are being sent away.
    var isLameDuck = false
    /// For how many nanoseconds the store's disk has not answered; 0 if it does.
    var diskHang: UInt64 = 0

    /// How pages are laid out: for people, or for answers by message.
    let layout: JSONWriter.Layout

    /// A view of the server at one moment.
    init(_ facts: ServerFacts, _ picture: ShardPicture, layout: JSONWriter.Layout) {
        self.layout = layout
        self.facts = facts
        self.picture = picture
    }

    /// The moment.
    var now: Instant { picture.takenAt }

    /// The answer to `request`.
    func reply(_ page: MonitoringPage, _ request: HttpRequest) -> HttpReply {
        do throws(QueryError) {
            switch page {
            case .index: return index
            case .varz: return .json(varz)
            case .connz: return .json(connz(try ConnzQuery(request)))
            case .subsz, .subscriptionsz: return .json(subsz(try SubszQuery(request)))
            case .accountz: return try accountz(request)
            case .accstatz: return .json(accstatz(try AccstatzQuery(request)))
            case .jsz: return .json(jsz(try JszQuery(request)))
            case .routez: return .json(routez)
            case .leafz: return .json(leafz)
            case .gatewayz: return .json(gatewayz)
            case .healthz: return healthz
            case .metrics: return HttpReply(status: .ok, kind: .metrics, body: metrics)
            }
        } catch {
            return .words(error.text, .badRequest)
        }
    }

    /// Starts a page with what most pages start with.
    func begin(_ json: inout JSONWriter) {
        json.beginObject()
        json.field("server_id", facts.id)
        json.field("now", now.text)
    }
}

/// An argument that means nothing.
enum QueryError: Error, Equatable {
    /// Not a whole number.
    case integer(name: String, value: [UInt8])
    /// Neither true nor false.
    case bool(name: String, value: [UInt8])
    /// No such state of connections.
    case state([UInt8])
    /// No such order of connections.
    case sorting([UInt8])
    /// An order that needs closed connections.
    case sortingOfOpen(String)
    /// No such account.
    case account([UInt8])

    /// The words that nats-server has for it.
    var text: String {
        switch self {
        case .integer(let name, let value):
            "Error decoding int for '\(name)': strconv.Atoi: parsing "
                + "\"\(LogText.safe(value))\": invalid syntax"
        case .bool(let name, let value):
            "Error decoding boolean for '\(name)': strconv.ParseBool: parsing "
                + "\"\(LogText.safe(value))\": invalid syntax"
        case .state(let value): "Error decoding state for \(LogText.safe(value))"
        case .sorting(let value): "invalid sorting option: \(LogText.safe(value))"
        case .sortingOfOpen(let name): "sort by \(name) only valid on closed connections"
        case .account(let name): "Account \(LogText.safe(name)) does not exist"
        }
    }
}

extension HttpRequest {
    /// The whole number of the argument `name`; `nil` without one.
    func integer(_ name: String) throws(QueryError) -> Int? {
        guard let value = argument(name), !value.isEmpty else { return nil }
        guard let number = Int(String(decoding: value, as: UTF8.self)) else {
            throw .integer(name: name, value: value)
        }
        return number
    }

    /// The truth value of the argument `name`; false without one.
    func bool(_ name: String) throws(QueryError) -> Bool {
        guard let value = argument(name), !value.isEmpty else { return false }
        switch String(decoding: value, as: UTF8.self) {
        case "1", "t", "T", "true", "TRUE", "True": return true
        case "0", "f", "F", "false", "FALSE", "False": return false
        default: throw .bool(name: name, value: value)
        }
    }
}
