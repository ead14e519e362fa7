// Fuzzing configuration files: nothing traps, and every refusal can be shown.
//
// The input holds up to four files, separated by zero bytes; the first one is read, the others are
// there to be included as `1`, `2` and `3`.

import Configuration

/// Reads the input twice as a configuration file, and compares.
@c(LLVMFuzzerTestOneInput)
public func fuzzConfiguration(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = unsafe [UInt8](UnsafeBufferPointer(start: start, count: count))
    let files = input.split(separator: 0, maxSplits: 3, omittingEmptySubsequences: false)
    let surroundings = SyntaxSurroundings(
        environment: Environment(texts: ["WORD": "word", "NUMBER": "7", "LOOP": "$LOOP"])
    ) { path throws(UnreadableFile) in
        guard let last = path.utf8.last, (0x30...0x33).contains(last),
            Int(last - 0x30) < files.count
        else { throw UnreadableFile(number: 2) }
        return Array(files[Int(last - 0x30)])
    }
    do throws(ConfigurationErrors) {
        let reading = try ConfigurationFile.read(
            "0",
            over: ServerConfiguration(),
            surroundings: surroundings
        )
        let again = try ConfigurationFile.read(
            "0",
            over: ServerConfiguration(),
            surroundings: surroundings
        )
        precondition(reading == again, "the same file reads differently")
    } catch {
        precondition(!error.errors.isEmpty, "refused without a reason")
        for byte in error.text.utf8 {
            precondition(byte >= 0x20 && byte != 0x7F || byte == 0x0A, "a control byte is shown")
        }
    }
    return 0
}
