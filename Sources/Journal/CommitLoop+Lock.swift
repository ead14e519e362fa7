// While the keys are wiped nothing is sealed: what comes is refused, and the files rest.

import Base
import Sealing

extension CommitLoop {
    /// Refuses what waits, because the keys are not there.
    /// - Returns: whether there was anything.
    mutating func refuseLocked() -> Bool {
        var count = 0
        while count < Self.roundOrdersMax, let order = orders.receive() {
            count += 1
            refuse(order)
        }
        let requests = keyWork.desk.requests.takeAll()
        for request in requests { takeLocked(request) }
        if keyWork.desk.isLookedAt { keyWork.desk.show(keyPicture) }
        nextDeadline = now.adding(nanoseconds: nanosecondsPerSecond)
        guard count > 0 || !requests.isEmpty else { return false }
        answer()
        keyWork.desk.noteWork()
        return true
    }

    private mutating func refuse(_ order: JournalOrder) {
        switch order {
        case .append(let ticket, let stream, _, let loan):
            refuseAppend(ticket, stream, .keysUnavailable, loan)
        case .create(let ticket, let stream, _, let loan),
            .configure(let ticket, let stream, let loan):
            refuse(ticket, stream, .keysUnavailable, loan)
        case .state(let ticket, let stream, _, let loan):
            refuseState(ticket, stream, .keysUnavailable, loan)
        case .remove(let ticket, let stream): refuse(ticket, stream, .keysUnavailable, nil)
        case .stop(let ticket):
            // Nothing can be sealed: the next start recovers as after a kill.
            pending.append(.stopped(ticket))
            hasStopped = true
        }
    }

    private mutating func takeLocked(_ request: KeyRequest) {
        switch request.command {
        case .show, .note, .unlocked: keyWork.answers.append((request, .success(KeyOutcome())))
        case .changeRoot(let change):
            origin.vault.discard(change)
            keyWork.answers.append((request, .failure(.locked)))
        default: keyWork.answers.append((request, .failure(.locked)))
        }
    }

    /// Wipes the keys, if that was asked for; everything of this round is on disk by now.
    mutating func lockIfAsked() {
        guard keyWork.mustLock else { return }
        keyWork.mustLock = false
        origin.vault.lock()
        // What waits for a timer waits until the keys are back.
        nextDeadline = .never
    }
}
