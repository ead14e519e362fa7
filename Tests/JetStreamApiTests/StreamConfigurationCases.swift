// Configurations of streams and what nats-server 2.15.1 made of them.

extension StreamConfigurationJSONTests {
    /// What was sent besides the name `S`, and what came back.
    static let cases: [Case] = [
        Case(#"{}"#, changed: #"{}"#),
        Case(#"{"subjects":["a.>","b"]}"#, changed: #"{"subjects":["a.>","b"]}"#),
        Case(#"{"subjects":["a.b","a.*"]}"#, refused: 10052, #"subject "a.b" overlaps with "a.*""#),
        Case(#"{"subjects":["a","a"]}"#, refused: 10052, #"subject "a" overlaps with "a""#),
        Case(#"{"subjects":["a..b"]}"#, refused: 10052, #"invalid subject"#),
        Case(#"{"subjects":["x."]}"#, refused: 10052, #"invalid subject"#),
        Case(
            #"{"subjects":[">"]}"#,
            refused: 10052,
            #"capturing all subjects requires no-ack to be true"#
        ),
        Case(#"{"subjects":[">"],"no_ack":true}"#, changed: #"{"no_ack":true,"subjects":[">"]}"#),
        Case(
            #"{"subjects":["$JS.API.x"]}"#,
            refused: 10052,
            #"subjects that overlap with jetstream api require no-ack to be true"#
        ),
        Case(
            #"{"subjects":["$JS.EVENT.ADVISORY.>"]}"#,
            changed: #"{"subjects":["$JS.EVENT.ADVISORY.>"]}"#
        ),
        Case(
            #"{"subjects":["$SYS.x"]}"#,
            refused: 10052,
            #"subjects that overlap with system api require no-ack to be true"#
        ),
        Case(#"{"subjects":["$SYS.ACCOUNT.>"]}"#, changed: #"{"subjects":["$SYS.ACCOUNT.>"]}"#),
        Case(
            #"{"subjects":["*.API"]}"#,
            refused: 10052,
            #"subjects that overlap with jetstream api require no-ack to be true"#
        ),
        Case(#"{"max_msgs":0,"max_bytes":-5,"max_age":0}"#, changed: #"{}"#),
        Case(#"{"max_age":-1}"#, refused: 10052, #"max age can not be negative"#),
        Case(#"{"max_age":1000}"#, refused: 10052, #"max age needs to be >= 100ms"#),
        Case(
            #"{"max_age":1000000000}"#,
            changed: #"{"duplicate_window":1000000000,"max_age":1000000000}"#
        ),
        Case(
            #"{"duplicate_window":1000}"#,
            refused: 10052,
            #"duplicates window needs to be >= 100ms"#
        ),
        Case(
            #"{"duplicate_window":-1}"#,
            refused: 10052,
            #"duplicates window can not be negative"#
        ),
        Case(
            #"{"max_age":1000000000,"duplicate_window":2000000000}"#,
            refused: 10052,
            #"duplicates window can not be larger then max age"#
        ),
        Case(
            #"{"num_replicas":3}"#,
            refused: 10074,
            #"replicas > 1 not supported in non-clustered mode"#
        ),
        Case(#"{"num_replicas":7}"#, refused: 10052, #"maximum replicas is 5"#),
        Case(#"{"num_replicas":-1}"#, refused: 10133, #"replicas count cannot be negative"#),
        Case(#"{"storage":"memory"}"#, changed: #"{"storage":"memory"}"#),
        Case(#"{"retention":"workqueue"}"#, changed: #"{"retention":"workqueue"}"#),
        Case(
            #"{"retention":"bogus"}"#,
            refused: 10025,
            #"invalid JSON: can not unmarshal "\"bogus\"""#
        ),
        Case(
            #"{"discard":"new","discard_new_per_subject":true}"#,
            refused: 10052,
            #"discard new per subject requires max msgs per subject > 0"#
        ),
        Case(
            #"{"discard_new_per_subject":true}"#,
            refused: 10052,
            #"discard new per subject requires discard new policy to be set"#
        ),
        Case(
            #"{"discard":"new","discard_new_per_subject":true,"max_msgs_per_subject":1}"#,
            changed: #"{"discard":"new","discard_new_per_subject":true,"max_msgs_per_subject":1}"#
        ),
        Case(
            #"{"deny_purge":true,"allow_rollup_hdrs":true}"#,
            refused: 10052,
            #"roll-ups require the purge permission"#
        ),
        Case(
            #"{"sealed":true}"#,
            refused: 10052,
            #"stream configuration for create can not be sealed"#
        ),
        Case(
            #"{"mirror_direct":true}"#,
            refused: 10052,
            #"stream has no mirror but does have mirror direct"#
        ),
        Case(#"{"allow_direct":true}"#, changed: #"{"allow_direct":true}"#),
        Case(
            #"{"subject_delete_marker_ttl":1000}"#,
            refused: 10052,
            #"subject delete marker TTL must be at least 1 second"#
        ),
        Case(
            #"{"subject_delete_marker_ttl":2000000000}"#,
            changed: #"""
                {"allow_msg_ttl":true,"allow_rollup_hdrs":true,"metadata":{"_nats.req.level":"1"},
                "subject_delete_marker_ttl":2000000000}
                """#
        ),
        Case(
            #"{"subject_delete_marker_ttl":-1}"#,
            refused: 10052,
            #"subject delete marker TTL must not be negative"#
        ),
        Case(
            #"{"allow_msg_counter":true}"#,
            changed: #"{"allow_msg_counter":true,"metadata":{"_nats.req.level":"2"}}"#
        ),
        Case(
            #"{"allow_msg_counter":true,"allow_msg_ttl":true}"#,
            refused: 10052,
            #"counter stream cannot use message TTLs"#
        ),
        Case(
            #"{"allow_msg_counter":true,"discard":"new"}"#,
            refused: 10052,
            #"counter stream cannot use discard new"#
        ),
        Case(
            #"{"allow_msg_counter":true,"retention":"interest"}"#,
            refused: 10052,
            #"counter stream can only use limits retention"#
        ),
        Case(
            #"{"allow_msg_schedules":true}"#,
            changed: #"""
                {"allow_msg_schedules":true,"allow_rollup_hdrs":true,
                "metadata":{"_nats.req.level":"2"}}
                """#
        ),
        Case(
            #"{"allow_msg_schedules":true,"discard":"new"}"#,
            refused: 10052,
            #"message scheduling cannot use discard new"#
        ),
        Case(
            #"{"persist_mode":"async","storage":"memory"}"#,
            refused: 10052,
            #"async persist mode is only supported on file storage"#
        ),
        Case(
            #"{"persist_mode":"async"}"#,
            changed: #"{"metadata":{"_nats.req.level":"2"},"persist_mode":"async"}"#
        ),
        Case(
            #"{"persist_mode":"async","allow_atomic":true}"#,
            refused: 10052,
            #"async persist mode is not supported with atomic batch publish"#
        ),
        Case(
            #"{"allow_atomic":true,"allow_batched":true}"#,
            changed: #"""
                {"allow_atomic":true,"allow_batched":true,"metadata":{"_nats.req.level":"4"}}
                """#
        ),
        Case(#"{"first_seq":100}"#, changed: #"{"first_seq":100}"#),
        Case(#"{"description":"hello \"x\" <b>"}"#, changed: #"{"description":"hello \"x\" <b>"}"#),
        Case(
            #"{"metadata":{"b":"2","a":"1"}}"#,
            changed: #"{"metadata":{"_nats.req.level":"0","a":"1","b":"2"}}"#
        ),
        Case(#"{"placement":{}}"#, changed: #"{}"#),
        Case(
            #"{"placement":{"preferred":"x"}}"#,
            refused: 10052,
            #"preferred server not permitted in placement"#
        ),
        Case(#"{"placement":{"tags":["t"]}}"#, changed: #"{"placement":{"tags":["t"]}}"#),
        Case(
            #"{"consumer_limits":{"inactive_threshold":5000000000,"max_ack_pending":5}}"#,
            changed: #"{"consumer_limits":{"inactive_threshold":5000000000,"max_ack_pending":5}}"#
        ),
        Case(#"{"compression":"s2"}"#, changed: #"{"compression":"s2"}"#),
        Case(
            #"{"compression":"zip"}"#,
            refused: 10025,
            #"invalid JSON: unknown compression algorithm"#
        ),
    ]
}
