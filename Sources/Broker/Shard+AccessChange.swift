// Other users, other permissions, while clients are connected.

import Base
import Configuration
import Identity
import Reactor
import Routing
import Wire

extension Shard {
    /// Applies the access of `settings` to everybody who is connected.
    ///
    /// A client whose user is gone, proves itself in another way now, or has moved to another
    /// account is refused; the others keep their subscriptions under their new permissions.
    mutating func changeAccess(_ settings: ShardSettings) {
        let old = self.settings.access
        changeAccounts(settings.access)
        admissions = Admissions(settings.authenticator, seed: settings.seed)
        let isOpen = settings.authenticator?.isRequired != true
        for index in 0..<UInt32(connections.limit) where connections[index].descriptor >= 0 {
            let flags = connections[index].flags
            guard flags.contains(.isConnected), !flags.contains(.isClosing) else { continue }
            let name = details[Int(index)]?.user ?? []
            if name.isEmpty, isOpen { continue }
            guard let user = Self.sameUser(name, old, settings.access),
                settings.access.users[user].account == Int(connections[index].account)
            else {
                refuse(index, .authorizationViolation)
                continue
            }
            setPermissions(index, settings.authenticator?.permissionSet(of: user))
        }
    }

    /// Sets what the connection is held to.
    mutating func setPermissions(_ index: UInt32, _ set: UInt32?) {
        connections[index].permissionSet = set ?? noIndex
        if set == nil {
            connections[index].flags.remove(.hasPermissions)
        } else {
            connections[index].flags.insert(.hasPermissions)
        }
    }

    /// Gives each account of `access` its space; one with the same name keeps it.
    ///
    /// Connections keep their account's place: accounts stay where they were, new ones follow, and
    /// those that are gone keep an empty place.
    private mutating func changeAccounts(_ access: Access) {
        for (index, account) in access.accounts.enumerated() {
            let isKept = index < accounts.count && accounts[index].name == account.name
            if isKept {
                accounts[index].limits = account.limits
                accounts[index].streamLimits = account.jetStream
            } else if index < accounts.count {
                endAll(in: index)
                accounts[index] = AccountSpace(account, root: interests.addAccount())
            } else {
                accounts.append(AccountSpace(account, root: interests.addAccount()))
            }
            accounts[index].isSystem = access.systemAccount == index
            if !isKept, settings.hasStreams { serveStreams(in: accounts[index]) }
        }
    }

    private mutating func endAll(in account: Int) {
        for index in 0..<UInt32(connections.limit)
        where connections[index].descriptor >= 0 && Int(connections[index].account) == account {
            if connections[index].flags.contains(.isConnected) {
                end(index, .authenticationFailure)
            }
        }
    }

    private static func sameUser(_ name: [UInt8], _ old: Access, _ new: Access) -> Int? {
        guard let former = old.users.first(where: { $0.name == name }) else { return nil }
        return new.users.firstIndex { $0.name == name && $0.proof == former.proof }
    }
}
