// What can be done to what is on the screen.

public import Engine

/// Something a person can do that changes the broker.
public enum Action: UInt8, Hashable, Sendable, CaseIterable {
    /// Holds delivery, or resumes what is held.
    case pause
    /// Refuses new messages.
    case pauseIngress
    /// Goes back to normal.
    case resume
    /// Empties a queue through its consumers.
    case drain
    /// Removes messages.
    case purge
    /// Removes a queue or a consumer.
    case delete
    /// Puts dead letters back.
    case redrive
    /// Closes connections.
    case kick
    /// Limits a client, or the rewriting of data.
    case throttle
    /// Starts or continues a rotation.
    case rotate
    /// Holds or continues the rewriting of data.
    case holdRewrite
    /// Reads samples back.
    case verify
    /// Stops an old key from being used.
    case retireKey
    /// Destroys an old key.
    case destroyKey
    /// Declares a key known to others.
    case compromise
    /// Adds a recovery slot.
    case addSlot
    /// Removes a slot.
    case removeSlot
    /// Wipes keys from memory.
    case lock
    /// Opens the store again.
    case unlock
    /// Takes writing up again.
    case resumeWriting
    /// Tells clients to move and stops.
    case lameDuck

    /// The verb on buttons and in the palette.
    public var verb: String {
        switch self {
        case .pause: "pause"
        case .pauseIngress: "refuse"
        case .resume: "resume"
        case .drain: "drain"
        case .purge: "purge"
        case .delete: "delete"
        case .redrive: "redrive"
        case .kick: "kick"
        case .throttle: "throttle"
        case .rotate: "rotate"
        case .holdRewrite: "hold"
        case .verify: "verify"
        case .retireKey: "retire"
        case .destroyKey: "destroy"
        case .compromise: "compromised"
        case .addSlot: "add-slot"
        case .removeSlot: "remove-slot"
        case .lock: "lock"
        case .unlock: "unlock"
        case .resumeWriting: "resume-writing"
        case .lameDuck: "lame-duck"
        }
    }

    /// The letter that confirms it in a dialog of level 2.
    public var confirmingKey: Unicode.Scalar {
        switch self {
        case .pause: "p"
        case .pauseIngress: "i"
        case .resume, .rotate, .redrive, .resumeWriting: "r"
        case .drain, .delete, .destroyKey: "d"
        case .purge: "x"
        case .kick: "k"
        case .throttle: "t"
        case .holdRewrite: "h"
        case .verify: "v"
        case .retireKey: "i"
        case .compromise: "c"
        case .addSlot, .removeSlot: "s"
        case .lock, .lameDuck: "l"
        case .unlock: "u"
        }
    }

    /// What the engine must be able to do.
    public var capability: Capability {
        switch self {
        case .pause: .pauseDelivery
        case .pauseIngress: .pauseIngress
        case .resume: .resume
        case .drain: .drain
        case .purge: .purge
        case .delete: .delete
        case .redrive: .redrive
        case .kick: .kick
        case .throttle: .throttle
        case .rotate, .compromise, .retireKey, .verify: .rotateKey
        case .holdRewrite: .reencrypt
        case .destroyKey: .destroyKey
        case .addSlot, .removeSlot: .keySlots
        case .lock, .unlock: .lockKeys
        case .resumeWriting: .resumeWriting
        case .lameDuck: .lameDuck
        }
    }

    /// How much it takes to do it.
    public var level: SafetyLevel {
        switch self {
        case .pause, .pauseIngress, .resume, .throttle, .holdRewrite, .verify, .unlock: .reversible
        case .drain, .kick, .redrive, .rotate, .compromise, .retireKey, .addSlot, .lock,
            .resumeWriting:
            .disruptive
        case .purge, .delete, .destroyKey, .removeSlot, .lameDuck: .destructive
        }
    }
}

/// How much it takes to confirm an action.
public enum SafetyLevel: UInt8, Hashable, Sendable, Comparable {
    /// A one-line question, answered with `y`.
    case reversible = 1
    /// A dialog with a preview, answered with the action's own letter.
    case disruptive
    /// A dialog that wants the exact name typed and waits before it can be confirmed.
    case destructive

    /// Whether `left` takes less.
    public static func < (left: SafetyLevel, right: SafetyLevel) -> Bool {
        left.rawValue < right.rawValue
    }

    /// The words in a dialog's frame.
    public var badge: String {
        switch self {
        case .reversible: "L1 reversible"
        case .disruptive: "L2 disruptive"
        case .destructive: "L3 destructive"
        }
    }
}
