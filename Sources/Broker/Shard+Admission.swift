// Who a client is, and what follows from it.

import Base
import Configuration
public import Identity
import Reactor
import Routing
import Wire

/// A password to be compared on another thread.
public struct AdmissionCheck: Sendable {
    /// The connection.
    public let index: UInt32
    /// Its generation, by which a late answer is noticed.
    public let generation: UInt32
    /// The comparison.
    public let check: PasswordCheck
}

/// What the shard needs to admit clients and to hold them to what they may do.
struct Admissions: ~Copyable {
    /// What users may do.
    var permissions: PermissionTable
    /// Replies that came with messages.
    var grants: ResponseGrants
    /// Who keeps failing.
    var failures = FailureLedger()

    init(_ authenticator: Authenticator?, seed: UInt64) {
        grants = ResponseGrants(seed: seed)
        permissions = PermissionTable(seed: seed)
        guard let authenticator else { return }
        do throws(IdentityError) {
            permissions = try authenticator.permissions(seed: seed)
        } catch {
            // Rules that do not fit into memory must not turn into permissions: an empty table has
            // no sets, and looking one up would trap; so every set is made and restricted to
            // nothing.
            for _ in 0..<authenticator.permissionSetCount {
                let set = permissions.addSet()
                permissions.restrict(set, .publish)
                permissions.restrict(set, .subscribe)
            }
        }
    }
}

extension Shard {
    /// Finds out who the client is and goes on from there, now or later.
    mutating func identify(_ index: UInt32, _ credentials: ConnectOptions.Credentials) {
        guard let authenticator = settings.authenticator else {
            admit(index, .anybody)
            return
        }
        let decision = authenticator.decide(
            credentials,
            challenge: details[Int(index)]?.nonce ?? [],
            certificate: details[Int(index)]?.certificate,
            over: .standard
        )
        switch decision {
        case .admitted(let admission): admit(index, admission)
        case .refused: turnAway(index)
        case .undecided(let check):
            connections[index].flags.insert([.awaitsVerdict, .mustAuthenticate])
            let generation = connections[index].generation
            tick.checks.append(AdmissionCheck(index: index, generation: generation, check: check))
        }
    }

    /// Takes the outcome of a comparison; `nil` refuses.
    mutating func decide(_ index: UInt32, _ admission: Admission?) {
        guard connections[index].flags.contains(.awaitsVerdict) else { return }
        connections[index].flags.remove(.awaitsVerdict)
        guard let admission else {
            turnAway(index)
            return
        }
        admit(index, admission)
        acknowledge(index)
    }

    /// Says `+OK` for a CONNECT that was accepted, where the client wants to hear it.
    mutating func acknowledge(_ index: UInt32) {
        let flags = connections[index].flags
        guard flags.isDisjoint(with: [.isClosing, .awaitsVerdict]) else { return }
        if flags.contains(.verbose) { send(Self.ok, to: index) }
    }

    /// Begins the session of a client that skipped CONNECT, if it may.
    /// - Returns: whether its command is to be performed.
    mutating func beginUnspoken(_ index: UInt32) -> Bool {
        identify(index, ConnectOptions.Credentials())
        let flags = connections[index].flags
        return !flags.contains(.isClosing) && !flags.contains(.awaitsVerdict)
    }

    private mutating func admit(_ index: UInt32, _ admission: Admission) {
        let account = admission.account
        if let most = accounts[account].limits.connectionsMax,
            accounts[account].connectionCount >= most
        {
            refuse(index, .tooManyAccountConnections)
            return
        }
        accounts[account].connectionCount += 1
        connections[index].account = UInt32(account)
        connections[index].root = accounts[account].root
        setPermissions(index, admission.permissionSet)
        let most = accounts[account].limits.payloadBytesMax ?? Int(Int32.max)
        connections[index].payloadBytesMax = Int32(clamping: most)
        connections[index].flags.remove(.mustAuthenticate)
        note(index, admission)
        begin(index)
    }

    private mutating func note(_ index: UInt32, _ admission: Admission) {
        guard let user = admission.user else { return }
        details[Int(index)]?.user = settings.access.users[user].name
        if let host = details[Int(index)]?.peer.host {
            admissions.failures.succeed(Array(host.utf8))
        }
    }

    /// Refuses the client, later if its address has been refused often.
    private mutating func turnAway(_ index: UInt32) {
        let host = details[Int(index)].map { Array($0.peer.host.utf8) } ?? []
        let penalty = admissions.failures.fail(host, at: tick.now)
        guard penalty.delayNanoseconds > 0 else {
            refuse(index, .authorizationViolation)
            return
        }
        connections[index].flags.insert([.awaitsVerdict, .isRefused, .mustAuthenticate])
        setDeadline(tick.now.adding(nanoseconds: penalty.delayNanoseconds), of: index)
    }

    /// Takes the connection out of its account, before it ends or introduces itself anew.
    mutating func leave(_ index: UInt32) {
        guard connections[index].flags.contains(.isConnected) else { return }
        accounts[Int(connections[index].account)].connectionCount -= 1
        admissions.grants.removeAll(of: index)
    }

    // MARK: - Permissions

    /// Whether the connection may publish to `subject`.
    @inline(never)
    mutating func mayPublish(_ index: UInt32, to subject: RawSpan) -> Bool {
        let set = connections[index].permissionSet
        return admissions.permissions.mayPublish(set, to: subject)
            || admissions.grants.use(index, subject, at: tick.now)
    }

    /// Whether the connection may subscribe to `filter` in the group `queue`.
    func maySubscribe(_ index: UInt32, to filter: RawSpan, in queue: RawSpan) -> SubscribeVerdict {
        let set = connections[index].permissionSet
        guard set != noIndex else { return .allowed }
        return admissions.permissions.maySubscribe(set, to: filter, in: queue)
    }

    /// Whether a message may be delivered to a subscription of a user with permissions.
    ///
    /// Grants the reply that comes with it, where the user may answer what it gets.
    @inline(never)
    mutating func permitDelivery(
        _ frame: MessageFrame,
        subject: RawSpan,
        tail: RawSpan,
        to subscription: UInt32,
        _ owner: UInt32
    ) -> Bool {
        let set = connections[owner].permissionSet
        if interests.subscriptions[subscription].needsDeliveryCheck {
            let queue = interests.queue(of: subscription).array
            guard
                admissions.permissions.mayDeliver(set, subject: subject, queue: queue.raw)
            else { return false }
        }
        if let limits = admissions.permissions.responses(set) {
            let reply = Self.reply(in: tail, hasHeaders: frame.hasHeaders)
            if !reply.isEmpty {
                admissions.grants.grant(limits, to: owner, reply: reply, at: tick.now)
            }
        }
        return true
    }

    /// The reply in a message's tail, which begins with a space.
    @_lifetime(copy tail)
    private static func reply(in tail: RawSpan, hasHeaders: Bool) -> RawSpan {
        var spaces = 0
        var at = 1
        var end = 0
        while at < tail.byteCount, tail.byte(at) != 0x0D {
            if tail.byte(at) == 0x20 {
                if spaces == 0 { end = at }
                spaces += 1
            }
            at += 1
        }
        return spaces == (hasHeaders ? 2 : 1) ? tail.extracting(1..<end) : RawSpan()
    }
}
