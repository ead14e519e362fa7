// Messages as they are shown.

public import Configuration
import Base
import JSON
import Wire

extension Message {
    /// The message as `style` shows it, with a line end; `number` counts messages from 1.
    public func text(_ style: MessageStyle, number: Int) -> [UInt8] {
        switch style {
        case .raw: body + [0x0A]
        case .full: full(number)
        case .json: json()
        }
    }

    private func full(_ number: Int) -> [UInt8] {
        var text = "[#\(number)] \(printable(subject))"
        if !reply.isEmpty { text += " (reply \(printable(reply)))" }
        var lines = Array(text.utf8) + [0x0A]
        for (name, value) in fields {
            lines += Array("\(printable(name)): \(printable(value))\n".utf8)
        }
        if !headers.isEmpty { lines.append(0x0A) }
        // Of the control characters only those that lay out text reach the terminal.
        lines += body.map { byte in
            let isText = byte >= 0x20 && byte != 0x7F || byte == 0x0A || byte == 0x09
            return isText ? byte : UInt8(ascii: "?")
        }
        return lines + [0x0A, 0x0A]
    }

    private func json() -> [UInt8] {
        var json = JSONWriter(.compact, capacity: body.count + 128)
        json.beginObject()
        json.field("subject", subject)
        json.fieldIfPresent("reply", reply)
        if !headers.isEmpty {
            json.name("headers")
            json.beginArray()
            for (name, value) in fields {
                json.beginObject()
                json.field("name", name)
                json.field("value", value)
                json.endObject()
            }
            json.endArray()
        }
        if String(validating: body, as: UTF8.self) != nil {
            json.field("payload", body)
        } else {
            json.field("payload_base64", Base64.encode(body, .standard))
        }
        json.endObject()
        return json.bytes + [0x0A]
    }

    /// Names and values of the headers; the status, where there is one, under the name `Status`.
    private var fields: [(name: [UInt8], value: [UInt8])] {
        let block = Headers(headers.raw)
        var found: [(name: [UInt8], value: [UInt8])] = []
        if let status = block.status {
            let text = block.bytes(of: status.text)
            let value = Array("\(status.code)".utf8) + (text.isEmpty ? [] : [0x20] + text)
            found.append((Array("Status".utf8), value))
        }
        var offset = block.firstField
        while let field = block.field(at: &offset) {
            found.append((block.bytes(of: field.name), block.bytes(of: field.value)))
        }
        return found
    }
}
