// Configurations of consumers and what nats-server 2.15.1 made of them.

extension ConsumerConfigurationJSONTests {
    /// On stream L.
    static let onL: [Case] = [
        Case(#"{"durable_name":"d"}"#, changed: #"{}"#),
        Case(
            #"{"durable_name":"d","ack_policy":"explicit"}"#,
            changed: #"{"ack_policy":"explicit","ack_wait":30000000000,"max_ack_pending":1000}"#
        ),
        Case(
            #"{"durable_name":"d","ack_policy":"explicit","filter_subject":"l.a"}"#,
            changed: #"""
                {"ack_policy":"explicit","ack_wait":30000000000,"filter_subject":"l.a",
                "max_ack_pending":1000}
                """#
        ),
        Case(
            #"{"durable_name":"d","filter_subjects":["l.a","l.b"]}"#,
            changed: #"{"filter_subjects":["l.a","l.b"]}"#
        ),
        Case(
            #"{"durable_name":"d","filter_subjects":["l.a","l.*"]}"#,
            refused: 10138,
            #"consumer subject filters cannot overlap"#
        ),
        Case(
            #"{"durable_name":"d","filter_subject":"l.a","filter_subjects":["l.b"]}"#,
            refused: 10136,
            #"consumer cannot have both FilterSubject and FilterSubjects specified"#
        ),
        Case(
            #"{"durable_name":"d","filter_subjects":[""]}"#,
            refused: 10139,
            #"consumer filter in FilterSubjects cannot be empty"#
        ),
        Case(#"{"durable_name":"d","filter_subject":"l..a"}"#, refused: 10052, #"invalid subject"#),
        Case(
            #"{"durable_name":"d","deliver_policy":"by_start_sequence"}"#,
            refused: 10094,
            #"""
            consumer delivery policy is deliver by start sequence,
             but optional start sequence is not set
            """#
        ),
        Case(
            #"{"durable_name":"d","deliver_policy":"by_start_sequence","opt_start_seq":3}"#,
            changed: #"{"deliver_policy":"by_start_sequence","opt_start_seq":3}"#
        ),
        Case(
            #"{"durable_name":"d","opt_start_seq":3}"#,
            refused: 10094,
            #"consumer delivery policy is deliver all, but optional start sequence is also set"#
        ),
        Case(
            #"{"durable_name":"d","deliver_policy":"by_start_time"}"#,
            refused: 10094,
            #"""
            consumer delivery policy is deliver by start time, but optional start time is not set
            """#
        ),
        Case(
            #"{"durable_name":"d","deliver_policy":"last_per_subject"}"#,
            refused: 10094,
            #"""
            consumer delivery policy is deliver last per subject,
             but optional filter subject is not set
            """#
        ),
        Case(
            #"""
            {"durable_name":"d","deliver_policy":"last","opt_start_time":"2026-01-02T03:04:05Z"}
            """#,
            refused: 10094,
            #"consumer delivery policy is deliver last, but optional start time is also set"#
        ),
        Case(
            #"""
            {"durable_name":"d","deliver_policy":"by_start_time",
            "opt_start_time":"2026-01-02T03:04:05.123Z"}
            """#,
            changed: #"""
                {"deliver_policy":"by_start_time","opt_start_time":"2026-01-02T03:04:05.123Z"}
                """#
        ),
        Case(
            #"""
            {"durable_name":"d","deliver_policy":"by_start_time",
            "opt_start_time":"2026-01-02T03:04:05.123Z","opt_start_seq":2}
            """#,
            refused: 10094,
            #"""
            consumer delivery policy is deliver by start time,
             but optional start start sequence is also set
            """#
        ),
        Case(
            #"""
            {"durable_name":"d","ack_policy":"explicit","backoff":[1000000000,2000000000],
            "max_deliver":1}
            """#,
            refused: 10116,
            #"max deliver is required to be > length of backoff values"#
        ),
        Case(
            #"""
            {"durable_name":"d","ack_policy":"explicit","backoff":[1000000000,2000000000],
            "max_deliver":3}
            """#,
            changed: #"""
                {"ack_policy":"explicit","ack_wait":1000000000,"backoff":[1000000000,2000000000],
                "max_ack_pending":1000,"max_deliver":3}
                """#
        ),
        Case(
            #"{"durable_name":"d","ack_policy":"explicit","ack_wait":-1}"#,
            refused: 10183,
            #"consumer ack wait needs to be positive"#
        ),
        Case(
            #"{"durable_name":"d","ack_policy":"all","max_ack_pending":-3}"#,
            changed: #"{"ack_policy":"all","ack_wait":30000000000,"max_ack_pending":-1}"#
        ),
        Case(
            #"{"durable_name":"d","deliver_subject":"push.x"}"#,
            changed: #"{"deliver_subject":"push.x","max_waiting":null}"#
        ),
        Case(
            #"{"durable_name":"d","deliver_subject":"push.*"}"#,
            refused: 10079,
            #"consumer deliver subject has wildcards"#
        ),
        Case(
            #"{"durable_name":"d","deliver_subject":"l.x"}"#,
            refused: 10081,
            #"consumer deliver subject forms a cycle"#
        ),
        Case(
            #"{"durable_name":"d","deliver_subject":"push..x"}"#,
            refused: 10112,
            #"invalid push consumer deliver subject"#
        ),
        Case(
            #"{"durable_name":"d","deliver_subject":"push.x","max_waiting":5}"#,
            refused: 10080,
            #"consumer in push mode can not set max waiting"#
        ),
        Case(
            #"{"durable_name":"d","deliver_subject":"push.x","max_ack_pending":5}"#,
            refused: 10082,
            #"consumer requires ack policy for max ack pending"#
        ),
        Case(
            #"{"durable_name":"d","deliver_subject":"push.x","idle_heartbeat":1000}"#,
            refused: 10083,
            #"consumer idle heartbeat needs to be >= 100ms"#
        ),
        Case(
            #"{"durable_name":"d","deliver_subject":"push.x","flow_control":true}"#,
            refused: 10108,
            #"consumer with flow control also needs heartbeats"#
        ),
        Case(
            #"""
            {"durable_name":"d","deliver_subject":"push.x","flow_control":true,
            "idle_heartbeat":5000000000,"ack_policy":"explicit"}
            """#,
            changed: #"""
                {"ack_policy":"explicit","ack_wait":30000000000,"deliver_subject":"push.x",
                "flow_control":true,"idle_heartbeat":5000000000,"max_ack_pending":1000,
                "max_waiting":null}
                """#
        ),
        Case(
            #"{"durable_name":"d","idle_heartbeat":1000000000}"#,
            refused: 10088,
            #"consumer idle heartbeat requires a push based consumer"#
        ),
        Case(
            #"{"durable_name":"d","flow_control":true}"#,
            refused: 10089,
            #"consumer flow control requires a push based consumer"#
        ),
        Case(
            #"{"durable_name":"d","rate_limit_bps":100}"#,
            refused: 10086,
            #"consumer in pull mode can not have rate limit set"#
        ),
        Case(
            #"{"durable_name":"d","max_expires":1000}"#,
            refused: 10115,
            #"consumer max request expires needs to be >= 1ms"#
        ),
        Case(#"{"durable_name":"d","max_batch":-4,"max_bytes":5}"#, changed: #"{"max_bytes":5}"#),
        Case(
            #"{"durable_name":"d","num_replicas":3}"#,
            refused: 10074,
            #"replicas > 1 not supported in non-clustered mode"#
        ),
        Case(
            #"{"durable_name":"d","num_replicas":-1}"#,
            refused: 10133,
            #"replicas count cannot be negative"#
        ),
        Case(#"{"durable_name":"d","sample_freq":"30%"}"#, changed: #"{"sample_freq":"30%"}"#),
        Case(
            #"{"durable_name":"d","sample_freq":"x%"}"#,
            refused: 10095,
            #"""

            failed to parse consumer sampling configuration: strconv.Atoi: parsing "x": invalid syntax
            """#
        ),
        Case(
            #"{"durable_name":"d","replay_policy":"original"}"#,
            changed: #"{"replay_policy":"original"}"#
        ),
        Case(
            #"{"durable_name":"d","replay_policy":"weird"}"#,
            refused: 10025,
            #"invalid JSON: can not unmarshal "\"weird\"""#
        ),
        Case(
            #"""
            {"durable_name":"d","headers_only":true,"mem_storage":true,
            "inactive_threshold":7000000000}
            """#,
            changed: #"{"headers_only":true,"inactive_threshold":7000000000,"mem_storage":true}"#
        ),
        Case(
            #"{"durable_name":"d","metadata":{"z":"1"}}"#,
            changed: #"{"metadata":{"_nats.req.level":"0","z":"1"}}"#
        ),
        Case(
            #"{"durable_name":"d","pause_until":"2030-01-01T00:00:00Z"}"#,
            changed: #"{"metadata":{"_nats.req.level":"1"},"pause_until":"2030-01-01T00:00:00Z"}"#
        ),
        Case(
            #"{"durable_name":"d","priority_policy":"overflow"}"#,
            refused: 10159,
            #"Setting PriorityPolicy requires at least one PriorityGroup to be set"#
        ),
        Case(
            #"{"durable_name":"d","priority_policy":"overflow","priority_groups":["A"]}"#,
            changed: #"""
                {"metadata":{"_nats.req.level":"1"},"priority_groups":["A"],
                "priority_policy":"overflow"}
                """#
        ),
        Case(
            #"{"durable_name":"d","priority_policy":"pinned_client","priority_groups":["A"]}"#,
            changed: #"""
                {"metadata":{"_nats.req.level":"1"},"priority_groups":["A"],
                "priority_policy":"pinned_client","priority_timeout":120000000000}
                """#
        ),
        Case(
            #"{"durable_name":"d","priority_policy":"pinned_client","priority_groups":[""]}"#,
            refused: 10161,
            #"Group name cannot be an empty string"#
        ),
        Case(
            #"{"durable_name":"d","priority_policy":"pinned_client","priority_groups":["a b"]}"#,
            refused: 10162,
            #"""
            Valid priority group name must match A-Z, a-z, 0-9,
             -_/=)+ and may not exceed 16 characters
            """#
        ),
        Case(
            #"{"durable_name":"d","priority_groups":["A"]}"#,
            refused: 10196,
            #"consumer can not have priority groups when policy is none"#
        ),
        Case(
            #"{"durable_name":"d","priority_timeout":5000000000}"#,
            refused: 10197,
            #"PinnedTTL cannot be set when PriorityPolicy is none"#
        ),
        Case(
            #"""
            {"durable_name":"d","deliver_subject":"p","priority_policy":"overflow",
            "priority_groups":["A"]}
            """#,
            refused: 10178,
            #"priority groups can not be used with push consumers"#
        ),
        Case(
            #"{"durable_name":"d","direct":true}"#,
            refused: 10090,
            #"consumer direct requires a push based consumer"#
        ),
        Case(
            #"{"durable_name":"d","direct":true,"deliver_subject":"p"}"#,
            refused: 10091,
            #"consumer direct requires an ephemeral consumer"#
        ),
        Case(
            #"{"durable_name":"d","ack_policy":"flow_control","deliver_subject":"p"}"#,
            changed: #"""
                {"ack_policy":"flow_control","deliver_subject":"p","flow_control":true,
                "idle_heartbeat":1000000000,"max_ack_pending":1000,"max_waiting":null,
                "metadata":{"_nats.req.level":"4"}}
                """#
        ),
        Case(
            #"{"durable_name":"d","ack_policy":"flow_control"}"#,
            refused: 10218,
            #"flow control ack policy requires a push based consumer"#
        ),
        Case(#"{"durable_name":"d","name":"e"}"#, changed: #"{}"#),
        Case(
            #"{"durable_name":"d","bogus":2}"#,
            refused: 10025,
            #"invalid JSON: json: unknown field "bogus""#
        ),
        Case(
            #"""
            {"durable_name":"d","deliver_group":"g","deliver_subject":"p","rate_limit_bps":1000}
            """#,
            changed: #"""
                {"deliver_group":"g","deliver_subject":"p","max_waiting":null,"rate_limit_bps":1000}
                """#
        ),
    ]
    /// On stream W.
    static let onW: [Case] = [
        Case(
            #"{"durable_name":"d"}"#,
            refused: 10084,
            #"consumer in pull mode requires explicit ack policy on workqueue stream"#
        ),
        Case(
            #"{"durable_name":"d","ack_policy":"all"}"#,
            refused: 10098,
            #"workqueue stream requires explicit ack"#
        ),
        Case(
            #"{"durable_name":"d","ack_policy":"explicit"}"#,
            changed: #"{"ack_policy":"explicit","ack_wait":30000000000,"max_ack_pending":1000}"#
        ),
        Case(
            #"{"durable_name":"d","ack_policy":"explicit","deliver_policy":"new"}"#,
            refused: 10101,
            #"consumer must be deliver all on workqueue stream"#
        ),
        Case(
            #"{"durable_name":"d","ack_policy":"none","deliver_subject":"p"}"#,
            refused: 10098,
            #"workqueue stream requires explicit ack"#
        ),
        Case(
            #"{"durable_name":"d","ack_policy":"explicit","num_replicas":1}"#,
            changed: #"""
                {"ack_policy":"explicit","ack_wait":30000000000,"max_ack_pending":1000,
                "num_replicas":1}
                """#
        ),
    ]
    /// On stream M.
    static let onM: [Case] = [
        Case(
            #"{"durable_name":"d","ack_policy":"explicit","max_ack_pending":50}"#,
            refused: 10121,
            #"consumer max ack pending exceeds system limit of 10"#
        ),
        Case(
            #"{"durable_name":"d","ack_policy":"explicit"}"#,
            changed: #"""
                {"ack_policy":"explicit","ack_wait":30000000000,"inactive_threshold":60000000000,
                "max_ack_pending":10}
                """#
        ),
        Case(
            #"{"durable_name":"d","inactive_threshold":90000000000}"#,
            refused: 10153,
            #"consumer inactive threshold exceeds system limit of 1m0s"#
        ),
    ]
}
