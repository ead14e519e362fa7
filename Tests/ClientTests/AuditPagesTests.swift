// An audit log that is told in pages and lies in several files becomes one export.

import JSON
import Testing

@testable import Client

@Suite struct AuditPagesTests {
    private func entry(_ number: Int, _ what: String, _ result: String) -> String {
        "{\"n\":\(number),\"what\":\"\(what)\",\"result\":\"\(result)\"}"
    }

    /// The answer with `entries`, and what comes next of three.
    private func page(_ entries: [String], next: Int) -> [UInt8] {
        var json = JSONWriter(.compact)
        json.beginObject()
        json.field("success", true)
        json.field("size", 3)
        json.field("next", next)
        json.field("head", "newest\n")
        json.name("entries")
        json.beginArray()
        for entry in entries { json.string(Array(entry.utf8)) }
        json.endArray()
        json.endObject()
        return json.bytes
    }

    @Test func `the head over a file comes before the entry that holds it`() throws {
        let first = entry(0, "keys lock", "done")
        let second = entry(1, "audit continued", "line one\\u000aline two\\u000a")
        let third = entry(2, "keys rotate", "done")
        var asked: [String] = []
        let pages = try AuditPages { body throws(ClientError) in
            asked.append(String(decoding: body, as: UTF8.self))
            return asked.count == 1 ? page([first], next: 1) : page([second, third], next: 3)
        }
        #expect(asked == ["{\"from\":0}", "{\"from\":1}"])
        #expect(pages.entries.count == 3)
        let text = String(decoding: pages.export, as: UTF8.self)
        #expect(text == "\(first)\n\nline one\nline two\n\(second)\n\(third)\n\nnewest\n")
    }

    @Test func `an export that begins with a later file has no head before it`() throws {
        let entries = [entry(1, "audit continued", "line\\u000a"), entry(2, "keys lock", "done")]
        let pages = try AuditPages { _ throws(ClientError) in page(entries, next: 3) }
        #expect(pages.export.starts(with: Array(entries[0].utf8)))
    }
}
