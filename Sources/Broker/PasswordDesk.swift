// A thread that compares passwords with slow hashes, so that shards need not wait.

import Identity
import Reactor

/// Compares one password after the other and posts the outcome back to the shard.
final class PasswordDesk: Sendable {
    private enum Question: Sendable {
        case compare(AdmissionCheck)
        case stop
    }

    private let questions: Mailbox<Question>
    private let thread: WorkerThread

    /// Most clients that wait for a comparison; further ones are refused.
    static let waitingMax = 1_024

    /// A desk that answers to `answers`.
    /// - Throws: `SystemError` when the system refuses a descriptor or a thread.
    init(answers: Mailbox<ShardOrder>) throws(SystemError) {
        let questions = Mailbox<Question>(
            doorbell: try Doorbell(),
            letterCountMax: Self.waitingMax
        )
        self.questions = questions
        thread = try WorkerThread(name: "sluice-password") {
            Self.work(questions, answers)
        }
    }

    /// Asks for a comparison.
    /// - Returns: `false` when too many wait already.
    func post(_ check: AdmissionCheck) -> Bool {
        questions.post(.compare(check))
    }

    /// Ends the thread after the comparison it is at.
    func stop() {
        while !questions.post(.stop) { _ = questions.takeAll() }
        thread.join()
    }

    private static func work(_ questions: Mailbox<Question>, _ answers: Mailbox<ShardOrder>) {
        while true {
            questions.doorbell.wait()
            questions.doorbell.answer()
            for question in questions.takeAll() {
                guard case .compare(let check) = question else { return }
                let admission = check.check.run()
                _ = answers.post(
                    .decide(index: check.index, generation: check.generation, admission)
                )
            }
        }
    }
}
