"""What the console costs: the time to its first frame, memory, work and bytes, and what publishers notice of it.

    budgets.py SLUICE [STARTS [ROUNDS]]      20 starts and 24 rounds without them

Memory is that of the console and its broker less that of the same broker without a screen, both with the same queues;
what history keeps for each queue is stated and taken off. A figure beyond its budget makes the whole fail.

Keys are pressed at any moment between two pictures, with at least 30 ms of silence before, while the demonstration
runs; what is timed ends with the first byte of the answer.

A round publishes for two seconds to each of four brokers that are alike, two without a screen, one with the console
on a terminal that is read, and one whose terminal takes nothing. They take turns of half a second, and the others stand
still meanwhile: a machine's own slow changes come to all of them. The stream is in memory, since a disk hides what is
looked for, and each message waits for its acknowledgement. Every fourth round begins with new processes, since where
one lies in memory is worth some percent. What is compared is the p99 of a broker with
the mean of both without a screen in the same round: the median of all rounds. How far those two are from each other
tells how much such a figure says.
"""

import asyncio
import os
import random
import select
import signal
import socket
import statistics
import sys
import tempfile
import time

import nats

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "Interop"))

from harness import HOST, Server, expect  # noqa: E402
from test_terminal import END, Terminal, console  # noqa: E402

TURN_SECONDS = 0.5
# Turns of each broker in a round.
TURNS = 4
# Rounds that one set of processes lives.
GROUP_ROUNDS = 3
# What the console may cost.
FIRST_FRAME_MS, MEMORY_MB, SHARE, RATE_KB, EFFECT = 60, 12, 0.005, 6, 0.02
KEY_MEDIAN_MS, KEY_P90_MS, KEY_MAX_MS = 2, 10, 50
# Keys that always change the picture, and how they are called.
KEYS = [("first and last row", b"G", b"g"), ("another pane", b"\t", b"\t"), ("freeze", b"f", b"f"),
        ("another screen", b"2", b"3", b"4", b"5", b"6", b"7", b"8", b"1"), ("help", b"?", b"?")]
NAMES = ["without a screen", "without a screen again", "with the console", "with a stalled terminal"]
# What history keeps: four series of a queue, its amounts and those of a consumer, and its latencies. Series are numbers
# of 4 bytes; there are 33 of the server and some of latencies besides, whose size depends on how they are spread.
SERIES_BYTES = (600 + 720 + 1440) * 4
QUEUE_BYTES = 4 * SERIES_BYTES + 2 * (60 + 288) * 16 + 60 * 160


def first_frames(count):
    """Milliseconds from the start of the process to the end of its first whole picture."""
    times = []
    for _ in range(count):
        # As people start it: the runtime's own settings for crashes are none.
        with Terminal(environment={"SWIFT_BACKTRACE": ""}) as terminal:
            times.append(terminal.firstFrame * 1000)
    return sorted(times)


class Publisher:
    """A client on a bare socket, which has one message on its way at a time."""

    def __init__(self, port):
        self.socket = socket.create_connection((HOST, port), 10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = self.socket.makefile("rb")
        self.file.readline()
        self.socket.sendall(b'CONNECT {"verbose":false,"pedantic":false}\r\nSUB in.* 1\r\nPING\r\n')
        while self.file.readline() != b"PONG\r\n":
            pass
        made = self.ask("$JS.API.STREAM.CREATE.M", b'{"name":"M","subjects":["m"],"storage":"memory","max_msgs":1000}')
        expect(b'"error"' not in made, made)

    def ask(self, subject, body):
        self.socket.sendall(f"PUB {subject} in.x {len(body)}\r\n".encode() + body + b"\r\n")
        while True:
            line = self.file.readline()
            if line.startswith(b"MSG"):
                size = int(line.split()[-1])
                return self.file.read(size + 2)
            if line == b"PING\r\n":
                self.socket.sendall(b"PONG\r\n")
            expect(line, "the broker is gone")

    def times(self, seconds):
        """Seconds that each message took."""
        times = []
        end = time.perf_counter() + seconds
        while True:
            begin = time.perf_counter()
            if begin > end:
                break
            self.ask("m", b"x" * 200)
            times.append(time.perf_counter() - begin)
        return times


class Subject:
    """One of the brokers."""

    def __init__(self, terminal=None, directory=None):
        self.terminal = terminal
        self.server = None if terminal else Server(f"jetstream {{ store_dir: '{directory}' }}")
        self.publisher = Publisher(terminal.port if terminal else self.server.port)
        self.process = terminal.process if terminal else self.server.process

    def stand(self):
        self.process.send_signal(signal.SIGSTOP)

    def go(self):
        self.process.send_signal(signal.SIGCONT)

    def measure(self, seconds):
        self.go()
        time.sleep(0.3)
        self.publisher.times(0.2)
        times = self.publisher.times(seconds)
        self.stand()
        return times


async def make(port, count):
    """Makes queues with something in them."""
    connection = await nats.connect(f"nats://{HOST}:{port}")
    js = connection.jetstream()
    for number in range(count):
        await js.add_stream(name=f"Q{number}", subjects=[f"q{number}"])
        for _ in range(3):
            await js.publish(f"q{number}", b"x" * 100)
    await connection.close()


def resident(process):
    with open(f"/proc/{process.pid}/status") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmRSS"))


def memory(queues):
    """Bytes that the screen adds to a broker with so many queues, after every screen was shown."""
    with tempfile.TemporaryDirectory(prefix="sluice-budgets-") as directory:
        server = Server(f"jetstream {{ store_dir: '{directory}' }}")
        asyncio.run(make(server.port, queues))
        time.sleep(5)
        without = resident(server.process)
        server.process.terminate()
        server.process.wait()
    with Terminal() as terminal:
        asyncio.run(make(terminal.port, queues))
        for key in b"234567812" * 3:
            terminal.answer(bytes([key]), END)
            time.sleep(0.5)
        time.sleep(5)
        return resident(terminal.process) - without


def rest(seconds):
    """What a console that nobody touches takes of a core, and kilobytes a second to its terminal."""
    with Terminal(["--demo", "--seed", "1"]) as terminal:
        terminal.wait("TRADES")
        time.sleep(3)
        begin, count, work = time.monotonic(), len(terminal.data), console(terminal.process.pid)
        time.sleep(seconds)
        took = time.monotonic() - begin
        return (console(terminal.process.pid) - work) / took, (len(terminal.data) - count) / took / 1000


def keys(count):
    """Milliseconds from a key to the first byte of its answer, `count` for each kind of key."""
    chance = random.Random(1)
    with Terminal(["--demo", "--seed", "1"], environment={"COLORTERM": "truecolor"}) as terminal:
        terminal.wait("TRADES")
        terminal.pause(True)
        time.sleep(1)

        def silent(seconds):
            while select.select([terminal.main], [], [], seconds)[0]:
                os.read(terminal.main, 1 << 20)

        def press(key):
            silent(0.03 + chance.random() * 0.2)
            begin = time.perf_counter()
            os.write(terminal.main, key)
            select.select([terminal.main], [], [], 2)
            return (time.perf_counter() - begin) * 1000

        return {name: sorted(press(own[number % len(own)]) for number in range(count)) for name, *own in KEYS}


def group(rounds):
    """What each of the brokers of `NAMES` had in each round: its p99 and how many messages."""
    figures = [[] for _ in NAMES]
    with tempfile.TemporaryDirectory(prefix="sluice-budgets-") as directory, Terminal() as shown, Terminal() as stalled:
        bare = [Subject(directory=os.path.join(directory, name)) for name in "ab"]
        subjects = [*bare, Subject(shown), Subject(stalled)]
        stalled.pause(True)
        # More pictures than the terminal's queue holds.
        stalled.resizes(range(100, 130))
        for subject in subjects:
            subject.stand()
        for number in range(rounds):
            times = [[] for _ in subjects]
            for turn in range(TURNS):
                # Each place among the others comes to each of them.
                for place in range(len(subjects)):
                    who = (number + turn + place) % len(subjects)
                    times[who] += subjects[who].measure(TURN_SECONDS)
            for known, own in zip(figures, times):
                own.sort()
                known.append((own[len(own) * 99 // 100] * 1000, len(own)))
        for subject in subjects:
            subject.go()
        for subject in bare:
            subject.process.terminate()
            subject.process.wait()
    return figures


def effects(rounds):
    """What the rounds gave for each of the brokers of `NAMES`."""
    figures = [[] for _ in NAMES]
    while len(figures[0]) < rounds:
        for known, new in zip(figures, group(min(GROUP_ROUNDS, rounds - len(figures[0])))):
            known += new
    return figures


def main():
    Server.program = os.path.abspath(sys.argv[1])
    starts = int(sys.argv[2]) if len(sys.argv) > 2 else 20
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 24
    with open("/proc/loadavg") as file:
        print(f"load before: {file.read().split()[0]}")
    times = first_frames(starts)
    print(f"first frame of {starts} starts: median {statistics.median(times):.1f} ms, "
          f"p90 {times[len(times) * 9 // 10]:.1f} ms, worst {times[-1]:.1f} ms")
    beyond = []

    def judge(name, value, limit):
        if value > limit:
            beyond.append(f"{name}: {value:.4g} is more than {limit:.4g}")

    judge("first frame, p90 in ms", times[len(times) * 9 // 10], FIRST_FRAME_MS)
    for queues in (1, 100):
        added = memory(queues)
        stated = queues * QUEUE_BYTES
        print(f"memory added with {queues} queues: {added / 1e6:.1f} MB, of which history {stated / 1e6:.1f} MB")
        judge(f"memory with {queues} queues in MB", (added - stated) / 1e6, MEMORY_MB)
    share, rate = rest(20)
    print(f"at rest: {share:.2%} of a core, {rate:.1f} kB/s to the terminal")
    judge("share of a core at rest", share, SHARE)
    judge("kB/s at rest", rate, RATE_KB)
    pressed = keys(40)
    for name, took in pressed.items():
        print(f"key to first byte, {name}: median {statistics.median(took):.2f} ms, worst {took[-1]:.2f} ms")
    took = sorted(value for own in pressed.values() for value in own)
    print(f"key to first byte of {len(took)} keys: median {statistics.median(took):.2f} ms, "
          f"p90 {took[len(took) * 9 // 10]:.2f} ms, worst {took[-1]:.2f} ms")
    judge("key to first byte, median in ms", statistics.median(took), KEY_MEDIAN_MS)
    judge("key to first byte, p90 in ms", took[len(took) * 9 // 10], KEY_P90_MS)
    judge("key to first byte, worst in ms", took[-1], KEY_MAX_MS)
    figures = effects(rounds)
    for name, own in zip(NAMES, figures):
        ratios = sorted(2 * value / (one + two) for (value, _), (one, _), (two, _) in zip(own, *figures[:2]))
        effect = statistics.median(ratios) - 1
        print(f"publish p99 {name}: median of {rounds} rounds {statistics.median(value for value, _ in own):.4f} ms, "
              f"beside both without {effect:+.1%}, quartiles {ratios[len(ratios) // 4] - 1:+.1%} and "
              f"{ratios[len(ratios) * 3 // 4] - 1:+.1%}, {sum(count for _, count in own):,} messages")
        if "screen" not in name:
            judge(f"publish p99 {name}", effect, EFFECT)
    expect(not beyond, "; ".join(beyond))


if __name__ == "__main__":
    main()
