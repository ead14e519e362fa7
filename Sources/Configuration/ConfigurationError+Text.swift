// Refusals in words.

extension ConfigurationError {
    /// The refusal as one line: file, line and what is wrong.
    public var text: String {
        place.line > 0 ? "\(shown(path: place.file)):\(place.line): \(reason.text)" : reason.text
    }
}

extension ConfigurationErrors {
    /// The refusals, one on a line.
    public var text: String {
        errors.map(\.text).joined(separator: "\n")
    }
}

extension ConfigurationError.Reason {
    /// What is wrong, in words.
    public var text: String {
        switch self {
        case .unreadable(let path, let number): "cannot read \(shown(path: path)) (error \(number))"
        case .fileTooLong(let path):
            "\(shown(path: path)) is longer than \(SyntaxLimits.fileBytesMax) bytes"
        case .includeCycle(let path): "\(shown(path: path)) includes itself"
        case .tooDeep: "nested too deep"
        case .unexpectedByte(let byte): "unexpected \(shown([byte]))"
        case .unexpectedEnd: "unexpected end"
        case .unclosed(let byte): "nothing closes this \(shown([byte]))"
        case .missingValue(let key): "\(shown(key)) has no value"
        case .invalidEscape(let byte):
            "invalid escape \(shown([byte])); known are \\t \\n \\r \\\" \\\\ and \\xHH"
        case .quoteInWord: "a quote inside a word; put the whole value into double quotes"
        case .numberTooLarge(let word): "the number \(shown(word)) is too large"
        case .unknownVariable(let name): "nothing defines the variable \(shown(name))"
        case .variableCycle(let name): "the variable \(shown(name)) refers to itself"
        case .duplicateKey(let key, let first):
            "\(shown(key)) is set again; first on line \(first.line) of \(shown(path: first.file))"
        case .unknownKey(let key, let block, let nearest): unknown(key, block, nearest)
        case .misplacedKey(let key, let block, let homes):
            "\(shown(key)) does not belong \(location(block)) but "
                + homes.map(location).joined(separator: " or ")
        case .unsupportedKey(let key, let why): "\(shown(key)) is not supported: \(why.text)"
        case .wrongForm(let key, let expected): "\(shown(key)) needs \(expected.text)"
        case .refused(let key, let refusal): "\(shown(key)) \(refusal.text)"
        }
    }

    private func unknown(_ key: [UInt8], _ block: String, _ nearest: String?) -> String {
        let hint = nearest.map { "; did you mean '\($0)'?" } ?? ""
        return "unknown key \(shown(key)) \(location(block))\(hint)"
    }

    private func location(_ block: String) -> String {
        block.isEmpty ? "at the top level" : "in '\(block)'"
    }
}

extension ConfigurationError.Unsupported {
    /// The reason in words.
    public var text: String {
        switch self {
        case .clustering: "one Sluice is one server"
        case .otherProtocols: "clients speak NATS over TCP or TLS only"
        case .decentralizedAccess: "users and accounts are in this file only"
        case .ownEncryption: "every store is encrypted already, with keys of its own"
        case .certificateServices: "one certificate file, one key file and one file of authorities"
        case .systemLog: "log to standard error or to a file"
        case .engineKnobs: "there is no such part to adjust here"
        case .messageTracing: "messages are not traced or sampled"
        }
    }
}

extension ConfigurationError.Refusal {
    /// The refusal in words that follow the key.
    public var text: String {
        switch self {
        case .outOfRange(let min, let max):
            max == .max ? "must be at least \(min)" : "must be from \(min) to \(max)"
        case .tooShort(let seconds): "must be at least \(seconds) seconds"
        case .sizeAsDuration: "is a size here (2m is 2000000); write a time in quotes, as in \"2m\""
        case .notText: "must be UTF-8 without zero bytes"
        case .blank: "must not contain blanks"
        case .invalidSubject: "is not a valid subject"
        case .invalidKey: "is not a valid public key of this kind"
        case .invalidAddress: "must be a port or host:port"
        case .unknownWord(let words): "must be one of " + words.joined(separator: ", ")
        case .unknownAccount: "names an account that is not defined"
        case .reservedAccount: "is an account of the server itself"
        case .definedBefore: "is defined more than once"
        case .notExported: "is not exported to this account"
        case .conflict(let other): "cannot stand beside '\(other)'"
        case .needs(let other): "needs '\(other)' too"
        case .tooMuch: "has shares of more than 100 percent"
        }
    }
}

extension ValueForm {
    /// The form in words.
    public var text: String {
        switch self {
        case .flag: "true or false"
        case .count: "a whole number"
        case .size: "a number of bytes such as 64MB"
        case .duration: "a time such as \"10s\""
        case .text: "a string"
        case .path: "a path"
        case .port: "a port"
        case .address: "a port or host:port"
        case .texts: "a list of strings"
        case .subject: "a subject"
        case .word(let words): "one of " + words.joined(separator: ", ")
        case .block(let name): "a map, the block '\(name)'"
        case .blocks(let name): "a list of maps, each a block '\(name)'"
        case .switchOrBlock(let name): "enabled, disabled, or the block '\(name)'"
        }
    }
}

/// A path as it is shown: control bytes, which a path may have, as `\xHH`.
func shown(path: String) -> String {
    escaped(path.utf8) { $0 >= 0x20 && $0 != 0x7F }
}

/// `bytes` in quotes, with everything that is not printable ASCII escaped.
func shown(_ bytes: [UInt8]) -> String {
    let end = bytes.count > 64 ? "…'" : "'"
    return "'" + escaped(bytes.prefix(64)) { $0 >= 0x20 && $0 < 0x7F } + end
}

private func escaped(_ bytes: some Sequence<UInt8>, keeping isKept: (UInt8) -> Bool) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in bytes {
        if isKept(byte) {
            text.append(byte)
        } else {
            text += [UInt8(ascii: "\\"), UInt8(ascii: "x")]
            text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
    }
    return String(decoding: text, as: UTF8.self)
}
