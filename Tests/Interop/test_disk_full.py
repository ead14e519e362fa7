"""A disk that fills up under a server: publishers are told at once, everything else goes on, and room is used again.

Each case mounts a small tmpfs, which needs the right to mount; without it the script says so and ends well.
"""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time

import nats

from harness import Server, expect, main

FULL = 10047
SIZE = 24 << 20


@contextlib.contextmanager
def small_disk():
    """A file system of 24 MiB."""
    place = tempfile.mkdtemp(prefix="sluice-full-")
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", place], check=True, capture_output=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", place], check=True)
        os.rmdir(place)


def fill(path):
    """Takes all the room there is."""
    with open(path, "ab", buffering=0) as file:
        piece = 1 << 20
        while piece:
            try:
                if file.write(bytes(piece)) < piece:
                    piece //= 2
            except OSError:
                piece //= 2


def restart(server, configuration):
    server.process.kill()
    server.process.wait()
    server.write(configuration)
    environment = dict(os.environ, HOME=server.directory, SWIFT_BACKTRACE="enable=no")
    server.process = subprocess.Popen(
        [Server.program, "serve", "-c", server.path], env=environment,
        stderr=server.log, stdout=server.log, stdin=subprocess.DEVNULL)
    server.wait()


class Tally:
    """What became of numbered publishes."""

    def __init__(self, client):
        self.client = client
        self.sent = 0
        self.kept = {}
        self.slowest_refusal = 0.0

    async def publish(self, size=1_000):
        """Whether the message was taken; its refusal is the right one."""
        self.sent += 1
        body = b"%d:" % self.sent + os.urandom(size)
        began = time.monotonic()
        answer = json.loads((await self.client.request("full.x", body, timeout=5)).data)
        if "error" not in answer:
            self.kept[answer["seq"]] = body
            return True
        expect(answer["error"]["err_code"] == FULL, answer)
        self.slowest_refusal = max(self.slowest_refusal, time.monotonic() - began)
        return False

    async def publish_until(self, wanted, seconds):
        """How long it took until a publish was taken, or refused, as wanted."""
        began = time.monotonic()
        while await self.publish() != wanted:
            expect(time.monotonic() - began < seconds, f"still {not wanted} after {seconds} s")
        return time.monotonic() - began

    async def compare(self, stream):
        """Everything acknowledged reads back as it was sent."""
        for sequence, body in self.kept.items():
            got = await stream.get_msg("FULL", sequence)
            expect(got.data == body, f"{sequence} reads {got.data[:20]}")


async def case_a_full_disk_refuses_at_once_and_room_is_used_within_a_second():
    with small_disk() as place, Server() as server:
        block = f'jetstream {{ store_dir: "{place}/data" }}'
        restart(server, block)
        client = await nats.connect(f"nats://127.0.0.1:{server.port}")
        stream = client.jetstream()
        await stream.add_stream(name="FULL", subjects=["full.*"])
        await stream.add_consumer("FULL", durable_name="c", ack_policy="explicit")
        tally = Tally(client)
        for _ in range(200):
            expect(await tally.publish())
        waits = []
        for round in range(3):
            fill(f"{place}/ballast")
            await tally.publish_until(False, 20)
            for _ in range(100):
                expect(not await tally.publish(200_000))
            # What does not need room goes on: reading, taking, acknowledging.
            expect((await stream.get_msg("FULL", 1 + round)).data == tally.kept[1 + round])
            pull = await stream.pull_subscribe_bind(durable="c", stream="FULL")
            taken = await pull.fetch(5, timeout=5)
            expect([message.metadata.sequence.stream for message in taken] == list(range(5 * round + 1, 5 * round + 6)))
            for message in taken:
                await message.ack_sync(timeout=5)
            await pull.unsubscribe()
            os.remove(f"{place}/ballast")
            waits.append(await tally.publish_until(True, 5))
        expect(max(waits) < 1.0, f"room was back for {waits} s")
        expect(tally.slowest_refusal < 1.0, f"a refusal took {tally.slowest_refusal} s")
        info = await stream.consumer_info("FULL", "c")
        expect(info.ack_floor.stream_seq == 15, info.ack_floor)
        await tally.compare(stream)
        await client.close()
        restart(server, block)
        client = await nats.connect(f"nats://127.0.0.1:{server.port}")
        stream = client.jetstream()
        tally.client = client
        await tally.compare(stream)
        info = await stream.consumer_info("FULL", "c")
        expect(info.ack_floor.stream_seq == 15, info.ack_floor)
        expect(await tally.publish())
        await client.close()
        print(f"  {len(tally.kept)} kept, {tally.sent - len(tally.kept)} refused, "
              f"slowest refusal {tally.slowest_refusal * 1000:.0f} ms, "
              f"taken again after {max(waits) * 1000:.0f} ms")


async def case_a_purge_makes_room_on_a_full_disk():
    with small_disk() as place, Server() as server:
        restart(server, f'jetstream {{ store_dir: "{place}/data" }}')
        client = await nats.connect(f"nats://127.0.0.1:{server.port}")
        stream = client.jetstream()
        await stream.add_stream(name="FULL", subjects=["full.*"])
        await stream.add_stream(name="OTHER", subjects=["other"])
        tally = Tally(client)
        while await tally.publish(100_000):
            pass
        expect(len(tally.kept) > 100, f"{len(tally.kept)} fitted")
        await stream.purge_stream("FULL")
        tally.kept.clear()
        took = await tally.publish_until(True, 5)
        expect(took < 1.0, f"{took} s")
        while await tally.publish(100_000):
            pass
        expect(len(tally.kept) > 100, f"{len(tally.kept)} fitted after the purge")
        await tally.compare(stream)
        await stream.delete_stream("FULL")
        began = time.monotonic()
        while "error" in json.loads((await client.request("other", b"x", timeout=5)).data):
            expect(time.monotonic() - began < 1.0, "a removed stream gave no room")
        await client.close()


async def case_a_server_starts_on_a_full_disk_and_serves_what_is_there():
    with small_disk() as place, Server() as server:
        block = f'jetstream {{ store_dir: "{place}/data" }}'
        restart(server, block)
        client = await nats.connect(f"nats://127.0.0.1:{server.port}")
        await client.jetstream().add_stream(name="FULL", subjects=["full.*"])
        tally = Tally(client)
        for _ in range(50):
            expect(await tally.publish())
        await client.close()
        # Enough for the catalog of a new run, and no more.
        with open(f"{place}/ballast", "wb") as file:
            free = os.statvfs(place).f_bavail * os.statvfs(place).f_frsize
            file.write(bytes(free - (2 << 20)))
        restart(server, block)
        client = await nats.connect(f"nats://127.0.0.1:{server.port}")
        tally.client = client
        await tally.compare(client.jetstream())
        await tally.publish_until(False, 20)
        os.remove(f"{place}/ballast")
        expect(await tally.publish_until(True, 5) < 1.0)
        await client.close()


if __name__ == "__main__":
    try:
        with small_disk():
            pass
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"skipped: file systems cannot be mounted here ({error}); "
              "points.py enospc has every call that needs room fail instead")
        sys.exit(0)
    main(sys.modules[__name__])
