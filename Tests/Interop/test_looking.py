"""The rest of the keyboard: looking into queues, clients, keys and their rotation, and what changes nothing."""

import asyncio
import csv
import json
import os
import re
import sys
import time

from harness import expect, main
from screen import WAIT, YES, Kept, Screen, Traffic, connect, connectOnce, filled, messages, on


# Looking into queues, and clients


async def case_peek_shows_messages_and_takes_none():
    with Screen() as screen:
        connection = await connect(screen)
        traffic = Traffic(connection, "MAIL")
        await traffic.make()
        await traffic.js.publish("mail.x", b"good morning", headers={"Kind": "greeting"})
        await traffic.js.publish("mail.x", b"\x1b[31mred\x07")
        await on(screen.queue, "MAIL")
        await on(screen.ask, "p", "good morning")
        await on(screen.cancel, "good morning")
        expect(await messages(traffic) == 2)
        await connection.close()


async def case_a_kicked_client_is_cut_off():
    with Screen() as screen:
        gone = asyncio.Event()

        async def lost():
            gone.set()

        await connect(screen, name="noisy", allow_reconnect=False, disconnected_cb=lost)
        await on(screen.show, 3, "Clients")
        await on(screen.waitRow, "noisy", ">.*noisy")
        await on(screen.ask, "K", "noisy", "press  k")
        await on(screen.press, "k")
        await asyncio.wait_for(gone.wait(), WAIT)


# Keys


async def rotate(screen, until):
    """Presses R once for each step up to `until`, and answers the question of each."""
    for number, name in enumerate(["prepare", "activate", "re-encrypt"], 1):
        await on(screen.ask, "R", f"{number} of 3: {name}", f"press  r  to {name}")
        await on(screen.press, "r")
        if name == until:
            return
        await on(screen.waitNot, f"press  r  to {name}")
        # The picture of the keys shows the step before the next question can be of the next one.
        await on(screen.wait, f"{number} ✓ {name}")


async def vault(screen, count, body):
    traffic = Traffic(await connectOnce(screen), "VAULT")
    await traffic.make()
    await traffic.fill(count, body)
    await on(screen.show, 5, "Keys")
    await on(screen.waitRow, "VAULT", "k1 .*ACTIVE")
    return traffic


async def readable(traffic, body):
    for sequence in (1, 250, 500):
        expect((await traffic.js.get_msg("VAULT", sequence)).data == body)


async def case_a_rotation_runs_to_its_end_without_a_failed_publish():
    with Screen() as screen:
        body = b"x" * 2_000
        traffic = await vault(screen, 500, body)
        publisher = traffic.start(traffic.publish())
        await rotate(screen, "re-encrypt")
        await readable(traffic, body)
        await on(screen.wait, "RETIRED", "5 ✓ retire", seconds=90)
        count = len(traffic.published)
        await traffic.until(lambda: len(traffic.published) > count + 50)
        await traffic.end(publisher)
        expect(traffic.refused == 0, f"{traffic.refused} publishes failed")
        await readable(traffic, body)
        await on(screen.show, 2, "Queues")
        await on(screen.waitRow, "VAULT", r"k2\b")
        print(f"    {len(traffic.published) - 500} publishes meanwhile")
        await traffic.connection.close()


async def case_a_rotation_goes_on_after_kill_9():
    with Kept() as directory:
        first = Screen(directory=directory)
        body = bytes(range(250)) * 80
        traffic = await vault(first, 2_000, body)
        await rotate(first, "re-encrypt")
        await on(first.kill)
        with Screen(directory=directory) as again:
            second = Traffic(await connect(again), "VAULT", traffic)
            await readable(second, body)
            await on(again.show, 5, "Keys")
            await on(again.wait, "RETIRED", "5 ✓ retire", seconds=90)
            await readable(second, body)
            expect(await messages(second) == 2_000, "messages are missing")
            await second.fill(1)
            await second.connection.close()


async def case_a_rotation_with_the_root_key_selected_is_one_of_all_queues():
    with Screen() as screen:
        traffic = await vault(screen, 500, b"x")
        await on(screen.press, "/")
        await on(screen.wait, "Esc restores")
        await on(screen.type, "root")
        await on(screen.wait, "1 shown")
        await on(screen.press, "Enter")
        await on(screen.waitRow, "root", ">.*root")
        await on(screen.ask, "R", "OF all queues", "1 of 3: prepare")
        await on(screen.press, "r")
        await on(screen.wait, "1 ✓ prepare", "of all queues")
        await traffic.connection.close()


# Keys that do nothing


async def auditCount(screen):
    await on(screen.show, 5, "Keys")
    return await on(screen.until, lambda text: re.search(r"audit +([1-9][\d,]*) entr(?:y|ies)", text), "no audit log")


async def case_no_key_that_looks_changes_anything():
    with Screen() as screen:
        connection = await connect(screen)
        traffic = await filled(connection, "CALM", 10)
        before = (await traffic.js.stream_info("CALM")).state
        audit = (await auditCount(screen)).group(1)
        marks = "abcdefghijklmnopqrstuvwxyz0123456789!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~ "

        def pressAll():
            for place in "12345678":
                for key in marks:
                    # Escapes that no key behind them can change.
                    screen.tmux("send-keys", "-t", "a", "-H", f"{ord(place):x}", f"{ord(key):x}",
                                *(["1b", "5b", "32", "37", "75"] * 3))

        await on(pressAll)
        await on(screen.show, 2, "Queues")
        await on(screen.waitRow, "CALM", "RUN")
        state = (await traffic.js.stream_info("CALM")).state
        expect(state.messages == before.messages and state.last_seq == before.last_seq, str(state))
        expect((await auditCount(screen)).group(1) == audit, "the audit log has grown")
        expect(connection.is_connected)
        left = [name for name in os.listdir(screen.directory) if name.endswith((".csv", ".json", ".txt"))]
        expect(not left, f"files that no key asked for: {left}")
        await connection.close()


async def case_a_paste_is_no_key():
    with Screen() as screen:
        connection = await connect(screen)
        traffic = await filled(connection, "CALM", 1)
        await on(screen.queue, "CALM")
        await on(screen.tmux, "set-buffer", "PyXDdR")
        await on(screen.tmux, "paste-buffer", "-p", "-t", "a")
        await on(screen.wait, "pasted text dropped")
        await on(screen.waitRow, "CALM", "RUN")
        await connection.close()


async def case_looking_only_refuses_every_change():
    with Screen(options="--read-only") as screen:
        connection = await connect(screen)
        traffic = await filled(connection, "CALM", 1)
        await on(screen.queue, "CALM")
        for place, title in enumerate(["Overview", "Queues", "Clients", "Latency", "Keys", "Storage", "Targets",
                                       "Events"], 1):
            await on(screen.show, place, title)
            for key in "PDXRMKUTIVCH":
                await on(screen.press, key, ":")
                # Nothing asks: the palette opens behind the key.
                text = await on(screen.wait, "Tab completes")
                expect("Type " not in text and YES not in text and "press " not in text, text)
                await on(screen.cancel, "Tab completes")
        await on(screen.ask, "R", "read-only")
        await on(screen.press, ":")
        await on(screen.wait, "Tab completes")
        await on(screen.type, "purge CALM")
        await on(screen.wait, "not now: read-only")
        await on(screen.cancel, "Tab completes")
        expect(await messages(traffic) == 1)
        await connection.close()


async def case_an_export_says_what_the_screen_says():
    with Screen() as screen:
        connection = await connect(screen)
        for name, count in [("ALPHA", 12), ("BRAVO", 345)]:
            traffic = Traffic(connection, name)
            await traffic.make()
            await traffic.fill(count)
        await on(screen.queue, "BRAVO")
        await on(screen.waitRow, "ALPHA", " 12 ")
        await on(screen.waitRow, "BRAVO", " 345 ")
        for kind in ("csv", "json"):
            await on(screen.press, ":")
            await on(screen.wait, "Tab completes")
            await on(screen.type, f"export {kind} queues.{kind}")
            await on(screen.wait, f":export {kind} queues.{kind}")
            await on(screen.press, "Enter")
            await on(screen.wait, f"written to queues.{kind}")
        with open(os.path.join(screen.directory, "queues.csv"), newline="") as file:
            rows = {row["name"]: row for row in csv.DictReader(file)}
        with open(os.path.join(screen.directory, "queues.json")) as file:
            found = {row["name"]: row for row in json.load(file)}
        for name, count in [("ALPHA", 12), ("BRAVO", 345)]:
            expect(int(rows[name]["depth"]) == count, str(rows))
            expect(found[name]["depth"] == count, str(found))
        await connection.close()


# What the numbers say


async def case_the_numbers_on_the_screen_are_those_of_the_clients():
    seconds, pace = float(os.environ.get("NUMBERS_SECONDS", 20)), 500
    with Screen() as screen:
        connection = await connect(screen)
        traffic = Traffic(connection, "COUNT")
        await traffic.make()
        sent = 0
        stop = asyncio.Event()

        async def flow():
            nonlocal sent
            begin = time.monotonic()
            while not stop.is_set():
                due = int((time.monotonic() - begin) * pace) - sent
                for _ in range(due):
                    await connection.publish("count.x", b"x" * 100)
                sent += due
                await connection.flush(WAIT)
                await asyncio.sleep(0.01)

        task = asyncio.create_task(flow())
        await on(screen.queue, "COUNT")
        await on(screen.waitRow, "COUNT", r"\d{3}")
        rates, depths = [], []

        def look():
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                before = sent
                text = screen.text
                after = sent
                rate = re.search(r"rates +in ([\d.]+) out", text)
                stored = re.search(r"stored +([\d,]+) in", text)
                expect(rate and stored, text)
                rates.append((time.monotonic(), float(rate.group(1)), before))
                depths.append((int(stored.group(1).replace(",", "")), before, after))
                time.sleep(0.1)

        await on(screen.until, lambda text: re.search(r"rates +in [45]\d\d out", text), "no rate", 60)
        await on(look)
        stop.set()
        await task
        shown = sum(rate for _, rate, _ in rates) / len(rates)
        counted = (rates[-1][2] - rates[0][2]) / (rates[-1][0] - rates[0][0])
        expect(abs(shown - counted) <= 0.01 * counted, f"{shown:.1f}/s on the screen, {counted:.1f}/s counted")
        # A picture is up to half a second old.
        behind = max(before - shown for shown, before, _ in depths)
        expect(all(shown <= after for shown, _, after in depths), "more on the screen than was sent")
        await on(screen.wait, f"stored     {sent:,} in", f"depth      {sent:,}")
        print(f"    {shown:.1f}/s on the screen, {counted:.1f}/s counted by the client; at most {behind} messages behind")
        await connection.close()


if __name__ == "__main__":
    main(sys.modules[__name__], attempts=2)
