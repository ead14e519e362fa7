"""The console's terminal, byte by byte: a pseudo-terminal of this script's own, read or left unread as it likes.

What is measured in time is the best of several tries, so that a busy machine does not decide; what is counted is
counted exactly.
"""

import asyncio
import fcntl
import json
import os
import pty
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time

import nats

from harness import HOST, WAIT, Server, expect, free_port, main

BEGIN, END = b"\x1b[?2026h", b"\x1b[?2026l"
TRIES = 8
# Pairs of keys that are timed.
KEYS = 50


class Terminal:
    """The console on a pseudo-terminal; everything it sends is kept with its time."""

    def __init__(self, options=(), columns=120, rows=40, prefix=(), environment=None):
        self.directory = tempfile.mkdtemp(prefix="sluice-terminal-")
        self.port = free_port()
        self.lock = threading.Condition()
        self.data = b""
        self.isReading = True
        self.isOver = False
        # Seconds from the start to the end of the first whole picture.
        self.firstFrame = None
        self.main, side = pty.openpty()
        fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.before = termios.tcgetattr(side)
        self.side = side
        variables = dict(os.environ, HOME=self.directory, XDG_CONFIG_HOME=self.directory, LANG="C.UTF-8",
                         TERM="xterm-256color", SWIFT_BACKTRACE="enable=no", TMPDIR=self.directory)
        for name in ("NO_COLOR", "COLORTERM", "XDG_STATE_HOME", "LC_ALL"):
            variables.pop(name, None)
        variables.update(environment or {})
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            [*prefix, Server.program, "-p", str(self.port), "-sd", f"{self.directory}/store", *options],
            stdin=side, stdout=side, stderr=side, env=variables, cwd=self.directory,
            preexec_fn=lambda: (os.setsid(), fcntl.ioctl(side, termios.TIOCSCTTY, 0)))
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        while True:
            with self.lock:
                self.lock.wait_for(lambda: self.isReading)
            try:
                piece = os.read(self.main, 1 << 16)
            except OSError:
                piece = b""
            with self.lock:
                self.data += piece
                if self.firstFrame is None and b"Throughput" in self.data and END in self.data:
                    self.firstFrame = time.monotonic() - self.started
                self.isOver = not piece
                self.lock.notify_all()
            if not piece:
                return

    def pause(self, isPaused):
        """Leaves what the console sends unread, or reads again; what is being read still is."""
        with self.lock:
            self.isReading = not isPaused
            self.lock.notify_all()

    def wait(self, *words, since=0, seconds=WAIT):
        """Where the data ends that holds all `words` behind `since`, once there is such."""
        wanted = [word.encode() if isinstance(word, str) else word for word in words]
        with self.lock:
            found = self.lock.wait_for(
                lambda: all(word in self.data[since:] for word in wanted) or self.isOver, seconds)
            expect(found and all(word in self.data[since:] for word in wanted),
                   f"no {words} in {self.data[since:][-2000:]!r}")
            return len(self.data)

    def send(self, data):
        os.write(self.main, data)

    def answer(self, data, *words):
        """Seconds from a key until all `words` have been sent."""
        since = len(self.data)
        begin = time.monotonic()
        self.send(data)
        self.wait(*words, since=since)
        return time.monotonic() - begin

    def rest(self, seconds):
        """Waits until nothing was sent for `seconds`."""
        count = -1
        while count != len(self.data):
            count = len(self.data)
            time.sleep(seconds)

    def resize(self, columns, rows=40):
        fcntl.ioctl(self.side, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        os.kill(self.process.pid, signal.SIGWINCH)

    def resizes(self, widths):
        for columns in widths:
            self.resize(columns)
            time.sleep(0.05)

    def frames(self, since=0):
        return self.data[since:].count(BEGIN)

    def end(self, seconds=WAIT):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)

    def __enter__(self):
        try:
            self.wait("Throughput", END)
        except AssertionError:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.pause(False)
        if self.process.poll() is None:
            try:
                self.end()
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        os.close(self.side)
        shutil.rmtree(self.directory, ignore_errors=True)


def console(pid):
    """Seconds that the console's own threads have worked: those of its queue and the first one."""
    total = 0.0
    for name in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{name}/comm") as file:
            title = file.read()
        if name == str(pid) or not title.startswith(("sluice-", "demo")):
            # Nanoseconds; what counts ticks sees little of work that takes one millisecond.
            with open(f"/proc/{pid}/task/{name}/schedstat") as file:
                total += int(file.read().split()[0]) / 1e9
    return total


def case_escape_closes_a_dialog_within_60_ms():
    with Terminal() as terminal:
        times = []
        for _ in range(TRIES):
            terminal.answer(b"q", "leave the broker running")
            # What the dialog had covered; a key right behind the escape would be another key.
            times.append(terminal.answer(b"\x1b", "creating"))
        best = min(times) * 1000
        expect(best <= 60, f"{best:.0f} ms at best")
        print(f"    at best {best:.1f} ms, at worst {max(times) * 1000:.0f} ms")


def case_a_key_is_on_the_screen_within_20_ms_at_best():
    load = os.getloadavg()[0]
    with Terminal() as terminal:
        for name, silence in (("one behind the other", 0), ("after silence", 0.06)):
            times = []
            for key, title in [(b"2", "[2 Queues]"), (b"1", "[1 Overview]")] * KEYS:
                if silence:
                    terminal.rest(silence)
                times.append(terminal.answer(key, title))
            times.sort()
            expect(times[0] <= 0.02, f"{times[0] * 1000:.0f} ms at best")
            print(f"    {name}: best {times[0] * 1000:.1f} ms, median {times[len(times) // 2] * 1000:.1f} ms, "
                  f"worst {times[-1] * 1000:.1f} ms, load {load:.1f}")


def case_each_frame_is_bracketed_and_nothing_is_sent_outside_of_them():
    with Terminal(["--demo", "--seed", "1"]) as terminal:
        since = terminal.wait("TRADES")
        for key in b"2345678 1?":
            terminal.answer(bytes([key]), END)
        terminal.answer(b"\x1b[27u", END)
        terminal.pause(False)
        body = terminal.data[:since] + terminal.data[since:terminal.data.rindex(END) + len(END)]
        first = body.index(BEGIN)
        outside = re.sub(re.escape(BEGIN) + b".*?" + re.escape(END), b"", body[first:], flags=re.S)
        expect(outside == b"", f"outside of frames: {outside[:200]!r}")
        expect(body.count(BEGIN) == body.count(END))


def case_answers_of_a_terminal_press_no_key():
    with Terminal() as terminal:
        since = len(terminal.data)
        # DECRPM, the colour of the background, device attributes, a cursor position, focus.
        terminal.send(b"\x1b[?2026;2$y\x1b]11;rgb:qqqq/PPPP/XXXX\x07\x1b[?62;22c\x1b[24;80R\x1b[I\x1b[O")
        terminal.answer(b"2", "[2 Queues]")
        expect(b"leave the broker running" not in terminal.data[since:])


def case_nothing_is_sent_while_nothing_changes():
    with Terminal() as terminal:
        # Setup: the clock off, which is the seventh of the settings.
        terminal.answer(b",", "Setup")
        for _ in range(6):
            terminal.answer(b"j", END)
        terminal.answer(b" ", END)
        terminal.answer(b"\r", END)
        terminal.answer(b"2", "[2 Queues]")
        # Everything that is said goes away by itself; then there are ten seconds of silence.
        end = time.monotonic() + 60
        quiet, count, last = time.monotonic(), len(terminal.data), b""
        while time.monotonic() - quiet < 10 and time.monotonic() < end:
            with terminal.lock:
                terminal.lock.wait(0.5)
            if len(terminal.data) != count:
                last = terminal.data[count:]
                quiet, count = time.monotonic(), len(terminal.data)
        expect(time.monotonic() - quiet >= 10, f"always something, last {last[-300:]!r}")


def case_a_console_that_nobody_touches_costs_little():
    with Terminal(["--demo", "--seed", "1"]) as terminal:
        terminal.wait("TRADES")
        begin, count, work = time.monotonic(), len(terminal.data), console(terminal.process.pid)
        time.sleep(20)
        seconds = time.monotonic() - begin
        rate = (len(terminal.data) - count) / seconds / 1000
        share = (console(terminal.process.pid) - work) / seconds
        print(f"    {rate:.1f} kB/s, {share:.2%} of a core")
        expect(rate <= 6, f"{rate:.1f} kB/s")
        # At rest it is half a per cent of a release; a debug build takes several times as much.
        expect(share <= 0.05, f"{share:.2%} of a core")


def case_one_write_a_frame():
    if not shutil.which("strace"):
        print("    strace is not installed")
        return
    log = tempfile.mktemp(prefix="sluice-strace-")
    try:
        prefix = ["strace", "-f", "-e", "trace=write", "-s", "4096", "-o", log]
        with Terminal(["--demo", "--seed", "1"], prefix=prefix) as terminal:
            begin = terminal.frames()
            with terminal.lock:
                expect(terminal.lock.wait_for(lambda: terminal.data.count(BEGIN) >= begin + 20, 60))
            frames = terminal.frames()
            os.kill(int(subprocess.check_output(["pgrep", "-P", str(terminal.process.pid)])), 15)
            terminal.process.wait(WAIT)
        with open(log) as file:
            writes = [line for line in file if r"\33[?2026h" in line]
        opened = sum(line.count(r"\33[?2026h") for line in writes)
        expect(opened == len(writes), "two frames in one write")
        expect(len(writes) >= frames, f"{len(writes)} writes for {frames} frames")
        # A frame longer than what strace shows is not seen to its end.
        cut = [line for line in writes if r"\33[?2026l" not in line and '"...' not in line]
        expect(not cut, f"{len(cut)} frames went out in pieces: {cut[:1]}")
        print(f"    {frames} frames, each in one write")
    finally:
        os.unlink(log)


async def case_a_terminal_that_reads_nothing_stops_no_message():
    terminal = Terminal()
    await asyncio.to_thread(terminal.__enter__)
    try:
        connection = await nats.connect(f"nats://{HOST}:{terminal.port}")
        js = connection.jetstream()
        await js.add_stream(name="STALL", subjects=["stall"])
        await asyncio.to_thread(terminal.answer, b"2", "[2 Queues]")
        count = 0

        async def publish(seconds):
            nonlocal count
            times, end = [], time.monotonic() + seconds
            while time.monotonic() < end:
                since = time.monotonic()
                await js.publish("stall", b"x" * 200, timeout=WAIT)
                times.append(time.monotonic() - since)
                count += 1
            return sorted(times)

        others = [await nats.connect(f"nats://{HOST}:{terminal.port}") for _ in range(4)]
        isOver = False

        async def load(other):
            sent = 0
            while not isOver:
                await other.jetstream().publish("stall", b"y" * 200, timeout=WAIT)
                sent += 1
            return sent

        loads = [asyncio.create_task(load(other)) for other in others]
        free = await publish(3)
        terminal.pause(True)
        # Every size is a whole picture, more than the terminal's queue holds.
        await asyncio.to_thread(terminal.resizes, range(100, 120))
        stalled = await publish(5)
        isOver = True
        count += sum(await asyncio.gather(*loads))
        state = (await js.stream_info("STALL")).state
        expect(state.messages == state.last_seq == count, f"{count} were acknowledged, {state} is there")
        for other in others:
            await other.close()
        terminal.resize(120)
        since = len(terminal.data)
        terminal.pause(False)
        for _ in range(100):
            # What has changed only is sent; a key lets everything be drawn anew.
            await asyncio.to_thread(terminal.answer, b"\x0c", END)
            if f"{count:,} in".encode() in terminal.data[since:]:
                break
        expect(f"{count:,} in".encode() in terminal.data[since:], "the screen is not right again")
        expect(b"pictures left out" in terminal.data[since:], "nobody says that pictures were left out")
        shown = [times[len(times) * 99 // 100] * 1000 for times in (free, stalled)]
        print(f"    {count} publishes; p99 {shown[0]:.2f} ms before, {shown[1]:.2f} ms while stalled")
        # And once more, now to its end.
        terminal.pause(True)
        await asyncio.to_thread(terminal.resizes, range(100, 120))
        await connection.close()
        begin = time.monotonic()
        status = await asyncio.to_thread(terminal.end)
        took = time.monotonic() - begin
        expect(status == 0, f"ended {status}")
        print(f"    ended {took * 1000:.0f} ms after SIGTERM")
        expect(took < 1, f"{took:.1f} s to its end")
        check = subprocess.run([Server.program, "check", "--store-dir", f"{terminal.directory}/store"], capture_output=True,
                               text=True, env=dict(os.environ, HOME=terminal.directory,
                                                   XDG_CONFIG_HOME=terminal.directory))
        expect(check.returncode == 0, check.stdout + check.stderr)
    finally:
        await asyncio.to_thread(terminal.__exit__)


async def case_hostile_names_reach_the_terminal_as_text():
    terminal = Terminal()
    await asyncio.to_thread(terminal.__enter__)
    try:
        names = ["\x1b[31mred\x1b]0;title\x07", "\u202egnp.exe\u202c", "\u6f22\u5b57\u304b\u306a", "e\u0301\u0302\u0303x",
                 "\x9b31m\x85", "a" * 3000]
        since = len(terminal.data)
        for number, name in enumerate(names):
            await nats.connect(f"nats://{HOST}:{terminal.port}", name=f"{name} no{number}")
        await asyncio.to_thread(terminal.answer, b"3", "[3 Clients]")
        await asyncio.to_thread(terminal.wait, "gnp", "red", since=since)
        text = terminal.data[:terminal.data.rindex(END)].decode()
        rest = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|\x1b\([B0]", "", text)
        bad = [letter for letter in rest if ord(letter) < 0x20 and letter not in "\r\n\b\x0f"
               or 0x7f <= ord(letter) < 0xa0 or letter in "\u202e\u202c"]
        expect(not bad, f"control characters: {bad[:10]!r}")
    finally:
        await asyncio.to_thread(terminal.__exit__)


def case_a_crash_gives_the_terminal_back():
    for number in (signal.SIGSEGV, signal.SIGABRT, signal.SIGTRAP):
        terminal = Terminal()
        with terminal:
            os.kill(terminal.process.pid, number)
            expect(terminal.process.wait(WAIT) == -number)
            terminal.wait(b"\x1b[?1049l", b"\x1b[?25h" if b"\x1b[?25l" in terminal.data else b"")
            expect(termios.tcgetattr(terminal.side) == terminal.before, "the terminal is not as it was")


def case_a_recording_ends_with_the_picture_that_was_there():
    with Terminal(["--demo", "--seed", "3", "--record", "session.cast"]) as terminal:
        terminal.wait("TRADES")
        for key in b"2468":
            terminal.answer(bytes([key]), END)
        expect(terminal.end() == 0)
        terminal.wait(b"\x1b[?1049l")
        with open(f"{terminal.directory}/session.cast") as file:
            head, *events = [json.loads(line) for line in file]
        expect(head["version"] == 2 and (head["width"], head["height"]) == (120, 40), str(head))
        kept = "".join(text for _, kind, text in events if kind == "o").encode()
        expect(kept.count(BEGIN) >= 5)
        # What the terminal was sent, frame by frame, is what was written down.
        frames = re.findall(re.escape(BEGIN) + b".*?" + re.escape(END), terminal.data, flags=re.S)
        place = 0
        for frame in frames:
            place = kept.find(frame, place)
            expect(place >= 0, "a frame is missing in the recording")
            place += len(frame)
        expect(all(one[0] <= other[0] for one, other in zip(events, events[1:])), "time goes back")


if __name__ == "__main__":
    main(sys.modules[__name__], attempts=2)
