// Names of the engine's vocabulary that a module of the broker uses for other things.
//
// The module and its protocol share a name, so that the usual way to tell them apart does not work.

import Engine

/// What a stream is doing, as the console shows it.
typealias ShownStreamState = StreamState
/// A consumer as the console shows it.
typealias ShownConsumer = ConsumerStatus
/// Where a key stands, as the console shows it.
typealias ShownKeyState = KeyState
/// How a slot opens, as the console shows it.
typealias ShownSlotKind = SlotKind
/// A range of sequences as the console shows it.
typealias ShownRange = SequenceRange
