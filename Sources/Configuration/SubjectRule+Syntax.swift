// Which subjects can stand in a configuration.

import Base
import Routing

extension SubjectRule {
    /// Whether `subject` can be subscribed to and has no blanks.
    static func isValid(subject: [UInt8]) -> Bool {
        !subject.contains(where: \.isSpace) && SubjectSyntax.isValidFilter(subject.raw)
    }

    /// Whether `subject` can be published to: no wildcards either.
    static func isLiteral(subject: [UInt8]) -> Bool {
        isValid(subject: subject) && SubjectSyntax.isValidSubject(subject.raw)
    }

    /// The rule written as `text`: a subject, and a queue group if `allowsQueue`.
    init?(_ text: [UInt8], allowsQueue: Bool) {
        let words = text.split(whereSeparator: \.isSpace).map { Array($0) }
        guard let subject = words.first, Self.isValid(subject: subject) else { return nil }
        if words.count == 1, subject == text {
            self.init(subject: subject, queue: nil)
        } else if words.count == 2, allowsQueue, Self.isValid(subject: words[1]) {
            self.init(subject: subject, queue: words[1])
        } else {
            return nil
        }
    }
}
