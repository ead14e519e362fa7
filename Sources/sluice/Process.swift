// What the process was started with, byte by byte, and the files it may read.

import Configuration
import Glibc

/// The process as the system started it.
enum Process {
    /// The arguments without the program's name.
    static var arguments: [[UInt8]] {
        var found: [[UInt8]] = []
        for index in 1..<max(1, Int(CommandLine.argc)) {
            // SAFETY: argv holds argc strings that live as long as the process.
            guard let argument = unsafe CommandLine.unsafeArgv[index] else { break }
            unsafe found.append(bytes(argument))
        }
        return found
    }

    /// The last part of the path the program was called by.
    static var name: String {
        CommandLine.arguments.first?.split(separator: "/").last.map { String($0) } ?? ""
    }

    /// The variables of the environment.
    static var environment: Environment {
        var values: [[UInt8]: [UInt8]] = [:]
        // SAFETY: the list is only read.
        var next = unsafe environ
        // SAFETY: the list ends with a null pointer, and nothing changes it meanwhile.
        while let entry = unsafe next.pointee {
            let pair = unsafe bytes(entry)
            if let equals = pair.firstIndex(of: UInt8(ascii: "=")) {
                values[Array(pair[..<equals])] = Array(pair[(equals + 1)...])
            }
            unsafe next += 1
        }
        return Environment(values)
    }

    /// Starts the program anew in this process unless it is told how to report crashes.
    ///
    /// The language's runtime reads that before any code of ours runs. Left to itself it asks at
    /// the terminal whether it shall look into a crash, and everything waits for an answer.
    static func askNobodyAfterCrashes() {
        let name = "SWIFT_BACKTRACE"
        // SAFETY: no other thread runs yet, and the text is only looked at.
        let isTold = unsafe getenv(name).map { unsafe $0.pointee != 0 } ?? false
        guard !isTold else { return }
        // Registers come with what they point at, which may be a secret.
        let report = "interactive=no,color=no,symbolicate=fast,images=none,registers=none"
        // SAFETY: the texts live through the calls. Where there is no such file, all goes on.
        unsafe setenv(name, report, 1)
        unsafe execv("/proc/self/exe", CommandLine.unsafeArgv)
    }

    /// What configuration files may look at.
    static var surroundings: SyntaxSurroundings {
        SyntaxSurroundings(environment: environment) { path throws(UnreadableFile) in
            try read(path)
        }
    }

    /// The whole file at `path`.
    ///
    /// Stops one byte after the longest configuration file, so that reading ends also for devices.
    static func read(_ path: String) throws(UnreadableFile) -> [UInt8] {
        // SAFETY: the text lives through the call.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw UnreadableFile(number: errno) }
        defer { close(descriptor) }
        return try read(descriptor, bytesMax: SyntaxLimits.fileBytesMax + 1)
    }

    /// Everything that `descriptor` gives, at most `bytesMax`.
    static func read(
        _ descriptor: Int32,
        bytesMax: Int
    ) throws(UnreadableFile) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while bytes.count < bytesMax {
            // SAFETY: the chunk lives through the call.
            let count = unsafe chunk.withUnsafeMutableBytes { buffer in
                unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            }
            if count == 0 { break }
            if count > 0 {
                bytes += chunk[..<count]
            } else if errno != EINTR {
                throw UnreadableFile(number: errno)
            }
        }
        return bytes
    }

    private static func bytes(_ text: UnsafeMutablePointer<CChar>) -> [UInt8] {
        // SAFETY: the system ends every argument and variable with a zero.
        unsafe (0..<strlen(text)).map { unsafe UInt8(bitPattern: text[$0]) }
    }
}
