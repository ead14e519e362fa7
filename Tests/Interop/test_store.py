"""A store as a whole: checked, copied while it is written, restored, and what damage is called."""

import asyncio
import glob
import json
import os
import subprocess
import sys

import nats

from harness import Server, expect, main

ACCEPTED = 1 << 20


def command(server, *words, status=0):
    environment = dict(os.environ, HOME=server.directory, SWIFT_BACKTRACE="enable=no")
    for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME"):
        environment.pop(name, None)
    done = subprocess.run(
        [Server.program, *words], env=environment, capture_output=True, text=True, timeout=60)
    expect(done.returncode == status, f"{words}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def block(directory):
    """JetStream with its store in the directory."""
    return f'jetstream {{ store_dir: "{directory}" }}'


class Stored:
    """A server with a queue of numbered messages in a store that outlives it."""

    def __init__(self, server):
        self.server = server
        self.store = os.path.join(server.directory, "data")
        self.copy = os.path.join(server.directory, "copy")
        server.write(block(self.store))

    async def restart(self, store):
        self.server.process.kill()
        self.server.process.wait()
        self.server.write(block(store))
        environment = dict(os.environ, HOME=self.server.directory, SWIFT_BACKTRACE="enable=no")
        self.server.process = subprocess.Popen(
            [Server.program, "serve", "-c", self.server.path], env=environment,
            stderr=self.server.log, stdout=self.server.log, stdin=subprocess.DEVNULL)
        self.server.wait()

    async def connect(self):
        self.client = await nats.connect(f"nats://127.0.0.1:{self.server.port}")
        return self.client.jetstream()


async def publish(stream, first, last):
    for number in range(first, last + 1):
        await stream.publish("q.x", b"%d" % number)


async def case_a_copy_made_under_load_holds_everything_acknowledged_before_it():
    with Server() as server:
        stored = Stored(server)
        await stored.restart(stored.store)
        stream = await stored.connect()
        await stream.add_stream(name="Q", subjects=["q.>"])
        await publish(stream, 1, 500)
        text = command(server, "check", "--store-dir", stored.store)
        expect("a server has it open" in text and "no damage found" in text, text)
        load = asyncio.create_task(publish(stream, 501, 1_200))
        await asyncio.sleep(0)
        text = await asyncio.to_thread(
            command, server, "backup", "--store-dir", stored.store, stored.copy)
        expect("no damage found" in text, text)
        await load
        await stored.client.close()
        again = command(server, "backup", "--store-dir", stored.store, stored.copy, status=1)
        expect("not empty" in again, again)
        made = os.path.join(server.directory, "made")
        found = json.loads(command(
            server, "restore", "--json", "--store-dir", made, stored.copy))
        expect(found["intact"] and found["messages"] >= 500, found)
        await stored.restart(made)
        stream = await stored.connect()
        state = (await stream.stream_info("Q")).state
        expect(state.messages == found["messages"], state)
        for number in (1, 250, 500):
            expect((await stream.get_msg("Q", number)).data == b"%d" % number)
        # What the first server gave out after the copy is not given out again.
        after = await stream.publish("q.x", b"after")
        expect(after.seq > ACCEPTED + 500, after)
        await stored.client.close()


async def case_damage_is_named_by_queue_and_sequences_and_fails():
    with Server() as server:
        stored = Stored(server)
        await stored.restart(stored.store)
        stream = await stored.connect()
        await stream.add_stream(name="Q", subjects=["q.>"])
        await publish(stream, 1, 20)
        await stored.client.close()
        await stored.restart(os.path.join(server.directory, "other"))
        good = json.loads(command(server, "check", "--json", "--store-dir", stored.store))
        expect(good["intact"] and not good["in_use"] and good["messages"] == 20, good)
        expect(good["keys"] == [{"queue": "Q", "version": 1, "blocks": good["blocks"]}], good)
        path = glob.glob(f"{stored.store}/store/s/*/log-*")[0]
        with open(path, "r+b") as file:
            # One block begins on each page; this is inside the fifth message, or the fourth if the
            # stream was idle before for so long that a mark was written.
            file.seek(5 * 4_096 + 130)
            byte = file.read(1)[0]
            file.seek(-1, os.SEEK_CUR)
            file.write(bytes([byte ^ 1]))
        bad = json.loads(command(
            server, "check", "--json", "--store-dir", stored.store, status=1))
        damage = bad["damage"]
        expect(len(damage) == 1 and damage[0]["queue"] == "Q", bad)
        hit = damage[0]["first_seq"]
        expect(hit in (4, 5) and damage[0]["last_seq"] == hit, bad)
        text = command(server, "check", "--store-dir", stored.store, status=1)
        expect(f"Q: messages {hit} through {hit} are damaged" in text, text)
        # A copy has the same damage, and says so.
        text = command(
            server, "backup", "--store-dir", stored.store, stored.copy, status=1)
        expect(f"Q: messages {hit} through {hit} are damaged" in text, text)


async def case_no_store_and_a_wrong_key_have_words_of_their_own():
    with Server() as server:
        missing = os.path.join(server.directory, "missing")
        text = command(server, "check", "--store-dir", missing, status=1)
        expect("missing" in text and not os.path.exists(missing), text)
        command(server, "backup", status=2)
        stored = Stored(server)
        await stored.restart(stored.store)
        text = command(server, "check", "--store-dir", stored.store, "--key-dir", "/nowhere", status=5)
        expect("/nowhere/store.key" in text and "--recovery-file" in text, text)
        with open(os.path.join(server.directory, "wrong"), "w") as file:
            file.write("another passphrase\n")
        text = command(server, "check", "--store-dir", stored.store,
                       "--passphrase-file", file.name, status=5)
        expect("no slot opens" in text, text)
        command(server, "check", "--store-dir", missing, "extra", status=2)


if __name__ == "__main__":
    main(sys.modules[__name__])
