// Letters to a shard's thread and its answers.

public import Engine
public import Identity

/// What a shard's thread can be told.
public enum ShardOrder: Sendable {
    /// End: close the listener and every connection, then return.
    case stop
    /// Take a picture and send it to the control thread.
    case picture(PictureRequest)
    /// End the connection with this number.
    case kick(connection: UInt64)
    /// Limit what the connection with this number may send; 0 lifts the limit.
    case throttle(connection: UInt64, bytesPerSecond: UInt64)
    /// Close the listener and tell every client to move.
    case lameDuck
    /// End up to so many connections, oldest first, because the server goes away.
    case retire(count: Int)
    /// Publish to a subject of an account, in the server's own name.
    case publish([UInt8], subject: [UInt8], account: Int)
    /// Work with other settings from now on.
    case change(ShardSettings)
    /// Do something to a stream.
    case operate(EngineOrder, Ticket)
    /// A password was compared; `nil` refuses the client.
    case decide(index: UInt32, generation: UInt32, Admission?)
}

/// What a shard's thread answers.
enum ShardReport: Sendable {
    /// The picture that was asked for.
    case picture(ShardPicture)
    /// Whether the connection was there.
    case found(connection: UInt64, Bool)
    /// What came of an order about a stream.
    case operated(EngineReport)
    /// What clients did to queues, and how often.
    case done([Deed: UInt64])
    /// Connections that are left in lame duck mode.
    case remaining(Int)
}
