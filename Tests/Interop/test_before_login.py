"""Hostile peers that have not said who they are: what storage-independent parsing must withstand."""

import json
import os
import random
import resource
import socket
import sys
import tempfile
import threading
import time

from harness import HOST, Raw, Server, expect, main

SECRET = 'authorization { user: anna, password: secret }'
UNKNOWN = "-ERR 'Unknown Protocol Operation'\r\n"
REFUSED = "-ERR 'Authorization Violation'\r\n"


def works(server, **credentials):
    """Whether another client is served, within a second."""
    since = time.monotonic()
    raw = Raw(server.port).connect(**credentials)
    raw.until("PONG")
    raw.send("SUB works 1\r\nPUB works 2\r\nok\r\nPING\r\n")
    lines = raw.until("PONG")
    raw.close()
    expect("MSG works 1 2" in lines, str(lines))
    return time.monotonic() - since < 1.0


def case_01_random_bytes_at_any_split():
    seed = int(os.environ.get("SEED", random.randrange(1 << 32)))
    print(f"seed {seed}")
    chance = random.Random(seed)
    words = [b"CONNECT ", b"{}", b"PUB ", b"SUB a 1", b"\r\n", b"PING", b"HPUB a 4 4", b"\x00", b"-1", b"9" * 30,
             b"MSG", b"{\"user\":", b"\xff\xfe", b" ", b"\t", b"INFO {}", b"+OK", b"-ERR"]
    with Server(SECRET) as server:
        for _ in range(300):
            raw = Raw(server.port)
            data = b"".join(chance.choice(words) if chance.random() < 0.8 else chance.randbytes(9)
                            for _ in range(chance.randrange(1, 40)))
            try:
                while data:
                    cut = chance.randrange(1, 20)
                    raw.send(data[:cut])
                    data = data[cut:]
            except OSError:
                pass
            raw.close()
        expect(server.isAlive)
        expect(works(server, user="anna", **{"pass": "secret"}))


def case_02_a_control_line_without_end():
    with Server(SECRET) as server, Server() as open_server:
        # Where a login is required, anything but CONNECT is refused as such, however long it is.
        for one, verb in ((server, b"CONNECT "), (open_server, b"PUB ")):
            raw = Raw(one.port)
            raw.send(verb + b"a" * 4200)
            said = raw.end()
            expect("maximum control line exceeded" in said.lower(), said)
        raw = Raw(server.port)
        before = server.resident()
        try:
            for _ in range(1000):
                raw.send(b"CONNECT " + b" " * 65536)
        except OSError:
            pass
        expect(server.resident() - before < 8 << 20, "memory grew")
        expect(works(server, user="anna", **{"pass": "secret"}))


def case_03_sizes_that_are_no_numbers():
    with Server() as server:
        for size in ("99999999999999999999", "-1", "+5", "0x5", "\u0665", "5a", "1e3", "2147483648", "5.0"):
            raw = Raw(server.port).send(f"PUB x {size}\r\n")
            raw.end()
        raw = Raw(server.port).send("PUB x\r\n")
        raw.end()
        raw = Raw(server.port).send("HPUB x 99999999999999999999 99999999999999999999\r\n")
        raw.end()
        expect(works(server))


def case_04_payloads_that_lie_about_their_length():
    with Server() as server:
        raw = Raw(server.port).send("CONNECT {\"verbose\":false,\"headers\":true}\r\nSUB x 1\r\nPING\r\n")
        raw.until("PONG")
        other = Raw(server.port).send("PUB x 3\r\nabcdef\r\nPUB x 1\r\na\r\n")
        expect(other.end().endswith(UNKNOWN), other.data)
        other = Raw(server.port).send("PUB x 3\r\nabc\nPUB x 1\r\na\r\n")
        expect(other.end().endswith(UNKNOWN), other.data)
        other = Raw(server.port).send("CONNECT {\"verbose\":false,\"headers\":true}\r\nHPUB x 9 3\r\nabc\r\n")
        other.end()
        expect(raw.silence() == b"", "bytes of a broken payload were delivered")
        expect(works(server))


def case_05_payloads_beyond_the_limit():
    with Server("max_payload: 1024") as server:
        raw = Raw(server.port)
        expect(raw.info["max_payload"] == 1024)
        raw.send(b"CONNECT {\"verbose\":false}\r\nPUB x 1024\r\n" + b"a" * 1024 + b"\r\nPING\r\n")
        raw.until("PONG")
        raw.send("PUB x 1025\r\n")
        expect("-ERR 'Maximum Payload Violation'\r\n" in raw.end())


def case_06_order_of_commands():
    with Server(SECRET) as server:
        for first in ("PUB a 1\r\nx\r\n", "SUB a 1\r\n", "PING\r\n", "UNSUB 1\r\n", "HPUB a 1 1\r\nx\r\n"):
            said = Raw(server.port).send(first).end()
            expect(said == REFUSED, f"{first!r}: {said!r}")
        for first in ("MSG a 1 1\r\nx\r\n", "RS+ a b\r\n", "LS+ a\r\n", "A+ x\r\n", "\r\n", "GET / HTTP/1.0\r\n\r\n"):
            said = Raw(server.port).send(first).end()
            expect(said in (UNKNOWN, REFUSED), f"{first!r}: {said!r}")
        raw = Raw(server.port).connect(user="anna", **{"pass": "secret"})
        raw.until("PONG")
        raw.connect(user="anna", **{"pass": "wrong"})
        expect(REFUSED in raw.end())
        raw = Raw(server.port).send(
            'CONNECT {"user":"anna","pass":"secret","verbose":false}\r\nSUB a 1\r\nPUB a 2\r\nhi\r\n')
        raw.until("hi")
        raw = Raw(server.port).send('connect {"user":"anna","pass":"secret","verbose":false}\r\nping\r\n')
        raw.until("PONG")
        raw.close()


def case_06_a_flood_of_pings():
    with Server() as server:
        raw = Raw(server.port).connect()
        raw.until("PONG")
        stop = threading.Event()

        def flood():
            try:
                while not stop.is_set():
                    raw.socket.send(b"PING\r\n" * 4096)
            except OSError:
                pass

        thread = threading.Thread(target=flood, daemon=True)
        thread.start()
        slowest = max(0 if works(server) else 1 for _ in range(5))
        stop.set()
        raw.close()
        thread.join(5)
        expect(slowest == 0, "another client had to wait for more than a second")


def case_07_slow_loris():
    count = int(os.environ.get("LORIS", "1000"))
    with Server(SECRET) as server:
        before = server.resident()
        idle = []
        for _ in range(count):
            one = socket.create_connection((HOST, server.port), 5)
            one.send(b"C")
            idle.append(one)
        expect(works(server, user="anna", **{"pass": "secret"}))
        print(f"{(server.resident() - before) / count / 1024:.1f} KiB a connection")
        expect((server.resident() - before) / count < 64 << 10)
        end = time.monotonic() + 6
        left = set(idle)
        while left and time.monotonic() < end:
            for one in list(left):
                one.settimeout(max(0.01, end - time.monotonic()))
                try:
                    while one.recv(65536):
                        pass
                    left.discard(one)
                except TimeoutError:
                    break
                except OSError:
                    left.discard(one)
        expect(not left, f"{len(left)} of {count} are still open after six seconds")
        for one in idle:
            one.close()


def case_08_a_client_that_never_reads():
    with Server("max_pending: 8MB") as server:
        deaf = Raw(server.port).connect()
        deaf.until("PONG")
        deaf.send("SUB flood 1\r\n")
        speaker = Raw(server.port).connect()
        speaker.until("PONG")
        piece = b"PUB flood 65536\r\n" + b"x" * 65536 + b"\r\n"
        before = server.resident()
        for _ in range(1024):
            speaker.send(piece)
        speaker.send("PING\r\n")
        speaker.until("PONG", 30)
        expect(server.resident() - before < 48 << 20, f"{server.resident() - before} bytes more")
        expect(works(server))
        varz = monitor(server, "varz")
        expect(varz["slow_consumers"] == 1, str(varz["slow_consumers"]))


def monitor(server, page):
    with socket.create_connection((HOST, server.monitoring), 5) as one:
        one.sendall(f"GET /{page} HTTP/1.0\r\nHost: x\r\n\r\n".encode())
        data = b""
        while piece := one.recv(65536):
            data += piece
    return json.loads(data.split(b"\r\n\r\n", 1)[1])


def case_09_json_that_is_a_bomb():
    bombs = {
        "depth": '{"a":' * 700 + "1" + "}" * 700,
        "depth of arrays": '{"a":' + "[" * 1500 + "]" * 1500 + "}",
        "duplicate": '{"user":"anna","pass":"secret","user":"root"}',
        "not a number": '{"protocol":NaN}',
        "number too large": '{"protocol":1e999}',
        "lone surrogate": '{"user":"\\ud800"}',
        "byte order mark": "\ufeff{}",
        "trailing": '{"user":"anna","pass":"secret"} x',
        "no object": '["user"]',
        "wrong type": '{"user":7}',
        "control byte": '{"user":"a\x01b"}',
        "members": "{" + ",".join(f'"a{n}":1' for n in range(500)) + "}",
    }
    with Server(SECRET) as server:
        for name, bomb in bombs.items():
            since = time.monotonic()
            raw = Raw(server.port)
            raw.send(("CONNECT " + bomb + "\r\n").encode())
            said = raw.end()
            expect(time.monotonic() - since < 0.5, f"{name} took {time.monotonic() - since:.2f} s")
            expect(said in ("", REFUSED, "-ERR 'maximum control line exceeded'\r\n"), f"{name}: {said!r}")
        expect(works(server, user="anna", **{"pass": "secret"}))


def case_10_the_limit_of_a_shell_is_not_that_of_the_server():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (100, hard))
    try:
        server = Server()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    with server:
        held = [Raw(server.port) for _ in range(300)]
        expect(works(server))
        for one in held:
            one.close()


def case_11_clients_leave_files_for_the_store():
    program = Server.program
    with tempfile.TemporaryDirectory() as directory:
        Server.program = os.path.join(directory, "limited")
        with open(Server.program, "w") as file:
            file.write(f'#!/bin/sh\nulimit -n 200\nexec {program} "$@"\n')
        os.chmod(Server.program, 0o700)
        try:
            server = Server()
        finally:
            Server.program = program
        with server:
            held = [Raw(server.port) for _ in range(150)]
            said = Raw(server.port).end()
            expect("maximum connections exceeded" in said, repr(said))
            for one in held:
                one.close()


def case_12_a_system_without_descriptors_is_asked_once_a_second():
    with Server() as server:
        pid = server.process.pid
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (60, 60))
        held = [Raw(server.port, reads=False) for _ in range(80)]
        end = time.monotonic() + 10
        while "No connection is accepted for a second" not in server.said():
            expect(time.monotonic() < end, server.said())
            time.sleep(0.02)
        before = processor_seconds(pid)
        time.sleep(1)
        used = processor_seconds(pid) - before
        expect(used < 0.1, f"{used:.2f} s of a second")
        for one in held[:40]:
            one.close()
        # The others waited at the door.
        expect(b"INFO" in held[79].socket.recv(4), "no greeting")
        for one in held:
            one.close()
        expect(works(server))


def processor_seconds(pid):
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main(sys.modules[__name__])
