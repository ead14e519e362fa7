"""What the console costs: the time to its first frame, memory, work and bytes, and what publishers notice of it.

    budgets.py SLUICE [STARTS [ROUNDS]]      20 starts and 160 rounds without them

Memory is that of the console and its broker less that of the same broker without a screen, both with the same queues;
what history keeps for each queue is stated and taken off. A figure beyond its budget makes the whole fail.

Keys are pressed at any moment between two pictures, with at least 30 ms of silence before, while the demonstration
runs; what is timed ends with the first byte of the answer.

A round publishes for a second to each of four brokers that are alike, two without a screen, one with the console on a
terminal that is read, and one whose terminal takes nothing. They take turns of a quarter second, and the others stand
still meanwhile: a machine's own slow changes come to all of them. The stream is in memory, since a disk hides what is
looked for, and each message waits for its acknowledgement (publish.c). Work of the lowest priority keeps the
processors from falling asleep: to wake a virtual one takes longer, and less evenly, than what is looked for. Every
round has processes of its own, since where one lies in memory is worth more than what is looked for, whatever it does.
What is compared is the p99 of a broker with the mean of both without a screen in the same round: the mean of the middle
half of all rounds, with its standard error, which tells how much the figure says.
"""

import asyncio
import contextlib
import math
import os
import random
import select
import signal
import statistics
import subprocess
import sys
import tempfile
import time

import nats

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "Interop"))

from harness import HOST, Server, expect  # noqa: E402
from test_terminal import END, Terminal, console  # noqa: E402

TURN_SECONDS = 0.25
# Turns of each broker in a round.
TURNS = 4
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


class Subject:
    """One of the brokers, with a client that publishes to it."""

    def __init__(self, publisher, terminal=None, directory=None):
        self.server = None if terminal else Server(f"jetstream {{ store_dir: '{directory}' }}")
        if terminal:
            terminal.wait("Throughput")
        self.process = terminal.process if terminal else self.server.process
        self.client = subprocess.Popen([publisher, str((terminal or self.server).port)],
                                       stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def stand(self):
        self.process.send_signal(signal.SIGSTOP)

    def go(self):
        self.process.send_signal(signal.SIGCONT)

    def times(self, seconds):
        """Nanoseconds that each message took."""
        self.client.stdin.write(f"{seconds}\n")
        self.client.stdin.flush()
        times = [int(word) for word in self.client.stdout.readline().split()]
        expect(times, "the client failed")
        return times

    def measure(self, seconds):
        self.go()
        time.sleep(0.1)
        self.times(0.1)
        times = self.times(seconds)
        self.stand()
        return times

    def end(self):
        self.go()
        self.client.stdin.close()
        self.client.wait()
        if self.server:
            self.process.terminate()
            self.process.wait()


@contextlib.contextmanager
def awake():
    """Keeps every processor from falling asleep."""
    programs = [subprocess.Popen(["chrt", "-i", "0", "taskset", "-c", str(place), "sh", "-c", "while :; do :; done"])
                for place in os.sched_getaffinity(0)]
    try:
        yield
    finally:
        for program in programs:
            program.kill()
            program.wait()


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


def play(publisher, number):
    """What each of the brokers of `NAMES` had in one round: its p99 in milliseconds and how many messages."""
    with tempfile.TemporaryDirectory(prefix="sluice-budgets-") as directory, Terminal() as shown, Terminal() as stalled:
        subjects = [Subject(publisher, directory=os.path.join(directory, name)) for name in "ab"]
        subjects += [Subject(publisher, terminal) for terminal in (shown, stalled)]
        # The one is read by what costs least.
        shown.pause(True)
        reader = subprocess.Popen(["cat"], stdin=shown.main, stdout=subprocess.DEVNULL)
        stalled.pause(True)
        # More pictures than the terminal's queue holds.
        stalled.resizes(range(100, 130))
        for subject in subjects:
            subject.stand()
        times = [[] for _ in subjects]
        for turn in range(TURNS):
            # Each place among the others comes to each of them.
            for place in range(len(subjects)):
                who = (number + turn + place) % len(subjects)
                times[who] += subjects[who].measure(TURN_SECONDS)
        for subject in subjects:
            subject.end()
        reader.kill()
        reader.wait()
    return [(sorted(own)[len(own) * 99 // 100] / 1e6, len(own)) for own in times]


def effects(rounds):
    """What the rounds gave for each of the brokers of `NAMES`."""
    with tempfile.TemporaryDirectory(prefix="sluice-budgets-") as directory, awake():
        publisher = os.path.join(directory, "publish")
        subprocess.run(["cc", "-O2", "-o", publisher, os.path.join(HERE, "publish.c")], check=True)
        return list(zip(*(play(publisher, number) for number in range(rounds))))


def middle(values):
    """The mean of the middle half of `values` and its standard error."""
    values = sorted(values)
    outer = len(values) // 4
    inner = values[outer:len(values) - outer]
    spread = statistics.stdev([inner[0]] * outer + inner + [inner[-1]] * outer)
    return statistics.mean(inner), spread * len(values) / len(inner) / math.sqrt(len(values))


def main():
    Server.program = os.path.abspath(sys.argv[1])
    starts = int(sys.argv[2]) if len(sys.argv) > 2 else 20
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 160
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
        mean, error = middle([2 * value / (one + two) for (value, _), (one, _), (two, _) in zip(own, *figures[:2])])
        print(f"publish p99 {name}: {statistics.median(value for value, _ in own):.4f} ms, beside both without "
              f"{mean - 1:+.1%} with an error of {error:.1%}, {sum(count for _, count in own):,} messages")
        if "screen" not in name:
            judge(f"publish p99 {name}", mean - 1, EFFECT)
    expect(not beyond, "; ".join(beyond))


if __name__ == "__main__":
    main()
