// Names become indices: who is in which account, and what accounts share.

import Base

extension ConfigurationDraft {
    /// Makes the configuration whole; what does not fit together goes into the report.
    mutating func resolve(_ report: inout KeyReport) {
        if logsUniversalTime { configuration.logging.clock = .universal }
        if !logsTime { configuration.logging.clock = .none }
        configuration.tls?.allowsPlainClients = allowsPlainClients
        var access = Access()
        let names = resolveAccounts(into: &access, &report)
        resolveSystemAccount(names, in: &access, &report)
        resolveStreams(in: &access)
        resolveUsers(names, into: &access, &report)
        resolveAnonymousUser(in: &access, &report)
        resolveSharing(names, in: &access, &report)
        if let timeout = authorization?.timeoutNanoseconds, timeout > 0 {
            access.timeoutNanoseconds = timeout
        } else if let tls = configuration.tls {
            access.timeoutNanoseconds = tls.timeoutNanoseconds + nanosecondsPerSecond
        }
        configuration.access = access
    }

    private func resolveAccounts(
        into access: inout Access,
        _ report: inout KeyReport
    ) -> [[UInt8]: Int] {
        var global = Account(name: Array("$G".utf8))
        global.mappings = mappings
        access.accounts = [global]
        var names: [[UInt8]: Int] = [:]
        for draft in accounts {
            if draft.account.name == global.name {
                report.refuse(draft.place, .reservedAccount)
            } else if names[draft.account.name] != nil {
                report.refuse(draft.place, .definedBefore)
            } else {
                names[draft.account.name] = access.accounts.count
                access.accounts.append(draft.account)
            }
        }
        return names
    }

    private func resolveSystemAccount(
        _ names: [[UInt8]: Int],
        in access: inout Access,
        _ report: inout KeyReport
    ) {
        access.systemAccount = nil
        if let named = systemAccount, case .string(let name) = named.node.value {
            if !hasSystemAccount { report.refuse(named, .conflict(with: "no_system_account")) }
            access.systemAccount = names[name]
            if names[name] == nil, name != Array("$SYS".utf8) {
                report.refuse(named, .unknownAccount)
            }
        }
        guard access.systemAccount == nil, hasSystemAccount else { return }
        if let index = names[Array("$SYS".utf8)] {
            access.systemAccount = index
        } else {
            access.systemAccount = access.accounts.count
            access.accounts.append(Account(name: Array("$SYS".utf8)))
        }
    }

    /// The global account has streams when there is no other account to ask.
    private func resolveStreams(in access: inout Access) {
        let hasOthers = access.accounts.indices.contains { $0 != 0 && $0 != access.systemAccount }
        if !hasOthers { access.accounts[0].jetStream = AccountStreamLimits() }
    }

    private func resolveUsers(
        _ names: [[UInt8]: Int],
        into access: inout Access,
        _ report: inout KeyReport
    ) {
        var known: Set<[UInt8]> = []
        func add(
            _ drafts: [UserDraft],
            _ permissions: Permissions?,
            _ account: Int,
            _ access: inout Access,
            _ report: inout KeyReport
        ) {
            for draft in drafts {
                let name = draft.nkey ?? draft.name ?? []
                guard known.insert(name).inserted else {
                    report.refuse(KeyValue(key: name, node: draft.place.node), .definedBefore)
                    continue
                }
                let proof = draft.nkey == nil ? User.Proof.password(draft.password ?? []) : .nkey
                var user = User(name: name, proof: proof, account: account)
                user.permissions = draft.permissions ?? permissions
                user.connectionKinds = draft.connectionKinds
                access.users.append(user)
            }
        }
        if let authorization {
            access.token = authorization.token
            if authorization.user != nil || authorization.password != nil {
                let proof = User.Proof.password(authorization.password ?? [])
                access.users.append(User(name: authorization.user ?? [], proof: proof, account: 0))
            }
            add(authorization.users ?? [], authorization.permissions, 0, &access, &report)
        }
        let isSingle = authorization?.token != nil || authorization?.user != nil
        for draft in accounts {
            guard let index = names[draft.account.name] else { continue }
            if isSingle, !draft.users.isEmpty {
                report.refuse(draft.place, .conflict(with: "authorization"))
            }
            add(draft.users, draft.permissions, index, &access, &report)
        }
    }

    private func resolveAnonymousUser(in access: inout Access, _ report: inout KeyReport) {
        guard let anonymousUser, case .string(let name) = anonymousUser.node.value, !name.isEmpty
        else { return }
        guard let index = access.users.firstIndex(where: { $0.name == name }) else {
            report.refuse(anonymousUser, .needs("users"))
            return
        }
        access.anonymousUser = index
    }
}
