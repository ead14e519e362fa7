// Letters to the control thread.

import Configuration
import Engine
import Reactor

/// What the control thread can be told.
enum ControlLetter: Sendable {
    /// A line for the log.
    case line(LogLine)
    /// A shard's answer.
    case shard(ShardReport)
    /// A shard's thread could not start.
    case shardFailed(SystemError)
    /// Something that an operator wants.
    case order(EngineOrder, Ticket)
    /// A request by message.
    case system(SystemRequest)
    /// Somebody looks at the engine's pictures again.
    case watched
    /// Work with another configuration from now on.
    case reload(ServerConfiguration)
    /// Open the log file anew.
    case reopenLog
    /// Tell clients to move, wait, and end.
    case lameDuck
    /// End: write what is left of the log and return.
    case stop
}
