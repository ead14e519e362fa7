// Bytes of a terminal become keys: UTF-8, escape sequences, mouse, paste.
// Sources: ECMA-48 for the shape of sequences; xterm's control sequences for their meaning.

internal import Canvas

/// Turns what a terminal sends into events, whatever the bytes and however they are split.
///
/// Sequences that mean nothing are swallowed whole, so that an answer of the terminal can never be
/// taken for keys.
public struct KeyDecoder: Sendable {
    /// The most bytes of a paste that are kept.
    public static let pasteByteCountMax = 65_536
    /// The most bytes of a sequence that are looked at.
    static let sequenceByteCountMax = 128

    enum State: Equatable, Sendable {
        case ground
        /// Inside a scalar of several bytes.
        case scalar
        /// Behind ESC.
        case escape
        /// Behind ESC [.
        case control
        /// Behind ESC [ [, as the Linux console sends F1 to F5.
        case linuxFunction
        /// Behind ESC O.
        case shift3
        /// Inside an operating system command or another string; `true` behind an ESC in it.
        case string(isEnding: Bool)
        /// Inside the three bytes of an old mouse report.
        case oldMouse(left: Int)
        /// Inside a paste.
        case paste
    }

    private(set) var state = State.ground
    /// Bytes of the sequence or scalar so far.
    var held: [UInt8] = []
    private var heldKind: UInt8 = 0
    private var scalarCount = 0
    private var hasAlt = false
    private var pasted: [UInt8] = []
    private var isPasteCut = false

    /// A decoder that has seen nothing.
    public init() {}

    /// How long to wait for more before `timeOut` is due; `nil` if nothing is begun.
    public var waitMilliseconds: Int? {
        switch state {
        case .ground: nil
        case .escape: 30
        case .control, .shift3: held.isEmpty ? 30 : 200
        case .linuxFunction, .scalar, .oldMouse: 200
        case .string: held.isEmpty ? 30 : 1_000
        case .paste: 1_000
        }
    }

    /// Decodes bytes and appends what they mean to `events`.
    public mutating func take(_ bytes: some Sequence<UInt8>, into events: inout [TerminalEvent]) {
        for byte in bytes { step(byte, &events) }
    }

    /// Decides what was begun, because nothing more came in time.
    public mutating func timeOut(into events: inout [TerminalEvent]) {
        switch state {
        case .ground: break
        case .escape: events.append(.key(KeyStroke(.escape, hasAlt ? .alt : [])))
        case .control, .shift3, .string:
            if held.isEmpty, let scalar = Optional(Unicode.Scalar(heldKind)) {
                events.append(.key(KeyStroke(.scalar(scalar), .alt)))
            }
        case .linuxFunction, .scalar, .oldMouse: break
        case .paste: finishPaste(&events)
        }
        reset()
    }

    private mutating func reset() {
        state = .ground
        held.removeAll(keepingCapacity: true)
        hasAlt = false
    }

    private mutating func step(_ byte: UInt8, _ events: inout [TerminalEvent]) {
        switch state {
        case .ground: ground(byte, &events)
        case .scalar: scalar(byte, &events)
        case .escape: escape(byte, &events)
        case .control: control(byte, &events)
        case .linuxFunction:
            if (0x41...0x45).contains(byte) {
                events.append(.key(KeyStroke(.function(byte - 0x40))))
            }
            reset()
        case .shift3: shift3(byte, &events)
        case .string(let isEnding): string(byte, isEnding: isEnding, &events)
        case .oldMouse(let left):
            if left > 1 { state = .oldMouse(left: left - 1) } else { reset() }
        case .paste: paste(byte, &events)
        }
    }

    // MARK: Characters

    private mutating func ground(_ byte: UInt8, _ events: inout [TerminalEvent]) {
        let alt: ModifierKeys = hasAlt ? .alt : []
        switch byte {
        case 0x1B:
            hasAlt = false
            state = .escape
            return
        case 0x0D: events.append(.key(KeyStroke(.enter, alt)))
        case 0x09: events.append(.key(KeyStroke(.tab, alt)))
        case 0x08, 0x7F: events.append(.key(KeyStroke(.backspace, alt)))
        case 0x00: events.append(.key(KeyStroke(.scalar(" "), alt.union(.control))))
        case 0x01..<0x1B:
            let letter = Unicode.Scalar(byte + 0x60)
            events.append(.key(KeyStroke(.scalar(letter), alt.union(.control))))
        case 0x1C..<0x20:
            let sign = Unicode.Scalar(byte + 0x40)
            events.append(.key(KeyStroke(.scalar(sign), alt.union(.control))))
        case 0x20..<0x7F: events.append(.key(KeyStroke(.scalar(Unicode.Scalar(byte)), alt)))
        case 0xC2...0xF4:
            held = [byte]
            scalarCount = byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
            state = .scalar
            return
        default: break
        }
        hasAlt = false
    }

    private mutating func scalar(_ byte: UInt8, _ events: inout [TerminalEvent]) {
        guard byte & 0xC0 == 0x80 else {
            reset()
            return step(byte, &events)
        }
        held.append(byte)
        guard held.count == scalarCount else { return }
        let alt: ModifierKeys = hasAlt ? .alt : []
        let scalars = String(decoding: held, as: UTF8.self).unicodeScalars
        if scalars.count == 1, let scalar = scalars.first, scalar != "\u{FFFD}",
            TextWidth.width(of: scalar) != .hidden
        {
            events.append(.key(KeyStroke(.scalar(scalar), alt)))
        }
        reset()
    }

    private mutating func escape(_ byte: UInt8, _ events: inout [TerminalEvent]) {
        held.removeAll(keepingCapacity: true)
        heldKind = byte
        switch byte {
        case 0x1B: events.append(.key(KeyStroke(.escape)))
        case 0x5B: state = .control
        case 0x4F: state = .shift3
        case 0x5D, 0x50, 0x5E, 0x5F, 0x58: state = .string(isEnding: false)
        default:
            reset()
            hasAlt = true
            ground(byte, &events)
        }
    }

    // MARK: Sequences

    private mutating func control(_ byte: UInt8, _ events: inout [TerminalEvent]) {
        switch byte {
        case 0x20...0x3F:
            if held.count < KeyDecoder.sequenceByteCountMax { held.append(byte) }
        case 0x5B where held.isEmpty: state = .linuxFunction
        case 0x40...0x7E: finishControl(byte, &events)
        default:
            reset()
            step(byte, &events)
        }
    }

    private mutating func finishControl(_ final: UInt8, _ events: inout [TerminalEvent]) {
        let sequence = ControlSequence(held, final: final)
        reset()
        if final == 0x4D, sequence.isPlain {
            state = .oldMouse(left: 3)
        } else if final == 0x7E, sequence.isPlain, sequence.number(0) == 200 {
            pasted.removeAll()
            isPasteCut = false
            state = .paste
        } else if let event = sequence.event {
            events.append(event)
        }
    }

    private mutating func shift3(_ byte: UInt8, _ events: inout [TerminalEvent]) {
        switch byte {
        case 0x30...0x3B:
            if held.count < KeyDecoder.sequenceByteCountMax { held.append(byte) }
        case 0x40...0x7E:
            let sequence = ControlSequence(held, final: byte)
            reset()
            if let name = sequence.shift3Name {
                events.append(.key(KeyStroke(name, sequence.modifiers)))
            }
        default:
            reset()
            step(byte, &events)
        }
    }

    private mutating func string(_ byte: UInt8, isEnding: Bool, _ events: inout [TerminalEvent]) {
        if isEnding {
            let isDone = byte == 0x5C
            if isDone { finishString(&events) }
            reset()
            if !isDone {
                state = .escape
                escape(byte, &events)
            }
            return
        }
        switch byte {
        case 0x1B: state = .string(isEnding: true)
        case 0x07:
            finishString(&events)
            reset()
        case 0x18, 0x1A: reset()
        default: if held.count < KeyDecoder.sequenceByteCountMax { held.append(byte) }
        }
    }

    private func finishString(_ events: inout [TerminalEvent]) {
        guard heldKind == 0x5D, let colour = BackgroundReply.colour(held) else { return }
        events.append(.background(colour))
    }

    // MARK: Paste

    private static let pasteEnd: [UInt8] = [0x1B, 0x5B, 0x32, 0x30, 0x31, 0x7E]

    private mutating func paste(_ byte: UInt8, _ events: inout [TerminalEvent]) {
        pasted.append(byte)
        guard byte == 0x7E, pasted.suffix(6).elementsEqual(KeyDecoder.pasteEnd) else {
            if pasted.count > KeyDecoder.pasteByteCountMax + 6 {
                isPasteCut = true
                pasted.removeSubrange(KeyDecoder.pasteByteCountMax..<(pasted.count - 6))
            }
            return
        }
        pasted.removeLast(6)
        finishPaste(&events)
        reset()
    }

    private mutating func finishPaste(_ events: inout [TerminalEvent]) {
        let isCut = isPasteCut || pasted.count > KeyDecoder.pasteByteCountMax
        let kept = Array(pasted.prefix(KeyDecoder.pasteByteCountMax))
        events.append(.paste(kept, isCut: isCut))
        pasted = []
        isPasteCut = false
    }
}
