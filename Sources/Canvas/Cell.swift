// One cell of the screen.

/// One cell: a character and what it means.
public struct Cell: BitwiseCopyable, Equatable, Hashable, Sendable {
    /// How the character lies on the grid.
    public enum Shape: UInt8, BitwiseCopyable, Hashable, Sendable {
        /// It fills this cell.
        case narrow
        /// It fills this cell and the next one.
        case wide
        /// The cell is the second half of the wide character before it.
        case continuation
    }

    /// The character; a space in a continuation.
    public let scalar: Unicode.Scalar
    /// The first mark that joins the character; U+0000 is none.
    public internal(set) var firstMark: Unicode.Scalar
    /// The second mark that joins the character; U+0000 is none.
    public internal(set) var secondMark: Unicode.Scalar
    /// What the character means.
    public var role: StyleRole
    /// What the area means that the character lies on.
    public var ground: StyleRole
    /// How the character lies on the grid.
    public let shape: Shape
    /// Always 0: with it a cell has no padding, so that rows can be compared as bytes.
    private let filler: UInt8 = 0

    init(_ scalar: Unicode.Scalar, shape: Shape, role: StyleRole, ground: StyleRole) {
        self.scalar = scalar
        self.shape = shape
        self.role = role
        self.ground = ground
        firstMark = "\0"
        secondMark = "\0"
    }

    /// A cell with nothing in it.
    public static let blank = Cell.space(role: .text, ground: .text)

    static func space(role: StyleRole, ground: StyleRole) -> Cell {
        Cell(" ", shape: .narrow, role: role, ground: ground)
    }

    /// Adds a mark if there is room for one.
    mutating func join(_ mark: Unicode.Scalar) {
        if firstMark == "\0" { firstMark = mark } else if secondMark == "\0" { secondMark = mark }
    }
}
