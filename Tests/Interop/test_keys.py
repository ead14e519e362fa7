"""Ways into a store: what a person types on a terminal, what lies in files, and what is said when none of it opens."""

import asyncio
import json
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import termios
import time

from harness import HOST, Raw, Server, expect, free_port, main
from screen import Screen

PASSPHRASE = "correct horse battery staple"
WAIT = 30.0


class Terminal:
    """A command on a terminal of its own."""

    def __init__(self, words, environment):
        self.said = b""
        self.status = None
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            os.execve(words[0], words, environment)

    def read(self, seconds=0.05):
        """Reads once; False at the end."""
        if not select.select([self.terminal], [], [], seconds)[0]:
            return True
        try:
            piece = os.read(self.terminal, 65536)
        except OSError:
            return False
        self.said += piece
        return bool(piece)

    def until(self, condition, what):
        end = time.monotonic() + WAIT
        while not condition():
            isOpen = self.read()
            expect(time.monotonic() < end and (isOpen or condition()), f"{what}: {self.said}")

    def wait(self, text):
        self.until(lambda: text.encode() in self.said, f"no {text}")

    def type(self, text):
        os.write(self.terminal, text.encode())

    @property
    def echoes(self):
        return bool(termios.tcgetattr(self.terminal)[3] & termios.ECHO)

    def answer(self, question, text):
        """Types `text` once it is asked for, which the terminal must not show."""
        self.wait(question)
        self.until(lambda: not self.echoes, "the terminal would show it")
        self.type(text)

    def end(self):
        """The exit status."""
        while self.read(1):
            pass
        self.status = os.waitstatus_to_exitcode(os.waitpid(self.process, 0)[1])
        os.close(self.terminal)
        return self.status


class Place:
    """A store and its keys in a directory, a server on it, and commands to it."""

    def __init__(self):
        self.directory = tempfile.mkdtemp(prefix="sluice-ways-")
        self.credentials = self.file("credentials")
        os.mkdir(self.credentials)
        self.environment = dict(os.environ, HOME=self.directory, SWIFT_BACKTRACE="enable=no", TERM="dumb",
                                CREDENTIALS_DIRECTORY=self.credentials)
        for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME"):
            self.environment.pop(name, None)
        self.program = os.path.abspath(Server.program)
        self.port = free_port()
        self.process = None
        self.terminal = None
        self.ring = self.file("data/store/keyring")
        self.keyFile = self.file(".config/sluice/keys/store.key")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def file(self, name, text=None):
        path = os.path.join(self.directory, name)
        if text is not None:
            with open(path, "w") as file:
                file.write(text)
        return path

    def words(self, *options):
        return [self.program, "serve", "-a", HOST, "-p", str(self.port), "-js", "-sd", self.file("data"), *options]

    @property
    def isListening(self):
        try:
            Raw(self.port).close()
            return True
        except OSError:
            return False

    def start(self, *options):
        with open(self.file("log"), "ab") as log:
            self.process = subprocess.Popen(self.words(*options), env=self.environment, stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log)
        end = time.monotonic() + WAIT
        while not self.isListening:
            with open(self.file("log")) as log:
                expect(self.process.poll() is None and time.monotonic() < end, log.read())
            time.sleep(0.01)

    def stop(self):
        if self.process:
            self.process.terminate()
            expect(self.process.wait(WAIT) == 0, self.process.returncode)
        self.process = None

    def refused(self, *options):
        """What a server says that does not start because of its keys."""
        done = subprocess.run(self.words(*options), env=self.environment, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=WAIT, start_new_session=True)
        expect(done.returncode == 5, f"{options}: {done.returncode} {done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def keys(self, *words, status=0):
        done = subprocess.run([self.program, "keys", *words, "-s", f"nats://{HOST}:{self.port}"], env=self.environment,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
        expect(done.returncode == status, f"{words}: {done.returncode} {done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def ask(self, *words):
        """The same on a terminal."""
        return Terminal([self.program, "keys", *words, "-s", f"nats://{HOST}:{self.port}"], self.environment)

    def add(self):
        """A slot of each kind; the numbers are 2 to 4."""
        self.start()
        self.keys("slots", "add", "passphrase", self.file("passphrase", PASSPHRASE + "\n"))
        self.keys("export-recovery", self.file("recovery"))
        with open(os.path.join(self.credentials, "sluice.kek"), "wb") as file:
            file.write(bytes(range(256)))
        self.keys("slots", "add", "credential", "sluice.kek")

    @property
    def recovery(self):
        with open(self.file("recovery")) as file:
            return file.read().strip()


def case_serve_asks_for_the_passphrase_on_its_terminal():
    with Place() as place:
        place.add()
        place.stop()
        os.rename(place.keyFile, place.file("away"))
        wrong, none = "no slot opens with the secret that was given", "the secret that was given is empty"
        for typed, words in (("Correct horse battery staple\r", wrong), ("\r", none), ("\x03", none)):
            terminal = Terminal(place.words(), place.environment)
            terminal.answer("Passphrase of the store", typed)
            expect(terminal.end() == 5, f"{typed!r}: {terminal.status} {terminal.said}")
            expect(words.encode() in terminal.said, terminal.said)
        terminal = Terminal(place.words(), place.environment)
        terminal.answer("Passphrase of the store", PASSPHRASE + "\r")
        terminal.until(lambda: place.isListening, "not listening")
        expect(terminal.echoes, "the terminal stays mute")
        expect(PASSPHRASE.encode() not in terminal.said, "the passphrase is shown")
        for name in ("cmdline", "environ"):
            with open(f"/proc/{terminal.process}/{name}", "rb") as file:
                expect(PASSPHRASE.encode() not in file.read(), name)
        os.kill(terminal.process, signal.SIGTERM)
        expect(terminal.end() == 0, terminal.said)


def case_a_running_store_that_was_locked_opens_with_every_slot():
    with Place() as place:
        place.add()
        place.stop()
        # The server was told of a credential, and has no key file.
        os.rename(place.keyFile, place.file("away"))
        place.start("--credential", "sluice.kek")
        place.keys("lock")
        for words, question, typed in [
            (("unlock", "passphrase"), "Passphrase of the store", PASSPHRASE),
            (("unlock", "recovery"), "Recovery key of the store", place.recovery.lower()),
        ]:
            terminal = place.ask(*words)
            terminal.answer(question, "not that one\r")
            expect(terminal.end() == 5 and b"no slot opens with this secret" in terminal.said,
                   f"{terminal.status} {terminal.said}")
            terminal = place.ask(*words)
            terminal.answer(question, "\x03")
            expect(terminal.end() == 5 and b"nothing was typed" in terminal.said,
                   f"{terminal.status} {terminal.said}")
            terminal = place.ask(*words)
            terminal.answer(question, typed + "\r")
            expect(terminal.end() == 0 and b"done" in terminal.said, f"{terminal.status} {terminal.said}")
            expect(typed.encode() not in terminal.said, "the secret is shown")
            place.keys("lock")
        for words in [("credential",), ("credential", "sluice.kek"),
                      ("credential", os.path.join(place.credentials, "sluice.kek")),
                      ("passphrase", place.file("passphrase")), ("recovery", place.file("recovery")),
                      ("keyfile", place.file("away"))]:
            place.keys("unlock", *words)
            place.keys("lock")
        expect("error 2" in place.keys("unlock", status=1), "the key file is away")
        expect("no slot opens" in place.keys("unlock", "keyfile", place.file("passphrase"), status=5))
        done = subprocess.run([place.program, "keys", "unlock", "passphrase", "-s", f"nats://{HOST}:{place.port}"],
                              env=place.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              start_new_session=True)
        expect(done.returncode == 2 and "no terminal" in done.stderr, done)
        place.keys("unlock", "credential")


def case_each_kind_of_slot_starts_a_server_and_a_wrong_or_lost_one_does_not():
    with Place() as place:
        place.add()
        place.keys("slots", "add", "passphrase", place.file("second", "another\n"))
        place.keys("slots", "remove", "5")
        place.stop()
        os.rename(place.keyFile, place.file("away"))
        for options in [("--passphrase-file", place.file("passphrase")), ("--recovery-file", place.file("recovery")),
                        ("--credential", "sluice.kek")]:
            place.start(*options)
            place.stop()
        nothing = "no slot opens with the secret that was given"
        expect(nothing in place.refused("--passphrase-file", place.file("second")), "the slot was removed")
        expect(nothing in place.refused("--recovery-file", place.file("passphrase")), "no recovery key")
        empty = "the secret that was given is empty"
        expect(empty in place.refused("--passphrase-file", place.file("empty", "")), "an empty file")
        cut = "there is a NUL byte in the passphrase that was given"
        expect(cut in place.refused("--passphrase-file", place.file("nul", "a\0b\n")), "a NUL byte")
        long = "the secret that was given has more than 4096 bytes"
        expect(long in place.refused("--passphrase-file", place.file("long", "x" * 5_000)), "a long file")
        expect("Can't read the key file" in place.refused(), "neither a key file nor a terminal")


def case_another_root_key_takes_over_with_the_secrets_of_all_slots():
    with Place() as place:
        place.add()
        with open(place.ring) as file:
            before = file.read()
        expect("no slot opens" in place.keys("rotate", "--root", "2=" + place.file("wrong", "wrong"),
                                             "3=" + place.file("recovery"), status=5))
        expect("not understood" in place.keys("rotate", "--root", status=1), "the secrets are not named")
        said = place.keys("rotate", "--root", "2=" + place.file("passphrase"), "3=" + place.file("recovery"),
                          "4=sluice.kek")
        expect("another root key took over" in said, said)
        with open(place.ring) as file:
            after = file.read()
        wraps = re.findall(r"wrap=([0-9a-f]{64,})", before)
        expect(len(wraps) > 4 and not any(wrap in after for wrap in wraps), "an old wrap is in the new ring")
        expect(re.search(r"^srk 2 ", after, re.M), after)
        place.stop()
        for options in [(), ("--passphrase-file", place.file("passphrase")),
                        ("--recovery-file", place.file("recovery")), ("--credential", "sluice.kek")]:
            place.start(*options)
            place.stop()
        # The ring of the old root key is no way back.
        place.file("data/store/keyring", before)
        place.file("data/store/keyring.copy", before)
        expect("older than the store has seen" in place.refused())


def case_a_slow_rotation_of_one_segment_says_how_far_it_is_and_how_long_it_takes_still():
    with Place() as place:
        place.start()
        raw = Raw(place.port).connect()
        config = json.dumps({"name": "A", "subjects": ["a"], "storage": "file"})
        raw.send(f"SUB answers 1\r\nPUB $JS.API.STREAM.CREATE.A answers {len(config)}\r\n{config}\r\n")
        raw.until("MSG answers")
        # Hexadecimal digits take half of their bytes in a log that is compressed.
        body = os.urandom(64_000).hex()
        for _ in range(100):
            raw.send(f"PUB a answers {len(body)}\r\n{body}\r\n")
            raw.until("MSG answers")
        raw.close()
        place.keys("rotate", "A", "--rate", "1500000")
        looks, words, began = [], "", time.monotonic()
        while not looks or looks[-1]["steps"]["retire"] != "done":
            expect(time.monotonic() - began < WAIT, looks[-3:])
            looks.append(json.loads(place.keys("status", "--json"))["rotations"][-1])
            looks[-1]["at"] = time.monotonic()
            if "seconds_left" in looks[-1]:
                words = words or place.keys("status")
            time.sleep(0.1)
        done = [look["bytes_done"] for look in looks]
        expect(done == sorted(done) and done[-1] == looks[-1]["bytes"] > 6_000_000, done)
        expect(looks[-1]["bytes_per_second"] == 0 and "seconds_left" not in looks[-1], looks[-1])
        part = [look for look in looks if 0 < look["bytes_done"] < look["bytes"] and look["segments_done"] == 0]
        expect(len({look["bytes_done"] for look in part}) > 5, done)
        told = [look for look in part if look["bytes_per_second"]]
        expect(len(told) > 5 and all(look["bytes_per_second"] < 1_650_000 for look in told), part)
        for look in told:
            left = (look["bytes"] - look["bytes_done"]) / look["bytes_per_second"]
            expect(left <= look["seconds_left"] < left + 1, look)
        # What is told is smoothed; it stays near to what really went on meanwhile.
        first, last = told[0], told[-1]
        real = (last["bytes_done"] - first["bytes_done"]) / (last["at"] - first["at"])
        expect(real / 2 < last["bytes_per_second"] < real * 2, f"{real} {last}")
        expect(re.search(r": [0-9.]+ [kM]B of 6\.\d MB, \S+ [kM]B/s, \d+ s left; ", words), words)


def case_a_damaged_a_changed_and_a_missing_ring_have_words_of_their_own():
    with Place() as place:
        place.start()
        place.stop()
        copies = [place.ring, place.ring + ".copy"]
        with open(place.ring) as file:
            good = file.read()

        def put(text, paths=copies):
            for path in paths:
                with open(path, "w") as file:
                    file.write(text)

        lines = good.splitlines(keepends=True)
        # One copy is enough.
        put("nonsense\n", copies[:1])
        place.start()
        place.stop()
        for text, words in [
            ("".join(lines[:3]) + "nonsense\n" + "".join(lines[3:]), "the key ring is damaged at line"),
            (re.sub(r"(mac [0-9a-f]{63})[0-9a-f]", r"\1x", good), "the key ring is damaged at line"),
            (re.sub(r"(dek \S+ 1) active", r"\1 compromised", good), "changed by somebody without its key: tampering"),
        ]:
            expect(text != good, "nothing was changed")
            put(text)
            said = place.refused()
            expect(words in said, said)
        for path in copies:
            os.remove(path)
        said = place.refused()
        expect("its key ring is gone" in said, said)


def case_an_audit_log_in_several_files_is_checked_without_any_code_of_the_server():
    with Place() as place:
        place.start()
        raw = Raw(place.port).connect()
        raw.send("SUB answers 1\r\n")
        raw.until("PONG")
        # Each leaves an entry of about a kibibyte; a file of 4 MiB takes no more.
        for first in range(0, 4_500, 100):
            for number in range(first, first + 100):
                body = json.dumps({"stream": f"{number}-" + "x" * 900})
                raw.send(f"PUB $SLUICE.API.KEYS.VERIFY answers {len(body)}\r\n{body}\r\n")
            for _ in range(100):
                raw.until("MSG answers")
        raw.close()
        where = ["-s", f"nats://{HOST}:{place.port}"]

        def audit(*words):
            return subprocess.run([place.program, "audit", *words, *where], env=place.environment, capture_output=True,
                                  timeout=120)

        done = audit("export")
        expect(done.returncode == 0, done.stderr)
        with open(place.file("export"), "wb") as file:
            file.write(done.stdout)
        script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "verify_audit.py")

        def checked(path):
            return subprocess.run([sys.executable, script, path], capture_output=True, text=True, timeout=120)

        said = checked(place.file("export"))
        expect(said.returncode == 0 and ", 2 files, " in said.stdout, f"{said}")
        own = audit("verify").stdout.decode()
        expect(re.search(r"^\d+ entries in 2 files", own), own)
        expect(own.split()[0] == said.stdout.split()[0], f"{own} {said}")
        expect(len(audit("ls").stdout.splitlines()) == int(own.split()[0]), "entries are missing")
        expect(os.path.exists(place.file("data/store/audit")), "where is the first file?")
        for change in (done.stdout.replace(b"1234-xxx", b"1243-xxx", 1),
                       done.stdout.replace(b'"what":"audit continued"', b'"what":"audit discarded"', 1)):
            expect(change != done.stdout, "nothing was changed")
            with open(place.file("changed"), "wb") as file:
                file.write(change)
            expect(checked(place.file("changed")).returncode != 0, "the script does not notice")
            expect(audit("verify", place.file("changed")).returncode == 1, "the command does not notice")


async def case_the_console_opens_a_locked_store_with_what_is_typed_outside_of_it():
    with Screen() as screen:
        def keys(*words):
            environment = dict(os.environ, HOME=screen.directory, SWIFT_BACKTRACE="enable=no")
            done = subprocess.run([Server.program, "keys", *words, "-s", f"nats://{HOST}:{screen.port}"],
                                  env=environment, capture_output=True, text=True, timeout=120)
            expect(done.returncode == 0, f"{words}: {done}")
            return done.stdout

        def say(command, *words):
            screen.press(":")
            screen.wait("Tab completes")
            screen.type(command)
            screen.wait(":" + command)
            screen.press("Enter")
            screen.wait(*words)
            screen.press("y")

        def work():
            passphrase = os.path.join(screen.directory, "passphrase")
            with open(passphrase, "w") as file:
                file.write(PASSPHRASE)
            keys("slots", "add", "passphrase", passphrase)
            keys("export-recovery", os.path.join(screen.directory, "recovery"))
            with open(os.path.join(screen.directory, "recovery")) as file:
                recovery = file.read().strip()
            screen.show(5, "Keys")
            for command, question, typed in [("unlock", None, None), ("unlock 2", "Passphrase:", PASSPHRASE),
                                             ("unlock 3", "Recovery key:", recovery)]:
                keys("lock")
                screen.until(lambda text: re.search(r"store +locked", text), "not locked")
                if question:
                    say(command, "opens the store")
                    screen.wait(question)
                    screen.press("C-c")
                    screen.wait("nothing was typed; the store stays locked")
                say(command, "opens the store")
                if question:
                    screen.wait(question)
                    screen.type(typed)
                    screen.press("Enter")
                screen.wait("[5 Keys]", "store opened")
                screen.until(lambda text: re.search(r"store +open", text), "not open")
                expect(not typed or typed not in screen.tmux("capture-pane", "-p", "-S", "-", "-t", "a"), "it is shown")
                expect('"unlocked":true' in keys("status", "--json"), "not open")

        await asyncio.to_thread(work)


if __name__ == "__main__":
    main(sys.modules[__name__])
