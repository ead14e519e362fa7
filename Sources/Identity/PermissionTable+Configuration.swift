// From configured permissions to compiled ones.

import Base
import Configuration
import Routing

extension PermissionTable {
    /// Adds the rules of `permissions`, which are well-formed, to `set`.
    /// - Returns: `false` when there is no memory.
    mutating func add(_ permissions: Permissions, to set: UInt32) -> Bool {
        var isKept = add(permissions.publish, .publish, to: set)
        isKept = add(permissions.subscribe, .subscribe, to: set) && isKept
        guard let responses = permissions.responses else { return isKept }
        // Whoever may answer may publish nothing else unless a rule says so.
        if permissions.publish.allow == nil { restrict(set, .publish) }
        let repliesMax = responses.messagesMax.map { UInt32(clamping: $0) } ?? .max
        let nanoseconds = responses.expiryNanoseconds ?? .max
        allowResponses(set, ResponseLimits(repliesMax: repliesMax, nanoseconds: nanoseconds))
        return isKept
    }

    private mutating func add(
        _ rules: SubjectRules,
        _ side: PermissionSide,
        to set: UInt32
    ) -> Bool {
        var isKept = true
        if rules.allow != nil { restrict(set, side) }
        for rule in rules.allow ?? [] {
            let queue = rule.queue ?? []
            isKept = allow(set, side, filter: rule.subject.raw, queue: queue.raw) && isKept
        }
        for rule in rules.deny {
            let queue = rule.queue ?? []
            isKept = deny(set, side, filter: rule.subject.raw, queue: queue.raw) && isKept
        }
        return isKept
    }
}

extension Permissions {
    /// Whether every rule can be compiled.
    var isWellFormed: Bool {
        let publishing = (publish.allow ?? []) + publish.deny
        let subscribing = (subscribe.allow ?? []) + subscribe.deny
        return publishing.allSatisfy { $0.queue == nil }
            && (publishing + subscribing).allSatisfy {
                SubjectSyntax.isValidFilter($0.subject.raw)
            }
    }
}
