"""What publishers notice while the keys of a large queue are rotated, and what is left of the old key.

    rotation.py SLUICE [MEGABYTES [RATE]]      2,000 MB under 50,000 messages a second without them

A queue is filled with bytes that do not compress. Then a client of load.c publishes at the rate, and beside it another
sends one message after the other and measures how long each acknowledgement takes: for a while at rest, then until the
rotation is over, and for the same while at rest again, since a disk has moods. No publish may fail, the p99 may grow to
one and a half times, each core in use must rewrite 80 MB a second, and `sluice check` must find nothing damaged
afterwards.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time

from store import HOST, Node, Wire, check

HERE = os.path.dirname(os.path.abspath(__file__))
BODY = 16 * 1024
QUIET_SECONDS = 15
RATIO_MAX = 1.5
SPEED_MIN = 80e6


class Probe(threading.Thread):
    """Publishes with acknowledgement, one message at a time, and keeps when each began and how long it took."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.wire = Wire(port)
        self.times = []
        self.isOver = False
        self.failure = None
        self.start()

    def run(self):
        try:
            while not self.isOver:
                begin = time.monotonic()
                answer = json.loads(self.wire.request("l0.x", b"x" * 128, 20)[3])
                check("error" not in answer, answer)
                self.times.append((begin, time.monotonic() - begin))
                time.sleep(0.001)
        except Exception as error:  # told by whoever waits for this thread
            self.failure = error

    def p99(self, *spans):
        """Milliseconds, of messages that began in one of those times."""
        found = sorted(took for at, took in self.times if any(begin <= at < end for begin, end in spans))
        check(len(found) > 500, f"only {len(found)} messages measured")
        return found[len(found) * 99 // 100] * 1000, len(found)


def fill(port, total):
    """Messages in the stream L0, which is made for them; no faster than the disk takes them."""
    wire = Wire(port)
    made = json.loads(wire.request("$JS.API.STREAM.CREATE.L0", b'{"name":"L0","subjects":["l0.>"]}', 20)[3])
    check("error" not in made, made)
    head = f"PUB l0.fill {BODY}\r\n".encode()
    count = total // BODY
    for number in range(count):
        wire.send(head + os.urandom(BODY) + b"\r\n")
        while number % 256 == 255 and messages(wire) < number - 1024:
            time.sleep(0.001)
    return wire, count


def messages(wire):
    return json.loads(wire.request("$JS.API.STREAM.INFO.L0", b"", 60)[3])["state"]["messages"]


def processor_seconds(process):
    """What all threads of a process have used."""
    with open(f"/proc/{process.pid}/stat") as file:
        words = file.read().rsplit(")", 1)[1].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def rotate(wire):
    """Rotates and waits for the end; the bytes that were under the old key."""
    before = json.loads(wire.request("$SLUICE.API.KEYS.STATUS", b"", 20)[3])
    under = sum(key["bytes"] for key in before["keys"] if key["of"] == "L0")
    order = json.dumps({"stream": "L0", "destroy_old": True}).encode()
    answer = json.loads(wire.request("$SLUICE.API.KEYS.ROTATE", order, 20)[3])
    check("error" not in answer, answer)
    while True:
        status = json.loads(wire.request("$SLUICE.API.KEYS.STATUS", b"", 60)[3])
        steps = [step for rotation in status["rotations"] for step in rotation["steps"].values()]
        keys = {key["version"]: key["state"] for key in status["keys"] if key["of"] == "L0"}
        if "running" not in steps and keys.get(1) in (None, "destroyed"):
            return under
        time.sleep(0.05)


def main():
    program = os.path.abspath(sys.argv[1])
    total = int(float(sys.argv[2]) * 1e6) if len(sys.argv) > 2 else 2_000_000_000
    rate = sys.argv[3] if len(sys.argv) > 3 else "50000"
    with tempfile.TemporaryDirectory(prefix="sluice-rotation-") as directory:
        load = os.path.join(directory, "load")
        subprocess.run(["cc", "-O2", "-o", load, os.path.join(HERE, "load.c"), "-lnats", "-lpthread"], check=True)
        node = Node(program, os.path.join(directory, "node"))
        os.mkdir(node.directory)
        node.start()
        try:
            wire, filled = fill(node.port, total)
            print(f"load before: {os.getloadavg()[0]:.2f}; {filled} messages of {BODY} bytes", flush=True)
            clients = subprocess.Popen([load, str(node.port), rate, "600", "1"], stdout=subprocess.PIPE, text=True)
            counts = []
            reader = threading.Thread(target=lambda: counts.extend(clients.stdout), daemon=True)
            reader.start()
            probe = Probe(node.port)
            time.sleep(3)
            quiet = (time.monotonic(), processor_seconds(node.process))
            time.sleep(QUIET_SECONDS)
            begin = (time.monotonic(), processor_seconds(node.process))
            rewritten = rotate(wire)
            end = (time.monotonic(), processor_seconds(node.process))
            time.sleep(QUIET_SECONDS)
            probe.isOver = True
            probe.join(30)
            clients.terminate()
            check(clients.wait(120) == 0, "the clients failed")
            reader.join()
            judge_cost(probe, quiet, begin, end, rewritten)
            sent = int(next(line for line in counts if line.startswith("queues")).split()[1])
            expected = filled + sent + len(probe.times)
            # Those without acknowledgement may still be on their way to the disk.
            late = time.monotonic() + 30
            while (kept := messages(wire)) < expected and time.monotonic() < late:
                time.sleep(0.1)
            check(kept == expected, f"{kept} messages in the queue, {expected} were published")
            node.stop()
            judge_store(program, node)
            print(f"{expected} messages, 0 failed")
        finally:
            node.process.kill()


def judge_cost(probe, quiet, begin, end, rewritten):
    """Latencies and processor time of the rotation, beside those of the time before it."""
    check(probe.failure is None, f"a publish failed: {probe.failure}")
    rest, restCount = probe.p99((quiet[0], begin[0]), (end[0], float("inf")))
    during, duringCount = probe.p99((begin[0], end[0]))
    print("publish p99 before, while and after it rotates: "
          + ", ".join(f"{probe.p99(span)[0]:.3f} ms" for span in
                      ((quiet[0], begin[0]), (begin[0], end[0]), (end[0], float("inf")))))
    seconds = end[0] - begin[0]
    idle = (begin[1] - quiet[1]) / (begin[0] - quiet[0])
    cores = (end[1] - begin[1]) / seconds - idle
    speed = rewritten / seconds
    print(f"publish p99 at rest {rest:.3f} ms of {restCount}, rotating {during:.3f} ms of {duringCount}: "
          f"{during / rest:.2f} times; rewritten {rewritten / 1e6:,.0f} MB in {seconds:.1f} s, {speed / 1e6:.0f} MB/s, "
          f"{cores:.2f} cores, {speed / max(cores, 0.01) / 1e6:.0f} MB/s a core", flush=True)
    check(during <= RATIO_MAX * rest, "publishers waited too long")
    check(speed / max(cores, 0.01) >= SPEED_MIN, "rewritten too slowly")


def judge_store(program, node):
    """Every block opens, and nothing is left of the old key's version."""
    environment = dict(os.environ, HOME=node.directory)
    found = subprocess.run([program, "check", "--store-dir", os.path.join(node.directory, "store")], env=environment,
                           capture_output=True, text=True)
    print(found.stdout.strip())
    check(found.returncode == 0, f"the store is damaged: {found.stdout}{found.stderr}")


if __name__ == "__main__":
    main()
