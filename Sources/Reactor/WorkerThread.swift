// A thread with a name and one body.

import CLinux
import Glibc

/// A running thread.
public final class WorkerThread: Sendable {
    private let thread: pthread_t

    /// Starts a thread called `name` (at most 15 bytes) that runs `body` and ends with it.
    /// - Throws: `SystemError` when the system starts no more threads.
    public init(name: String, body: @escaping @Sendable () -> Void) throws(SystemError) {
        let start = ThreadStart(name: name, body: body)
        var handle = pthread_t()
        let argument = unsafe Unmanaged.passRetained(start).toOpaque()
        // SAFETY: the thread takes over the reference that was retained for it.
        let result = unsafe pthread_create(
            &handle,
            nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                let start = unsafe Unmanaged<ThreadStart>.fromOpaque(argument).takeRetainedValue()
                unsafe start.name.withCString { unsafe clinux_name_thread($0) }
                start.body()
                return nil
            },
            argument
        )
        thread = handle
        guard result == 0 else {
            unsafe Unmanaged<ThreadStart>.fromOpaque(argument).release()
            throw SystemError("pthread_create", number: result)
        }
    }

    /// Waits for the body to end; to be called once.
    public func join() {
        _ = pthread_join(thread, nil)
    }
}

private final class ThreadStart: Sendable {
    let name: String
    let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) {
        self.name = name
        self.body = body
    }
}
