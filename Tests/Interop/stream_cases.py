"""What two servers must do alike with streams, messages and consumers: each function is a case."""

import time

SECOND = 1_000_000_000


def messages_are_counted(s):
    s.stream("T", subjects=["t.>"])
    for number in range(3):
        s.store(f"t.{number}", b"x" * number)
    s.state("T")
    s.api("STREAM.INFO.T", {"subjects_filter": "t.>"})
    s.api("STREAM.INFO.T", {"subjects_filter": "t.1", "offset": 1})
    s.api("STREAM.INFO.T", {"nonsense": 1})


def bytes_of_a_file_stream_are_counted(s):
    s.stream("T", subjects=["t.>"], storage="file")
    s.store("t.a", b"abc")
    s.store("t.b", b"abc", {"A": "b"})
    s.state("T")


def names_and_lists_have_pages(s):
    s.stream("T1", subjects=["t.1"])
    s.stream("T2", subjects=["t.2"])
    for endpoint in ("STREAM.NAMES", "STREAM.LIST"):
        s.api(endpoint)
        s.api(endpoint, {"offset": 1})
        s.api(endpoint, {"offset": 9})
        s.api(endpoint, {"subject": "t.2"})
        s.api(endpoint, {"subject": "t.*"})
        s.api(endpoint, {"nonsense": 1})
    s.api("STREAM.LIST", {"subject": "none"})
    s.api("STREAM.NAMES", b"{")


def what_is_not_there_is_said_so(s):
    for endpoint in ("STREAM.INFO.N", "STREAM.DELETE.N", "STREAM.PURGE.N", "CONSUMER.NAMES.N",
                     "CONSUMER.LIST.N", "CONSUMER.INFO.N.C", "CONSUMER.DELETE.N.C"):
        s.api(endpoint)
    s.api("STREAM.MSG.GET.N", {"seq": 1})
    s.api("STREAM.MSG.DELETE.N", {"seq": 1})
    s.api("STREAM.UPDATE.N", {"name": "N"})
    s.stream("T")
    s.api("CONSUMER.INFO.T.C")
    s.api("CONSUMER.DELETE.T.C")
    s.api("CONSUMER.PAUSE.T.C", {"pause_until": "2099-01-01T00:00:00Z"})
    s.api("CONSUMER.UNPIN.T.C", {"group": "g"})


def endpoints_that_take_nothing_say_so(s):
    s.stream("T")
    for endpoint in ("INFO", "STREAM.DELETE.T", "CONSUMER.INFO.T.C", "CONSUMER.DELETE.T.C"):
        s.api(endpoint, {"a": 1})


def subjects_that_nobody_serves_stay_silent(s):
    for endpoint in ("FOO", "STREAM.FOO.T", "STREAM.INFO.a.b", "CONSUMER.FOO.T.C", "META.LEADER.STEPDOWN"):
        s.silent("$JS.API." + endpoint)


def what_only_clusters_do_is_refused(s):
    s.stream("T")
    for endpoint in ("STREAM.LEADER.STEPDOWN.T", "CONSUMER.LEADER.STEPDOWN.T.C", "STREAM.PEER.REMOVE.T",
                     "STREAM.PEER.EVACUATE.T", "STREAM.CANCEL_MOVE.T"):
        s.api(endpoint)


def a_level_that_is_too_high_is_refused(s):
    for endpoint in ("INFO", "STREAM.NAMES", "STREAM.INFO.T", "STREAM.PURGE.T", "CONSUMER.LIST.T"):
        s.api(endpoint, headers={"Nats-Required-Api-Level": "99"})
    s.api("INFO", headers={"Nats-Required-Api-Level": "0"})


def a_stream_can_be_made_twice_alike(s):
    s.stream("T", subjects=["t"])
    s.stream("T", subjects=["t"])
    s.stream("T", subjects=["t"], max_msgs=5)
    s.stream("U", subjects=["t"])


def the_name_in_subject_and_body_agree(s):
    s.api("STREAM.CREATE.T", {"name": "U"})
    s.api("STREAM.CREATE.T", b"")
    s.api("STREAM.CREATE.T", b"[]")


def snapshots_are_asked_for_rightly(s):
    s.stream("T")
    s.api("STREAM.SNAPSHOT.N", {"deliver_subject": "d"})
    s.api("STREAM.SNAPSHOT.T")
    s.api("STREAM.SNAPSHOT.T", {"deliver_subject": "d.*"})
    s.api("STREAM.RESTORE.T", {"config": {"name": "T"}, "state": {}})
    s.api("STREAM.RESTORE.U", {"config": {"name": "V"}, "state": {}})
    s.api("STREAM.RESTORE.U")


# Publishing


def ids_are_taken_once(s):
    s.stream("T", subjects=["t.>"])
    s.store("t.a", b"1", {"Nats-Msg-Id": "a"})
    s.store("t.b", b"2", {"Nats-Msg-Id": "a"})
    s.store("t.b", b"2", {"nats-msg-id": "a"})
    s.api("STREAM.PURGE.T")
    s.store("t.b", b"2", {"Nats-Msg-Id": "a"})


def a_window_ends(s):
    s.stream("T", subjects=["t"], duplicate_window=SECOND // 5)
    s.store("t", b"1", {"Nats-Msg-Id": "a"})
    time.sleep(0.4)
    s.store("t", b"1", {"Nats-Msg-Id": "a"})


def expectations_are_checked(s):
    s.stream("T", subjects=["t.>"])
    s.store("t.a", b"1", {"Nats-Msg-Id": "one"})
    for headers in (
            {"Nats-Expected-Stream": "U"}, {"Nats-Expected-Stream": "T"},
            {"Nats-Expected-Last-Sequence": "9"}, {"Nats-Expected-Last-Sequence": "2"},
            {"Nats-Expected-Last-Subject-Sequence": "0"}, {"Nats-Expected-Last-Subject-Sequence": "3"},
            {"Nats-Expected-Last-Msg-Id": "two"}, {"Nats-Expected-Last-Sequence": "x"},
            {"Nats-Expected-Last-Subject-Sequence-Subject": "t.>"},
            {"Nats-Expected-Last-Subject-Sequence": "4", "Nats-Expected-Last-Subject-Sequence-Subject": "t.*"},
            {"Nats-Expected-Last-Subject-Sequence": "1", "Nats-Expected-Last-Subject-Sequence-Subject": "t.b"}):
        s.store("t.a", b"x", headers)
    s.store("t.new", b"x", {"Nats-Expected-Last-Subject-Sequence": "0"})


def what_was_not_asked_for_is_refused(s):
    s.stream("T", subjects=["t"])
    for headers in ({"Nats-TTL": "5"}, {"Nats-TTL": "x"}, {"Nats-Rollup": "sub"}, {"Nats-Incr": "1"},
                    {"Nats-Batch-Id": "b", "Nats-Batch-Sequence": "1"}, {"Nats-Schedule": "@every 5s"},
                    {"Nats-Stream-Source": "A 1 > > a"}):
        s.store("t", b"", headers)


def a_rollup_replaces(s):
    s.stream("T", subjects=["t.>"], allow_rollup_hdrs=True)
    for subject in ("t.a", "t.a", "t.b"):
        s.store(subject)
    s.store("t.a", b"r", {"Nats-Rollup": "sub"})
    s.api("STREAM.INFO.T", {"deleted_details": True})
    s.store("t.a", b"r", {"Nats-Rollup": "ALL"})
    s.store("t.a", b"r", {"Nats-Rollup": "some"})
    s.state("T")


def a_time_to_live_ends(s):
    s.stream("T", subjects=["t.>"], allow_msg_ttl=True)
    s.store("t.a", b"1", {"Nats-TTL": "1"})
    s.store("t.b", b"2", {"Nats-TTL": "never"})
    for text in ("0", "500ms", "abc", "-1", "1h"):
        s.store("t.c", b"3", {"Nats-TTL": text})
    time.sleep(1.6)
    s.api("STREAM.INFO.T", {"subjects_filter": "t.>"})


def a_marker_stands_for_the_end_of_a_subject(s):
    s.stream("T", subjects=["t.>"], subject_delete_marker_ttl=2 * SECOND, max_age=SECOND)
    s.store("t.a", b"1")
    time.sleep(1.7)
    s.api("STREAM.MSG.GET.T", {"last_by_subj": "t.a"})


def limits_remove_the_oldest(s):
    s.stream("T", subjects=["t.>"], max_msgs=2)
    s.fill("t.a", 4)
    s.state("T")
    s.stream("U", subjects=["u.>"], max_msgs_per_subject=1)
    for subject in ("u.a", "u.b", "u.a"):
        s.store(subject)
    s.api("STREAM.INFO.U", {"subjects_filter": ">", "deleted_details": True})


def a_full_stream_refuses(s):
    s.stream("T", subjects=["t"], max_msgs=2, discard="new")
    for _ in range(3):
        s.store("t")
    s.stream("U", subjects=["u"], max_bytes=100, discard="new")
    for _ in range(3):
        s.store("u", b"x" * 40)
    s.stream("V", subjects=["v.>"], max_msgs_per_subject=1, discard="new", discard_new_per_subject=True)
    for subject in ("v.a", "v.b", "v.a"):
        s.store(subject)


def a_message_may_be_too_large(s):
    s.stream("T", subjects=["t"], max_msg_size=10)
    s.store("t", b"x" * 10)
    s.store("t", b"x" * 11)
    s.store("t", b"x" * 5, {"A": "b"})


def a_subject_is_transformed(s):
    s.stream("T", subjects=["t.*.*"], subject_transform={"src": "t.*.*", "dest": "x.{{wildcard(2)}}.{{wildcard(1)}}"})
    s.store("t.a.b", b"1")
    s.api("STREAM.MSG.GET.T", {"seq": 1})
    s.stream("U", subjects=["u.*"], subject_transform={"src": "u.*", "dest": "x.{{partition(7,1)}}.{{left(1,2)}}"})
    for word in ("alpha", "beta", "gamma"):
        s.store("u." + word)
    s.api("STREAM.INFO.U", {"subjects_filter": ">"})
    s.stream("V", subjects=["v.>"], subject_transform={"src": "v.*", "dest": "y.{{split(1,-)}}"})
    s.store("v.a-b-c")
    s.store("v.not.matched")
    s.api("STREAM.INFO.V", {"subjects_filter": ">"})


def nobody_interested_means_nothing_kept(s):
    s.stream("T", subjects=["t.>"], retention="interest")
    s.store("t.a")
    s.state("T")
    s.consumer("T", "C", filter_subject="t.b")
    s.store("t.a")
    s.store("t.b")
    s.state("T")
    s.pull("T.C")
    s.ack(0)
    s.state("T")


def a_first_sequence_counts_on(s):
    s.stream("T", subjects=["t"], first_seq=100)
    s.store("t")
    s.state("T")


def a_sealed_stream_stays(s):
    s.stream("T", subjects=["t"])
    s.store("t")
    s.api("STREAM.UPDATE.T", {"name": "T", "subjects": ["t"], "storage": "memory", "sealed": True})
    s.store("t")
    s.api("STREAM.MSG.DELETE.T", {"seq": 1})
    s.api("STREAM.PURGE.T")


def headers_are_cleaned(s):
    s.stream("T", subjects=["t"])
    s.store("t", b"x", {"Nats-Request-Info": "{}", "A": "b"})
    s.api("STREAM.MSG.GET.T", {"seq": 1})
    s.api("STREAM.MSG.GET.T", {"seq": 1, "no_hdr": True})


def stored_messages_are_published_again(s):
    s.listen("r.>")
    s.stream("T", subjects=["t.>"], republish={"src": "t.*", "dest": "r.{{wildcard(1)}}"})
    s.publish("t.a", b"one", {"A": "b"})
    s.publish("t.a", b"two")
    s.publish("t.a.b", b"not")
    s.hear()
    s.stream("U", subjects=["u"], republish={"src": "u", "dest": "r.u", "headers_only": True})
    s.publish("u", b"gone")
    s.hear()


# Reading and removing


def messages_are_read_in_every_way(s):
    s.stream("T", subjects=["t.>"])
    for subject in ("t.a", "t.b", "t.a"):
        s.store(subject, subject.encode())
    for body in ({"seq": 1}, {"seq": 9}, {"seq": 0}, {}, b"", {"last_by_subj": "t.a"},
                 {"last_by_subj": "t.*"}, {"last_by_subj": "none"}, {"next_by_subj": "t.a", "seq": 2},
                 {"next_by_subj": "t.>"}, {"seq": 1, "last_by_subj": "t.a"}, {"nonsense": 1},
                 {"start_time": "2020-01-01T00:00:00Z"}, {"start_time": "2099-01-01T00:00:00Z"}):
        s.api("STREAM.MSG.GET.T", body)


def messages_are_deleted(s):
    s.stream("T", subjects=["t"])
    s.fill("t", 4)
    for body in ({"seq": 2}, {"seq": 2}, {"seq": 9}, b"", {"seq": 3, "no_erase": True}, {"seq": 0}):
        s.api("STREAM.MSG.DELETE.T", body)
    s.api("STREAM.INFO.T", {"deleted_details": True})
    s.api("STREAM.MSG.GET.T", {"seq": 2})
    s.stream("U", subjects=["u"], deny_delete=True, deny_purge=True)
    s.store("u")
    s.api("STREAM.MSG.DELETE.U", {"seq": 1})
    s.api("STREAM.PURGE.U")


def messages_are_purged(s):
    s.stream("T", subjects=["t.>"])
    for round in range(3):
        for subject in ("t.a", "t.b"):
            s.ask(subject, b"x")
    s.api("STREAM.PURGE.T", {"filter": "t.a", "keep": 1})
    s.state("T")
    s.api("STREAM.PURGE.T", {"seq": 4})
    s.state("T")
    s.api("STREAM.PURGE.T", {"seq": 4, "keep": 1})
    s.api("STREAM.PURGE.T", {"keep": 1})
    s.api("STREAM.PURGE.T", {"seq": 20})
    s.state("T")
    s.api("STREAM.PURGE.T", {"nonsense": 1})
    s.api("STREAM.PURGE.T")


def messages_are_read_directly(s):
    s.stream("T", subjects=["t.>"], allow_direct=True)
    for subject in ("t.a", "t.b", "t.a"):
        s.ask(subject, subject.encode(), {"H": "v"})
    for body in ({"seq": 1}, {"seq": 9}, {"last_by_subj": "t.b"}, {"last_by_subj": "t.>"}, {},
                 {"seq": 2, "next_by_subj": "t.a"}, {"seq": 1, "last_by_subj": "t.a"}, b"", b"{",
                 {"seq": 1, "no_hdr": True}):
        s.note(s.ask("$JS.API.DIRECT.GET.T", body))
    s.note(s.ask("$JS.API.DIRECT.GET.T.t.a"))
    s.note(s.ask("$JS.API.DIRECT.GET.T.t.none"))
    s.note(s.ask("$JS.API.DIRECT.GET.T.t.b", {"no_hdr": True}))
    s.stream("U", subjects=["u"])
    s.note(s.ask("$JS.API.DIRECT.GET.U", {"seq": 1}))
    s.note(s.ask("$JS.API.DIRECT.GET.N", {"seq": 1}))


def many_messages_are_read_directly(s):
    s.stream("T", subjects=["t.>"], allow_direct=True)
    for number in range(6):
        s.ask(f"t.{number % 3}", b"m%d" % number)
    for body in ({"seq": 1, "batch": 3}, {"seq": 5, "batch": 10}, {"batch": 2, "next_by_subj": "t.1"},
                 {"seq": 1, "batch": 10, "max_bytes": 1}, {"multi_last": ["t.>"]},
                 {"multi_last": ["t.0", "t.2"], "up_to_seq": 4}, {"multi_last": ["t.>"], "batch": 2},
                 {"multi_last": ["none"]}, {"seq": 9, "batch": 2},
                 {"multi_last": ["t.>"], "seq": 3}):
        s.publish("$JS.API.DIRECT.GET.T", body, reply=s.inbox())
        s.hear(0.6)


# Mirrors and sources


def settled(s, name, messages, seconds=3.0):
    """Waits until a stream holds as many messages."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        answer = s.quietly(f"STREAM.INFO.{name}")
        if answer and f'"messages":{messages},'.encode() in answer["body"]:
            return
        time.sleep(0.05)


def a_mirror_is_the_same_stream(s):
    s.stream("A", subjects=["a.>"])
    s.fill("a.x", 3)
    s.quietly("STREAM.MSG.DELETE.A", {"seq": 2})
    s.stream("M", mirror={"name": "A"})
    settled(s, "M", 2)
    s.ask("a.y", b"later", {"Nats-Msg-Id": "i", "Nats-Expected-Stream": "A", "H": "v"})
    settled(s, "M", 3)
    s.state("M")
    s.api("STREAM.MSG.GET.M", {"seq": 4})
    s.api("STREAM.PURGE.M")
    s.state("M")
    s.api("STREAM.UPDATE.M", {"name": "M", "storage": "memory", "mirror": {"name": "B"}})
    s.api("STREAM.UPDATE.M", {"name": "M", "storage": "memory", "subjects": ["m"]})
    s.store("m")


def sources_are_collected(s):
    s.stream("A", subjects=["a.>"])
    for number in range(4):
        s.ask(f"a.{number % 2}", b"m%d" % number, {"Nats-Msg-Id": f"i{number}"})
    s.stream("S", sources=[{"name": "A", "filter_subject": "a.1"}], subjects=["s"])
    s.stream("U", sources=[{"name": "A", "subject_transforms": [
        {"src": "a.0", "dest": "zero"}, {"src": "a.1", "dest": ""}]}])
    s.stream("V", sources=[{"name": "A", "opt_start_seq": 3}])
    settled(s, "S", 2)
    settled(s, "U", 4)
    settled(s, "V", 2)
    for name in "SUV":
        s.state(name)
        s.api(f"STREAM.MSG.GET.{name}", {"seq": 1})
    s.store("s", b"own")


def nothing_is_taken_from_itself(s):
    s.stream("A", subjects=["a"], sources=[{"name": "B"}])
    s.stream("B", subjects=["b"], sources=[{"name": "A"}])


# Consumers


def consumers_are_named_and_listed(s):
    s.stream("T", subjects=["t"])
    for name in ("B", "A"):
        s.consumer("T", name)
    s.api("CONSUMER.NAMES.T")
    s.api("CONSUMER.NAMES.T", {"offset": 1})
    s.api("CONSUMER.LIST.T")
    s.api("CONSUMER.LIST.T", {"offset": 5})
    s.info("T.A")
    s.api("CONSUMER.DELETE.T.A")
    s.info("T.A")
    s.api("STREAM.DELETE.T")


def a_consumer_is_made_by_every_subject(s):
    s.stream("T", subjects=["t.>"])
    config = {"ack_policy": "explicit"}
    for endpoint, body in (
            ("CREATE.T.X", {"stream_name": "T", "config": config}),
            ("CREATE.T.Y.t.a", {"stream_name": "T", "config": {**config, "filter_subject": "t.a"}}),
            ("CREATE.T.Z.t.a", {"stream_name": "T", "config": {**config, "filter_subject": "t.b"}}),
            ("CREATE.T.Z.t.a", {"stream_name": "T", "config": {**config, "filter_subjects": ["t.a"]}}),
            ("CREATE.T", {"stream_name": "T", "config": {**config, "durable_name": "D"}}),
            ("CREATE.T.D", {"stream_name": "T", "config": {**config, "durable_name": "E"}}),
            ("DURABLE.CREATE.T.D", {"stream_name": "T", "config": config}),
            ("DURABLE.CREATE.T.D", {"stream_name": "U", "config": {**config, "durable_name": "D"}}),
            ("DURABLE.CREATE.T.D", {"stream_name": "T"}),
            ("CREATE.N.D", {"stream_name": "N", "config": config}),
            ("CREATE.T.D", {"stream_name": "T", "config": config, "action": "update"}),
            ("CREATE.T.D", {"stream_name": "T", "config": config, "action": "some"}),
            ("CREATE.T.X", {"stream_name": "T", "config": config, "action": "create"}),
            ("CREATE.T.X", {"stream_name": "T", "config": {**config, "max_deliver": 3}, "action": "create"})):
        s.api("CONSUMER." + endpoint, body)


def a_work_queue_has_rules(s):
    s.stream("T", subjects=["t.>"], retention="workqueue")
    s.consumer("T", "N", ack_policy="none")
    s.consumer("T", "L", deliver_policy="last")
    s.consumer("T", "A", ack_policy="all")
    s.consumer("T", "C", filter_subject="t.a")
    s.consumer("T", "D", filter_subject="t.>")
    s.consumer("T", "E", filter_subject="t.b")
    s.consumer("T", "F")
    s.store("t.a")
    s.pull("T.C")
    s.ack(0)
    s.state("T")


def a_stream_has_only_so_many_consumers(s):
    limits = {"max_ack_pending": 5, "inactive_threshold": 60 * SECOND}
    s.stream("T", subjects=["t"], max_consumers=1, consumer_limits=limits)
    s.consumer("T", "A", max_ack_pending=9)
    s.consumer("T", "A", inactive_threshold=90 * SECOND)
    s.consumer("T", "A")
    s.consumer("T", "B")


def pulls_end_with_their_status(s):
    s.stream("T", subjects=["t"])
    s.consumer("T", "C")
    s.pull("T.C", {"batch": 1, "no_wait": True})
    s.pull("T.C", {"batch": 1, "expires": SECOND // 5})
    s.fill("t", 3)
    s.pull("T.C", {"batch": 2, "no_wait": True})
    s.pull("T.C", {"batch": 5, "no_wait": True})
    s.pull("T.C", {"batch": 5, "no_wait": True, "expires": SECOND // 3})
    for body in (b"{", {"nonsense": 1}, {"batch": 1, "expires": SECOND, "idle_heartbeat": SECOND},
                 {"batch": 1, "no_wait": True, "group": "g"}, b"x"):
        s.pull("T.C", body, seconds=0.5)
    s.pull("N.C", {"batch": 1}, seconds=0.5)
    s.info("T.C")


def pulls_have_bounds(s):
    s.stream("T", subjects=["t"])
    s.consumer("T", "C", max_batch=2, max_expires=SECOND, max_bytes=200)
    s.fill("t", 3)
    for body in ({"batch": 3}, {"batch": 1, "expires": 2 * SECOND}, {"batch": 1, "max_bytes": 500},
                 {"batch": 2, "no_wait": True}):
        s.pull("T.C", body, seconds=0.6)
    s.consumer("T", "D", max_waiting=1)
    s.api("STREAM.PURGE.T")
    s.pull("T.D", {"batch": 1, "expires": SECOND}, seconds=0.1)
    s.pull("T.D", {"batch": 1, "expires": SECOND}, seconds=0.3)


def a_pull_may_be_too_small(s):
    s.stream("T", subjects=["t"])
    s.consumer("T", "C")
    s.store("t", b"x" * 300)
    s.pull("T.C", {"batch": 1, "max_bytes": 100, "expires": SECOND}, seconds=0.6)
    s.store("t", b"x")
    s.pull("T.C", {"batch": 2, "max_bytes": 5000, "expires": SECOND}, seconds=0.6)


def heartbeats_come_while_nothing_does(s):
    s.stream("T", subjects=["t"])
    s.consumer("T", "C")
    s.pull("T.C", {"batch": 1, "expires": SECOND, "idle_heartbeat": SECOND * 2 // 5}, seconds=1.4, quiet=None)


def acknowledgements_count(s):
    s.stream("T", subjects=["t"])
    s.consumer("T", "C", ack_wait=30 * SECOND)
    s.fill("t", 6)
    s.pull("T.C", {"batch": 6, "no_wait": True})
    for number, body in enumerate((b"", b"+ACK", b"+WPI", b"-NAK {\"delay\": 10000000000}", b"+TERM", b"nonsense")):
        s.ack(number, body)
    s.info("T.C")
    s.ack(0)
    s.pull("T.C", {"batch": 6, "no_wait": True})
    s.note(s.ask("$JS.ACK.T.C.1.99.99.1.0", b"+ACK", seconds=0.3))
    s.note(s.ask("$JS.ACK.N.C.1.1.1.1.0", b"+ACK", seconds=0.3))


def what_is_refused_comes_again(s):
    s.stream("T", subjects=["t"])
    s.consumer("T", "C", ack_wait=SECOND * 3 // 10, max_deliver=2)
    s.fill("t", 2)
    s.pull("T.C", {"batch": 2, "no_wait": True})
    s.ack(0, b"-NAK")
    s.pull("T.C", {"batch": 1, "no_wait": True})
    s.pull("T.C", {"batch": 2, "expires": SECOND}, seconds=1.3, quiet=None)
    time.sleep(0.6)
    s.info("T.C")


def all_before_is_acknowledged(s):
    s.stream("T", subjects=["t"])
    s.consumer("T", "C", ack_policy="all")
    s.fill("t", 4)
    s.pull("T.C", {"batch": 4, "no_wait": True})
    s.ack(2)
    s.info("T.C")


def the_next_is_asked_for_with_an_acknowledgement(s):
    s.stream("T", subjects=["t"])
    s.consumer("T", "C")
    s.fill("t", 2)
    s.pull("T.C", {"batch": 1, "no_wait": True})
    s.ack(0, b"+NXT")
    s.info("T.C")


def too_many_unacknowledged_wait(s):
    s.stream("T", subjects=["t"])
    s.consumer("T", "C", max_ack_pending=1)
    s.fill("t", 2)
    s.pull("T.C", {"batch": 2, "expires": SECOND // 2}, seconds=0.9, quiet=None)
    s.ack(0)
    s.pull("T.C", {"batch": 1, "no_wait": True})


def only_headers_are_delivered(s):
    s.stream("T", subjects=["t"])
    s.consumer("T", "C", headers_only=True)
    s.store("t", b"body", {"A": "b"})
    s.store("t", b"bodies")
    s.pull("T.C", {"batch": 2, "no_wait": True})


def delivery_begins_where_it_should(s):
    s.stream("T", subjects=["t.>"])
    for subject in ("t.a", "t.b", "t.a", "t.b"):
        s.ask(subject, subject.encode())
    for name, members in (
            ("A", {}), ("L", {"deliver_policy": "last"}), ("N", {"deliver_policy": "new"}),
            ("S", {"deliver_policy": "by_start_sequence", "opt_start_seq": 3}),
            ("P", {"deliver_policy": "last_per_subject", "filter_subject": "t.>"}),
            ("F", {"filter_subject": "t.b"}), ("G", {"filter_subjects": ["t.a", "t.c"]})):
        s.consumer("T", name, **members)
        s.pull(f"T.{name}", {"batch": 9, "no_wait": True})
        s.info(f"T.{name}")


def delivery_is_paused(s):
    s.stream("T", subjects=["t"])
    s.consumer("T", "C")
    s.store("t")
    s.api("CONSUMER.PAUSE.T.C", {"pause_until": "2099-01-01T00:00:00Z"})
    s.info("T.C")
    s.pull("T.C", {"batch": 1, "no_wait": True})
    s.api("CONSUMER.PAUSE.T.C", {"pause_until": "2001-01-01T00:00:00Z"})
    s.api("CONSUMER.PAUSE.T.C")
    s.pull("T.C", {"batch": 1, "no_wait": True})
    s.api("CONSUMER.PAUSE.T.C", {"nonsense": 1})


def a_consumer_goes_back(s):
    s.stream("T", subjects=["t"])
    s.consumer("T", "C")
    s.fill("t", 4)
    s.pull("T.C", {"batch": 3, "no_wait": True})
    s.ack(0)
    s.api("CONSUMER.RESET.T.C")
    s.api("CONSUMER.RESET.T.C", {"seq": 3})
    s.pull("T.C", {"batch": 9, "no_wait": True})
    s.consumer("T", "N", deliver_policy="new")
    s.api("CONSUMER.RESET.T.N", {"seq": 1})
    s.silent("$JS.API.CONSUMER.RESET.T.NONE")


def a_client_is_pinned(s):
    s.stream("T", subjects=["t"])
    s.consumer("T", "C", priority_groups=["g"], priority_policy="pinned_client", priority_timeout=5 * SECOND)
    s.fill("t", 2)
    s.pull("T.C", {"batch": 1, "no_wait": True})
    s.pull("T.C", {"batch": 1, "expires": SECOND, "group": "g"}, seconds=0.5)
    s.pull("T.C", {"batch": 1, "expires": SECOND, "group": "g", "id": "wrong"}, seconds=0.5)
    s.api("CONSUMER.UNPIN.T.C", {"group": "g"})
    s.api("CONSUMER.UNPIN.T.C", {"group": "other"})
    s.api("CONSUMER.UNPIN.T.C", b"")
    s.consumer("T", "D")
    s.api("CONSUMER.UNPIN.T.D", {"group": "g"})


def overflow_waits_for_enough(s):
    s.stream("T", subjects=["t"])
    s.consumer("T", "C", priority_groups=["g"], priority_policy="overflow")
    s.fill("t", 3)
    s.pull("T.C", {"batch": 1, "expires": SECOND // 2, "group": "g", "min_pending": 10}, seconds=0.9, quiet=None)
    s.pull("T.C", {"batch": 1, "expires": SECOND // 2, "group": "g", "min_pending": 2}, seconds=0.5)
    s.pull("T.C", {"batch": 1, "no_wait": True, "group": "x"}, seconds=0.5)


def messages_are_pushed(s):
    s.stream("T", subjects=["t"])
    s.fill("t", 2)
    # With somebody there already, nats-server sends messages before its answer or behind it.
    s.consumer("T", "P", deliver_subject="push.me", ack_policy="explicit")
    s.listen("push.me")
    s.hear()
    s.info("T.P")
    s.ack(0)
    s.store("t", b"third", {"A": "b"})
    s.hear()
    s.pull("T.P", {"batch": 1}, seconds=0.4)


def an_idle_push_says_so(s):
    s.stream("T", subjects=["t"])
    s.listen("push.idle")
    s.consumer("T", "P", deliver_subject="push.idle", ack_policy="none", idle_heartbeat=SECOND * 2 // 5,
               flow_control=True)
    s.hear(1.0)


def removing_ends_what_waits(s):
    s.stream("T", subjects=["t"])
    s.consumer("T", "C")
    s.publish("$JS.API.CONSUMER.MSG.NEXT.T.C", {"batch": 1, "expires": 5 * SECOND}, reply=s.inbox())
    s.heard(0.1)
    s.publish("$JS.API.CONSUMER.DELETE.T.C", b"", reply=s.inbox())
    # nats-server tells those who wait before whoever asked, or behind.
    for message in sorted(s.heard(0.5, most=2), key=lambda message: message["headers"], reverse=True):
        s.note(message)
    s.hear(0.2)


def what_happens_is_told(s):
    s.listen("$JS.EVENT.ADVISORY.STREAM.>")
    s.listen("$JS.EVENT.ADVISORY.CONSUMER.>")
    s.listen("$JS.EVENT.METRIC.>")
    s.publish("$JS.API.STREAM.CREATE.T", {"name": "T", "subjects": ["t"], "storage": "memory"})
    s.hear()
    s.publish("$JS.API.CONSUMER.DURABLE.CREATE.T.C", {"stream_name": "T", "config": {
        "durable_name": "C", "ack_policy": "explicit", "max_deliver": 2, "sample_freq": "100",
        "ack_wait": SECOND // 4}})
    s.hear()
    s.fill("t", 4)
    time.sleep(0.05)
    s.publish("$JS.API.CONSUMER.MSG.NEXT.T.C", {"batch": 3, "no_wait": True}, reply=s.inbox())
    s.hear()
    s.publish(s.messages[0]["reply"], b"+TERM no use")
    s.hear()
    s.publish(s.messages[2]["reply"], b"+ACK")
    s.hear()
    s.publish(s.messages[1]["reply"], b"-NAK")
    s.hear()
    s.publish("$JS.API.CONSUMER.MSG.NEXT.T.C", {"batch": 1, "no_wait": True}, reply=s.inbox())
    s.hear()
    s.hear(1.2)
    # nats-server tells of what was tried too often when it would be tried again.
    s.publish("$JS.API.CONSUMER.MSG.NEXT.T.C", {"batch": 1, "no_wait": True}, reply=s.inbox())
    s.hear()
    s.publish("$JS.API.CONSUMER.PAUSE.T.C", {"pause_until": "2099-01-01T00:00:00Z"})
    s.hear()
    s.publish("$JS.API.STREAM.DELETE.T")
    s.hear()


CASES = [
    value for name, value in list(globals().items())
    if callable(value) and name not in ("settled",) and getattr(value, "__module__", "") == __name__]
