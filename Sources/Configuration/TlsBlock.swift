// TLS for clients: the block `tls`.
// Source: NATS server configuration, `tls`.

import Base

extension ConfigurationBlocks {
    static let tls = KeyBlock<TlsSettings>(
        name: "tls",
        rules: tlsFiles + tlsHandshake + tlsAlgorithms
            + KeyRule.refused(
                .certificateServices,
                "certs",
                "certificates",
                "ocsp_peer",
                "cert_store",
                "cert_match_by",
                "cert_match",
                "cert_match_skip_invalid",
                "ca_certs_match"
            )
            + KeyRule.refused(
                .clustering,
                "insecure",
                "verify_cert_and_check_known_urls"
            ),
        rivals: [("verify", "verify_and_map")]
    )

    private static let tlsFiles: [KeyRule<TlsSettings>] = [
        KeyRule("cert_file", form: .path, help: "The server's certificates, PEM.") {
            tls,
            value,
            _ throws(ConfigurationError) in
            tls.certificateFile = try value.text()
        },
        KeyRule("key_file", form: .path, help: "The server's private key, PEM.") {
            tls,
            value,
            _ throws(ConfigurationError) in
            tls.keyFile = try value.text()
        },
        KeyRule("ca_file", form: .path, help: "The authorities for client certificates, PEM.") {
            tls,
            value,
            _ throws(ConfigurationError) in
            tls.authorityFile = try value.text()
        },
        KeyRule("verify", form: .flag, help: "Whether clients must show a certificate.") {
            tls,
            value,
            _ throws(ConfigurationError) in
            tls.clientCertificates = try value.flag() ? .required : .ignored
        },
        KeyRule(
            "verify_and_map",
            form: .flag,
            help: "The same, and the certificate names the user."
        ) { tls, value, _ throws(ConfigurationError) in
            tls.clientCertificates = try value.flag() ? .mapped : .ignored
        },
        KeyRule(
            "pinned_certs",
            form: .texts,
            help: "SHA-256 of the public keys of accepted certificates, hexadecimal."
        ) { tls, value, _ throws(ConfigurationError) in
            let pins = try value.texts().map(\.lowercased)
            guard pins.allSatisfy(isFingerprint) else { throw value.refusal(.invalidKey) }
            tls.pinnedCertificates = pins
        },
    ]

    private static let tlsHandshake: [KeyRule<TlsSettings>] = [
        KeyRule(
            "handshake_first",
            "first",
            "immediate",
            form: .word(["true", "false", "auto", "a time"]),
            help: "Whether the handshake comes before INFO; auto waits 50 ms for it."
        ) { tls, value, _ throws(ConfigurationError) in
            tls.opening = try value.opening()
        },
        KeyRule("timeout", form: .duration, help: "Time for the handshake, 2s by default.") {
            tls,
            value,
            _ throws(ConfigurationError) in
            tls.timeoutNanoseconds = try value.duration()
        },
        KeyRule(
            "connection_rate_limit",
            form: .count,
            help: "Handshakes that start in a second."
        ) { tls, value, _ throws(ConfigurationError) in
            tls.connectionsPerSecondMax = try value.limit()
        },
    ]

    private static let tlsAlgorithms: [KeyRule<TlsSettings>] = [
        KeyRule(
            "min_version",
            form: .word(["1.2", "1.3"]),
            help: "The oldest version that is spoken, in quotes."
        ) { tls, value, _ throws(ConfigurationError) in
            tls.versionMin = try value.word([("1.2", .v12), ("1.3", .v13)])
        },
        KeyRule(
            "cipher_suites",
            form: .texts,
            help: "Cipher suites by their registered names, best first."
        ) { tls, value, _ throws(ConfigurationError) in
            tls.cipherSuites = try value.texts()
            if tls.cipherSuites.isEmpty { throw value.wrong(.texts) }
        },
        KeyRule("curve_preferences", form: .texts, help: "Curves, best first.") {
            tls,
            value,
            _ throws(ConfigurationError) in
            for curve in try value.texts() {
                guard curves.contains(String(decoding: curve, as: UTF8.self)) else {
                    throw value.refusal(.unknownWord(curves))
                }
                tls.curves.append(curve)
            }
            if tls.curves.isEmpty { throw value.wrong(.texts) }
        },
        .ignored(
            "allow_insecure_cipher_suites",
            form: .flag,
            help: "Accepted without effect: insecure suites are never used."
        ),
    ]

    private static let curves = [
        "X25519", "CurveP256", "CurveP384", "CurveP521", "X25519MLKEM768",
    ]

    private static func isFingerprint(_ text: [UInt8]) -> Bool {
        text.count == 64
            && text.allSatisfy {
                $0.isDigit || $0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "f")
            }
    }
}

extension KeyValue {
    /// When the handshake starts: a flag, `auto`, or the time to wait for it.
    fileprivate func opening() throws(ConfigurationError) -> TlsSettings.Opening {
        let automatic = TlsSettings.Opening.eitherWithin(
            nanoseconds: 50 * nanosecondsPerMillisecond
        )
        switch node.value {
        case .bool(let isFirst): return isFirst ? .atOnce : .afterInfo
        case .string(let text):
            switch String(decoding: text.lowercased, as: UTF8.self) {
            case "true", "on": return .atOnce
            case "false", "off": return .afterInfo
            case "auto", "auto_fallback": return automatic
            default: return .eitherWithin(nanoseconds: try duration())
            }
        case .integer, .float, .array, .map: throw wrong(.word(["true", "false", "auto"]))
        }
    }
}
