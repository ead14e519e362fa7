// The part of the check that is about subjects and other streams.
// Source: NATS JetStream API, StreamConfig; texts as clients know them.

import Routing

extension StreamConfiguration {
    mutating func checkMirror(_ place: StreamSurroundings) throws(QueueingError) {
        guard let mirror else { return }
        if firstSequence > 0 { throw QueueingError(10_143) }
        if !subjects.isEmpty { throw QueueingError(10_034) }
        if !sources.isEmpty { throw QueueingError(10_031) }
        if flags.contains(.allowCounter) { throw QueueingError(10_173) }
        if flags.contains(.allowAtomic) { throw QueueingError(10_198) }
        if flags.contains(.allowBatched) { throw QueueingError(10_209) }
        if flags.contains(.allowSchedules) { throw QueueingError(10_186) }
        if let consumer = mirror.consumer, !mirror.isPlain(for: consumer) {
            throw QueueingError(10_213)
        }
        if !mirror.filter.isEmpty, !mirror.transforms.isEmpty { throw QueueingError(10_150) }
        if limits.deleteMarkerTtl > 0 {
            throw .stream("subject delete markers forbidden on mirrors")
        }
        for (index, transform) in mirror.transforms.enumerated() {
            try Self.check(transform, source: 10_151, destination: 10_154)
            for other in mirror.transforms[..<index]
            where SubjectPattern.overlap(transform.source, other.source) {
                throw QueueingError(10_152)
            }
        }
        if mirror.external != nil { return try checkExternal(mirror) }
        guard Self.isName(mirror.name) else { throw QueueingError(10_142) }
        guard let origin = place.origin else { return }
        if limits.messageBytesMax > 0, origin.limits.messageBytesMax > limits.messageBytesMax {
            throw QueueingError(10_030)
        }
        let isDirect = origin.flags.contains(.allowDirect)
        if place.isPedantic, flags.contains(.mirrorDirect) != isDirect {
            throw .pedantic("origin stream has direct get set, mirror has it disabled")
        }
        if isDirect { flags.insert(.mirrorDirect) } else { flags.remove(.mirrorDirect) }
    }

    func checkSources(_ place: StreamSurroundings) throws(QueueingError) {
        if place.isCycle { throw .stream("detected cycle") }
        if limits.messageBytesMax > 0 {
            for origin in place.sourceOrigins
            where origin.limits.messageBytesMax > limits.messageBytesMax {
                throw QueueingError(10_046)
            }
        }
        if !sources.isEmpty, flags.contains(.allowSchedules) { throw QueueingError(10_187) }
        for (index, source) in sources.enumerated() {
            guard Self.isName(source.name) else { throw QueueingError(10_141) }
            if sources[..<index].contains(where: source.hasSameOrigin) {
                throw QueueingError(10_140)
            }
            if !source.filter.isEmpty, !source.transforms.isEmpty { throw QueueingError(10_144) }
            for transform in source.transforms {
                try Self.check(transform, source: 10_145, destination: 10_146)
            }
            for (outer, transform) in source.transforms.enumerated() {
                for (inner, other) in source.transforms.enumerated() where inner != outer {
                    if SubjectPattern.contains(other.source, transform.source) {
                        throw QueueingError(10_147)
                    }
                }
            }
            if let consumer = source.consumer {
                guard source.isPlain(for: consumer) else { throw QueueingError(10_215) }
                for other in sources[..<index]
                where other.name == source.name && other.consumer?.name == consumer.name {
                    throw QueueingError(10_216)
                }
            }
            if source.external != nil { try checkExternal(source) }
        }
    }

    mutating func checkSubjects() throws(QueueingError) {
        if subjects.isEmpty {
            if mirror == nil, sources.isEmpty { subjects = [name] }
            return
        }
        for (index, subject) in subjects.enumerated() {
            guard SubjectPattern.isFilter(subject) else { throw .stream("invalid subject") }
            try checkReach(of: subject)
            for other in subjects[(index + 1)...] where SubjectPattern.overlap(other, subject) {
                throw QueueingError(
                    .streamInvalidConfiguration,
                    Array("subject \"".utf8) + subject + Array("\" overlaps with \"".utf8) + other
                        + Array("\"".utf8)
                )
            }
        }
    }

    private func checkReach(of subject: [UInt8]) throws(QueueingError) {
        if subject == [UInt8(ascii: ">")] {
            if !flags.contains(.noAck) {
                throw .stream("capturing all subjects requires no-ack to be true")
            }
            if replicas != 1 { throw .stream("capturing all subjects requires replicas of 1") }
        }
        guard !flags.contains(.noAck) else { return }
        for space in ["$JS.>", "$JSC.>", "$NRG.>"]
        where SubjectPattern.overlap(subject, Array(space.utf8))
            && !SubjectPattern.contains(Array("$JS.EVENT.>".utf8), subject)
        {
            throw .stream("subjects that overlap with jetstream api require no-ack to be true")
        }
        if SubjectPattern.overlap(subject, Array("$SYS.>".utf8)),
            !SubjectPattern.contains(Array("$SYS.ACCOUNT.>".utf8), subject)
        {
            throw .stream("subjects that overlap with system api require no-ack to be true")
        }
    }

    private func checkExternal(_ source: StreamSource) throws(QueueingError) {
        guard let external = source.external else { return }
        let deliver = external.deliverPrefix
        if !deliver.isEmpty, !SubjectPattern.isLiteral(deliver) {
            throw QueueingError(10_024, deliver)
        }
        let api = external.apiPrefix
        guard !api.isEmpty else { return }
        guard SubjectPattern.isLiteral(api) else {
            throw QueueingError(
                .streamInvalidConfiguration,
                Array("stream external api prefix \"".utf8) + api
                    + Array("\" must be a valid subject without wildcards".utf8)
            )
        }
        let own = Array("$JS.API".utf8)
        if SubjectPattern.overlap(api, own) { throw QueueingError(10_021, api, own) }
    }

    private static func check(
        _ mapping: SubjectMapping,
        source: UInt16,
        destination: UInt16
    ) throws(QueueingError) {
        if !mapping.source.isEmpty, !SubjectPattern.isFilter(mapping.source) {
            throw QueueingError(source, Array("invalid subject ".utf8) + mapping.source)
        }
        guard !mapping.destination.isEmpty else { return }
        do {
            _ = try SubjectTransform(from: mapping.source, to: mapping.destination)
        } catch {
            throw QueueingError(destination, error.text)
        }
    }

    func checkTransform() throws(QueueingError) {
        guard let subjectTransform else { return }
        try Self.check(subjectTransform, source: 10_155, destination: 10_156)
    }

    mutating func checkRepublish(_ isPedantic: Bool) throws(QueueingError) {
        guard var mapping = republish?.mapping else { return }
        let all = [UInt8(ascii: ">")]
        if mapping.source.isEmpty {
            if isPedantic { throw .pedantic("republish source can not be empty") }
            mapping.source = all
        }
        if mapping.destination == all, mapping.source == all, let subjectTransform,
            subjects == [subjectTransform.source]
        {
            if isPedantic { throw .pedantic("implicit republish based on subject transform") }
            let destination = subjectTransform.destination
            mapping = SubjectMapping(source: destination, destination: destination)
        }
        republish?.mapping = mapping
        for subject in subjects where SubjectPattern.overlap(mapping.destination, subject) {
            throw .stream("stream configuration for republish destination forms a cycle")
        }
        do {
            _ = try SubjectTransform(from: mapping.source, to: mapping.destination)
        } catch {
            throw QueueingError(
                .streamInvalidConfiguration,
                Array("stream configuration for republish with transform from '".utf8)
                    + mapping.source + Array("' to '".utf8) + mapping.destination
                    + Array("' not valid".utf8)
            )
        }
    }
}

extension StreamSource {
    /// Whether nothing is said that a consumer made beforehand decides.
    func isPlain(for consumer: SourceConsumer) -> Bool {
        StreamConfiguration.isName(consumer.name)
            && SubjectPattern.isLiteral(consumer.deliverSubject)
            && startSequence == 0 && startTime == nil && filter.isEmpty
    }

    /// Whether both take the same messages from the same stream.
    func hasSameOrigin(_ other: StreamSource) -> Bool {
        name == other.name && filter == other.filter && transforms == other.transforms
            && external == other.external
    }
}
