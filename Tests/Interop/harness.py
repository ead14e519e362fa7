"""What the interop scripts share: a server, certificates, raw connections, and a runner of cases."""

import asyncio
import inspect
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback

HOST = "127.0.0.1"
WAIT = 10.0


def free_port():
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


class Server:
    """A running `sluice serve` with a configuration file of its own."""

    program = "sluice"

    def __init__(self, configuration="", files=None):
        self.directory = tempfile.mkdtemp(prefix="sluice-interop-")
        self.port = free_port()
        self.monitoring = free_port()
        self.files = files
        self.path = os.path.join(self.directory, "server.conf")
        self.log = open(os.path.join(self.directory, "log"), "w+b")
        self.write(configuration)
        environment = dict(os.environ, HOME=self.directory, SWIFT_BACKTRACE="enable=no")
        environment.pop("XDG_STATE_HOME", None)
        environment.pop("XDG_CONFIG_HOME", None)
        self.process = subprocess.Popen(
            [self.program, "serve", "-c", self.path],
            stderr=self.log, stdout=self.log, stdin=subprocess.DEVNULL, env=environment)
        self.wait()

    def write(self, configuration):
        with open(self.path, "w") as file:
            file.write(f"listen: {HOST}:{self.port}\nhttp: {HOST}:{self.monitoring}\n{configuration}\n")

    def wait(self):
        end = time.monotonic() + WAIT
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            try:
                with socket.create_connection((HOST, self.port), 1) as probe:
                    # The port is open before the store is; the greeting comes after that. One that
                    # waits for a handshake first says nothing.
                    probe.settimeout(2)
                    try:
                        probe.recv(1)
                    except TimeoutError:
                        pass
                return
            except OSError:
                time.sleep(0.02)
        raise AssertionError("the server did not start:\n" + self.said())

    def reload(self, configuration):
        self.write(configuration)
        self.process.send_signal(signal.SIGHUP)

    def said(self):
        self.log.flush()
        with open(self.log.name, "rb") as file:
            return file.read().decode(errors="replace")

    @property
    def isAlive(self):
        return self.process.poll() is None

    def resident(self):
        """Resident memory in bytes."""
        with open(f"/proc/{self.process.pid}/statm") as file:
            return int(file.read().split()[1]) * 4096

    def __enter__(self):
        return self

    def __exit__(self, *_):
        died = not self.isAlive
        if not died:
            self.process.terminate()
            try:
                self.process.wait(WAIT)
            except subprocess.TimeoutExpired:
                self.process.kill()
                died = True
        text = self.said()
        self.log.close()
        shutil.rmtree(self.directory, ignore_errors=True)
        if died:
            raise AssertionError(f"the server ended with {self.process.returncode}:\n{text}")


class Raw:
    """A connection that sends bytes and shows what comes back."""

    def __init__(self, port, tls=None, name="localhost", reads=True):
        self.socket = socket.create_connection((HOST, port), WAIT)
        self.data = b""
        self.info = {}
        if reads:
            self.info = json.loads(self.line()[5:])
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_hostname=name)

    def send(self, data):
        self.socket.sendall(data.encode() if isinstance(data, str) else data)
        return self

    def connect(self, **options):
        options.setdefault("verbose", False)
        options.setdefault("pedantic", False)
        options.setdefault("protocol", 1)
        return self.send("CONNECT " + json.dumps(options) + "\r\nPING\r\n")

    def more(self, seconds):
        """Reads once; False at the end of the connection, None when nothing came."""
        self.socket.settimeout(seconds)
        try:
            piece = self.socket.recv(1 << 16)
        except (TimeoutError, socket.timeout):
            return None
        except OSError:
            return False
        self.data += piece
        return bool(piece)

    def line(self, seconds=WAIT):
        end = time.monotonic() + seconds
        while b"\r\n" not in self.data:
            if not self.more(max(0.01, end - time.monotonic())):
                raise AssertionError(f"no line, only {self.data!r}")
        line, self.data = self.data.split(b"\r\n", 1)
        return line.decode(errors="replace")

    def until(self, wanted, seconds=WAIT):
        """Lines up to the one that begins with `wanted`."""
        lines = []
        while not lines or not lines[-1].startswith(wanted):
            lines.append(self.line(seconds))
        return lines

    def end(self, seconds=WAIT):
        """Everything up to the end of the connection, which must come in time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.more(max(0.01, end - time.monotonic())) is False:
                return self.data.decode(errors="replace")
        raise AssertionError(f"still open after {seconds} s: {self.data[:200]!r}")

    def silence(self, seconds=0.3):
        """What comes within `seconds`; the connection must stay open."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.more(max(0.01, end - time.monotonic())) is False:
                raise AssertionError(f"closed: {self.data[:200]!r}")
        said, self.data = self.data, b""
        return said

    def close(self):
        self.socket.close()


class Certificates:
    """An authority and what it signs, made by the openssl program."""

    def __init__(self):
        self.directory = tempfile.mkdtemp(prefix="sluice-certificates-")
        self.run("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                 "-days", "2", "-subj", "/CN=Test Authority", "-keyout", self.key("ca"),
                 "-out", self.certificate("ca"))

    def certificate(self, name):
        return os.path.join(self.directory, name + ".pem")

    def key(self, name):
        return os.path.join(self.directory, name + ".key")

    def run(self, *arguments):
        subprocess.run(["openssl", *arguments], check=True, capture_output=True)

    def issue(self, name, subject="/CN=localhost", alternatives="", usage="", days="2"):
        request = os.path.join(self.directory, name + ".csr")
        extensions = os.path.join(self.directory, name + ".ext")
        with open(extensions, "w") as file:
            file.write("basicConstraints=CA:FALSE\n")
            if alternatives:
                file.write(f"subjectAltName={alternatives}\n")
            if usage:
                file.write(f"extendedKeyUsage={usage}\n")
        self.run("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-multivalue-rdn",
                 "-subj", subject, "-keyout", self.key(name), "-out", request)
        self.run("x509", "-req", "-in", request, "-CA", self.certificate("ca"), "-CAkey", self.key("ca"),
                 "-CAcreateserial", "-days", days, "-extfile", extensions, "-out", self.certificate(name))
        return self

    def remove(self):
        shutil.rmtree(self.directory, ignore_errors=True)


def expect(condition, text=""):
    if not condition:
        raise AssertionError(text or "not as expected")


def attempt(case):
    """Why the case failed; `None` if it did not."""
    try:
        if inspect.iscoroutinefunction(case):
            asyncio.run(asyncio.wait_for(case(), 120))
        else:
            case()
        return None
    except Exception:
        return traceback.format_exc()


def main(module, attempts=1):
    """Runs every `case_…` of the script; the first argument is the program, others choose cases.

    Cases about times on a screen may fail where a machine stands still for a moment: with `attempts` a case fails only
    if it does so each time, and what it said before is printed all the same.
    """
    Server.program = os.path.abspath(sys.argv[1])
    chosen = sys.argv[2:]
    failed = 0
    cases = [(name, case) for name, case in vars(module).items() if name.startswith("case_")]
    for name, case in cases:
        if chosen and not any(word in name for word in chosen):
            continue
        for number in range(1, attempts + 1):
            since = time.monotonic()
            trouble = attempt(case)
            again = trouble and number < attempts
            verdict = "ok" if not trouble else ("failed, once more\n" if again else "FAILED\n") + trouble
            print(f"{name[5:].replace('_', ' ')}: {verdict} ({time.monotonic() - since:.1f} s)", flush=True)
            if not again:
                break
        failed += bool(trouble)
    sys.exit(1 if failed else 0)
