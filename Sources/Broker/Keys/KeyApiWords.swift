// The words of answers about keys.

import Engine
import Journal

extension KeyScope {
    /// Whose keys, in an answer.
    var apiName: [UInt8] {
        switch self {
        case .root: Array("root".utf8)
        case .allStreams: Array("*".utf8)
        case .stream(let name): name
        }
    }
}

extension ShownKeyState {
    /// The state, in an answer.
    var apiWord: String {
        switch self {
        case .prepared: "prepared"
        case .active: "active"
        case .decryptOnly: "decrypt-only"
        case .compromised: "compromised"
        case .retired: "retired"
        case .destroyed: "destroyed"
        }
    }
}

extension ShownSlotKind {
    /// The kind, in an answer.
    var apiWord: String {
        switch self {
        case .keyFile: "keyfile"
        case .passphrase: "passphrase"
        case .credential: "credential"
        case .recovery: "recovery"
        }
    }
}

extension RotationStep {
    /// The step, in an answer.
    var apiWord: String {
        switch self {
        case .prepare: "prepare"
        case .activate: "activate"
        case .reencrypt: "reencrypt"
        case .verify: "verify"
        case .retire: "retire"
        case .destroy: "destroy"
        }
    }
}

extension StepState {
    /// How far, in an answer.
    var apiWord: String {
        switch self {
        case .waiting: "waiting"
        case .running: "running"
        case .held: "held"
        case .done: "done"
        case .failed(_, let refusal): "failed: \(refusal.apiText)"
        }
    }
}

extension EngineRefusal {
    /// The code of an answer that refuses, as in HTTP.
    var apiCode: Int {
        switch self {
        case .notFound: 404
        case .invalid, .unsupported, .unfitSecret: 400
        case .wrongSecret: 401
        case .notPermitted, .readOnly, .locked: 403
        case .wrongState, .changed, .stillInUse: 409
        case .busy, .stopping, .unreachable: 503
        case .storage, .remote: 500
        }
    }

    /// Why, for a person.
    var apiText: String {
        switch self {
        case .notFound: "there is no such queue, version or slot"
        case .invalid: "the request is not understood, or a secret cannot be read"
        case .unsupported: "this is not served here"
        case .notPermitted, .readOnly: "not permitted"
        case .wrongSecret: "no slot opens with this secret"
        case .unfitSecret(.empty): "the secret is empty"
        case .unfitSecret(.tooLong):
            "the secret has more than \(SecretFile.byteCountMax) bytes"
        case .unfitSecret(.hasNul): "there is a NUL byte in the passphrase"
        case .locked: "the keys are locked"
        case .wrongState, .changed: "the state of the key or slot does not allow it"
        case .stillInUse(let bytes): "\(bytes) bytes are still sealed under it: rotate first"
        case .busy: "too many requests wait"
        case .stopping, .unreachable: "the server is stopping"
        case .storage(let number): "the disk refuses, error \(number)"
        case .remote(let code): "refused with code \(code)"
        }
    }
}
