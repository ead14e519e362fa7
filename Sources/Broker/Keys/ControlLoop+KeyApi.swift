// Requests about keys by message: taken by the shard, answered here.

import Base
import Engine
import Journal
import Reactor
import Routing

extension Shard {
    /// Takes a request on a subject below `$SLUICE.API.KEYS.`; the control thread answers it.
    /// - Returns: whether it is one.
    mutating func takeKeyRequest(
        _ subject: RawSpan,
        reply: RawSpan,
        payload: RawSpan,
        root: UInt32
    ) -> Bool {
        guard tick.systemRequests.count < Self.systemRequestsMax,
            let verb = KeyApiVerb(subject.array),
            let account = accounts.firstIndex(where: { $0.root == root })
        else { return false }
        tick.systemRequests.append(
            SystemRequest(
                subject: SystemSubject(keys: verb),
                reply: reply.array,
                body: payload.array,
                user: sender(in: account) ?? [],
                account: account,
                accountName: accounts[account].name
            )
        )
        return true
    }
}

extension ControlLoop {
    /// Answers `request` about keys, now that the streams' names are known.
    mutating func answer(_ verb: KeyApiVerb, _ request: SystemRequest, _ picture: ShardPicture) {
        let posts = self.posts
        @Sendable func reply(_ text: [UInt8]) {
            let (subject, account) = (request.reply, request.account)
            _ = posts.shard.post(.publish(text, subject: subject, account: account))
        }
        let about = (try? KeyApiOptions(request.body))?.stream ?? Array("all queues".utf8)
        do throws(EngineRefusal) {
            guard let keys else { throw .unsupported(.rotateKey) }
            // The keys are the server's: where there are several accounts, none may touch them but
            // the system's.
            let accounts = picture.accounts
            guard accounts[request.account].isSystem || accounts.filter({ !$0.isSystem }).count == 1
            else { throw .notPermitted }
            let numbers = picture.streamNumbers
            let plan = try keys.translate(verb, try KeyApiOptions(request.body), names: numbers)
            if !verb.isLook {
                log.info("\(LogText.safe(request.user)): keys \(verb.rawValue.lowercased())")
            }
            let desk = keys.desk
            let command = plan.command
            desk.post(
                KeyRequest(plan.target, command, author: request.user, about: about) { result in
                    let text = KeyApiAnswer.text(verb, plan, result) {
                        var names: [UInt32: [UInt8]] = [:]
                        for (name, number) in numbers { names[number] = name }
                        var sampler = KeySampler(hasNoSwap: Swap.isOff)
                        return sampler.status(desk.lastPicture, names: names)
                    }
                    reply(text)
                }
            )
        } catch {
            if !verb.isLook {
                noteRefusal("keys \(verb.rawValue.lowercased())", about, by: request.user, error)
            }
            reply(KeyApiAnswer.refused(error))
        }
    }
}
