// The characters of a frame around something.

/// The characters of one kind of frame.
public struct BorderGlyphs: Equatable, Sendable {
    /// The line on top and at the bottom.
    public let horizontal: Unicode.Scalar
    /// The line at the sides.
    public let vertical: Unicode.Scalar
    /// The corners.
    public let topLeft, topRight, bottomLeft, bottomRight: Unicode.Scalar

    /// A frame of the six characters `-|` and the corners, in reading order.
    init(_ six: String) {
        let scalars = Array(six.unicodeScalars)
        precondition(scalars.count == 6, "a frame has six characters")
        horizontal = scalars[0]
        vertical = scalars[1]
        topLeft = scalars[2]
        topRight = scalars[3]
        bottomLeft = scalars[4]
        bottomRight = scalars[5]
    }
}

/// How heavy a frame is.
public enum BorderWeight: CaseIterable, BitwiseCopyable, Hashable, Sendable {
    /// A pane.
    case light
    /// The pane that has the keyboard.
    case heavy
    /// A dialog.
    case double
}
