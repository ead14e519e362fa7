// An action that waits for somebody to mean it.

public import Base
import Canvas
public import Engine

/// Something that can be chosen before an action is confirmed.
public struct ConfirmOption: Hashable, Sendable {
    /// What is chosen.
    public var label: String
    /// The choices.
    public var choices: [String]
    /// Which one holds.
    public var index: Int

    /// The choice that holds.
    public var choice: String { choices.indices.contains(index) ? choices[index] : "" }
}

/// An action that waits for somebody to mean it.
///
/// Only `ActionPlan` makes orders from it, and asks `isConfirmed` first: no destructive order comes
/// from a confirmation whose name was not typed or whose time has not come.
public struct Confirmation: Hashable, Sendable {
    /// How long a destructive dialog waits before it can be confirmed.
    public static let armingNanoseconds: UInt64 = 3 * nanosecondsPerSecond
    /// How long the one-line question stays.
    public static let questionNanoseconds: UInt64 = 15 * nanosecondsPerSecond

    /// The action.
    public let action: Action
    /// What it is done to.
    public let targets: [RowId]
    /// How much it takes.
    public let level: SafetyLevel
    /// When the dialog opened.
    public let openedAt: Instant
    /// The picture that its numbers come from.
    public let seen: UInt64
    /// For each queue the last sequence when the dialog opened: later messages are safe.
    public let ceilings: [[UInt8]: UInt64]
    /// What must be typed; empty below level 3.
    public let phrase: String
    /// The step of a rotation that is asked for.
    public var step: RotationStep?
    /// What was typed.
    public var field = TextField()
    /// What can be chosen.
    public var options: [ConfirmOption]
    /// The option under the cursor.
    public var optionIndex = 0

    /// When it can be confirmed.
    public var armedAt: Instant {
        level == .destructive ? openedAt.adding(nanoseconds: Self.armingNanoseconds) : openedAt
    }

    /// Whether what had to be typed was typed.
    public var isTyped: Bool { phrase.isEmpty || field.text == phrase }

    /// Whether `key` confirms it at `now`.
    public func isConfirmed(by key: Key, at now: Instant) -> Bool {
        switch level {
        case .reversible: key == .char("y")
        case .disruptive: key == .char(action.confirmingKey)
        case .destructive: key == Key(.enter) && isTyped && now >= armedAt
        }
    }

    /// Whether the question has gone unanswered for too long.
    public func hasExpired(at now: Instant) -> Bool {
        level == .reversible
            && now.nanoseconds(since: openedAt) >= Self.questionNanoseconds
    }
}
