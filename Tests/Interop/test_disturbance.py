"""What hostile clients cost somebody else: the time of another client's messages while they do their worst.

With `SLUICE_PEER` naming a nats-server the same is measured there, for comparison; only our own is judged.
"""

import multiprocessing
import os
import resource
import socket
import subprocess
import sys
import tempfile
import time

from harness import HOST, Raw, Server, expect, free_port, main

ROUNDS = int(os.environ.get("ROUNDS", "1500"))
# Two processes of Python, the attacker and this one, share the machine with the server: what is promised is that
# a message takes milliseconds, not that it takes none.
P99_SECONDS_MAX = 0.020
DESCRIPTORS = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))


def never_reads(port, ready):
    deaf = Raw(port).connect()
    deaf.until("PONG")
    deaf.send("SUB flood 1\r\n")
    speaker = Raw(port).connect()
    speaker.until("PONG")
    piece = b"PUB flood 65536\r\n" + b"x" * 65536 + b"\r\n"
    ready.set()
    since = time.monotonic()
    while True:
        try:
            speaker.send(piece)
        except OSError:
            speaker = Raw(port).connect()
        if time.monotonic() - since > 1:
            # The server has cut it off by now: here is the next one.
            deaf.close()
            deaf = Raw(port).connect()
            deaf.send("SUB flood 1\r\n")
            since = time.monotonic()


def loris(port, ready):
    held = []
    # The server needs as many again, under the same limit.
    for _ in range(min(5000, DESCRIPTORS - 500)):
        one = socket.create_connection((HOST, port), 10)
        one.send(b"CONN")
        held.append(one)
    ready.set()
    # Cut off for its silence, each is replaced.
    while True:
        for place, one in enumerate(held):
            one.close()
            held[place] = socket.create_connection((HOST, port), 10)
            held[place].send(b"C")
            time.sleep(0.001)


def bad_frames(port, ready):
    ready.set()
    frames = [b"BAD x\r\n", b"PUB x -1\r\n", b"PUB x 9999999\r\n", b"SUB a b c d e\r\n", b"\x00\xff\x1b[2J\r\n",
              b"CONNECT {{{{\r\n", b"A" * 5000, b"PUB x 3\r\nabcdef\r\n"]
    number = 0
    while True:
        with socket.create_connection((HOST, port), 10) as one:
            try:
                one.send(frames[number % len(frames)])
                one.settimeout(1)
                while one.recv(65536):
                    pass
            except OSError:
                pass
        number += 1


def times(port):
    """Sorted seconds from a publish to the message's arrival at another connection."""
    ear = Raw(port).connect()
    ear.until("PONG")
    ear.send("SUB quiet 1\r\nPING\r\n").until("PONG")
    mouth = Raw(port).connect()
    mouth.until("PONG")
    for one in (ear, mouth):
        one.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    found = []
    for _ in range(ROUNDS):
        since = time.perf_counter()
        mouth.send(b"PUB quiet 2\r\nhi\r\n")
        while not ear.data.endswith(b"hi\r\n"):
            expect(ear.more(10), "the message did not come")
        found.append(time.perf_counter() - since)
        ear.data = b""
        time.sleep(0.001)
    ear.close()
    mouth.close()
    return sorted(found)


def measure(port, attack):
    if attack is None:
        return times(port)
    context = multiprocessing.get_context("fork")
    ready = context.Event()
    attacker = context.Process(target=attack, args=(port, ready), daemon=True)
    attacker.start()
    try:
        expect(ready.wait(60), "the attack did not begin")
        return times(port)
    finally:
        attacker.kill()
        attacker.join()


def said(name, found):
    print(f"  {name}: p50 {found[len(found) // 2] * 1e6:.0f}, p99 {found[len(found) * 99 // 100] * 1e6:.0f}, "
          f"max {found[-1] * 1e6:.0f} us", flush=True)


def compare(attack):
    with Server("max_pending: 8MB") as server:
        said("quiet", measure(server.port, None))
        found = measure(server.port, attack)
        said("attacked", found)
        if os.environ.get("SLUICE_PEER"):
            peer(attack)
        expect(found[len(found) * 99 // 100] < P99_SECONDS_MAX, "another client had to wait")
        expect(len(server.said()) < 1 << 20, "the log grew with the attack")


def peer(attack):
    port = free_port()
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as file:
        file.write("max_pending: 8MB\n")
        file.flush()
        process = subprocess.Popen([os.environ["SLUICE_PEER"], "-a", HOST, "-p", str(port), "-c", file.name],
                                   stderr=subprocess.DEVNULL)
        try:
            time.sleep(1)
            said("quiet, peer", measure(port, None))
            said("attacked, peer", measure(port, attack))
        finally:
            process.terminate()
            process.wait()


def case_a_client_that_never_reads():
    compare(never_reads)


def case_five_thousand_slow_loris_connections():
    compare(loris)


def case_a_flood_of_bad_frames():
    compare(bad_frames)


if __name__ == "__main__":
    main(sys.modules[__name__])
