// Copies a store, also while a server writes it, and puts a copy into service.

public import Sealing

/// Backup and restoration.
public enum StoreCopy {
    /// How far ahead of the copy a restored stream gives out its next sequence: what the store went
    /// on to give out after the copy was made is not given out again.
    public static var sequenceJump: UInt64 { 1 << 20 }

    /// How often a copy is begun again because keys were destroyed meanwhile, or files that could
    /// not all be held open were rewritten.
    private static var attemptsMax: Int { 20 }
    private static var pieceBytes: Int { 1 << 20 }

    /// Copies the store on `source`, which a server may have open, to the empty disk `target`, and
    /// checks every byte of the copy.
    ///
    /// What was acknowledged before the call is in the copy. The file STORE comes last: a copy that
    /// was cut off is none. Keys are copied as they lie there, wrapped; what unwraps them is not.
    /// - Returns: what the check of the copy found; findings mean that the source has them too.
    /// - Throws: `notEmpty` if there is something on `target`; whatever keeps the copy from being
    ///   made.
    public static func backUp(
        _ source: any Disk,
        to target: any Disk,
        _ secret: borrowing SlotSecret
    ) throws(JournalError) -> StoreReport {
        try requireEmpty(target)
        var last = attempt(source, target, secret)
        for _ in 1..<attemptsMax where canBeBetter(last) {
            do throws(DiskError) {
                try clear(target)
            } catch {
                throw .disk(error)
            }
            let before = last
            last = attempt(source, target, secret)
            // What is found again lies in the source.
            if isSame(before, last) { break }
        }
        return try last.get()
    }

    /// Whether another attempt may have another outcome, because the source is written meanwhile.
    private static func canBeBetter(_ outcome: Result<StoreReport, JournalError>) -> Bool {
        switch outcome {
        case .success(let report): !report.isIntact
        case .failure(.disk(let error)): error.number == noSuchFile
        case .failure(let error): error != .sealing(.slotNotOpened)
        }
    }

    private static func isSame(
        _ one: Result<StoreReport, JournalError>,
        _ other: Result<StoreReport, JournalError>
    ) -> Bool {
        switch (one, other) {
        case (.success(let one), .success(let other)): one.findings == other.findings
        case (.failure(let one), .failure(let other)): one == other
        default: false
        }
    }

    private static func attempt(
        _ source: any Disk,
        _ target: any Disk,
        _ secret: borrowing SlotSecret
    ) -> Result<StoreReport, JournalError> {
        do throws(JournalError) {
            do throws(DiskError) {
                try copy(source, to: target)
            } catch {
                throw .disk(error)
            }
            return .success(try StoreCheck.run(target, secret))
        } catch {
            return .failure(error)
        }
    }

    /// Makes the store on the empty disk `target` out of the copy on `source`, ready to be served
    /// in place of the one the copy was made of.
    /// - Returns: what the check of the copy found; with findings the messages named are lost.
    /// - Throws: as `backUp`.
    public static func restore(
        _ source: any Disk,
        to target: any Disk,
        _ secret: borrowing SlotSecret,
        _ options: StoreOptions
    ) throws(JournalError) -> StoreReport {
        let report = try backUp(source, to: target, secret)
        var options = options
        options.sequenceJump = sequenceJump
        let journal = try Journal.open(target, options, secret, wake: {})
        var client = journal.makeClient()
        _ = client.stop()
        client.flush()
        while journal.step(at: options.now) {
            while client.next() != nil {}
        }
        return report
    }

    private static func requireEmpty(_ target: any Disk) throws(JournalError) {
        let names: [String]
        do throws(DiskError) {
            names = try target.list("")
        } catch {
            throw .disk(error)
        }
        guard names.isEmpty else { throw .notEmpty }
    }

    /// The order is what makes a copy of a living store whole: what says how far things are is read
    /// before the things, and what opens them after.
    ///
    /// Segments are opened before the catalog that names them is read, and again after it: one that
    /// is rewritten and removed meanwhile can still be read.
    private static func copy(_ source: any Disk, to target: any Disk) throws(DiskError) {
        var held = HeldSegments(source)
        try held.gather()
        let store = try source.readAll(StoreFile.name, byteCountMax: pieceBytes)
        try copyIfThere(Watermarks.name, source, target)
        let root = try source.list("").filter { !$0.hasSuffix(".tmp") }
        for name in root where name.hasPrefix("catalog-") {
            try copyIfThere(name, source, target)
        }
        try held.gather()
        try copy(held, source, to: target)
        let done = [StoreFile.name, Watermarks.name, Ballast.name, "s"]
        for name in root where !done.contains(name) && !name.hasPrefix("catalog-") {
            try copyIfThere(name, source, target)
        }
        try target.syncDirectory("")
        try target.replace(StoreFile.name, in: "", with: store.bytes)
    }

    private static func copy(
        _ held: borrowing HeldSegments,
        _ source: any Disk,
        to target: any Disk
    ) throws(DiskError) {
        try target.makeDirectory("s")
        for directory in held.directories { try target.makeDirectory(directory) }
        for segment in held.segments {
            if let file = segment.file {
                try copy(file, source, to: segment.path, target)
            } else {
                try copyIfThere(segment.path, source, target)
            }
        }
        for directory in held.directories { try target.syncDirectory(directory) }
        try target.syncDirectory("s")
    }

    /// Copies a file; one that was removed meanwhile is left out, and missed by the check if it
    /// mattered.
    private static func copyIfThere(
        _ path: String,
        _ source: any Disk,
        _ target: any Disk
    ) throws(DiskError) {
        let from: DiskFile
        do throws(DiskError) {
            from = try source.open(path, .read)
        } catch {
            guard error.number == noSuchFile else { throw error }
            return
        }
        defer { source.close(from) }
        try copy(from, source, to: path, target)
    }

    private static func copy(
        _ from: DiskFile,
        _ source: any Disk,
        to path: String,
        _ target: any Disk
    ) throws(DiskError) {
        let to = try target.open(path, .create)
        defer { target.close(to) }
        var offset: UInt64 = 0
        while true {
            let piece = try source.readBytes(from, at: offset, count: pieceBytes)
            if piece.count == 0 { break }
            try target.write(to, at: offset, piece.bytes)
            offset += UInt64(piece.count)
        }
        try target.sync(to)
    }

    private static func clear(_ target: any Disk) throws(DiskError) {
        for stream in try target.listIfThere("s") {
            for file in try target.list("s/\(stream)") {
                try target.remove("s/\(stream)/\(file)")
            }
            try target.removeDirectory("s/\(stream)")
        }
        for name in try target.list("") {
            if name == "s" { try target.removeDirectory(name) } else { try target.remove(name) }
        }
    }
}
