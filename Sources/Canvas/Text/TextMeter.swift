// Widths of scalars in the order of a text.

/// Decides for each scalar of a text in turn what it does on the grid.
///
/// A mark joins only when there is a character before it that has not enough marks yet; otherwise
/// it counts as hidden.
struct TextMeter {
    private var marksLeft = 0

    mutating func width(of scalar: Unicode.Scalar) -> CellWidth {
        let width = TextWidth.width(of: scalar)
        guard width == .mark else {
            marksLeft = TextWidth.marksMax
            return width
        }
        guard marksLeft > 0 else { return .hidden }
        marksLeft -= 1
        return .mark
    }
}
