"""How long a server takes to open a large store, and what messages, queues and subjects cost it in memory.

    opening.py SLUICE [CASE…]      large small many queues subjects: all without a case

large      10 GB in one queue: the time to the first answer after a clean stop, and after a kill under load
small      the same with messages of 128 bytes, and resident memory: told, since a start takes time for each message
many       ten million messages in one queue: resident memory
queues     a thousand queues with six messages each: resident memory for one, also after a start
subjects   a million subjects with one message each: resident memory for one, also after a start

MEGABYTES, MESSAGES, QUEUES and SUBJECTS take the place of those numbers.
"""

import json
import os
import sys
import tempfile
import time

from rotation import fill, messages
from store import Node, Wire, check

CLEAN_SECONDS_MAX = 1.0
KILLED_SECONDS_MAX = 3.0
RESIDENT_MAX = 100e6
QUEUE_BYTES_MAX = 20_000
BATCH = 1000


def amount(name, usual):
    return int(os.environ.get(name, usual))


def resident(node):
    """Bytes, once memory has been given back: the server looks about once a second."""
    time.sleep(3)
    with open(f"/proc/{node.process.pid}/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def make(wire, name, subjects, **others):
    body = json.dumps({"name": name, "subjects": subjects, **others}).encode()
    answer = json.loads(wire.request(f"$JS.API.STREAM.CREATE.{name}", body, 60)[3])
    check("error" not in answer, answer)


def wait_for(wire, count):
    end = time.monotonic() + 600
    while (found := messages(wire)) < count:
        check(time.monotonic() < end, f"{found} of {count} messages arrived")
        time.sleep(0.2)
    check(found == count, f"{found} messages, {count} were published")


def opened(node, count, most, what):
    """Starts it and waits for an answer about the queue, for `most` seconds if that is a limit."""
    begin = time.monotonic()
    node.start()
    found = messages(Wire(node.port))
    seconds = time.monotonic() - begin
    print(f"opened {what}: {seconds:.2f} s, {found:,} messages, load {os.getloadavg()[0]:.1f}", flush=True)
    check(found >= count, f"{found} messages after {what}, {count} were confirmed")
    check(most is None or seconds <= most, f"{what}: more than {most} s")


def large(node):
    node.start()
    wire, count = fill(node.port, amount("MEGABYTES", 10_000) * 1_000_000)
    wait_for(wire, count)
    node.stop()
    opened(node, count, CLEAN_SECONDS_MAX, "after a clean stop")
    busy = Wire(node.port)
    for _ in range(200):
        busy.send(b"PUB l0.x 1000\r\n" + os.urandom(1000) + b"\r\n")
    node.kill()
    opened(node, count, KILLED_SECONDS_MAX, "after a kill")


def small(node):
    node.start()
    wire = Wire(node.port)
    make(wire, "L0", ["l0.>"])
    count = amount("MEGABYTES", 10_000) * 1_000_000 // 128 // BATCH * BATCH
    begin = time.monotonic()
    for first in range(0, count, BATCH):
        body = os.urandom(128 * BATCH)
        wire.send(b"".join(b"PUB l0.x 128\r\n%b\r\n" % body[at:at + 128] for at in range(0, len(body), 128)))
        # No faster than the disk takes them.
        while first // BATCH % 64 == 63 and messages(wire) < first - 256 * BATCH:
            time.sleep(0.01)
    wait_for(wire, count)
    print(f"{count:,} messages in {time.monotonic() - begin:.0f} s: {resident(node) / 1e6:.1f} MB resident", flush=True)
    node.stop()
    opened(node, count, CLEAN_SECONDS_MAX, "small ones after a clean stop")
    print(f"after a start: {resident(node) / 1e6:.1f} MB resident", flush=True)
    busy = Wire(node.port)
    for _ in range(200):
        busy.send(b"PUB l0.x 1000\r\n" + os.urandom(1000) + b"\r\n")
    node.kill()
    opened(node, count, KILLED_SECONDS_MAX, "small ones after a kill")


def many(node):
    node.start()
    wire = Wire(node.port)
    make(wire, "L0", ["l0.>"])
    count = amount("MESSAGES", 10_000_000)
    batch = b"PUB l0.x 128\r\n" + b"m" * 128 + b"\r\n"
    for _ in range(count // BATCH):
        wire.send(batch * BATCH)
    wait_for(wire, count // BATCH * BATCH)
    found = resident(node)
    print(f"{count:,} messages: {found / 1e6:.1f} MB resident", flush=True)
    check(found <= RESIDENT_MAX, "too much")
    node.stop()
    opened(node, count, CLEAN_SECONDS_MAX, "ten million after a clean stop")
    print(f"{count:,} messages after a start: {resident(node) / 1e6:.1f} MB resident", flush=True)


def queues(node):
    node.start()
    wire = Wire(node.port)
    count = amount("QUEUES", 1000)
    make(wire, "Q", ["q"])
    before = resident(node)
    for number in range(count):
        make(wire, f"Q{number}", [f"q.{number}"])
        for _ in range(6):
            answer = json.loads(wire.request(f"q.{number}", b"x" * 128, 60)[3])
            check("error" not in answer, answer)
    each = (resident(node) - before) / count
    node.stop()
    node.start()
    again = (resident(node) - before) / count
    print(f"{count:,} queues of 6 messages: {each / 1e3:.1f} KB each, {again / 1e3:.1f} KB after a start", flush=True)
    check(each <= QUEUE_BYTES_MAX and again <= QUEUE_BYTES_MAX, "too much")


def subjects(node):
    node.start()
    wire = Wire(node.port)
    count = amount("SUBJECTS", 1_000_000)
    make(wire, "L0", ["l0.>"], max_msgs_per_subject=1)
    before = resident(node)
    for first in range(0, count, BATCH):
        wire.send(b"".join(b"PUB l0.instrument.%d 16\r\n0123456789abcdef\r\n" % number
                           for number in range(first, first + BATCH)))
    wait_for(wire, count)
    each = (resident(node) - before) / count
    last = json.loads(wire.request("$JS.API.STREAM.MSG.GET.L0", b'{"last_by_subj":"l0.instrument.77"}', 60)[3])
    check(last["message"]["seq"] == 78, last)
    node.stop()
    begin = time.monotonic()
    node.start()
    wait_for(Wire(node.port), count)
    seconds = time.monotonic() - begin
    print(f"{count:,} subjects: {each:.0f} bytes each, {(resident(node) - before) / count:.0f} after a start "
          f"of {seconds:.2f} s", flush=True)


def main():
    cases = {"large": large, "small": small, "many": many, "queues": queues, "subjects": subjects}
    for name in sys.argv[2:] or cases:
        with tempfile.TemporaryDirectory(prefix="sluice-opening-") as directory:
            node = Node(sys.argv[1], os.path.join(directory, "node"))
            os.mkdir(node.directory)
            try:
                cases[name](node)
            finally:
                node.process.kill()


if __name__ == "__main__":
    main()
