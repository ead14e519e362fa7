// Exports first, then imports, which are checked against them.

import Routing

extension ConfigurationDraft {
    /// Resolves what the accounts share.
    func resolveSharing(
        _ names: [[UInt8]: Int],
        in access: inout Access,
        _ report: inout KeyReport
    ) {
        for draft in accounts {
            guard let index = names[draft.account.name] else { continue }
            for export in draft.exports {
                report.collect { report throws(ConfigurationError) in
                    access.accounts[index].exports.append(try resolve(export, names))
                }
            }
        }
        for draft in accounts {
            guard let index = names[draft.account.name] else { continue }
            for item in draft.imports {
                report.collect { report throws(ConfigurationError) in
                    let found = try resolve(item, for: index, names, access.accounts)
                    access.accounts[index].imports.append(found)
                }
            }
        }
    }

    private func resolve(
        _ draft: ExportDraft,
        _ names: [[UInt8]: Int]
    ) throws(ConfigurationError) -> AccountExport {
        var export: AccountExport
        if let subject = draft.service {
            export = AccountExport(subject: subject, kind: .service(draft.response))
        } else {
            export = AccountExport(subject: draft.stream ?? [], kind: .stream)
        }
        if let time = draft.responseNanoseconds { export.responseNanoseconds = time }
        guard let accounts = draft.accounts else { return export }
        var indices: [Int] = []
        for name in accounts {
            guard let index = names[name] else {
                throw KeyValue(key: name, node: draft.place.node).refusal(.unknownAccount)
            }
            indices.append(index)
        }
        export.accounts = indices
        return export
    }

    private func resolve(
        _ draft: ImportDraft,
        for importer: Int,
        _ names: [[UInt8]: Int],
        _ accounts: [Account]
    ) throws(ConfigurationError) -> AccountImport {
        let isService = draft.service != nil
        guard let source = draft.service ?? draft.stream else {
            throw draft.place.refusal(.needs("stream"))
        }
        guard let index = names[source.account] else {
            throw KeyValue(key: source.account, node: draft.place.node).refusal(.unknownAccount)
        }
        let isExported = accounts[index].exports.contains { export in
            (export.kind == .stream) != isService
                && (export.accounts?.contains(importer) ?? true)
                && SubjectRule.covers(export.subject, source.subject)
        }
        guard isExported else {
            throw KeyValue(key: source.subject, node: draft.place.node).refusal(.notExported)
        }
        var result = AccountImport(
            kind: isService ? .service : .stream,
            account: index,
            subject: source.subject
        )
        if let prefix = draft.prefix {
            result.localSubject = prefix + [UInt8(ascii: ".")] + source.subject
        } else {
            result.localSubject = draft.localSubject ?? []
        }
        return result
    }
}

extension SubjectRule {
    /// Whether every subject that `narrow` matches is matched by `wide` too.
    static func covers(_ wide: [UInt8], _ narrow: [UInt8]) -> Bool {
        let dot = UInt8(ascii: ".")
        let left = wide.split(separator: dot, omittingEmptySubsequences: false)
        let right = narrow.split(separator: dot, omittingEmptySubsequences: false)
        for (index, token) in left.enumerated() {
            guard index < right.count else { return false }
            if token.elementsEqual([UInt8(ascii: ">")]) { return true }
            if right[index].elementsEqual([UInt8(ascii: ">")]) { return false }
            if token.elementsEqual([UInt8(ascii: "*")]) { continue }
            guard token == right[index] else { return false }
        }
        return left.count == right.count
    }
}
