// What a stream's configuration means for each message, ready to be looked at.

import Base

/// The parts of a configuration that every publish asks for.
struct StreamRules: BitwiseCopyable {
    let retention: Retention
    let discard: DiscardPolicy
    let storage: StorageKind
    let flags: StreamFlags
    /// Upper bounds; `UInt64.max` stands for none.
    let messagesMax: UInt64
    let bytesMax: UInt64
    let messagesPerSubjectMax: UInt64
    let messageBytesMax: UInt64
    /// Nanoseconds; 0 stands for any age.
    let ageMax: UInt64
    let duplicateWindow: UInt64
    let deleteMarkerTtl: UInt64
    let isMirror: Bool
    /// Whether a message may make others go.
    let isLimited: Bool

    init(_ configuration: StreamConfiguration) {
        retention = configuration.retention
        discard = configuration.discard
        storage = configuration.storage
        flags = configuration.flags
        func bound(_ value: Int64) -> UInt64 { value > 0 ? UInt64(value) : .max }
        messagesMax = bound(configuration.limits.messagesMax)
        bytesMax = bound(configuration.limits.bytesMax)
        messagesPerSubjectMax = bound(configuration.limits.messagesPerSubjectMax)
        messageBytesMax = bound(configuration.limits.messageBytesMax)
        ageMax = UInt64(max(0, configuration.limits.ageMax))
        duplicateWindow = UInt64(max(0, configuration.limits.duplicateWindow))
        deleteMarkerTtl = UInt64(max(0, configuration.limits.deleteMarkerTtl))
        isMirror = configuration.mirror != nil
        isLimited =
            messagesMax != .max || bytesMax != .max || messagesPerSubjectMax != .max
            || flags.contains(.allowRollup)
    }

    /// The bytes that a message is accounted with.
    func size(subject: Int, headers: Int, payload: Int) -> UInt64 {
        switch storage {
        case .memory: UInt64(subject + headers + payload + 16)
        case .file: UInt64(22 + subject + (headers > 0 ? 4 + headers : 0) + payload + 8)
        }
    }
}
