"""/jsz, the JetStream part of /varz, and the same by message: as nats-server answers, member by member.

The same configuration and the same requests go to both servers; the answers are compared by their members and the
kinds of their values, and by the values of everything that both must count alike.
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

import nats
from nats.js.api import StreamSource

from harness import HOST, Server, expect, free_port, main

ACCOUNTS = """
server_name: N
jetstream {{ store_dir: "{directory}", max_mem: 1GB, max_file: 2GB }}
accounts {{
  A {{ jetstream: enabled, users: [{{user: a, password: a}}] }}
  B {{ jetstream: {{max_mem: 100M, max_file: 200M}}, users: [{{user: b, password: b}}] }}
  C {{ users: [{{user: c, password: c}}] }}
  SYS {{ users: [{{user: s, password: s}}] }}
}}
system_account: SYS
"""

PAGES = [
    "/jsz", "/jsz?accounts=1", "/jsz?streams=1", "/jsz?consumers=1", "/jsz?consumers=1&config=1", "/jsz?config=1",
    "/jsz?acc=A", "/jsz?acc=A&streams=1", "/jsz?acc=NOPE", "/jsz?acc=C", "/jsz?accounts=1&limit=1",
    "/jsz?accounts=1&limit=1&offset=1", "/jsz?accounts=1&offset=9", "/jsz?offset=-1&accounts=1",
    "/jsz?limit=0&accounts=1", "/jsz?leader-only=1", "/jsz?raft=1", "/jsz?limit=x", "/jsz?accounts=x",
    "/jsz?streams=maybe",
]

REQUESTS = [
    ("SERVER.PING.JSZ", {}), ("SERVER.PING.JSZ", {"accounts": True}),
    ("SERVER.PING.JSZ", {"streams": True, "consumer": True, "config": True, "account": "A"}),
    ("SERVER.PING.JSZ", {"accounts": True, "limit": 1, "offset": 1}),
    ("ACCOUNT.A.JSZ", {}), ("ACCOUNT.A.JSZ", {"streams": True}), ("ACCOUNT.NOPE.JSZ", {}), ("ACCOUNT.C.JSZ", {}),
    ("ACCOUNT.A.INFO", {}), ("ACCOUNT.C.INFO", {}), ("ACCOUNT.NOPE.INFO", {}),
]

# What differs on purpose: who answers, how often it syncs, how it routes its own services, which level of the API it
# has, which requests of its own it counts, and that it says nothing of data where there is an error.
OWN = {"sync_always", "feature_flags", "imports", "limits", "metadata"}
# What both must count alike.
ALIKE = {"name", "messages", "streams", "consumers", "accounts", "total", "storage", "memory", "bytes", "first_seq",
         "last_seq", "num_subjects", "consumer_count", "num_pending", "num_ack_pending", "stream_seq", "consumer_seq",
         "reserved_memory", "reserved_storage", "max_memory", "max_storage", "jetstream_enabled", "code",
         "description", "lag", "leader", "stream_name", "disabled", "strict", "compress_ok"}


class Other:
    """nats-server with the same configuration."""

    def __init__(self):
        self.directory = tempfile.mkdtemp(prefix="other-")
        self.port, self.monitoring = free_port(), free_port()
        path = os.path.join(self.directory, "server.conf")
        with open(path, "w") as file:
            file.write(f"listen: {HOST}:{self.port}\nhttp: {HOST}:{self.monitoring}\n"
                       + ACCOUNTS.format(directory=self.directory))
        program = os.path.join(os.path.dirname(sys.executable), "nats-server")
        self.process = subprocess.Popen([program, "-c", path], stderr=subprocess.DEVNULL)

    def __enter__(self):
        end = time.monotonic() + 10
        while time.monotonic() < end:
            try:
                get(self, "/varz")
                return self
            except OSError:
                time.sleep(0.02)
        raise AssertionError("nats-server did not start")

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def get(server, path):
    """Status and body of a page."""
    try:
        answer = urllib.request.urlopen(f"http://{HOST}:{server.monitoring}{path}", timeout=10)
        return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


async def prepare(server):
    """The same streams and consumers everywhere; gives a connection to the system account."""
    url = f"nats://{HOST}:{server.port}"
    a = await nats.connect(url, user="a", password="a")
    stream = a.jetstream()
    await stream.add_stream(name="ONE", subjects=["one.>"])
    await stream.add_stream(name="TWO", subjects=["two.>"], storage="memory")
    await stream.add_stream(name="MIR", mirror=StreamSource(name="ONE"))
    await stream.add_stream(name="SRC", sources=[StreamSource(name="ONE")])
    await stream.add_consumer("ONE", durable_name="C", ack_policy="explicit")
    for _ in range(5):
        await stream.publish("one.x", b"hello")
    pull = await stream.pull_subscribe_bind(durable="C", stream="ONE")
    taken = await pull.fetch(2)
    await taken[0].ack_sync()
    b = await nats.connect(url, user="b", password="b")
    await b.jetstream().add_stream(name="BEE", subjects=["bee"], max_bytes=1 << 20)
    end = time.monotonic() + 10
    while time.monotonic() < end:
        states = [(await stream.stream_info(name)).state.messages for name in ("MIR", "SRC")]
        if states == [5, 5]:
            break
        await asyncio.sleep(0.05)
    await a.close()
    await b.close()
    return await nats.connect(url, user="s", password="s")


async def gone(server):
    """The streams of account B are gone, those of A are not, and A cannot do the same."""
    url = f"nats://{HOST}:{server.port}"
    b = await nats.connect(url, user="b", password="b")
    end = time.monotonic() + 5
    while (await b.jetstream().account_info()).streams:
        expect(time.monotonic() < end, "the streams are still there")
    a = await nats.connect(url, user="a", password="a")
    try:
        await a.request("$JS.API.ACCOUNT.PURGE.A", b"", timeout=0.5)
        expect(False, "an account purged itself")
    except nats.errors.TimeoutError:
        pass
    expect((await a.jetstream().account_info()).streams == 4)
    await a.close()
    await b.close()


def kind(value):
    """What a value is, as far as readers care."""
    return "number" if isinstance(value, (int, float)) and not isinstance(value, bool) else type(value).__name__


def compare(own, other, place):
    """Complains where the members, kinds or counts of the two answers differ."""
    expect(kind(own) == kind(other), f"{place}: {own!r} instead of {other!r}")
    if isinstance(own, dict):
        mine, theirs = set(own) - OWN, set(other) - OWN
        if "error" in own and other.get("data", own) is None:
            theirs.discard("data")
        expect(mine == theirs, f"{place}: {sorted(mine - theirs)} too much, {sorted(theirs - mine)} missing")
        for name in mine:
            compare(own[name], other[name], f"{place}.{name}")
            if name in ALIKE and not place.endswith(".api") and not isinstance(own[name], (dict, list)):
                expect(own[name] == other[name], f"{place}.{name}: {own[name]!r} instead of {other[name]!r}")
    elif isinstance(own, list):
        expect(len(own) == len(other), f"{place}: {len(own)} instead of {len(other)}")
        if own and isinstance(own[0], dict) and "name" in own[0]:
            own, other = (sorted(values, key=lambda value: value["name"]) for values in (own, other))
        for number, (one, another) in enumerate(zip(own, other)):
            compare(one, another, f"{place}[{number}]")


async def case_every_page_and_answer_has_the_members_and_counts_of_nats_server():
    with Server() as server, Other() as other:
        server.process.kill()
        server.process.wait()
        directory = os.path.join(server.directory, "data")
        server.write(ACCOUNTS.format(directory=directory))
        environment = dict(os.environ, HOME=server.directory, SWIFT_BACKTRACE="enable=no")
        server.process = subprocess.Popen(
            [Server.program, "serve", "-c", server.path], env=environment,
            stderr=server.log, stdout=server.log, stdin=subprocess.DEVNULL)
        server.wait()
        own, its = await prepare(server), await prepare(other)
        troubles = []

        def note(one, another, place):
            try:
                compare(one, another, place)
            except AssertionError as trouble:
                troubles.append(str(trouble))

        for page in PAGES:
            (status, text), (wanted, wantedText) = get(server, page), get(other, page)
            expect(status == wanted, f"{page}: {status} instead of {wanted}: {text}")
            if status == 200:
                note(json.loads(text), json.loads(wantedText), page)
            else:
                expect(text == wantedText, f"{page}: {text!r} instead of {wantedText!r}")
        note(json.loads(get(server, "/varz")[1])["jetstream"], json.loads(get(other, "/varz")[1])["jetstream"], "/varz")
        for subject, body in REQUESTS:
            answers = [json.loads((await client.request(f"$SYS.REQ.{subject}", json.dumps(body).encode(), timeout=5)).data)
                       for client in (own, its)]
            note(*answers, f"{subject} {body}")
        answers = [(await client.request("$JS.API.ACCOUNT.PURGE.B", b"", timeout=5)).data for client in (own, its)]
        expect(answers[0] == answers[1], f"{answers}")
        await gone(server)
        await own.close()
        await its.close()
        expect(not troubles, "\n".join(troubles))


if __name__ == "__main__":
    main(sys.modules[__name__])
