"""Sends the same bytes to nats-server and to Sluice and compares what comes back.

usage: differential.py SLUICE [NATS_SERVER] [-k WORD]

Every case is a list of steps on named connections. After each step both servers are given time to fall
silent, so that the order of bytes is the order of causes. INFO lines are reduced to what clients act on.
Exits with 1 when a transcript differs.
"""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

QUIET = 0.05
INFO_KEYS = [
    "headers", "auth_required", "tls_required", "tls_available", "tls_verify", "max_payload",
    "proto", "connect_info", "remote_account", "acc_is_sys", "ldm", "connect_urls", "nonce",
]


def normal(data):
    """The bytes of a connection as lines, INFO reduced."""
    out = []
    for line in data.split(b"\r\n"):
        if line.startswith(b"INFO "):
            info = json.loads(line[5:])
            kept = {k: info[k] for k in INFO_KEYS if k in info}
            if "nonce" in kept:
                kept["nonce"] = len(kept["nonce"])
            out.append("INFO " + json.dumps(kept, sort_keys=True))
        else:
            out.append(repr(line)[2:-1])
    return out


class Peer:
    def __init__(self, port):
        self.sock = socket.create_connection(("127.0.0.1", port), timeout=5)
        self.sock.setblocking(False)
        self.data = b""
        self.closed = False

    def pump(self):
        """Reads what is there; tells whether anything was."""
        if self.closed:
            return False
        try:
            piece = self.sock.recv(1 << 20)
        except BlockingIOError:
            return False
        except OSError:
            piece = b""
        if not piece:
            self.closed = True
        self.data += piece
        return True

    def send(self, data):
        try:
            self.sock.setblocking(True)
            self.sock.settimeout(3)
            self.sock.sendall(data)
        except OSError:
            pass
        finally:
            self.sock.setblocking(False)


def settle(peers, quiet=QUIET):
    last = time.monotonic()
    while time.monotonic() - last < quiet:
        if any([p.pump() for p in peers.values()]):
            last = time.monotonic()
        else:
            time.sleep(0.002)


def play(server, steps):
    """Plays `steps` against `server`; answers the transcript of every connection."""
    peers = {}
    for step in steps:
        if step[0] == "wait":
            settle(peers, step[1])
            continue
        if step[0] == "signal":
            os.kill(server.pid, step[1])
            settle(peers, 0.2)
            continue
        name, data = step[0], step[1]
        if name not in peers:
            peers[name] = Peer(server.port)
            settle(peers)
        if data == "hang up":
            peers[name].sock.close()
            peers[name].closed = True
            time.sleep(QUIET)
            continue
        pieces = data if isinstance(data, list) else [data]
        for piece in pieces:
            peers[name].send(piece)
            if len(pieces) > 1:
                time.sleep(0.004)
        settle(peers)
    settle(peers, 0.08)
    result = {}
    for name, peer in peers.items():
        result[name] = normal(peer.data) + ["<closed>" if peer.closed else "<open>"]
        peer.sock.close()
    return result


class Server:
    def __init__(self, command, config):
        self.dir = tempfile.mkdtemp()
        args = command + ["-a", "127.0.0.1", "-p", "-1", "--ports_file_dir", self.dir]
        if config:
            path = os.path.join(self.dir, "server.conf")
            with open(path, "w") as f:
                f.write(config)
            args += ["-c", path]
        self.log = open(os.path.join(self.dir, "log"), "w+b")
        self.process = subprocess.Popen(args, stderr=self.log, stdout=self.log)
        self.pid = self.process.pid
        self.port = self._port()

    def _port(self):
        for _ in range(400):
            with open(self.log.name, "rb") as f:
                text = f.read().decode(errors="replace")
            if "Server is ready" in text:
                found = re.search(r"Listening for client connections on \S*:(\d+)", text)
                return int(found.group(1))
            if self.process.poll() is not None:
                raise RuntimeError("server ended: " + text)
            time.sleep(0.01)
        raise RuntimeError("server is not ready")

    def stop(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


def compare(case, commands):
    config, steps = case["config"], case["steps"]
    results = [None, None]

    def one(at):
        try:
            server = Server(commands[at], config)
            try:
                results[at] = play(server, steps)
            finally:
                server.stop()
        except Exception as error:  # shown as the transcript
            results[at] = {"error": [str(error)]}

    threads = [threading.Thread(target=one, args=(at,)) for at in (0, 1)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    for at in (0, 1):
        results[at] = case["shape"](results[at])
    if results[0] == results[1]:
        return None
    text = []
    for name in sorted(set(results[0]) | set(results[1])):
        ours, theirs = results[1].get(name, []), results[0].get(name, [])
        if ours != theirs:
            text.append(f"  {name}: nats-server  {theirs}\n  {name}: sluice       {ours}")
    return "\n".join(text)


def main():
    import differential_cases

    arguments = sys.argv[1:]
    word = ""
    if "-k" in arguments:
        at = arguments.index("-k")
        word = arguments[at + 1]
        del arguments[at:at + 2]
    sluice = [os.path.abspath(arguments[0]), "serve", "-m", "-1"]
    nats = [arguments[1] if len(arguments) > 1 else "nats-server"]
    failures = 0
    cases = [c for c in differential_cases.CASES if word in c["name"]]
    for case in cases:
        difference = compare(case, [nats, sluice])
        print(("same    " if difference is None else "DIFFERS ") + case["name"], flush=True)
        if difference:
            failures += 1
            print(difference, flush=True)
    print(f"{len(cases)} cases, {failures} differ")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
