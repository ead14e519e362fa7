// The word somebody probably meant.

/// Finds what was meant by a mistyped word.
public enum NearestWord {
    /// The one of `words` that is nearest to `word`, unless none is near.
    ///
    /// Near is one mistake in words up to five letters, and one more for every further three: a
    /// letter too many, too few, another one, or two exchanged.
    public static func of(_ word: [UInt8], in words: [String]) -> String? {
        guard word.count <= 64 else { return nil }
        var best: (word: String, distance: Int)?
        let most = max(1, (word.count + 1) / 3)
        for candidate in words where abs(candidate.utf8.count - word.count) <= most {
            let distance = distance(word.lowercased, Array(candidate.utf8).lowercased)
            guard distance <= most, distance < best?.distance ?? .max else { continue }
            best = (candidate, distance)
        }
        return best?.word
    }

    /// How many letters have to be added, dropped, replaced or exchanged.
    static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var before: [Int] = []
        var previous = Array(0...right.count)
        for (row, letter) in left.enumerated() {
            var current = [row + 1]
            for (column, other) in right.enumerated() {
                let isSame = letter == other
                var cost = min(previous[column + 1] + 1, current[column] + 1)
                cost = min(cost, previous[column] + (isSame ? 0 : 1))
                if row > 0, column > 0, letter == right[column - 1], left[row - 1] == other {
                    cost = min(cost, before[column - 1] + 1)
                }
                current.append(cost)
            }
            (before, previous) = (previous, current)
        }
        return previous[right.count]
    }
}
