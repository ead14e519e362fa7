// What a consumer's configuration means for each message, ready to be looked at.

import Base

/// The parts of a configuration that every delivery asks for.
struct ConsumerRules: BitwiseCopyable {
    let ackPolicy: AckPolicy
    let priorityPolicy: PriorityPolicy
    let replayPolicy: ReplayPolicy
    let isPush: Bool
    let isHeadersOnly: Bool
    let hasFlowControl: Bool
    /// Nanoseconds; 0 for none.
    let ackWait: UInt64
    let heartbeat: UInt64
    let inactiveThreshold: UInt64
    let priorityTimeout: UInt64
    /// `UInt32.max` for any number.
    let deliverMax: UInt32
    let ackPendingMax: Int
    let waitingMax: Int
    let bitsPerSecondMax: UInt64
    let requestBatchMax: Int64
    let requestExpiresMax: Int64
    let requestBytesMax: Int64
    let samplePercent: UInt32

    init(_ configuration: ConsumerConfiguration) {
        ackPolicy = configuration.ackPolicy
        priorityPolicy = configuration.priorityPolicy
        replayPolicy = configuration.replayPolicy
        isPush = configuration.isPush
        isHeadersOnly = configuration.flags.contains(.headersOnly)
        hasFlowControl = configuration.flags.contains(.flowControl)
        ackWait = UInt64(max(0, configuration.ackWait))
        heartbeat = UInt64(max(0, configuration.heartbeat))
        inactiveThreshold = UInt64(max(0, configuration.inactiveThreshold))
        priorityTimeout = UInt64(max(0, configuration.priorityTimeout))
        let limits = configuration.limits
        deliverMax = limits.deliverMax > 0 ? UInt32(clamping: limits.deliverMax) : .max
        ackPendingMax =
            configuration.ackPolicy != .none && limits.ackPendingMax > 0
            ? Int(clamping: limits.ackPendingMax) : .max
        waitingMax = Int(clamping: limits.waitingMax)
        bitsPerSecondMax = limits.bitsPerSecondMax
        requestBatchMax = limits.requestBatchMax
        requestExpiresMax = limits.requestExpiresMax
        requestBytesMax = limits.requestBytesMax
        samplePercent = UInt32(clamping: configuration.samplePercent ?? 0)
    }
}
