// The same verdicts as nats-server, where no reason speaks against it.

import Configuration
import Testing

private let otherFiles = [
    "/etc/inc.conf": "max_payload: 2MB\n", "/etc/bad.conf": "nonsense: 2MB\n",
]
private let variables = [
    "CONF_PORT": "4222", "CONF_NAME": "abc", "CONF_CYCLE": "$CONF_CYCLE",
]

/// Whether a server would start with `source`, were it allowed to listen to strangers.
private func isAccepted(_ source: String) -> Bool {
    guard var found = try? reading(source, files: otherFiles, environment: variables) else {
        return false
    }
    found.clients.allowsOpenAccess = true
    return found.problems.allSatisfy { problem in
        if case .unserved = problem { true } else { false }
    }
}

@Suite struct CorpusTests {
    @Test(arguments: filesForBoth + filesForSluice)
    func `what works is taken`(source: String) {
        #expect(messages(source, files: otherFiles, environment: variables) == [])
        #expect(isAccepted(source))
    }

    @Test(arguments: filesForNeither + filesForOthers)
    func `what does not work is refused`(source: String) {
        #expect(!isAccepted(source))
    }
}
