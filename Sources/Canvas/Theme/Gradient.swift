// Scales of roles from little to much.

/// A scale of roles from little to much.
public enum Gradient: UInt8, CaseIterable, BitwiseCopyable, Hashable, Sendable {
    /// How often a latency occurred.
    case latencyHeat
    /// How full a queue is.
    case depthMeter
    /// How busy something is.
    case rateMeter
    /// How full a disk is.
    case diskMeter

    /// Steps of every gradient.
    public static let stepCount = 16

    /// The name in a theme file.
    public var name: String {
        switch self {
        case .latencyHeat: "latency.heat"
        case .depthMeter: "depth.meter"
        case .rateMeter: "rate.meter"
        case .diskMeter: "disk.meter"
        }
    }

    /// The role of `step`; steps outside 0..<16 are brought into it.
    public func role(step: Int) -> StyleRole {
        let kept = min(max(step, 0), Gradient.stepCount - 1)
        let first = Int(StyleRole.heat0.rawValue) + Int(rawValue) * Gradient.stepCount
        return StyleRole(rawValue: UInt8(first + kept)) ?? .text
    }

    /// The role of the fraction `share` of the scale; not-a-number counts as 0.
    public func role(share: Double) -> StyleRole {
        guard share > 0 else { return role(step: 0) }
        let steps = Double(Gradient.stepCount)
        return role(step: share >= 1 ? Gradient.stepCount - 1 : Int(share * steps))
    }
}
