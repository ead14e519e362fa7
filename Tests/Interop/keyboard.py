"""The console's keyboard on the real broker: what an operator does with keys, and what clients see of it.

The console runs in a private tmux server with its broker inside; clients are nats-py's. Run by hand,
`keyboard.py SLUICE`: three of its cases press keys before the screen is ready for them on a busy machine.
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
from nats.js.api import ConsumerConfig, RetentionPolicy

from harness import HOST, Server, expect, free_port, main

WAIT = 15.0


class Screen:
    """`sluice` in a window of a tmux server of its own."""

    def __init__(self, columns=120, rows=40, options="", directory=None):
        self.isOwn = directory is None
        self.directory = directory or tempfile.mkdtemp(prefix="sluice-keyboard-")
        self.port = free_port()
        self.name = f"sluice-keyboard-{os.getpid()}-{self.port}"
        script = os.path.join(self.directory, "script")
        with open(script, "w") as file:
            file.write(
                f"cd {self.directory}\n"
                "export SWIFT_BACKTRACE=enable=no LANG=C.UTF-8 TERM=tmux-256color\n"
                f"export HOME={self.directory} XDG_CONFIG_HOME={self.directory}\n"
                f"sh -c 'echo $$ > pid; exec {Server.program} -p {self.port} "
                f"-sd {self.directory}/store {options}'\n"
                'echo "ended $?"\nexec cat\n')
        self.tmux("new-session", "-d", "-s", "a", "-x", str(columns), "-y", str(rows), f"sh {script}")
        self.wait("Throughput", "RUN")

    def tmux(self, *words):
        return subprocess.run(["tmux", "-L", self.name, "-f", "/dev/null", *words],
                              capture_output=True, text=True).stdout

    @property
    def text(self):
        return self.tmux("capture-pane", "-p", "-t", "a")

    def press(self, *keys):
        for key in keys:
            self.tmux("send-keys", "-t", "a", key)

    def type(self, text):
        self.tmux("send-keys", "-t", "a", "-l", text)

    def wait(self, *words, seconds=WAIT):
        """The screen, once it shows all `words`."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            text = self.text
            if all(word in text for word in words):
                return text
            time.sleep(0.02)
        raise AssertionError(f"no {words} on\n{self.text}")

    def waitNot(self, word, seconds=WAIT):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if word not in self.text:
                return
            time.sleep(0.02)
        raise AssertionError(f"still {word} on\n{self.text}")

    def queue(self, name):
        """Shows the screen of queues with `name` selected; gives its line."""
        self.press("Escape", "Escape", "2")
        self.type(f":queue {name}")
        self.press("Enter")
        self.wait("Queues", name)

    def row(self, name):
        lines = [line for line in self.text.splitlines() if re.search(rf"[│┃].*\b{name}\b", line)]
        return lines[0] if lines else ""

    def waitRow(self, name, pattern, seconds=WAIT):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if re.search(pattern, self.row(name)):
                return self.row(name)
            time.sleep(0.02)
        raise AssertionError(f"{name} is not {pattern} on\n{self.text}")

    def pid(self):
        with open(os.path.join(self.directory, "pid")) as file:
            return int(file.read())

    def kill(self):
        os.kill(self.pid(), 9)
        self.wait("ended 137")
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
            time.sleep(0.05)
        text = self.text
        self.tmux("kill-server")
        if self.isOwn:
            shutil.rmtree(self.directory, ignore_errors=True)
        if sys.exc_info()[0] is None and "ended 0" not in text and text.strip():
            raise AssertionError(f"the console did not end well:\n{text}")


class Traffic:
    """A publisher and a consumer that keep count of everything."""

    def __init__(self, connection, stream):
        self.connection = connection
        self.stream = stream
        self.js = connection.jetstream()
        self.published = []
        self.refused = 0
        self.received = {}
        self.last = 0.0
        self.tasks = []

    async def make(self, **options):
        await self.js.add_stream(name=self.stream, subjects=[f"{self.stream.lower()}.>"], **options)

    async def publish(self, pause=0.002):
        number = 0
        while True:
            try:
                answer = await self.js.publish(f"{self.stream.lower()}.{number}", str(number).encode(), timeout=5)
                self.published.append(answer.seq)
            except nats.js.errors.APIError:
                self.refused += 1
            number += 1
            await asyncio.sleep(pause)

    async def consume(self, name="taker"):
        config = ConsumerConfig(ack_wait=30, max_ack_pending=1000)
        subscription = await self.js.pull_subscribe(f"{self.stream.lower()}.>", name, stream=self.stream,
                                                    config=config)
        while True:
            try:
                messages = await subscription.fetch(20, timeout=1)
            except (asyncio.TimeoutError, nats.errors.TimeoutError):
                continue
            for message in messages:
                self.last = time.monotonic()
                sequence = message.metadata.sequence.stream
                self.received[sequence] = self.received.get(sequence, 0) + 1
                await message.ack()

    def start(self, *coroutines):
        self.tasks += [asyncio.create_task(each) for each in coroutines]

    async def stop(self):
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        self.tasks = []

    async def until(self, condition, seconds=WAIT):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for task in self.tasks:
                if task.done() and not task.cancelled() and task.exception():
                    raise task.exception()
            if condition():
                return
            await asyncio.sleep(0.02)
        raise AssertionError(f"published {len(self.published)}, received {len(self.received)}")

    def expectWhole(self):
        missing = [each for each in self.published if each not in self.received]
        expect(not missing, f"{len(missing)} of {len(self.published)} are missing: {missing[:5]}")
        twice = [each for each, count in self.received.items() if count > 1]
        expect(not twice, f"{len(twice)} came more than once: {twice[:5]}")


async def on(screen, work):
    """Calls `work`, which waits for the screen, without holding up clients."""
    return await asyncio.to_thread(work)


async def connect(screen, **options):
    return await nats.connect(f"nats://{HOST}:{screen.port}", **options)


async def case_a_paused_queue_stops_delivering_and_loses_nothing():
    with Screen() as screen:
        connection = await connect(screen)
        traffic = Traffic(connection, "ORDERS")
        await traffic.make()
        traffic.start(traffic.publish(), traffic.consume())
        await traffic.until(lambda: len(traffic.received) > 100)
        await on(screen, lambda: screen.queue("ORDERS"))
        await on(screen, lambda: screen.press("P"))
        await on(screen, lambda: screen.wait("ORDERS", "30m"))
        # Enter is no answer.
        await on(screen, lambda: screen.press("Enter"))
        seen = len(traffic.received)
        await traffic.until(lambda: len(traffic.received) > seen + 20)
        await on(screen, lambda: screen.press("P"))
        await asyncio.sleep(0.3)
        pressed = time.monotonic()
        await on(screen, lambda: screen.press("y"))
        await on(screen, lambda: screen.waitRow("ORDERS", "PAUSE"))
        published = len(traffic.published)
        await asyncio.sleep(1)
        late = traffic.last - pressed
        expect(late < 0.1, f"a delivery came {late * 1000:.0f} ms after the key")
        expect(len(traffic.published) > published + 50, "publishing goes on")
        await on(screen, lambda: screen.press("U"))
        await on(screen, lambda: screen.waitRow("ORDERS", "RUN"))
        await traffic.stop()
        traffic.start(traffic.consume())
        await traffic.until(lambda: len(traffic.received) >= len(traffic.published))
        await traffic.stop()
        traffic.expectWhole()
        print(f"    last delivery {late * 1000:.0f} ms after the key, {len(traffic.published)} messages")
        await connection.close()


async def case_a_pause_survives_kill_9():
    directory = tempfile.mkdtemp(prefix="sluice-keyboard-")
    try:
        first = Screen(directory=directory)
        connection = await connect(first, allow_reconnect=False)
        traffic = Traffic(connection, "ORDERS")
        await traffic.make()
        for number in range(20):
            await traffic.js.publish("orders.x", b"x")
        first.queue("ORDERS")
        first.press("P")
        first.wait("30m")
        first.press("y")
        first.waitRow("ORDERS", "PAUSE")
        first.kill()
        with Screen(directory=directory) as again:
            again.queue("ORDERS")
            row = again.waitRow("ORDERS", "PAUSE (29|30)m")
            expect(" 20 " in row, row)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


async def case_a_drain_ends_at_depth_0_and_refuses_publishers():
    with Screen() as screen:
        connection = await connect(screen)
        traffic = Traffic(connection, "JOBS")
        await traffic.make(retention=RetentionPolicy.WORK_QUEUE)
        for number in range(3_000):
            traffic.published.append((await traffic.js.publish(f"jobs.{number}", b"x")).seq)
        traffic.start(traffic.consume())
        await traffic.until(lambda: len(traffic.received) > 100)
        await on(screen, lambda: screen.queue("JOBS"))
        await on(screen, lambda: screen.press("D"))
        await on(screen, lambda: screen.wait("DRAIN", "JOBS"))
        await on(screen, lambda: screen.press("Enter"))
        await asyncio.sleep(0.3)
        expect("DRAIN " in screen.text, "Enter does nothing")
        await on(screen, lambda: screen.press("d"))
        await on(screen, lambda: screen.waitRow("JOBS", "DRAIN"))
        try:
            await traffic.js.publish("jobs.late", b"x")
            expect(False, "a draining queue took a message")
        except nats.js.errors.APIError as error:
            reason = str(error)
        await traffic.until(lambda: len(traffic.received) >= 3_000, 60)
        row = await on(screen, lambda: screen.waitRow("JOBS", "DRAINED"))
        await traffic.stop()
        traffic.expectWhole()
        info = await traffic.js.stream_info("JOBS")
        expect(info.state.messages == 0, str(info.state))
        print(f"    publishers hear: {reason}")
        await connection.close()


async def case_a_drain_without_consumers_wants_the_name():
    with Screen() as screen:
        connection = await connect(screen)
        traffic = Traffic(connection, "JOBS")
        await traffic.make()
        await traffic.js.publish("jobs.1", b"x")
        await on(screen, lambda: screen.queue("JOBS"))
        await on(screen, lambda: screen.waitRow("JOBS", " 1 "))
        await on(screen, lambda: screen.press("D"))
        await on(screen, lambda: screen.wait("never"))
        await on(screen, lambda: screen.press("d", "Enter"))
        await asyncio.sleep(0.3)
        await traffic.js.publish("jobs.2", b"x")
        await on(screen, lambda: screen.press("Escape"))
        await connection.close()


async def case_a_purge_wants_the_name_and_time_and_keeps_what_comes_later():
    with Screen() as screen:
        connection = await connect(screen)
        traffic = Traffic(connection, "MAIL")
        await traffic.make()
        for number in range(500):
            await traffic.js.publish("mail.x", b"x")
        await on(screen, lambda: screen.queue("MAIL"))
        await on(screen, lambda: screen.waitRow("MAIL", " 500 "))
        await on(screen, lambda: screen.press("X"))
        await on(screen, lambda: screen.wait("PURGE"))
        opened = time.monotonic()
        for number in range(100):
            await traffic.js.publish("mail.late", b"x")
        # The right name, too early.
        await on(screen, lambda: screen.type("MAIL"))
        await on(screen, lambda: screen.press("Enter"))
        expect(time.monotonic() - opened < 2.9, "the machine is too slow for this test")
        expect((await traffic.js.stream_info("MAIL")).state.messages == 600, "armed too early")
        # The wrong name, long enough.
        await on(screen, lambda: screen.press("BSpace"))
        await asyncio.sleep(3.2)
        await on(screen, lambda: screen.press("Enter"))
        await asyncio.sleep(0.3)
        expect((await traffic.js.stream_info("MAIL")).state.messages == 600, "a wrong name was enough")
        await on(screen, lambda: screen.type("L"))
        await on(screen, lambda: screen.press("Enter"))
        await on(screen, lambda: screen.wait("500 messages"))
        info = await traffic.js.stream_info("MAIL")
        expect(info.state.messages == 100 and info.state.first_seq == 501, str(info.state))
        await on(screen, lambda: screen.waitRow("MAIL", " 100 "))
        await connection.close()


async def case_three_marked_queues_are_purged_together():
    with Screen() as screen:
        connection = await connect(screen)
        js = connection.jetstream()
        for name in ["ONE", "TWO", "TRE"]:
            await js.add_stream(name=name, subjects=[name.lower()])
            await js.publish(name.lower(), b"x")
        await on(screen, lambda: screen.queue("ONE"))
        await on(screen, lambda: screen.press("g", "Space", "Space", "Space", "X"))
        await on(screen, lambda: screen.wait("purge 3 queues"))
        await asyncio.sleep(3.2)
        await on(screen, lambda: screen.type("purge 3 queues"))
        await on(screen, lambda: screen.press("Enter"))
        for name in ["ONE", "TWO", "TRE"]:
            end = time.monotonic() + WAIT
            while (await js.stream_info(name)).state.messages and time.monotonic() < end:
                await asyncio.sleep(0.05)
            expect((await js.stream_info(name)).state.messages == 0, name)
        await connection.close()


async def case_peek_shows_messages_and_takes_none():
    with Screen() as screen:
        connection = await connect(screen)
        traffic = Traffic(connection, "MAIL")
        await traffic.make()
        await traffic.js.publish("mail.x", b"good morning", headers={"Kind": "greeting"})
        await traffic.js.publish("mail.x", b"\x1b[31mred\x07")
        await on(screen, lambda: screen.queue("MAIL"))
        await on(screen, lambda: screen.press("p"))
        await on(screen, lambda: screen.wait("good morning"))
        await on(screen, lambda: screen.press("Escape"))
        expect((await traffic.js.stream_info("MAIL")).state.messages == 2)
        await connection.close()


async def case_a_kicked_client_is_cut_off():
    with Screen() as screen:
        gone = asyncio.Event()

        async def lost():
            gone.set()

        await connect(screen, name="noisy", allow_reconnect=False, disconnected_cb=lost)
        await on(screen, lambda: screen.press("3"))
        await on(screen, lambda: screen.wait("noisy"))
        await on(screen, lambda: screen.press("K"))
        await on(screen, lambda: screen.wait("noisy", "press"))
        await on(screen, lambda: screen.press("k"))
        await asyncio.wait_for(gone.wait(), WAIT)


async def case_a_rotation_runs_to_its_end_without_a_failed_publish():
    with Screen() as screen:
        connection = await connect(screen)
        traffic = Traffic(connection, "VAULT")
        await traffic.make()
        for number in range(500):
            await traffic.js.publish("vault.old", b"x" * 2_000)
        traffic.start(traffic.publish())
        await on(screen, lambda: screen.press("5"))
        await on(screen, lambda: screen.wait("VAULT"))
        await on(screen, lambda: screen.press("R"))
        await on(screen, lambda: screen.wait("ROTATE"))
        await on(screen, lambda: screen.press("r"))
        await asyncio.sleep(0.5)
        await on(screen, lambda: screen.wait("k2"))
        text = screen.text
        if "step 2" in text:
            await on(screen, lambda: screen.press("r"))
        await on(screen, lambda: screen.wait("RETIRED", seconds=60))
        await traffic.stop()
        expect(traffic.refused == 0, f"{traffic.refused} publishes failed")
        message = await traffic.js.get_msg("VAULT", 1)
        expect(message.data == b"x" * 2_000)
        await on(screen, lambda: screen.press("2"))
        await on(screen, lambda: screen.waitRow("VAULT", "k2"))
        print(f"    {len(traffic.published)} publishes meanwhile")
        await connection.close()


async def case_no_key_that_looks_changes_anything():
    with Screen() as screen:
        connection = await connect(screen)
        traffic = Traffic(connection, "CALM")
        await traffic.make()
        for number in range(10):
            await traffic.js.publish("calm.x", b"x")
        before = (await traffic.js.stream_info("CALM")).state

        def pressAll():
            for place in "12345678":
                screen.press(place)
                for key in "abcdefghijklmnoprstuvwxyz0123456789,./'[]-=\\":
                    screen.press(place, key, "Escape", "Escape")

        await on(screen, pressAll)
        screen.press("Escape", "Escape", "2")
        await on(screen, lambda: screen.waitRow("CALM", "RUN"))
        state = (await traffic.js.stream_info("CALM")).state
        expect(state.messages == before.messages and state.last_seq == before.last_seq, str(state))
        expect(connection.is_connected)
        for name in os.listdir(screen.directory):
            # What the export key wrote was asked for by no key here.
            expect(not name.endswith((".csv", ".json")), name)
        await connection.close()


async def case_a_paste_is_no_key():
    with Screen() as screen:
        connection = await connect(screen)
        traffic = Traffic(connection, "CALM")
        await traffic.make()
        await traffic.js.publish("calm.x", b"x")
        await on(screen, lambda: screen.queue("CALM"))
        screen.tmux("set-buffer", "PyXDdR")
        screen.tmux("paste-buffer", "-p", "-t", "a")
        await on(screen, lambda: screen.wait("paste"))
        await on(screen, lambda: screen.waitRow("CALM", "RUN"))
        await connection.close()


if __name__ == "__main__":
    main(sys.modules[__name__])
