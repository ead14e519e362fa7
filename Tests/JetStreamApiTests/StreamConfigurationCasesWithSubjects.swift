// Configurations of streams that name other subjects and streams
// and what nats-server 2.15.1 made of them.

extension StreamConfigurationJSONTests {
    /// What was sent besides the name `S`, and what came back.
    static let casesWithSubjects: [Case] = [
        Case(
            #"{"subject_transform":{"src":"S","dest":"T"}}"#,
            changed: #"{"subject_transform":{"src":"S","dest":"T"}}"#
        ),
        Case(
            #"{"subject_transform":{"src":"a.*","dest":"b.$2"}}"#,
            refused: 10156,
            #"""
            stream transform: invalid mapping destination: wildcard index out of range in $2: [2]
            """#
        ),
        Case(
            #"{"subject_transform":{"src":"a.*","dest":"b.{{wildcard(1)}}"},"subjects":["a.*"]}"#,
            changed: #"""
                {"subject_transform":{"src":"a.*","dest":"b.{{wildcard(1)}}"},"subjects":["a.*"]}
                """#
        ),
        Case(
            #"{"subject_transform":{"src":"a.*","dest":"b.{{foo(1)}}"}}"#,
            refused: 10156,
            #"stream transform: invalid mapping destination: unknown function in {{foo(1)}}"#
        ),
        Case(
            #"{"subject_transform":{"src":"a.>","dest":"b"}}"#,
            refused: 10156,
            #"stream transform: invalid subject"#
        ),
        Case(
            #"{"subject_transform":{"src":"a..b","dest":"b"}}"#,
            refused: 10155,
            #"stream transform source: invalid subject a..b"#
        ),
        Case(
            #"{"subject_transform":{"src":"a.*","dest":"b.{{split(1)}}"}}"#,
            refused: 10156,
            #"""

            stream transform: invalid mapping destination: not enough arguments passed to the function in {{split(1)}}
            """#
        ),
        Case(
            #"{"subject_transform":{"src":"a.*","dest":"b.{{left(1,2,3)}}"}}"#,
            refused: 10156,
            #"""

            stream transform: invalid mapping destination: too many arguments passed to the function in {{left(1,
            2,3)}}
            """#
        ),
        Case(
            #"{"subject_transform":{"src":"a.*","dest":"b.{{left(x,2)}}"}}"#,
            refused: 10156,
            #"""

            stream transform: invalid mapping destination: function argument is invalid or in the wrong format in {{left(x,
            2)}}
            """#
        ),
        Case(
            #"{"subject_transform":{"src":"a","dest":"b.{{wildcard(1)}}"}}"#,
            refused: 10156,
            #"""

            stream transform: invalid mapping destination: wildcard index out of range in {{wildcard(1)}}
            """#
        ),
        Case(
            #"{"republish":{"src":">","dest":"R.>"}}"#,
            changed: #"{"republish":{"src":">","dest":"R.>"}}"#
        ),
        Case(
            #"{"republish":{"dest":"R.>","headers_only":true}}"#,
            changed: #"{"republish":{"src":">","dest":"R.>","headers_only":true}}"#
        ),
        Case(
            #"{"republish":{"src":">","dest":"S"}}"#,
            refused: 10052,
            #"stream configuration for republish destination forms a cycle"#
        ),
        Case(
            #"{"republish":{"src":">","dest":"S.>"},"subjects":["S.>"]}"#,
            refused: 10052,
            #"stream configuration for republish destination forms a cycle"#
        ),
        Case(
            #"{"republish":{"src":"a.*","dest":"R.{{wildcard(3)}}"}}"#,
            refused: 10052,
            #"""

            stream configuration for republish with transform from 'a.*' to 'R.{{wildcard(3)}}' not valid
            """#
        ),
        Case(
            #"""
            {"subjects":["src.>"],"subject_transform":{"src":"src.>","dest":"dst.>"},
            "republish":{"src":">","dest":">"}}
            """#,
            changed: #"""
                {"republish":{"src":"dst.>","dest":"dst.>"},"subject_transform":{"src":"src.>",
                "dest":"dst.>"},"subjects":["src.>"]}
                """#
        ),
        Case(
            #"{"mirror":{"name":"ORIGIN"}}"#,
            changed: #"{"duplicate_window":null,"mirror":{"name":"ORIGIN"},"subjects":null}"#
        ),
        Case(
            #"{"mirror":{"name":"ORIGIN"},"subjects":["x"]}"#,
            refused: 10034,
            #"stream mirrors can not contain subjects"#
        ),
        Case(#"{"mirror":{"name":"a b"}}"#, refused: 10142, #"mirrored stream name is invalid"#),
        Case(
            #"{"mirror":{"name":"O"},"sources":[{"name":"P"}]}"#,
            refused: 10031,
            #"stream mirrors can not also contain other sources"#
        ),
        Case(
            #"{"mirror":{"name":"O"},"first_seq":5}"#,
            refused: 10143,
            #"stream mirrors can not have first sequence configured"#
        ),
        Case(
            #"""
            {"mirror":{"name":"O","filter_subject":"a","subject_transforms":[{"src":"a",
            "dest":"b"}]}}
            """#,
            refused: 10150,
            #"mirror with multiple subject transforms cannot also have a single subject filter"#
        ),
        Case(
            #"""
            {"mirror":{"name":"O","subject_transforms":[{"src":"a.*","dest":"b.$1"},{"src":"a.b",
            "dest":"c"}]}}
            """#,
            refused: 10152,
            #"mirror subject filters can not overlap"#
        ),
        Case(
            #"{"mirror":{"name":"O"},"subject_delete_marker_ttl":2000000000}"#,
            refused: 10052,
            #"subject delete markers forbidden on mirrors"#
        ),
        Case(
            #"{"mirror":{"name":"O"},"allow_atomic":true}"#,
            refused: 10198,
            #"stream mirrors can not also use atomic publishing"#
        ),
        Case(
            #"{"mirror":{"name":"O"},"allow_msg_counter":true}"#,
            refused: 10173,
            #"stream mirrors can not also calculate counters"#
        ),
        Case(
            #"{"mirror":{"name":"O","external":{"api":"$JS.API","deliver":"d"}}}"#,
            refused: 10021,
            #"stream external api prefix $JS.API must not overlap with $JS.API"#
        ),
        Case(
            #"{"mirror":{"name":"O","external":{"api":"X.*","deliver":"d"}}}"#,
            refused: 10052,
            #"stream external api prefix "X.*" must be a valid subject without wildcards"#
        ),
        Case(
            #"{"mirror":{"name":"O","external":{"api":"X","deliver":"d.>"}}}"#,
            refused: 10024,
            #"stream external delivery prefix d.> must not contain wildcards"#
        ),
        Case(
            #"{"sources":[{"name":"O"},{"name":"O"}]}"#,
            refused: 10140,
            #"duplicate source configuration detected"#
        ),
        Case(
            #"{"sources":[{"name":"O"},{"name":"P","filter_subject":"x","opt_start_seq":4}]}"#,
            changed: #"""
                {"duplicate_window":null,"sources":[{"name":"O"},{"name":"P","opt_start_seq":4,
                "filter_subject":"x"}],"subjects":null}
                """#
        ),
        Case(
            #"{"sources":[{"name":"O"}],"subjects":["x"]}"#,
            changed: #"{"duplicate_window":null,"sources":[{"name":"O"}],"subjects":["x"]}"#
        ),
        Case(
            #"{"sources":[{"name":"O","opt_start_time":"2026-01-02T03:04:05.5Z"}]}"#,
            changed: #"""
                {"duplicate_window":null,"sources":[{"name":"O",
                "opt_start_time":"2026-01-02T03:04:05.5Z"}],"subjects":null}
                """#
        ),
        Case(#"{"sources":[{"name":""}]}"#, refused: 10141, #"sourced stream name is invalid"#),
        Case(
            #"""
            {"sources":[{"name":"O","subject_transforms":[{"src":"a.>","dest":"b.>"},{"src":"a.b",
            "dest":"c"}]}]}
            """#,
            refused: 10147,
            #"source filters can not overlap"#
        ),
        Case(
            #"{"sources":[{"name":"O"}],"allow_msg_schedules":true}"#,
            refused: 10187,
            #"stream source can not also schedule messages"#
        ),
        Case(#"{"bogus":1}"#, refused: 10025, #"invalid JSON: json: unknown field "bogus""#),
        Case(
            #"{"max_msgs":"5"}"#,
            refused: 10025,
            #"""

            invalid JSON: json: cannot unmarshal string into Go struct field StreamConfigRequest.max_msgs of type int64
            """#
        ),
        Case(
            #"{"pedantic":true,"max_msgs":-7}"#,
            refused: 10157,
            #"pedantic mode: max_msgs must be set to -1"#
        ),
        Case(#"{"pedantic":true}"#, changed: #"{}"#),
        Case(
            #"{"pedantic":true,"republish":{"dest":"R.>"}}"#,
            refused: 10157,
            #"pedantic mode: republish source can not be empty"#
        ),
        Case(
            #"{"pedantic":true,"max_age":1000000000}"#,
            refused: 10157,
            #"pedantic mode: duplicate window cannot be bigger than max age"#
        ),
    ]
}
