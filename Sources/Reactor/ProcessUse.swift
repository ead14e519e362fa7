// What this process is and what it uses.

import CLinux
import Glibc

/// What the process uses, and numbers of its machine.
public enum ProcessUse {
    /// The process id.
    public static var processId: Int32 { getpid() }

    /// Cores that the process may run on.
    public static var cores: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

    /// Processor time used so far, of all threads, in nanoseconds.
    public static var processorNanoseconds: UInt64 {
        var time = timespec()
        // SAFETY: the call fills the local record.
        unsafe _ = clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return UInt64(truncatingIfNeeded: time.tv_sec) &* 1_000_000_000
            &+ UInt64(truncatingIfNeeded: time.tv_nsec)
    }

    /// Resident memory in bytes; 0 if the system does not tell.
    public static var memoryBytes: UInt64 {
        guard let text = try? SmallFile.read("/proc/self/statm") else { return 0 }
        let words = text.split(separator: 0x20)
        guard words.count > 1, let pages = UInt64(String(decoding: words[1], as: UTF8.self)) else {
            return 0
        }
        return pages &* UInt64(max(0, sysconf(Int32(_SC_PAGESIZE))))
    }

    /// The largest address space the limits of the process and its control group leave it, in
    /// bytes.
    public static var physicalMemoryBytes: UInt64 {
        let pages = UInt64(max(0, sysconf(Int32(_SC_PHYS_PAGES))))
        return pages &* UInt64(max(0, sysconf(Int32(_SC_PAGESIZE))))
    }
}

/// Randomness of the system, fit for secrets.
public enum SystemRandom {
    /// `count` random bytes.
    public static func bytes(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            // SAFETY: the call writes at most the rest of the array.
            let got = unsafe bytes.withUnsafeMutableBytes { region in
                unsafe getrandom(region.baseAddress.map { unsafe $0 + done }, count - done, 0)
            }
            if got > 0 { done += got }
        }
        return bytes
    }

    /// A random number.
    public static func number() -> UInt64 {
        bytes(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
}
