// Fuzzing CONNECT: nothing traps, and options come from `null`, one JSON object, or not at all.

import JSON
import Wire

/// Reads the input as JSON and as options, and compares.
@c(LLVMFuzzerTestOneInput)
public func fuzzConnect(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = unsafe [UInt8](UnsafeBufferPointer(start: start, count: count))
    let value: JSONValue?
    do throws(JSONError) {
        value = try JSONReader(limits: ConnectOptions.limits).read(input)
    } catch {
        precondition(error.offset <= input.count, "an error beyond the text")
        value = nil
    }
    do throws(ConnectOptions.Refusal) {
        let options = try ConnectOptions(json: input)
        _ = options.refusal
        precondition(value?.asObject != nil || value == .null, "options from no object")
    } catch {
        if case .notJson = error { precondition(value == nil, "refuses JSON as no JSON") }
    }
    return 0
}
