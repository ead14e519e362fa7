// Rotations that nobody asks for: a version that has done enough gives way.

import Base
import Sealing

extension CommitLoop {
    /// How often is looked whether one is due.
    static var scheduleNanoseconds: UInt64 { 60 * nanosecondsPerSecond }

    /// Begins the rotation that is due, one at a time.
    /// - Returns: whether one was begun.
    mutating func runSchedule() -> Bool {
        guard stopped == nil, now >= keyWork.nextLook else { return false }
        keyWork.nextLook = now.adding(nanoseconds: Self.scheduleNanoseconds)
        guard !keyWork.jobs.contains(where: \.isRunning) else { return false }
        let policy = keyWork.policy
        let picture = keyPicture
        var records: [DataKeyName: DataKeyRecord] = [:]
        for record in picture.ring?.dataKeys ?? [] where record.state == .active {
            records[record.name] = record
        }
        let due = picture.uses.first { use in
            guard use.stream != nil || use.name.stream == .none, let record = records[use.name]
            else { return false }
            return policy.isDue(
                created: record.created,
                bytes: use.bytes,
                messages: use.messages,
                at: wallNow
            )
        }
        guard let due else { return false }
        keyWork.desk.requests.post(
            KeyRequest(
                due.stream.map { .stream($0) } ?? .catalog,
                .rotate(destroysOld: false, bytesPerSecond: 0),
                author: Array("schedule".utf8),
                about: Array("k\(due.name.version) has done enough".utf8)
            ) { _ in }
        )
        // The next one is looked for as soon as this one is over.
        keyWork.nextLook = now.adding(nanoseconds: nanosecondsPerSecond)
        return true
    }

    /// When the first active version grows too old; `never` without a limit of age.
    var nextRotation: Instant {
        let age = keyWork.policy.ageMax
        guard age > 0 else { return .never }
        let used = Set(streams.compactMap { $0?.id }).union([.none])
        let oldest = origin.vault.ring.dataKeys.filter {
            $0.state == .active && used.contains($0.name.stream)
        }.map(\.created).min()
        return oldest.map { $0.adding(nanoseconds: age) } ?? .never
    }
}
