// Streams and consumers: the block `jetstream`.
// Source: NATS server configuration, `jetstream`.

extension ConfigurationBlocks {
    static let jetStream = KeyBlock<JetStreamDraft>(
        name: "jetstream",
        rules: jetStreamStore
            + [
                KeyRule("domain", form: .text, help: "The domain of the server's streams.") {
                    draft,
                    value,
                    _ throws(ConfigurationError) in
                    draft.settings.domain = try value.bytes()
                },
                KeyRule(
                    "strict",
                    form: .flag,
                    help: "Whether requests with unknown members are refused, true by default."
                ) { draft, value, _ throws(ConfigurationError) in
                    draft.settings.isStrict = try value.flag()
                },
                KeyRule(
                    "key_max_age",
                    form: .duration,
                    help: "Age at which a data key gives way, 90 days by default; 0 is never."
                ) { draft, value, _ throws(ConfigurationError) in
                    draft.settings.keyAgeMax = try value.duration()
                },
                KeyRule(
                    "key_max_bytes",
                    form: .size,
                    help: "Bytes under a data key at which it gives way, 1TB by default."
                ) { draft, value, _ throws(ConfigurationError) in
                    draft.settings.keyBytesMax = UInt64(max(0, try value.size()))
                },
                KeyRule(
                    "key_max_messages",
                    form: .size,
                    help: "Messages under a data key at which it gives way, 1G by default."
                ) { draft, value, _ throws(ConfigurationError) in
                    draft.settings.keyMessagesMax = UInt64(max(0, try value.size()))
                },
                KeyRule("limits", form: .block("jetstream limits"), help: "Further limits.") {
                    draft,
                    value,
                    report throws(ConfigurationError) in
                    try jetStreamLimits.read(value, into: &draft.settings, &report)
                },
            ]
            + KeyRule.refused(
                .ownEncryption,
                "key",
                "ek",
                "encryption_key",
                "prev_key",
                "prev_ek",
                "prev_encryption_key",
                "cipher",
                "tpm"
            )
            + KeyRule.refused(
                .clustering,
                "extension_hint",
                "unique_tag",
                "max_outstanding_catchup",
                "meta_compact",
                "meta_compact_size",
                "meta_compact_sync"
            )
            + KeyRule.refused(
                .engineKnobs,
                "max_buffered_size",
                "max_buffered_msgs",
                "request_queue_limit",
                "info_queue_limit",
                "max_concurrent_io"
            )
    )

    private static let jetStreamStore: [KeyRule<JetStreamDraft>] = [
        KeyRule("enabled", "enable", form: .flag, help: "Whether there are streams.") {
            draft,
            value,
            _ throws(ConfigurationError) in
            draft.settings.isEnabled = try value.flag()
        },
        KeyRule("store_dir", "store", "storedir", form: .path, help: "The directory for data.") {
            draft,
            value,
            _ throws(ConfigurationError) in
            draft.settings.storeDirectory = try value.text()
            draft.storeKey = value
        },
        KeyRule(
            "max_mem",
            "max_memory_store",
            "max_mem_store",
            form: .size,
            help: "Bytes of all streams in memory."
        ) { draft, value, _ throws(ConfigurationError) in
            draft.settings.memoryBytesMax = try value.sizeLimit()
        },
        KeyRule(
            "max_file",
            "max_file_store",
            form: .size,
            help: "Bytes of all streams on disk."
        ) { draft, value, _ throws(ConfigurationError) in
            draft.settings.storeBytesMax = try value.sizeLimit()
        },
        .ignored(
            "sync_interval",
            "sync",
            form: .duration,
            help: "Accepted without effect: what is acknowledged is on disk."
        ),
    ]

    static let jetStreamLimits = KeyBlock<JetStreamSettings>(
        name: "jetstream limits",
        rules: [
            KeyRule(
                "max_ack_pending",
                form: .count,
                help: "Unacknowledged messages of a consumer."
            ) { settings, value, _ throws(ConfigurationError) in
                settings.ackPendingMax = try value.limit()
            },
            KeyRule(
                "max_request_batch",
                form: .count,
                help: "Messages that one pull request may ask for."
            ) { settings, value, _ throws(ConfigurationError) in
                settings.requestBatchMax = try value.limit()
            },
            KeyRule(
                "duplicate_window",
                form: .duration,
                help: "Longest window in which duplicates are recognised."
            ) { settings, value, _ throws(ConfigurationError) in
                settings.duplicateWindowNanosecondsMax = try value.duration()
            },
        ] + KeyRule.refused(.clustering, "max_ha_assets")
            + KeyRule.refused(.engineKnobs, "batch")
    )

    /// Applies `value`, a flag or the block, to the draft.
    static func readJetStream(
        _ value: KeyValue,
        into draft: inout ConfigurationDraft,
        _ report: inout KeyReport
    ) throws(ConfigurationError) {
        if let isOn = try value.enabled() {
            draft.configuration.jetStream.isEnabled = isOn
            return
        }
        var block = JetStreamDraft(settings: draft.configuration.jetStream)
        block.settings.isEnabled = true
        try jetStream.read(value, into: &block, &report)
        if let key = block.storeKey {
            if draft.storeKey != nil {
                throw key.refusal(.definedBefore)
            }
            draft.storeKey = key
        } else if draft.storeKey != nil {
            block.settings.storeDirectory = draft.configuration.jetStream.storeDirectory
        }
        draft.configuration.jetStream = block.settings
    }
}

/// The block `jetstream` while it is being read.
struct JetStreamDraft {
    var settings: JetStreamSettings
    var storeKey: KeyValue?
}
