"""Publishes at a steady rate with nats-py and counts: load.py PORT RATE SECONDS QUEUES

The queues are streams L0, L1, … of subjects l0.x, l1.x, … Two processes publish what wants no answer, each half of it.
This one publishes with acknowledgement, eight connections with one message at a time, and says how long each took: from
when the client gives it to the system until the acknowledgement has reached its socket, which the system notes, and
until `publish` has returned. Every 50 ms each process says its number, the time of the monotonic clock and how many
messages it has handed over by then.
"""

import array
import asyncio
import multiprocessing
import os
import socket
import struct
import sys
import time

import nats

HOST = "127.0.0.1"
BODY = b"0123456789" * 10
PUBLISHERS, PROBES = 2, 8
PAUSE_SECONDS = 0.01
SO_TIMESTAMPNS = 35


class StampedSocket:
    """A socket that notes when it was given something to send, and when what it received had come."""

    def __init__(self, inner):
        self.inner = inner
        self.sent = self.came = None
        inner.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)

    def __getattr__(self, name):
        return getattr(self.inner, name)

    def send(self, data):
        self.sent = time.clock_gettime_ns(time.CLOCK_REALTIME)
        return self.inner.send(data)

    def recv(self, size):
        data, notes, _, _ = self.inner.recvmsg(size, 128)
        for _, kind, note in notes:
            if kind == SO_TIMESTAMPNS:
                seconds, nanoseconds = struct.unpack("qq", note[:16])
                self.came = seconds * 1_000_000_000 + nanoseconds
        return data


async def probe(port, number, queues, isOver, counts, samples):
    """Publishes one message after the other, each to the next queue."""
    connection = await nats.connect(f"nats://{HOST}:{port}")
    js = connection.jetstream()
    transport = connection._transport._io_writer.transport
    stamped = transport._sock = StampedSocket(transport._sock)
    place = number
    while not isOver.is_set():
        queue = place % queues
        begin = time.perf_counter_ns()
        await js.publish(f"l{queue}.x", BODY)
        seen = time.perf_counter_ns() - begin
        samples.append(((stamped.came - stamped.sent) / 1e6, seen / 1e6))
        counts[queue] += 1
        place += PROBES
        await asyncio.sleep(PAUSE_SECONDS)
    await connection.close()


def say(number, count):
    """A line in one piece: each process writes to the same pipe."""
    os.write(1, f"{number} {time.monotonic():.6f} {count}\n".encode())


async def publish(number, port, rate, seconds, queues, counts):
    """Hands over `rate` messages a second and says how many those were."""
    connection = await nats.connect(f"nats://{HOST}:{port}")
    subjects = [f"l{queue}.x" for queue in range(queues)]
    begin, said, sent = time.monotonic(), 0, 0
    while time.monotonic() - begin < seconds:
        due = int((time.monotonic() - begin) * rate)
        for place in range(sent, due):
            await connection.publish(subjects[place % queues], BODY)
        sent = due
        if time.monotonic() - said > 0.05:
            said = time.monotonic()
            say(number, sent)
        await asyncio.sleep(0.001)
    await connection.flush(60)
    for queue in range(queues):
        counts[queue] += len(range(queue, sent, queues))
    await connection.close()


def run(number, port, rate, seconds, queues, counts):
    asyncio.run(publish(number, port, rate, seconds, queues, counts))


async def main():
    port, rate, seconds, queues = int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])
    connection = await nats.connect(f"nats://{HOST}:{port}")
    js = connection.jetstream()
    for queue in range(queues):
        await js.add_stream(name=f"L{queue}", subjects=[f"l{queue}.>"])
    await connection.close()
    every = [multiprocessing.Array("q", queues, lock=False) for _ in range(PUBLISHERS)]
    publishers = [multiprocessing.Process(target=run, args=(number, port, rate / PUBLISHERS, seconds, queues, counts))
                  for number, counts in enumerate(every)]
    for publisher in publishers:
        publisher.start()
    own, samples, isOver = array.array("q", [0] * queues), [], asyncio.Event()
    probes = [asyncio.create_task(probe(port, number, queues, isOver, own, samples)) for number in range(PROBES)]
    for publisher in publishers:
        while publisher.is_alive():
            say(PUBLISHERS, sum(own))
            await asyncio.sleep(0.05)
    isOver.set()
    await asyncio.gather(*probes)
    if any(publisher.exitcode for publisher in publishers):
        sys.exit("a publisher failed")
    for name, values in zip(("arrived", "seen"), map(sorted, zip(*samples))):
        print(name, len(values), *(f"{values[len(values) * share // 100]:.4f}" for share in (50, 90, 99)))
    print("queues", *(sum(counts[queue] for counts in [own, *every]) for queue in range(queues)))


if __name__ == "__main__":
    asyncio.run(main())
