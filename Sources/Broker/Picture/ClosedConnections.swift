// The connections that ended last, for monitoring.

/// A bounded memory of closed connections; the oldest one makes room for the newest.
struct ClosedConnections {
    private var rows: [ConnectionRow] = []
    private var oldest = 0
    private let countMax: Int

    /// Subscriptions that a row keeps.
    static let subscriptionsMax = 32

    /// A memory of up to `countMax` connections.
    init(countMax: Int) {
        self.countMax = max(0, countMax)
    }

    /// How many are remembered.
    var count: Int { rows.count }

    /// Remembers `row`.
    mutating func add(_ row: ConnectionRow) {
        guard countMax > 0 else { return }
        if rows.count < countMax {
            rows.append(row)
            return
        }
        rows[oldest] = row
        oldest = (oldest + 1) % countMax
    }

    /// The newest `most` rows, oldest of them first.
    func newest(_ most: Int) -> [ConnectionRow] {
        let wanted = min(max(0, most), rows.count)
        return (rows.count - wanted..<rows.count).map { rows[(oldest + $0) % rows.count] }
    }
}
