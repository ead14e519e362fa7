// The pages that are nearly empty on a server of its own: links, health, index.

import Base
import JSON

extension MonitoringView {
    /// Links to servers of the same cluster: none.
    var routez: [UInt8] {
        var json = JSONWriter(layout)
        json.beginObject()
        json.field("server_id", facts.id)
        json.field("server_name", facts.name)
        json.field("now", now.text)
        json.field("num_routes", 0)
        json.name("routes")
        json.beginArray()
        json.endArray()
        json.endObject()
        return json.bytes
    }

    /// Links of leaf nodes: none.
    var leafz: [UInt8] {
        var json = JSONWriter(layout)
        begin(&json)
        json.field("leafnodes", 0)
        json.name("leafs")
        json.beginArray()
        json.endArray()
        json.endObject()
        return json.bytes
    }

    /// Links to other clusters: none.
    var gatewayz: [UInt8] {
        var json = JSONWriter(layout)
        begin(&json)
        for direction in ["outbound_gateways", "inbound_gateways"] {
            json.name(direction)
            json.beginObject()
            json.endObject()
        }
        json.endObject()
        return json.bytes
    }

    /// Whether clients are served.
    var healthz: HttpReply {
        let problem = problem
        var json = JSONWriter(.compact)
        json.beginObject()
        json.field("status", problem == nil ? "ok" : "unavailable")
        if layout == .compact { json.field("status_code", problem == nil ? 200 : 503) }
        if let problem { json.field("error", problem) }
        json.endObject()
        return .json(json.bytes, problem == nil ? .ok : .unavailable)
    }

    /// Why not all is well.
    private var problem: String? {
        if isLameDuck { return "the server is in lame duck mode" }
        if picture.writeStoppedErrno != 0 { return "the store has stopped writing" }
        return diskHang > 0 ? DiskWatch.text(diskHang, at: now) : nil
    }

    /// The list of pages.
    var index: HttpReply {
        let pages: [(MonitoringPage, String)] = [
            (.varz, "General"), (.connz, "Connections"), (.accountz, "Accounts"),
            (.accstatz, "Account statistics"), (.jsz, "Streams"), (.subsz, "Subscriptions"),
            (.routez, "Routes"),
            (.leafz, "Leaf nodes"), (.gatewayz, "Gateways"), (.healthz, "Health"),
            (.metrics, "Metrics"),
        ]
        let links = pages.map { page, title in
            "<li><a href=\".\(page.rawValue)\">\(title)</a> <code>\(page.rawValue)</code></li>\n"
        }
        let text = """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><title>Sluice</title></head>
            <body><h1>Sluice \(ServerVersion.product)</h1>
            <ul>
            \(links.joined())</ul></body></html>

            """
        return HttpReply(status: .ok, kind: .html, body: Array(text.utf8))
    }
}
