// The only place where the broker reads the time.

public import Base
import CLinux
import Glibc

/// The system's clocks.
public enum SystemClock {
    /// Wall-clock time.
    public static func now() -> Instant {
        read(CLOCK_REALTIME)
    }

    /// Time that never jumps; counts from an unspecified start.
    public static func monotonic() -> Instant {
        read(CLOCK_MONOTONIC)
    }

    /// Seconds that local time is ahead of universal time at `instant`.
    public static func localOffsetSeconds(at instant: Instant) -> Int {
        var seconds = time_t(truncatingIfNeeded: instant.nanoseconds / nanosecondsPerSecond)
        var parts = unsafe tm()
        // SAFETY: the call reads the seconds and fills the local record.
        guard unsafe localtime_r(&seconds, &parts) != nil else { return 0 }
        return unsafe parts.tm_gmtoff
    }

    private static func read(_ clock: clockid_t) -> Instant {
        var time = timespec()
        // SAFETY: the call fills the value it is given.
        unsafe _ = clock_gettime(clock, &time)
        let seconds = UInt64(truncatingIfNeeded: time.tv_sec)
        return Instant(
            nanoseconds: seconds &* nanosecondsPerSecond &+ UInt64(truncatingIfNeeded: time.tv_nsec)
        )
    }
}
