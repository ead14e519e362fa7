"""Whether the console shows what clients count: throughput, depth and latency of 16 queues under load.

    agreement.py SLUICE [RATE [SECONDS [CLIENT]]]      50,000 messages a second for a minute without them

The clients are those of load.py, nats-py; CLIENT c takes those of load.c, which needs the C client of NATS. What
differs by more than 1 % fails. Latencies are compared at the client's socket, where the system notes when an
acknowledgement has come: how long the client's thread then waits for a processor is shown beside it, and nothing that a
server could know.
"""

import os
import re
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "Interop"))

from harness import Server, expect  # noqa: E402
from screen import Screen  # noqa: E402

QUEUES = 16
SHARE_MAX = 0.01


def number(text):
    """What the screen means by 50.1k."""
    text = text.replace(",", "")
    unit = {"k": 1e3, "M": 1e6}.get(text[-1])
    return float(text[:-1]) * unit if unit else float(text)


class Clients:
    """The running load, with what it says of itself."""

    def __init__(self, program, port, rate, seconds):
        self.process = subprocess.Popen([*program, str(port), str(rate), str(seconds), str(QUEUES)],
                                        stdout=subprocess.PIPE, text=True)
        # What each of its processes has counted so far, by its number.
        self.counts = {}
        self.arrived, self.seen, self.queues = None, None, None
        self.reader = threading.Thread(target=self.read)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            words = line.split()
            if words[0] in ("arrived", "seen"):
                setattr(self, words[0], [float(word) for word in words[1:]])
            elif words[0] == "queues":
                self.queues = [int(word) for word in words[1:]]
            else:
                self.counts.setdefault(words[0], []).append((float(words[1]), int(words[2])))

    def count(self, moment):
        """Messages handed over until `moment`."""
        return sum(self.between(counts, moment) for counts in self.counts.values())

    @staticmethod
    def between(counts, moment):
        """What was counted until `moment`, between two times at which it was said."""
        before = [each for each in counts if each[0] <= moment][-1]
        after = next((each for each in counts if each[0] > moment), before)
        if after == before:
            return before[1]
        share = (moment - before[0]) / (after[0] - before[0])
        return before[1] + share * (after[1] - before[1])


def clients(kind, directory):
    """The command that starts them."""
    if kind == "py":
        return [sys.executable, os.path.join(HERE, "load.py")]
    program = os.path.join(directory, "load")
    subprocess.run(["cc", "-O2", "-o", program, os.path.join(HERE, "load.c"), "-lnats", "-lpthread"], check=True)
    return [program]


def differs(name, shown, counted, unit):
    share = abs(shown - counted) / counted
    print(f"  {name}: {shown:,.2f} {unit} on the screen, {counted:,.2f} {unit} counted, {share:.2%} apart", flush=True)
    return [f"{name} differs by {share:.2%}"] if share > SHARE_MAX else []


def watch(screen, seconds):
    """The rates and depths that the screen shows, with their times."""
    rates, depths = [], []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        moment = time.monotonic()
        text = screen.text
        rate = re.search(r"\bin ([\d.]+[kM]?) +out", text)
        rates.append((moment, number(rate.group(1))))
        depths.append((moment, [number(word) for word in re.findall(r"L\d+ +RUN +([\d.,]+[kM]?) ", text)]))
        time.sleep(0.1)
    return rates, depths


def main():
    Server.program = os.path.abspath(sys.argv[1])
    rate = float(sys.argv[2]) if len(sys.argv) > 2 else 50_000
    seconds = float(sys.argv[3]) if len(sys.argv) > 3 else 60
    with tempfile.TemporaryDirectory() as directory:
        program = clients(sys.argv[4] if len(sys.argv) > 4 else "py", directory)
        with Screen(columns=200, rows=60) as screen:
            load = Clients(program, screen.port, rate, seconds + 15)
            screen.wait("L15")
            # Until the rates of the first seconds are out of what is shown.
            time.sleep(10)
            begin = time.monotonic()
            rates, depths = watch(screen, seconds)
            end = time.monotonic()
            load.process.wait()
            load.reader.join()
            expect(load.process.returncode == 0, "the clients failed")
            # The window of the screen reaches back to the first message: both have measured the same ones.
            time.sleep(2)
            shownLatency = re.search(r"p50 ([\d.]+) +p90 ([\d.]+) +p99 ([\d.]+)", screen.text)
            failures = []
            shown = sum(rate for _, rate in rates) / len(rates)
            counted = (load.count(end) - load.count(begin)) / (end - begin)
            failures += differs("throughput", shown, counted, "messages/s")
            whole = [(moment, sum(each)) for moment, each in depths if len(each) == QUEUES]
            expect(len(whole) > len(depths) / 2, "not every queue is on the screen")
            shown = sum(depth for _, depth in whole) / len(whole)
            counted = sum(load.count(moment) for moment, _ in whole) / len(whole)
            failures += differs("depth", shown, counted, "messages on average")
            print(f"  latencies of {load.arrived[0]:,.0f} publishes; with the way to the client's thread: "
                  f"p50 {load.seen[1]:.2f}, p90 {load.seen[2]:.2f}, p99 {load.seen[3]:.2f} ms")
            for name, shown, counted in zip(("p50", "p90", "p99"), shownLatency.groups(), load.arrived[1:]):
                failures += differs(f"latency {name}", float(shown), counted, "ms")
            # At rest every queue shows exactly what was sent to it.
            for place in (0, QUEUES - 1):
                screen.queue(f"L{place}")
                screen.wait(f"depth      {load.queues[place]:,}", f"stored     {load.queues[place]:,} in")
            print(f"  at rest the first and the last queue hold exactly what was sent; {sum(load.queues):,} in all")
            expect(not failures, "; ".join(failures))


if __name__ == "__main__":
    main()
