// Requests that ask about streams: names, lists, one with everything.

import Base
import JetStreamApi
import Queueing
import Routing

extension Shard {
    mutating func streamNames(_ request: ApiRequest) throws(QueueingError) -> [UInt8]? {
        let asked = try PageRequest(request.body, isStrict: host.settings.isStrict)
        let names = matching(asked, request.account).map { host.streams[$0].name }
        let offset = min(asked.offset, names.count)
        return ApiResponse.streamNames(
            Array(names.dropFirst(offset).prefix(Page.namesMax)),
            Page(total: names.count, offset: offset, limit: Page.namesMax)
        )
    }

    mutating func streamList(_ request: ApiRequest) throws(QueueingError) -> [UInt8]? {
        let asked = try PageRequest(request.body, isStrict: host.settings.isStrict)
        let streams = matching(asked, request.account)
        let offset = min(asked.offset, streams.count)
        var reports: [StreamReport] = []
        for index in streams.dropFirst(offset).prefix(Page.entriesMax) {
            reports.append(streamReport(index))
        }
        return ApiResponse.streamList(
            reports,
            Page(total: streams.count, offset: offset, limit: Page.entriesMax)
        )
    }

    private mutating func matching(_ page: PageRequest, _ account: UInt32) -> [UInt32] {
        var found: [UInt32] = []
        for index in host.streams(of: account) {
            let subjects = host.streams[index].stream.state.configuration.subjects
            let isWanted =
                page.subject.isEmpty
                || subjects.contains { SubjectSyntax.overlap($0.raw, page.subject.raw) }
            if isWanted { found.append(index) }
        }
        return found
    }

    mutating func streamInfo(
        _ name: [UInt8],
        _ request: ApiRequest
    ) throws(QueueingError) -> [UInt8]? {
        let asked = try StreamInfoRequest(request.body, isStrict: host.settings.isStrict)
        let index = try stream(name, request)
        var report = streamReport(index)
        report.leader = host.settings.leader
        if asked.wantsDeleted {
            report.state.deleted = host.streams[index].stream.state.deletedSequences(most: .max)
        }
        var page = Page(total: 0, offset: 0, limit: 0)
        if !asked.subjectsFilter.isEmpty {
            let counts = host.streams[index].stream.state.subjectCounts(
                matching: asked.subjectsFilter.raw
            )
            let offset = min(asked.offset, counts.count)
            page = Page(total: counts.count, offset: offset, limit: Page.subjectsMax)
            report.state.subjects = Array(counts.dropFirst(offset).prefix(Page.subjectsMax))
        }
        return ApiResponse.streamInfo(report, page)
    }
}
