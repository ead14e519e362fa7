"""What the campaigns share: a server over one store, a publisher that remembers every acknowledgement, and a verdict."""

import collections
import itertools
import json
import os
import re
import signal
import socket
import subprocess
import time

HOST = "127.0.0.1"
# On a machine that is busy with other things everything takes longer.
PATIENCE = float(os.environ.get("PATIENCE", 1))
WAIT = 20.0 * PATIENCE


class Broken(Exception):
    """A promise that was not kept."""


def check(condition, text):
    if not condition:
        raise Broken(text)


# Below the ports that the system gives to clients: nobody takes one between the look and the start.
PORTS = itertools.count(10_000 + os.getpid() % 200 * 100)
# Names of the last ports in use: no other script beside this one takes them.
TAKEN = collections.deque(maxlen=100)


def free_port():
    """A port that nobody listens on; a different one at each call, also for threads side by side."""
    while True:
        port = 10_000 + next(PORTS) % 20_000
        name = socket.socket(socket.AF_UNIX)
        with socket.socket() as probe:
            try:
                name.bind(f"\0sluice-port-{port}")
                probe.bind((HOST, port))
            except OSError:
                name.close()
                continue
        TAKEN.append(name)
        return port


class Node:
    """`sluice serve` over a directory, started again and again."""

    def __init__(self, program, directory, options=()):
        self.program = os.path.abspath(program)
        self.directory = directory
        self.options = list(options)
        self.log = directory + ".log"
        self.process = None
        self.port = 0

    def start(self, environment=None, wait=True):
        self.port = free_port()
        settings = dict(os.environ, HOME=self.directory, SWIFT_BACKTRACE="enable=no", **(environment or {}))
        for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME"):
            settings.pop(name, None)
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [self.program, "serve", "-a", HOST, "-p", str(self.port), "-js", "-sd",
                 os.path.join(self.directory, "store"), *self.options],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=settings)
        if wait and not self.wait():
            raise Broken(f"did not start: {self.said()[-3000:]}")

    def wait(self, seconds=WAIT):
        """Whether it comes to listen, rather than to end."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.process.poll() is not None:
                return False
            try:
                socket.create_connection((HOST, self.port), 1).close()
                return True
            except OSError:
                time.sleep(0.004)
        return False

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        self.process.terminate()
        self.process.wait(WAIT)

    def said(self):
        with open(self.log, "rb") as file:
            return file.read().decode(errors="replace")


class Wire:
    """One connection: requests, and messages as they come."""

    def __init__(self, port, user=""):
        self.socket = socket.create_connection((HOST, port), WAIT)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.data = b""
        self.inbox = f"_INBOX.{os.getpid()}.{id(self)}"
        self.count = 0
        self.line()
        login = f',"user":"{user}","pass":"{user}"' if user else ""
        self.send('CONNECT {"verbose":false,"headers":true,"no_responders":true,"protocol":1' + login + "}\r\n"
                  f"SUB {self.inbox}.* 1\r\nPING\r\n")
        while self.line() != b"PONG":
            pass

    def send(self, data):
        self.socket.sendall(data.encode() if isinstance(data, str) else data)

    def more(self):
        piece = self.socket.recv(1 << 20)
        if not piece:
            raise ConnectionError("closed")
        self.data += piece

    def line(self):
        while b"\r\n" not in self.data:
            self.more()
        line, self.data = self.data.split(b"\r\n", 1)
        return line

    def take(self, count):
        while len(self.data) < count:
            self.more()
        taken, self.data = self.data[:count], self.data[count:]
        return taken

    def message(self, seconds=WAIT):
        """Subject, reply, headers and body of the next message."""
        self.socket.settimeout(seconds)
        while True:
            words = self.line().split()
            if words and words[0] == b"PING":
                self.send("PONG\r\n")
            elif words and words[0] == b"MSG":
                body = self.take(int(words[-1]) + 2)[:-2]
                return words[1].decode(), words[3].decode() if len(words) == 5 else "", b"", body
            elif words and words[0] == b"HMSG":
                whole = self.take(int(words[-1]) + 2)[:-2]
                split = int(words[-2])
                reply = words[3].decode() if len(words) == 6 else ""
                return words[1].decode(), reply, whole[:split], whole[split:]

    def request(self, subject, body=b"", seconds=WAIT):
        """The next message to this connection's inbox after a request."""
        self.count += 1
        reply = f"{self.inbox}.r{self.count}"
        self.send(f"PUB {subject} {reply} {len(body)}\r\n".encode() + body + b"\r\n")
        while True:
            found = self.message(seconds)
            if found[0] == reply:
                return found

    def api(self, name, value=None, seconds=WAIT):
        """The answer of a request to the JetStream API."""
        body = b"" if value is None else json.dumps(value).encode()
        _, _, headers, answer = self.request("$JS.API." + name, body, seconds)
        if not answer:
            raise Broken(f"{name}: {headers!r}")
        return json.loads(answer)

    def close(self):
        self.socket.close()


ACK = re.compile(rb"^(?!.*\"error\").*\"seq\":(\d+)")


class Ledger:
    """Everything that was acknowledged: sequence to body."""

    def __init__(self, stream):
        self.stream = stream
        self.acknowledged = {}
        self.sent = 0
        self.last = 0

    def note(self, sequence, body):
        known = self.acknowledged.get(sequence)
        check(known is None or known == body,
              f"sequence {sequence} was acknowledged for {known!r} and again for {body!r}")
        self.acknowledged[sequence] = body
        self.last = max(self.last, sequence)

    def compare(self, wire, first=1):
        """Reads the stream from `first` on and compares; returns how many acknowledged ones were seen."""
        info = wire.api(f"STREAM.INFO.{self.stream}")
        check("error" not in info, f"{info}")
        state = info["state"]
        check(state["last_seq"] >= self.last, f"last sequence {state['last_seq']} is below the acknowledged {self.last}")
        stored = read_all(wire, self.stream, max(first, state["first_seq"]), state["last_seq"])
        numbers = [sequence for sequence, _ in stored]
        check(numbers == sorted(set(numbers)), "sequences are out of order or come twice")
        found = dict(stored)
        seen = 0
        for sequence, body in self.acknowledged.items():
            if sequence < first:
                continue
            check(sequence in found, f"the acknowledged {sequence} is lost ({body!r})")
            check(found[sequence] == body, f"{sequence} reads {found[sequence][:60]!r} instead of {body[:60]!r}")
            seen += 1
        return seen, found


def read_all(wire, stream, first, last):
    """The sequences and bodies from `first` to `last` by batched direct get."""
    stored = []
    at = first
    while at <= last:
        wire.count += 1
        reply = f"{wire.inbox}.g{wire.count}"
        body = json.dumps({"batch": 1000, "seq": at}).encode()
        wire.send(f"PUB $JS.API.DIRECT.GET.{stream} {reply} {len(body)}\r\n".encode() + body + b"\r\n")
        got = 0
        while True:
            subject, _, headers, payload = wire.message()
            if subject != reply:
                continue
            if headers.startswith(b"NATS/1.0 204") or headers.startswith(b"NATS/1.0 404"):
                break
            check(headers.startswith(b"NATS/1.0\r\n"), f"direct get: {headers!r}")
            sequence = int(re.search(rb"Nats-Sequence: (\d+)", headers).group(1))
            stored.append((sequence, payload))
            at = sequence + 1
            got += 1
        if not got:
            break
    return stored
