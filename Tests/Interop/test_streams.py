"""Asks Sluice and nats-server the same things about streams and compares the answers field by field.

usage: test_streams.py SLUICE [NATS_SERVER] [WORD…]

Without NATS_SERVER the one beside the interpreter is asked. Words choose cases. Exits with 1 when answers
differ and no exception says why they may.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time

import stream_cases
import stream_tables
from harness import Server, free_port
from stream_exceptions import EXCEPTIONS
from stream_session import Session


class NatsServer:
    """A nats-server with streams, for as long as it is compared."""

    def __init__(self, program):
        self.directory = tempfile.TemporaryDirectory(prefix="sluice-compare-")
        self.port = free_port()
        path = os.path.join(self.directory.name, "server.conf")
        with open(path, "w") as file:
            file.write(f"listen: 127.0.0.1:{self.port}\njetstream {{ store_dir: '{self.directory.name}' }}\n")
        self.log = open(os.path.join(self.directory.name, "log"), "wb")
        self.process = subprocess.Popen([program, "-c", path], stderr=self.log, stdout=self.log)
        Server.wait(self)

    def said(self):
        with open(self.log.name, "rb") as file:
            return file.read().decode(errors="replace")

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.log.close()
        self.directory.cleanup()


def made(members):
    def case(s):
        s.stream("A", subjects=["a.>"], max_msg_size=100)
        s.fill("a.1", 2)
        s.stream("T", **members)
        if "mirror" in members or "sources" in members:
            time.sleep(0.8)
        s.api("STREAM.INFO.T")
    return case


def changed(members):
    def case(s):
        s.stream("A", subjects=["a.>"])
        first = {"subjects": ["t.>"], "storage": "memory", "max_msgs": 10, "deny_delete": True}
        s.stream("T", **first)
        s.fill("t.a", 3)
        s.api("STREAM.UPDATE.T", {"name": "T", **first, **members})
        s.state("T")
    return case


def consumed(members):
    def case(s):
        s.stream("A", subjects=["a.>"])
        for number in range(4):
            s.ask(f"a.{number % 3}", b"x")
        s.consumer("A", "C", **members)
        s.info("A.C")
    return case


def reconsumed(members):
    def case(s):
        s.stream("A", subjects=["a.>"])
        first = {"ack_wait": 5 * stream_tables.SECOND, "filter_subject": "a.1", "max_deliver": 5}
        s.consumer("A", "C", **first)
        s.consumer("A", "C", **{**first, **members})
    return case


def on_disk(case):
    def stored(s):
        s.storage = "file"
        case(s)
    return stored


def all_cases():
    for title, table, kind in (
            ("make", stream_tables.STREAMS, made), ("change", stream_tables.UPDATES, changed),
            ("consume", stream_tables.CONSUMERS, consumed),
            ("change a consumer", stream_tables.CONSUMER_UPDATES, reconsumed)):
        for name, members in table.items():
            yield f"{title}: {name}", kind(members)
    for case in stream_cases.CASES:
        name = case.__name__.replace("_", " ")
        yield name, case
        yield name + ", on disk", on_disk(case)


def clear(session):
    answer = session.quietly("STREAM.NAMES")

    for name in json.loads(answer["body"]).get("streams") or []:
        session.quietly(f"STREAM.DELETE.{name}")


def run(case, session):
    session.begin()
    try:
        case(session)
    except Exception as error:
        session.log.append(f"raised {error!r}")


def differences(one, other, path=""):
    """Where two transcripts differ, as lines."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in list(one) + [k for k in other if k not in one]:
            yield from differences(one.get(key, "absent"), other.get(key, "absent"), f"{path}.{key}")
    elif isinstance(one, list) and isinstance(other, list):
        for at in range(max(len(one), len(other))):
            left = one[at] if at < len(one) else "absent"
            right = other[at] if at < len(other) else "absent"
            yield from differences(left, right, f"{path}[{at}]")
    elif one != other:
        yield f"{path}: nats-server {one!r}, sluice {other!r}"


def excused(name, line):
    either = (name, name.removesuffix(", on disk"), "*")
    return any(case in either and word in line for case, word, _ in EXCEPTIONS)


def compare(case, *ports):
    """How two servers differ in a case, and what went wrong in the case itself."""
    sessions = [Session(port) for port in ports]
    threads = [threading.Thread(target=run, args=(case, session)) for session in sessions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    raised = [line for session in sessions for line in session.log if str(line).startswith("raised ")]
    found = list(differences(sessions[0].log, sessions[1].log))
    for session in sessions:
        clear(session)
        session.close()
    return found, raised


def main():
    Server.program = os.path.abspath(sys.argv[1])
    rest = sys.argv[2:]
    peer = os.path.join(os.path.dirname(sys.executable), "nats-server")
    if rest and os.path.isfile(rest[0]):
        peer = rest.pop(0)
    chosen = [case for case in all_cases() if not rest or any(word in case[0] for word in rest)]
    reference = NatsServer(peer)
    failed = excuses = 0
    try:
        with Server("jetstream { store_dir: \"%s\" }" % tempfile.mkdtemp(dir=reference.directory.name)) as server:
            for name, case in chosen:
                # Copies, pushes and notices come when they come: what differs is asked again.
                for _ in range(3):
                    found, raised = compare(case, reference.port, server.port)
                    open_ones = [line for line in found if not excused(name, line)] + raised
                    if not open_ones:
                        break
                    print(f"{name}: differed", flush=True)
                excuses += len(found) + len(raised) - len(open_ones)
                if open_ones:
                    failed += 1
                    print(f"{name}: DIFFERS\n    " + "\n    ".join(open_ones[:12]), flush=True)
    finally:
        reference.stop()
    print(f"{len(chosen)} cases, {failed} differ, {excuses} fields excused by {len(EXCEPTIONS)} exceptions")
    sys.exit(1 if failed else 0)


main()
