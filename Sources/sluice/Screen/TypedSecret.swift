// What came of asking a person for a secret.

import Engine
import Journal
import Sealing

/// What came of asking a person for a secret.
enum TypedSecret {
    /// It lies at the path once.
    case lies(at: String)
    /// Nothing was typed: the person gave up.
    case nothing
    /// What was typed cannot be a secret, or could not be taken.
    case refused(EngineRefusal)

    /// What it means that asking ended in `error`.
    init(_ error: any Error) {
        self =
            switch error {
            case SealingError.secretEmpty: .nothing
            case SealingError.secretTooLong: .refused(.unfitSecret(.tooLong))
            case SealingError.secretHasNul: .refused(.unfitSecret(.hasNul))
            case let error as DiskError: .refused(.storage(errno: error.number))
            default: .refused(.invalid)
            }
    }
}
