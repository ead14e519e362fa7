"""Streams, key-value and object stores by real clients; what is copied and what is dead, through kills."""

import asyncio
import json
import os
import subprocess
import sys
import tempfile

import nats
from nats.js.api import ConsumerConfig, KeyValueConfig
from nats.js.errors import KeyDeletedError, KeyNotFoundError
from natsio.client.config import ClientConfig
from natsio.client.core import NATSCore

from harness import HOST, WAIT, Server, expect, main


class Durable:
    """A server with streams whose store outlives it."""

    def __init__(self, server):
        self.server = server
        self.store = os.path.join(server.directory, "data")
        self.start()

    def start(self):
        self.server.process.kill()
        self.server.process.wait()
        self.server.write(f'jetstream {{ store_dir: "{self.store}" }}')
        environment = dict(os.environ, HOME=self.server.directory, SWIFT_BACKTRACE="enable=no")
        self.server.process = subprocess.Popen(
            [Server.program, "serve", "-c", self.server.path], env=environment,
            stderr=self.server.log, stdout=self.server.log, stdin=subprocess.DEVNULL)
        self.server.wait()

    async def connect(self, **options):
        self.client = await nats.connect(f"nats://{HOST}:{self.server.port}", **options)
        return self.client.jetstream()

    async def ask(self, subject, body=None):
        text = json.dumps(body).encode() if body is not None else b""
        return json.loads((await self.client.request(subject, text, timeout=WAIT)).data)

    async def until(self, subject, wanted, seconds=WAIT):
        """Asks until the answer is as wanted."""
        end = asyncio.get_running_loop().time() + seconds
        while True:
            answer = await self.ask(subject)
            if wanted(answer):
                return answer
            expect(asyncio.get_running_loop().time() < end, answer)
            await asyncio.sleep(0.05)


async def case_nats_py_publishes_pulls_and_pushes():
    with Server() as server:
        durable = Durable(server)
        stream = await durable.connect()
        await stream.add_stream(name="Q", subjects=["q.>"])
        for number in range(200):
            ack = await stream.publish("q.x", b"%d" % number)
            expect(ack.seq == number + 1)
        pulled = await stream.pull_subscribe("q.>", "worker")
        got = []
        while len(got) < 200:
            for message in await pulled.fetch(64, timeout=5):
                got.append(int(message.data))
                await message.ack_sync()
        expect(got == list(range(200)))
        pushed = await stream.subscribe("q.>", durable="pusher", manual_ack=True)
        for number in range(200):
            message = await pushed.next_msg(timeout=5)
            expect(int(message.data) == number)
            await message.ack()
        ordered = await stream.subscribe("q.>", ordered_consumer=True)
        for number in range(200):
            expect(int((await ordered.next_msg(timeout=5)).data) == number)
        await durable.client.drain()


async def case_nats_py_keeps_keys_with_history_watch_and_age():
    with Server() as server:
        durable = Durable(server)
        stream = await durable.connect()
        store = await stream.create_key_value(KeyValueConfig(bucket="K", history=5, ttl=2))
        watch = await store.watchall()
        expect(await watch.updates(timeout=5) is None)
        for number in range(3):
            await store.put("a.b", b"%d" % number)
        await store.put("c", b"x")
        for _ in range(4):
            expect(await watch.updates(timeout=5) is not None)
        expect([entry.value for entry in await store.history("a.b")] == [b"0", b"1", b"2"])
        expect(sorted(await store.keys()) == ["a.b", "c"])
        revision = (await store.get("c")).revision
        await store.update("c", b"y", last=revision)
        try:
            await store.update("c", b"z", last=revision)
            expect(False, "an old revision was taken")
        except nats.js.errors.KeyWrongLastSequenceError:
            pass
        await store.delete("c")
        try:
            await store.get("c")
            expect(False, "a deleted key is there")
        except (KeyDeletedError, KeyNotFoundError):
            pass
        await store.purge("a.b")
        await asyncio.sleep(2.5)
        try:
            await store.get("a.b")
            expect(False, "an old key is there")
        except (KeyNotFoundError, KeyDeletedError):
            pass
        await durable.client.close()


async def case_nats_py_keeps_objects():
    with Server() as server:
        durable = Durable(server)
        stream = await durable.connect()
        store = await stream.create_object_store("O")
        body = os.urandom(700_000)
        await store.put("big.bin", body)
        expect((await store.get("big.bin")).data == body)
        await store.put("small", b"x")
        expect(sorted(info.name for info in await store.list()) == ["big.bin", "small"])
        await store.delete("big.bin")
        expect([info.name for info in await store.list(ignore_deletes=True)] == ["small"])
        await durable.client.close()


async def case_nats_py_comes_back_after_a_kill():
    with Server() as server:
        durable = Durable(server)
        stream = await durable.connect(reconnect_time_wait=0.1, max_reconnect_attempts=100)
        await stream.add_stream(name="Q", subjects=["q"])
        for number in range(50):
            await stream.publish("q", b"%d" % number)
        pulled = await stream.pull_subscribe("q", "worker")
        for message in await pulled.fetch(20, timeout=5):
            await message.ack_sync()
        durable.start()
        for _ in range(100):
            try:
                expect((await stream.publish("q", b"50")).seq == 51)
                break
            except (nats.errors.Error, AssertionError):
                await asyncio.sleep(0.1)
        got = []
        while len(got) < 31:
            got += [int(message.data) for message in await pulled.fetch(31 - len(got), timeout=5)]
        expect(got == list(range(20, 51)), got)
        await durable.client.close()


async def case_natsio_uses_a_stream():
    with Server() as server:
        durable = Durable(server)
        config = ClientConfig(servers=[f"nats://{HOST}:{server.port}"], allow_reconnect=False)

        async def quiet(*_):
            pass

        client = NATSCore(config, error_callback=quiet)
        await client.connect()

        answers = asyncio.Queue()

        async def hear(message):
            await answers.put(json.loads(bytes(message.payload)))

        # Its own requests get no answer from nats-server either.
        await client.subscribe("answers", callback=hear)
        await client.flush()

        async def ask(subject, body):
            await client.publish(subject, body, reply_to="answers")
            return await asyncio.wait_for(answers.get(), WAIT)

        made = await ask("$JS.API.STREAM.CREATE.N", b'{"name":"N","subjects":["n.>"]}')
        expect(made["config"]["name"] == "N", made)
        for number in range(1, 21):
            expect((await ask("n.a", b"x"))["seq"] == number)
        got = await ask("$JS.API.STREAM.INFO.N", b"")
        expect(got["state"]["messages"] == 20, got)
        await client.close()


def case_the_c_client_publishes_pulls_pushes_and_keeps_keys():
    with tempfile.TemporaryDirectory() as directory, Server() as server:
        program = os.path.join(directory, "streams")
        source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "streams.c")
        subprocess.run(["gcc", "-Wall", "-o", program, source, "-lnats"], check=True)
        Durable(server)
        done = subprocess.run([program, str(server.port)], capture_output=True, text=True, timeout=60)
        expect(done.returncode == 0, done.stderr)


async def numbers(durable, name):
    """What a stream holds, in order."""
    found = []
    state = (await durable.ask(f"$JS.API.STREAM.INFO.{name}"))["state"]
    stream = durable.client.jetstream()
    for sequence in range(state["first_seq"], state["last_seq"] + 1):
        found.append(int((await stream.get_msg(name, sequence)).data))
    return found


async def case_mirrors_and_sources_go_on_after_kills_without_gap_or_repetition():
    with Server() as server:
        durable = Durable(server)
        stream = await durable.connect(reconnect_time_wait=0.1, max_reconnect_attempts=200)
        await stream.add_stream(name="A", subjects=["a.>"])
        await durable.ask("$JS.API.STREAM.CREATE.M", {"name": "M", "mirror": {"name": "A"}})
        await durable.ask("$JS.API.STREAM.CREATE.S", {"name": "S", "sources": [
            {"name": "A", "filter_subject": "a.even"}, {"name": "A", "filter_subject": "a.odd"}]})
        # What a work queue has let go of is not taken again either.
        await durable.ask("$JS.API.STREAM.CREATE.W", {
            "name": "W", "retention": "workqueue", "sources": [{"name": "A", "filter_subject": "a.even"}]})
        worker = await stream.pull_subscribe("", "worker", stream="W", config=ConsumerConfig(max_ack_pending=5000))
        taken = []
        sent = 0
        for round in range(4):
            waits = []
            for _ in range(500):
                subject = "a.odd" if sent % 2 else "a.even"
                waits.append(asyncio.create_task(stream.publish(subject, b"%d" % sent, timeout=5)))
                sent += 1
            await asyncio.gather(*waits)
            for message in await worker.fetch(100, timeout=5):
                taken.append(int(message.data))
                await message.ack_sync()
            durable.start()
            await durable.client.close()
            stream = await durable.connect(reconnect_time_wait=0.1, max_reconnect_attempts=200)
            worker = await stream.pull_subscribe("", "worker", stream="W")
        for name in ("M", "S"):
            await durable.until(f"$JS.API.STREAM.INFO.{name}", lambda answer: answer["state"]["messages"] == sent)
        origin = await numbers(durable, "A")
        expect(await numbers(durable, "M") == origin)
        sourced = await numbers(durable, "S")
        expect(sorted(sourced) == sorted(origin) and len(set(sourced)) == sent)
        expect([n for n in sourced if n % 2 == 0] == [n for n in origin if n % 2 == 0])
        while len(taken) < sent // 2:
            for message in await worker.fetch(200, timeout=5):
                taken.append(int(message.data))
                await message.ack_sync()
        expect(sorted(taken) == sorted(n for n in origin if n % 2 == 0), (len(taken), len(set(taken))))
        await asyncio.sleep(0.3)
        expect((await durable.ask("$JS.API.STREAM.INFO.W"))["state"]["messages"] == 0)
        await durable.client.close()


def command(server, *words, status=0):
    environment = dict(os.environ, HOME=server.directory, SWIFT_BACKTRACE="enable=no")
    done = subprocess.run(
        [Server.program, *words, "--server", f"nats://{HOST}:{server.port}"],
        env=environment, capture_output=True, text=True, timeout=60)
    expect(done.returncode == status, f"{words}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


async def case_dead_letters_are_kept_through_a_kill_and_put_back():
    with Server() as server:
        durable = Durable(server)
        stream = await durable.connect(reconnect_time_wait=0.1, max_reconnect_attempts=200)
        made = await asyncio.to_thread(
            command, server, "queue", "create", "D", "--subject", "d.>", "--retention", "workqueue",
            "--dead-letters")
        expect("done" in made, made)
        worker = await stream.pull_subscribe("d.>", "worker", config=ConsumerConfig(max_deliver=1, ack_wait=0.3))
        for number in range(40):
            await stream.publish("d.%d" % number, b"%d" % number)
        for message in await worker.fetch(20, timeout=5):
            await message.term()
        await worker.fetch(20, timeout=5)
        await durable.until("$JS.API.STREAM.INFO.D-dead", lambda answer: answer["state"]["messages"] == 40)
        await durable.until("$JS.API.STREAM.INFO.D", lambda answer: answer["state"]["messages"] == 0)
        # Nobody was told yet that they are gone; what is confirmed of the queue comes behind it on the disk.
        purged = await durable.ask("$JS.API.STREAM.PURGE.D", {"filter": "d.none"})
        expect(purged["purged"] == 0, purged)
        durable.start()
        await durable.client.close()
        stream = await durable.connect()
        expect((await durable.ask("$JS.API.STREAM.INFO.D-dead"))["state"]["messages"] == 40)
        expect((await durable.ask("$JS.API.STREAM.INFO.D"))["state"]["messages"] == 0)
        said = await asyncio.to_thread(command, server, "queue", "redrive", "D", "--limit", "10")
        expect("10 dead letters put back" in said, said)
        said = await asyncio.to_thread(command, server, "queue", "redrive", "D")
        expect("30 dead letters put back" in said, said)
        worker = await stream.pull_subscribe("d.>", "worker")
        got = []
        while len(got) < 40:
            for message in await worker.fetch(40, timeout=5):
                got.append((message.subject, int(message.data)))
                await message.ack_sync()
        expect(sorted(got) == sorted(("d.%d" % n, n) for n in range(40)))
        await durable.client.close()


main(sys.modules[__name__])
