"""The console in a window, with its broker inside, and clients of nats-py that keep count.

No key is pressed before the screen shows what it is about, and nothing is expected sooner than the machine can do it:
every wait has a deadline of its own and looks again and again until then.
"""

import asyncio
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

import nats
from nats.js.api import ConsumerConfig

from harness import HOST, Server, expect, free_port

WAIT = 30.0
LOOK = 0.02


class Screen:
    """`sluice` in a window of a tmux server of its own."""

    living = []

    def __init__(self, columns=120, rows=40, options="", directory=None, backtrace="enable=no", environment=""):
        self.isOwn = directory is None
        self.directory = directory or tempfile.mkdtemp(prefix="sluice-keyboard-")
        self.port = free_port()
        self.name = f"sluice-keyboard-{os.getpid()}-{self.port}"
        script = os.path.join(self.directory, "script")
        with open(script, "w") as file:
            file.write(
                f"cd {self.directory}\n"
                f"export SWIFT_BACKTRACE={backtrace} LANG=C.UTF-8 TERM=tmux-256color\n"
                f"export HOME={self.directory} XDG_CONFIG_HOME={self.directory} SLUICE_ENVIRONMENT={environment}\n"
                f"sh -c 'echo $$ > pid; exec {Server.program} -p {self.port} "
                f"-sd {self.directory}/store {options}'\n"
                'echo "ended $?"\nexec cat\n')
        Screen.living.append(self)
        self.tmux("new-session", "-d", "-s", "a", "-x", str(columns), "-y", str(rows), f"sh {script}")
        self.wait("Throughput", "RUN")

    def tmux(self, *words):
        return subprocess.run(["tmux", "-L", self.name, "-f", "/dev/null", *words],
                              capture_output=True, text=True).stdout

    @property
    def text(self):
        return self.tmux("capture-pane", "-p", "-t", "a")

    # Waiting

    def until(self, condition, what, seconds=WAIT):
        """What `condition` makes of the screen, once it is true."""
        end = time.monotonic() + seconds
        while True:
            text = self.text
            found = condition(text)
            if found:
                return found
            if time.monotonic() > end:
                raise AssertionError(f"{what} on\n{text}")
            time.sleep(LOOK)

    def wait(self, *words, seconds=WAIT):
        """The screen, once it shows all `words`."""
        return self.until(lambda text: all(word in text for word in words) and text, f"no {words}", seconds)

    def waitNot(self, *words, seconds=WAIT):
        return self.until(lambda text: not any(word in text for word in words), f"still {words}", seconds)

    def row(self, name, text=None):
        lines = [line for line in (text or self.text).splitlines() if re.search(rf"[│┃].*\b{name}\b", line)]
        return lines[0] if lines else ""

    def waitRow(self, name, pattern, seconds=WAIT):
        return self.until(
            lambda text: re.search(pattern, self.row(name, text)) and self.row(name, text),
            f"{name} is not {pattern}", seconds)

    # Pressing

    def press(self, *keys):
        for key in keys:
            self.tmux("send-keys", "-t", "a", key)

    def type(self, text):
        self.tmux("send-keys", "-t", "a", "-l", text)

    def ask(self, key, *words):
        """Presses `key` and waits for its question; where the data was stale, presses again once it is not."""
        end = time.monotonic() + WAIT
        while True:
            self.waitNot("STALE", "is stale")
            self.press(key)
            text = self.until(
                lambda text: (all(word in text for word in words) or "is stale" in text) and text,
                f"no {words} after {key}")
            if "is stale" not in text:
                return text
            if time.monotonic() > end:
                raise AssertionError(f"always stale\n{text}")

    def cancel(self, *words):
        """Closes the question that shows `words`; an escape with a key right behind it would be another key."""
        self.press("Escape")
        self.waitNot(*words)

    def show(self, number, title):
        self.press(str(number))
        self.wait(f"[{number} {title}]")

    def queue(self, name):
        """Shows the screen of queues with `name` selected; gives its line."""
        self.wait(name)
        self.press(":")
        self.wait("Tab completes")
        self.type(f"queue {name}")
        self.wait(f":queue {name}")
        self.press("Enter")
        self.waitNot("Tab completes")
        self.wait("[2 Queues]")
        return self.waitRow(name, rf">.*\b{name}\b")

    # The process

    def pid(self):
        with open(os.path.join(self.directory, "pid")) as file:
            return int(file.read())

    def kill(self):
        """Ends the console and its broker at once, as a power cut does to a process."""
        os.kill(self.pid(), 9)
        self.wait("ended 137")
        self.leave()

    def leave(self):
        Screen.living.remove(self)
        self.tmux("kill-server")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            os.kill(self.pid(), 15)
        except (OSError, ValueError):
            pass
        end = time.monotonic() + WAIT
        while time.monotonic() < end and "ended" not in self.text:
            time.sleep(LOOK)
        text = self.text
        self.leave()
        if self.isOwn:
            shutil.rmtree(self.directory, ignore_errors=True)
        if sys.exc_info()[0] is None and "ended 0" not in text and text.strip():
            raise AssertionError(f"the console did not end well:\n{text}")


class Traffic:
    """A publisher and a consumer that keep count of everything."""

    def __init__(self, connection, stream, before=None):
        self.connection = connection
        self.stream = stream
        self.js = connection.jetstream()
        self.published = before.published if before else []
        self.refused = 0
        self.received = before.received if before else {}
        # Sequences whose acknowledgement the server has confirmed.
        self.confirmed = before.confirmed if before else set()
        self.again = []
        self.last = 0.0
        self.tasks = []

    async def make(self, **options):
        await self.js.add_stream(name=self.stream, subjects=[f"{self.stream.lower()}.>"], **options)

    async def fill(self, count, body=b"x"):
        """Stores `count` messages, many at a time."""
        for first in range(0, count, 500):
            waiting = [self.js.publish(f"{self.stream.lower()}.{number}", body, timeout=WAIT)
                       for number in range(first, min(count, first + 500))]
            self.published += [answer.seq for answer in await asyncio.gather(*waiting)]

    async def publish(self, pause=0.002):
        number = 0
        while True:
            try:
                answer = await self.js.publish(f"{self.stream.lower()}.{number}", str(number).encode(),
                                               timeout=WAIT)
                self.published.append(answer.seq)
            except nats.js.errors.APIError:
                self.refused += 1
            number += 1
            await asyncio.sleep(pause)

    async def consume(self, name="taker", batch=20, wait=120, pause=0):
        """Takes messages, each for `pause` seconds, and has every acknowledgement confirmed."""
        config = ConsumerConfig(ack_wait=wait, max_ack_pending=1000)
        subscription = await self.js.pull_subscribe(f"{self.stream.lower()}.>", name, stream=self.stream,
                                                    config=config)
        while True:
            try:
                messages = await subscription.fetch(batch, timeout=1)
            except (asyncio.TimeoutError, nats.errors.TimeoutError):
                continue
            for message in messages:
                self.last = time.monotonic()
                sequence = message.metadata.sequence.stream
                if sequence in self.confirmed:
                    self.again.append(sequence)
                self.received[sequence] = self.received.get(sequence, 0) + 1
                await message.ack_sync(timeout=WAIT)
                self.confirmed.add(sequence)
                if pause:
                    await asyncio.sleep(pause)

    def start(self, coroutine):
        task = asyncio.create_task(coroutine)
        self.tasks.append(task)
        return task

    async def end(self, task):
        """Ends one of the tasks, and says what went wrong in it."""
        self.tasks.remove(task)
        while not task.done():
            # `wait_for` of Python 3.11 loses a cancellation that comes together with what it waits for.
            task.cancel()
            await asyncio.wait([task], timeout=1)
        if not task.cancelled() and task.exception():
            raise task.exception()

    async def stop(self):
        for task in list(self.tasks):
            await self.end(task)

    def abandon(self):
        """Forgets tasks whose server was killed."""
        for task in self.tasks:
            task.cancel()
        self.tasks = []

    async def until(self, condition, seconds=WAIT):
        end = time.monotonic() + seconds
        while not condition():
            for task in self.tasks:
                if task.done() and not task.cancelled() and task.exception():
                    raise task.exception()
            if time.monotonic() > end:
                raise AssertionError(f"published {len(self.published)}, received {len(self.received)}")
            await asyncio.sleep(LOOK)

    def expectWhole(self):
        missing = [each for each in self.published if each not in self.received]
        expect(not missing, f"{len(missing)} of {len(self.published)} are missing: {missing[:5]}")
        expect(not self.again, f"{len(self.again)} came again although confirmed: {self.again[:5]}")

    def expectOnce(self):
        self.expectWhole()
        twice = [each for each, count in self.received.items() if count > 1]
        expect(not twice, f"{len(twice)} came more than once: {twice[:5]}")


async def filled(connection, stream, count, **options):
    """The traffic of a new stream that holds `count` messages."""
    traffic = Traffic(connection, stream)
    await traffic.make(**options)
    await traffic.fill(count)
    return traffic


class Hiccups:
    """How long a ping takes at worst: what the machine, not the console, adds to every delay."""

    def __init__(self, connection):
        self.connection = connection
        self.worst = 0.0
        self.isEnding = False
        self.task = asyncio.create_task(self.run())

    async def run(self):
        while not self.isEnding:
            since = time.monotonic()
            await self.connection.flush(WAIT)
            self.worst = max(self.worst, time.monotonic() - since)
            await asyncio.sleep(0.005)

    async def end(self):
        # A flush that is cancelled would spoil the client's connection.
        self.isEnding = True
        await self.task
        return self.worst


async def on(work, *arguments, **options):
    """Calls `work`, which waits for the screen, without holding up clients."""
    return await asyncio.to_thread(work, *arguments, **options)


async def connect(screen, **options):
    return await nats.connect(f"nats://{HOST}:{screen.port}", **options)


async def connectOnce(screen):
    """A connection that ends with its server, and says nothing about it."""

    async def silent(_):
        pass

    return await connect(screen, allow_reconnect=False, error_cb=silent)


async def messages(traffic):
    return (await traffic.js.stream_info(traffic.stream)).state.messages


class Kept:
    """A directory for a store that a second console goes on with."""

    def __enter__(self):
        self.directory = tempfile.mkdtemp(prefix="sluice-keyboard-")
        return self.directory

    def __exit__(self, *_):
        for screen in [each for each in Screen.living if each.directory == self.directory]:
            screen.kill()
        shutil.rmtree(self.directory, ignore_errors=True)


YES = "any other key no"
