// Answers about keys in words.

import Client
import Configuration
import Testing

@Suite struct KeysTextTests {
    private func show(_ answer: String, _ line: String) throws -> String {
        let words = line.split(separator: " ").map { Array($0.utf8) }
        let text = KeysText(Array(answer.utf8)).text(try KeysRequest(words[...]))
        return String(decoding: text, as: UTF8.self)
    }

    private let status = """
        {"success":true,"generation":4,"memory":{"locked":true,"excluded_from_dumps":false},\
        "slots":[{"slot":1,"kind":"keyfile"}],"keys":[\
        {"of":"a\\u001b[2J","version":2,"state":"active","messages":7,"bytes":1500,"segments":1},\
        {"of":"b","version":1,"state":"active","messages":1,"bytes":2000000,"segments":2}],\
        "rotations":[]}
        """

    @Test func `the status has a line for each key, and no terminal obeys a name`() throws {
        let text = try show(status, "status")
        #expect(
            text.contains("a?[2J                   k2   active       7           1.5 kB    1\n")
        )
        #expect(text.contains("left out of core dumps: NO"))
        #expect(text.contains("only one slot"))
        #expect(!text.contains("\u{1B}"))
    }

    @Test func `a plan counts what would be rewritten, of one queue or of all`() throws {
        #expect(try show(status, "rotate --dry-run").contains("2.0 MB in 3 segments"))
        #expect(try show(status, "rotate b --dry-run").contains("2.0 MB in 2 segments"))
    }

    @Test(arguments: [
        ("4100000", ",\"seconds_left\":7", ": 31.0 MB of 60.0 MB, 4.1 MB/s, 7 s left; re-encrypt"),
        ("4100000", "", ": 31.0 MB of 60.0 MB, 4.1 MB/s; re-encrypt"),
        ("0", "", ": 31.0 MB of 60.0 MB; re-encrypt"),
        ("1e300", ",\"seconds_left\":-1", ": 31.0 MB of 60.0 MB; re-encrypt"),
    ])
    func `a rotation says how far it is, how fast it goes and how long it takes still`(
        speed: String,
        left: String,
        line: String
    ) throws {
        let rotations = """
            "rotations":[{"number":3,"of":"a","to":2,"bytes":60000000,"bytes_done":31000000,\
            "bytes_per_second":\(speed)\(left),"steps":{"re-encrypt":"running"}}]
            """
        let answer = status.replacing("\"rotations\":[]", with: rotations)
        #expect(try show(answer, "status").contains("rotation 3 of a to k2\(line)"))
    }

    @Test func `a refusal says why, and what is no answer is one`() throws {
        let refusal = "{\"error\":{\"code\":404,\"description\":\"no such queue\"}}"
        #expect(try show(refusal, "rotate x") == "refused: no such queue\n")
        #expect(KeysText([0x7B]).isRefusal)
    }

    @Test func `the request names what it is about`() throws {
        let words = ["destroy", "orders", "k3"].map { Array($0.utf8) }
        let (verb, body) = try KeysRequest(words[...]).message
        #expect(verb == "DESTROY")
        #expect(String(decoding: body, as: UTF8.self) == "{\"stream\":\"orders\",\"version\":3}")
    }
}
