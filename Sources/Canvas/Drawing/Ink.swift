// What a drawing is coloured with.

/// What a drawing is coloured with.
public enum Ink: BitwiseCopyable, Equatable, Hashable, Sendable {
    /// One role for all of it.
    case role(StyleRole)
    /// The steps of a gradient, from the low to the high end of the drawing.
    case gradient(Gradient)

    /// The role at `share` of the way from the low to the high end.
    public func role(at share: Double) -> StyleRole {
        switch self {
        case .role(let role): role
        case .gradient(let gradient): gradient.role(share: share)
        }
    }
}

/// `value` as a part of `max`, brought into 0...1; not-a-number and a scale without length give 0.
func share(of value: Double, in max: Double) -> Double {
    guard value > 0, max > 0 else { return 0 }
    return value >= max ? 1 : value / max
}
