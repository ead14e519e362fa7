"""A disk that stops answering for seconds, and comes back or does not.

    hang.py SLUICE [HANGS]        SEED=n repeats a run

Publishers of every kind are at work when the disk hangs: some that wait for each acknowledgement, one with 256 messages
in flight, and in some rounds one that asks for nothing and never stops. Meanwhile nothing is confirmed, neither to
publishers nor to consumers; publishers are held back; core messages, another account, monitoring and what queues have
in memory go on; and the server says since when its disk hangs. In half of the rounds the disk comes back, and everything
that waited is confirmed; in the others SIGKILL comes first. What was confirmed reads back in order either way.
"""

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

from store import ACK, PATIENCE, Broken, HOST, Ledger, Node, Wire, check, free_port

HERE = os.path.dirname(os.path.abspath(__file__))
MODES = ("hang", "hang-sync", "hang-write")
WINDOW = 256
# From when on the server calls it a hang, and how soon afterwards it has to have said so.
LIMIT = 2.0
SAYS = 1.5 * PATIENCE
# Most that anything may take which does not need the disk.
PROMPT = 0.5 * PATIENCE
# Most memory that a publisher can make the server take while the disk hangs, beyond what it has.
# 64 MiB on their way twice: in orders to the journal, and among the messages of a stream, where they stay until they are
# safe whatever its limits.
HELD = 160 << 20

ACCOUNTS = """accounts {
  Q { jetstream: enabled, users: [{user: q, password: q}] }
  C { users: [{user: c, password: c}] }
}
no_auth_user: q
"""


class Disk:
    """The disk of one server, which hangs while there is a certain file."""

    def __init__(self, directory, library):
        self.gate = os.path.join(directory, "gate")
        self.directory = os.path.join(directory, "store")
        self.library = library
        self.runs = 0
        os.makedirs(self.directory)

    def environment(self, mode):
        self.runs += 1
        self.counter = f"{self.gate}.{self.runs}"
        return {"LD_PRELOAD": self.library, "FAULT_DIR": self.directory, "FAULT_COUNT": self.counter,
                "FAULT_MODE": mode, "FAULT_GATE": self.gate}

    def hang(self):
        """Returns once a call hangs."""
        open(self.gate, "w").close()
        end = time.monotonic() + 20
        while True:
            with open(self.counter, "rb") as file:
                file.seek(8)
                if int.from_bytes(file.read(8), "little"):
                    return
            check(time.monotonic() < end, "no call came to the disk")
            time.sleep(0.001)

    def go_on(self):
        if os.path.exists(self.gate):
            os.remove(self.gate)


class Publisher(threading.Thread):
    """Publishes with so many messages in flight; notes when each acknowledgement came."""

    def __init__(self, port, ledger, subject, window):
        super().__init__(daemon=True)
        self.port, self.ledger, self.subject, self.window = port, ledger, subject, window
        self.stop = False
        self.newest = 0.0
        self.waiting = {}
        self.problem = None

    def run(self):
        wire = Wire(self.port)
        last = 0
        try:
            while not self.stop or self.waiting:
                batch = b""
                while len(self.waiting) < self.window and not self.stop:
                    self.ledger.sent += 1
                    body = b"%s:%d:" % (self.subject.encode(), self.ledger.sent) + b"x" * (self.ledger.sent % 300)
                    name = f"{wire.inbox}.{self.ledger.sent}"
                    self.waiting[name] = body
                    batch += f"PUB {self.subject} {name} {len(body)}\r\n".encode() + body + b"\r\n"
                if batch:
                    wire.send(batch)
                subject, _, _, answer = wire.message(60)
                self.newest = time.monotonic()
                found = ACK.search(answer)
                check(found, f"instead of an acknowledgement: {answer!r}")
                sequence = int(found.group(1))
                check(sequence > last, f"{sequence} was confirmed after {last}")
                last = sequence
                self.ledger.note(sequence, self.waiting.pop(subject))
        except Broken as broken:
            self.problem = str(broken)
        except (OSError, ConnectionError):
            pass
        finally:
            wire.close()


class Flood(threading.Thread):
    """Publishes without asking for anything, as fast as it is allowed to."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.wire = Wire(port)
        self.sent = 0
        self.stop = False

    def run(self):
        piece = b"PUB flood 1000\r\n" + b"f" * 1000 + b"\r\n"
        piece *= 64
        try:
            while not self.stop:
                self.wire.send(piece)
                self.sent += len(piece)
        except OSError:
            pass


class Consumer(threading.Thread):
    """Takes messages and has each acknowledgement confirmed; notes when."""

    def __init__(self, port, confirmed):
        super().__init__(daemon=True)
        self.port, self.confirmed = port, confirmed
        self.stop = False
        self.newest = 0.0
        self.problem = None

    def run(self):
        try:
            wire = Wire(self.port)
            while not self.stop:
                wire.count += 1
                reply = f"{wire.inbox}.f{wire.count}"
                request = b'{"batch":1,"expires":200000000}'
                wire.send(f"PUB $JS.API.CONSUMER.MSG.NEXT.H.c {reply} {len(request)}\r\n".encode() + request + b"\r\n")
                _, ack, _, _ = wire.message(60)
                if not ack.startswith("$JS.ACK."):
                    continue
                sequence = int(ack.split(".")[5])
                if sequence in self.confirmed:
                    self.problem = f"{sequence} was confirmed as consumed and came again"
                wire.request(ack, b"+ACK", 60)
                self.newest = time.monotonic()
                self.confirmed.add(sequence)
        except (OSError, ConnectionError):
            pass


class Bystanders:
    """Everything that has nothing to do with the disk, and how long it takes."""

    def __init__(self, node, page_port):
        self.page_port = page_port
        self.node = node
        self.server = Wire(node.port, "c")
        self.server.send("SUB echo 2\r\n")
        self.client = Wire(node.port, "c")
        self.queues = Wire(node.port)
        self.slowest = {}
        self.count = 0

    def timed(self, name, act):
        began = time.monotonic()
        result = act()
        took = time.monotonic() - began
        self.slowest[name] = max(self.slowest.get(name, 0), took)
        self.count += 1
        check(took < PROMPT, f"{name} took {took:.2f} s while the disk hangs")
        return result

    def page(self, name):
        try:
            with urllib.request.urlopen(f"http://{HOST}:{self.page_port}{name}", timeout=20) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    def core(self):
        self.client.count += 1
        reply = f"{self.client.inbox}.e{self.client.count}"
        self.client.send(f"PUB echo {reply} 2\r\nhi\r\n")
        _, answer, _, _ = self.server.message(20)
        self.server.send(f"PUB {answer} 2\r\nho\r\n")
        check(self.client.message(20)[0] == reply, "another answer")

    def look(self):
        self.timed("core request", self.core)
        self.timed("a login", lambda: Wire(self.node.port, "c").close())
        self.timed("queue info", lambda: self.queues.api("STREAM.INFO.H"))
        self.timed("a message", lambda: self.queues.request("$JS.API.DIRECT.GET.H", b'{"last_by_subj":"h.0"}', 20))
        for name in ("/varz", "/connz", "/jsz?streams=1"):
            status, _ = self.timed(name, lambda: self.page(name))
            check(status == 200, f"{name}: {status}")
        return self.timed("/healthz", lambda: self.page("/healthz"))

    def close(self):
        for wire in (self.server, self.client, self.queues):
            wire.close()


def memory(node):
    with open(f"/proc/{node.process.pid}/statm") as file:
        return int(file.read().split()[1]) * 4096


class Campaign:
    """Rounds over one store."""

    def __init__(self, program, seed):
        self.chance = random.Random(seed)
        self.directory = tempfile.mkdtemp(prefix="sluice-hang-")
        library = os.path.join(self.directory, "faults.so")
        subprocess.run(["gcc", "-O1", "-Wall", "-Wextra", "-shared", "-fPIC", "-o", library,
                        os.path.join(HERE, "faults.c"), "-ldl"], check=True)
        self.disk = Disk(self.directory, library)
        self.page_port = free_port()
        path = os.path.join(self.directory, "accounts.conf")
        with open(path, "w") as file:
            file.write(ACCOUNTS)
        self.node = Node(program, self.directory, ["-c", path, "-m", str(self.page_port)])
        self.ledgers = [Ledger("H"), Ledger("W")]
        self.confirmed = set()
        self.compared = self.kills = self.looks = self.waited = 0
        self.slowest = {}
        self.slowest_return = 0.0
        self.most_held = 0

    def begin(self):
        self.node.start(self.disk.environment("hang"))
        wire = Wire(self.node.port)
        for name, subjects, more in (("H", ["h.*"], {"max_bytes": 32 << 20}), ("W", ["w"], {"max_bytes": 32 << 20}),
                                     ("F", ["flood"], {"max_bytes": 16 << 20})):
            made = wire.api(f"STREAM.CREATE.{name}", {"name": name, "subjects": subjects, "allow_direct": True, **more})
            check("error" not in made, f"{made}")
        made = wire.api("CONSUMER.CREATE.H.c", {"stream_name": "H", "config": {
            "durable_name": "c", "ack_policy": "explicit", "ack_wait": 60_000_000_000, "max_ack_pending": 1000}})
        check("error" not in made, f"{made}")
        wire.close()
        self.node.stop()

    def round(self, number):
        mode = MODES[number % 3]
        is_killed = number % 2 == 1
        has_flood = number % 4 >= 2
        self.node.start(self.disk.environment(mode))
        port = self.node.port
        bystanders = Bystanders(self.node, self.page_port)
        waiting = [Publisher(port, self.ledgers[0], f"h.{index}", 1) for index in range(4)]
        waiting.append(Publisher(port, self.ledgers[1], "w", WINDOW))
        waiting.append(Consumer(port, self.confirmed))
        for thread in waiting:
            thread.start()
        flood = Flood(port) if has_flood else None
        time.sleep(self.chance.uniform(0.2, 0.6))
        status, page = bystanders.look()
        check(status == 200, f"the health page says {page} although the disk is well")
        self.hang(waiting, flood, bystanders, self.chance.uniform(LIMIT + SAYS, LIMIT + SAYS + 1.5), f"{number}, {mode}")
        for name, took in bystanders.slowest.items():
            self.slowest[name] = max(self.slowest.get(name, 0), took)
        self.looks += bystanders.count
        bystanders.close()
        if is_killed:
            self.kills += 1
            for thread in waiting:
                thread.stop = True
            self.node.kill()
            self.disk.go_on()
        else:
            self.come_back(waiting, flood)
        for thread in waiting:
            thread.join(60)
            check(not thread.is_alive(), "something was never answered")
            check(not thread.problem, thread.problem)
        if not is_killed:
            self.healthy_again(port)
            self.node.stop()
        self.compare()

    def hang(self, waiting, flood, bystanders, seconds, title):
        """The disk hangs for so long, and nobody hears of anything that is not safe."""
        since = time.time()
        self.disk.hang()
        began = time.monotonic()
        before = memory(self.node)
        if flood:
            flood.start()
        # What was safe before the disk hung is on its way.
        time.sleep(0.2 * PATIENCE)
        quiet = time.monotonic()
        said = None
        while time.monotonic() - began < seconds:
            status, page = bystanders.look()
            held = time.monotonic() - began
            if status != 200 and not said:
                said = held
                check("disk" in page.get("error", ""), f"{page}")
                check(held > LIMIT - 0.3, f"called a hang after {held:.1f} s")
                print(f"  round {title}: after {held:.1f} s {page['error']}", flush=True)
            check(said or held < LIMIT + SAYS, f"nothing is said of a disk that hangs for {held:.1f} s: {page}")
            for thread in waiting:
                check(thread.newest < quiet, f"{type(thread).__name__} heard of something while the disk hangs")
            if flood:
                self.most_held = max(self.most_held, memory(self.node) - before)
                check(self.most_held < HELD, f"{self.most_held >> 20} MiB are held while the disk hangs, "
                                             f"{flood.sent >> 20} MiB sent")
            time.sleep(0.02)
        check("has not answered since" in self.node.said(), f"the log says nothing of a disk that hangs since {since}")
        self.waited += sum(len(getattr(thread, "waiting", ())) for thread in waiting)

    def come_back(self, waiting, flood):
        """The disk answers again, and so does everything that waited."""
        began = time.monotonic()
        self.disk.go_on()
        if flood:
            flood.stop = True
        for thread in waiting:
            while thread.newest < began and thread.is_alive():
                took = time.monotonic() - began
                check(took < 10 * PATIENCE, f"{type(thread).__name__} hears nothing although the disk is back")
                time.sleep(0.002)
            self.slowest_return = max(self.slowest_return, time.monotonic() - began)
            thread.stop = True

    def healthy_again(self, port):
        page = Bystanders(self.node, self.page_port)
        end = time.monotonic() + 5 * PATIENCE
        while page.page("/healthz")[0] != 200:
            check(time.monotonic() < end, "the health page still says that the disk hangs")
            time.sleep(0.02)
        page.close()

    def compare(self):
        """What was confirmed is there, in order and under its sequence."""
        self.node.start()
        wire = Wire(self.node.port)
        for ledger in self.ledgers:
            state = wire.api(f"STREAM.INFO.{ledger.stream}")["state"]
            seen, _ = ledger.compare(wire, state["first_seq"])
            self.compared += seen
        wire.close()
        self.node.stop()


def main():
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 12
    seed = int(os.environ.get("SEED", random.randrange(1 << 32)))
    print(f"seed {seed}", flush=True)
    began = time.monotonic()
    campaign = Campaign(sys.argv[1], seed)
    try:
        campaign.begin()
        for number in range(rounds):
            campaign.round(number)
    except Broken as broken:
        print(f"BROKEN: {broken}\nthe store is in {campaign.directory}\n{campaign.node.said()[-2000:]}", flush=True)
        if campaign.node.process.poll() is None:
            campaign.node.kill()
        campaign.disk.go_on()
        sys.exit(1)
    shutil.rmtree(campaign.directory, ignore_errors=True)
    os.remove(campaign.node.log)
    acknowledged = sum(len(ledger.acknowledged) for ledger in campaign.ledgers)
    name, took = max(campaign.slowest.items(), key=lambda pair: pair[1])
    print(f"{rounds} hangs, {campaign.kills} of them ended by a kill, {acknowledged} acknowledged, "
          f"{campaign.compared} compared, {len(campaign.confirmed)} consumed and confirmed, "
          f"{campaign.waited} waited for the disk and heard nothing, {campaign.looks} other requests meanwhile, "
          f"the slowest of them {name} with {took * 1000:.0f} ms, {campaign.most_held >> 20} MiB held at most, "
          f"first confirmation {campaign.slowest_return * 1000:.0f} ms after the disk came back at the latest, "
          f"{time.monotonic() - began:.0f} s: nothing lost, altered or reordered", flush=True)


if __name__ == "__main__":
    main()
