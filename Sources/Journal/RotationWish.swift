// What an operator chose for a rotation, as the catalog keeps it through a restart.
// Layout: sluice-journal(5), RECORDS, Catalog.

import Base
import Sealing

/// A rotation that goes on, and how.
struct RotationWish: Equatable {
    /// Whose keys, by what does not change with the next start.
    enum Scope: Equatable {
        case all
        /// One stream; the catalog is `none`.
        case stream(UniqueId)
    }

    let number: UInt64
    let scope: Scope
    var startedAt: Instant
    var destroysOld: Bool
    var isHeld: Bool
    var isUrgent: Bool
    /// 0 for no limit.
    var bytesPerSecondMax: UInt64
    var author: [UInt8]
    var about: [UInt8]

    /// Most bytes of a name that are kept.
    static var nameBytesMax: Int { 1_024 }
    /// Most bytes of a record.
    static var byteCountMax: Int { 2 * nameBytesMax + 64 }

    private enum Flag {
        static var ofAll: UInt8 { 1 }
        static var destroysOld: UInt8 { 2 }
        static var isHeld: UInt8 { 4 }
        static var isUrgent: UInt8 { 8 }
    }

    func append(to buffer: inout RecordBuffer) {
        var flags: UInt8 = 0
        var id = UniqueId.none
        switch scope {
        case .all: flags |= Flag.ofAll
        case .stream(let stream): id = stream
        }
        if destroysOld { flags |= Flag.destroysOld }
        if isHeld { flags |= Flag.isHeld }
        if isUrgent { flags |= Flag.isUrgent }
        buffer.appendVarint(number)
        buffer.append(flags)
        buffer.append(id)
        buffer.appendVarint(startedAt.nanoseconds)
        buffer.appendVarint(bytesPerSecondMax)
        for name in [author, about] {
            let kept = Array(name.prefix(Self.nameBytesMax))
            buffer.appendVarint(UInt64(kept.count))
            buffer.append(kept)
        }
    }

    /// Reads what `append` wrote; `nil` if it breaks the format.
    static func read(_ bytes: RawSpan, _ cursor: inout ByteCursor) -> RotationWish? {
        guard let number = cursor.varint(bytes), let flags = cursor.byte(bytes), flags < 16,
            let id = cursor.uniqueId(bytes), let started = cursor.varint(bytes),
            let most = cursor.varint(bytes), let author = cursor.counted(bytes),
            let about = cursor.counted(bytes)
        else { return nil }
        return RotationWish(
            number: number,
            scope: flags & Flag.ofAll != 0 ? .all : .stream(id),
            startedAt: Instant(nanoseconds: started),
            destroysOld: flags & Flag.destroysOld != 0,
            isHeld: flags & Flag.isHeld != 0,
            isUrgent: flags & Flag.isUrgent != 0,
            bytesPerSecondMax: most,
            author: author.map { bytes.number(UInt8.self, at: $0) },
            about: about.map { bytes.number(UInt8.self, at: $0) }
        )
    }
}

extension CommitLoop {
    /// Makes sure that what is chosen for a rotation can be noted.
    mutating func secureWish() throws(KeyRefusal) {
        do throws(JournalError) {
            try secureCatalog(RotationWish.byteCountMax)
        } catch {
            _ = refusal(for: error)
            throw KeyRefusal(error)
        }
    }

    /// Notes what was chosen for the job at `index`; durable before this round's answers are given.
    mutating func noteWish(_ index: Int) throws(KeyRefusal) {
        let job = keyWork.jobs[index]
        let scope: RotationWish.Scope
        switch job.progress.target {
        case .all: scope = .all
        case .catalog: scope = .stream(.none)
        case .stream(let index):
            guard let stream = stream(index) else { return }
            scope = .stream(stream.id)
        }
        try secureWish()
        catalog.append(
            .rotationPut(
                RotationWish(
                    number: job.progress.number,
                    scope: scope,
                    startedAt: job.progress.startedAt,
                    destroysOld: job.destroysOld,
                    isHeld: job.progress.isHeld,
                    isUrgent: job.isUrgent,
                    bytesPerSecondMax: job.progress.bytesPerSecondMax,
                    author: job.progress.author,
                    about: job.about
                )
            )
        )
    }

    /// Notes that the job at `index` is over.
    ///
    /// Where there is no room for that the next start finds nothing left to do for it.
    mutating func forgetWish(_ index: Int) {
        let number = keyWork.jobs[index].progress.number
        guard catalog.state.rotations[number] != nil, (try? secureCatalog(0)) != nil else {
            return
        }
        catalog.append(.rotationGone(number))
    }
}
