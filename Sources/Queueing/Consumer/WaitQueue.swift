// Pull requests that wait for messages.

import Base

/// A pull request that waits.
struct WaitingRequest: Slot {
    /// While free: the next free place; while used: the next in the queue.
    var nextFree: UInt32 = noIndex
    /// Where its reply subject lies.
    let reply: ByteSlice
    /// Where the id of its pinned client lies.
    let pinId: ByteSlice
    /// How many messages it still wants.
    var batch: Int64
    /// How many bytes it still takes; 0 for any number.
    var bytesLeft: Int64
    /// How many messages it got.
    var delivered: UInt32 = 0
    /// When its time is over; `distantFuture` for never.
    let expires: Instant
    /// How often something is sent at least, in nanoseconds; 0 for never.
    let heartbeat: UInt64
    /// When a heartbeat is due; `distantFuture` for never.
    var nextHeartbeat: Instant
    let minPending: UInt64
    let minAckPending: UInt64
    let priority: UInt8
    let isNoWait: Bool
    let hasExpiry: Bool
}

/// Pull requests in the order they are served.
struct WaitQueue: ~Copyable {
    private var requests = SlotTable<WaitingRequest>(capacity: 1)
    private var bytes = ByteArena(byteCountMax: 1 << 24)
    private(set) var first = noIndex
    private var last = noIndex

    /// How many requests wait.
    var count: Int { requests.used }

    /// How many messages they want.
    var wanted: UInt64 {
        var sum: UInt64 = 0
        var at = first
        while at != noIndex {
            let (more, overflow) = sum.addingReportingOverflow(UInt64(max(0, requests[at].batch)))
            sum = overflow ? .max : more
            at = requests[at].nextFree
        }
        return sum
    }

    subscript(index: UInt32) -> WaitingRequest {
        @inline(__always)
        get { requests[index] }
        @inline(__always)
        set { requests[index] = newValue }
    }

    /// The reply subject of a request, or the id of its pinned client.
    @_lifetime(borrow self)
    func bytes(_ slice: ByteSlice) -> RawSpan { bytes.bytes(of: slice) }

    /// Puts a request at the end, or behind those with the same priority.
    ///
    /// - Returns: its index; `noIndex` if there is no room for its bytes.
    mutating func insert(
        _ request: PullRequest,
        text: RawSpan,
        reply: RawSpan,
        at now: Instant,
        isPrioritized: Bool
    ) -> UInt32 {
        guard let place = bytes.store(reply) else { return noIndex }
        guard let pin = bytes.store(text.part(request.pinId)) else {
            bytes.free(place)
            return noIndex
        }
        let hasExpiry = request.expires > 0
        let beat = UInt64(max(0, request.heartbeat))
        let entry = WaitingRequest(
            reply: place,
            pinId: pin,
            batch: request.batch,
            bytesLeft: max(0, request.bytesMax),
            expires: hasExpiry
                ? now.adding(nanoseconds: UInt64(request.expires)) : .distantFuture,
            heartbeat: beat,
            nextHeartbeat: beat > 0 ? now.adding(nanoseconds: beat) : .distantFuture,
            minPending: UInt64(max(0, request.minPending)),
            minAckPending: UInt64(max(0, request.minAckPending)),
            priority: UInt8(truncatingIfNeeded: request.priority),
            isNoWait: request.isNoWait,
            hasExpiry: hasExpiry
        )
        let index = requests.insert(entry)
        link(index, isPrioritized: isPrioritized)
        return index
    }

    /// Moves a request to the end of those with its priority.
    mutating func requeue(_ index: UInt32, after previous: UInt32, isPrioritized: Bool) {
        unlink(index, after: previous)
        link(index, isPrioritized: isPrioritized)
    }

    /// Takes a request away; `previous` is the one before it.
    mutating func remove(_ index: UInt32, after previous: UInt32) {
        unlink(index, after: previous)
        bytes.free(requests[index].reply)
        bytes.free(requests[index].pinId)
        requests.remove(index)
    }

    private mutating func link(_ index: UInt32, isPrioritized: Bool) {
        var previous = last
        if isPrioritized {
            previous = noIndex
            var at = first
            while at != noIndex, requests[at].priority <= requests[index].priority {
                previous = at
                at = requests[at].nextFree
            }
        }
        let next = previous == noIndex ? first : requests[previous].nextFree
        requests[index].nextFree = next
        if previous == noIndex { first = index } else { requests[previous].nextFree = index }
        if next == noIndex { last = index }
    }

    private mutating func unlink(_ index: UInt32, after previous: UInt32) {
        let next = requests[index].nextFree
        if previous == noIndex { first = next } else { requests[previous].nextFree = next }
        if last == index { last = previous }
    }
}
