"""Pause, drain and purge from the keyboard: what an operator does with keys, and what clients see of it."""

import asyncio
import sys
import time

import nats
from nats.js.api import RetentionPolicy

from harness import expect, main
from screen import (LOOK, WAIT, YES, Hiccups, Kept, Screen, Traffic, connect, connectOnce, filled, messages,
                    on)


# Pausing


async def case_a_paused_queue_stops_delivering_and_loses_nothing():
    with Screen() as screen:
        connection = await connect(screen)
        traffic = Traffic(connection, "ORDERS")
        await traffic.make()
        publisher = traffic.start(traffic.publish())
        traffic.start(traffic.consume())
        await traffic.until(lambda: len(traffic.received) > 100)
        await on(screen.queue, "ORDERS")
        await on(screen.ask, "P", YES, "holds delivery for 30m", "PAUSE ORDERS")
        # Enter is no answer.
        await on(screen.press, "Enter")
        await on(screen.waitNot, YES)
        seen = len(traffic.received)
        await traffic.until(lambda: len(traffic.received) > seen + 20)
        await on(screen.ask, "P", YES)
        hiccups = Hiccups(connection)
        pressed = time.monotonic()
        await on(screen.press, "y")
        key = time.monotonic() - pressed
        await on(screen.waitRow, "ORDERS", "PAUSE (29|30)m")
        published = len(traffic.published)
        await traffic.until(lambda: len(traffic.published) > published + 200)
        late, hiccup = max(0, traffic.last - pressed), await hiccups.end()
        expect(late - key - hiccup < 0.1, f"a delivery came {late * 1000:.0f} ms after the key")
        await on(screen.press, "U")
        await on(screen.waitRow, "ORDERS", "RUN")
        await traffic.end(publisher)
        await traffic.until(lambda: len(traffic.confirmed) >= len(traffic.published))
        await traffic.stop()
        traffic.expectOnce()
        expect(traffic.refused == 0, "publishers notice nothing")
        print(f"    last delivery {late * 1000:.0f} ms after the key, which took tmux {key * 1000:.0f} ms; "
              f"worst ping {hiccup * 1000:.0f} ms; {len(traffic.published)} messages")
        await connection.close()


async def case_a_pause_survives_kill_9():
    with Kept() as directory:
        first = Screen(directory=directory)
        connection = await connectOnce(first)
        traffic = await filled(connection, "ORDERS", 20)
        await on(first.queue, "ORDERS")
        await on(first.ask, "P", YES)
        await on(first.press, "y")
        await on(first.waitRow, "ORDERS", "PAUSE")
        await on(first.kill)
        with Screen(directory=directory) as again:
            await on(again.queue, "ORDERS")
            row = await on(again.waitRow, "ORDERS", "PAUSE (29|30)m")
            expect(" 20 " in row, row)


async def case_a_pause_ends_at_its_deadline_after_a_restart():
    with Kept() as directory:
        first = Screen(directory=directory)
        connection = await connectOnce(first)
        traffic = await filled(connection, "ORDERS", 20)
        await on(first.queue, "ORDERS")
        await on(first.press, ":")
        await on(first.wait, "Tab completes")
        await on(first.type, "pause ORDERS 20s")
        await on(first.wait, ":pause ORDERS 20s")
        await on(first.press, "Enter")
        await on(first.wait, YES, "for 20s")
        paused = time.monotonic()
        await on(first.press, "y")
        await on(first.waitRow, "ORDERS", "PAUSE")
        await on(first.kill)
        with Screen(directory=directory) as again:
            await on(again.queue, "ORDERS")
            second = Traffic(await connect(again), "ORDERS", traffic)
            second.start(second.consume())
            await second.until(lambda: len(second.confirmed) == 20, 60)
            held = time.monotonic() - paused
            await second.stop()
            expect(held > 19, f"delivered after {held:.1f} s")
            await on(again.waitRow, "ORDERS", "RUN")
            print(f"    delivered {held:.1f} s after the pause of 20 s")
            await second.connection.close()


# Draining


async def drained(screen, traffic, seconds=90):
    """Waits for the end of a drain, and counts."""
    await traffic.until(lambda: len(traffic.received) >= len(traffic.published), seconds)
    await on(screen.waitRow, traffic.stream, "DRAINED")
    await traffic.stop()
    traffic.expectWhole()
    expect(await messages(traffic) == 0, "messages are left")


async def refusal(traffic):
    try:
        await traffic.js.publish(f"{traffic.stream.lower()}.late", b"x")
    except nats.js.errors.APIError as error:
        return str(error)
    raise AssertionError("a draining queue took a message")


async def startDrain(screen, traffic):
    await on(screen.queue, traffic.stream)
    # The question is another one while nobody is seen to take messages.
    await on(screen.wait, "1 of 1 active")
    await on(screen.ask, "D", f"DRAIN {traffic.stream}", "press  d", "estimate")
    # Enter does nothing: the dialog is still there after a key that is seen to be taken.
    await on(screen.press, "Enter", "Tab", "Right")
    await on(screen.wait, "5m)")
    await on(screen.press, "Left")
    await on(screen.wait, "none)")
    await on(screen.press, "d")
    await on(screen.waitRow, traffic.stream, r"DRAIN \d+%")


async def case_a_drain_ends_at_depth_0_and_refuses_publishers():
    with Screen() as screen:
        connection = await connect(screen)
        traffic = await filled(connection, "JOBS", 3_000, retention=RetentionPolicy.WORK_QUEUE)
        traffic.start(traffic.consume(pause=0.004))
        await traffic.until(lambda: len(traffic.received) > 100)
        await startDrain(screen, traffic)
        reason = await refusal(traffic)
        await drained(screen, traffic)
        traffic.expectOnce()
        print(f"    publishers hear: {reason}")
        await connection.close()


async def case_a_drain_that_is_taken_back_lets_publishers_in_again():
    with Screen() as screen:
        connection = await connect(screen)
        traffic = await filled(connection, "JOBS", 20_000, retention=RetentionPolicy.WORK_QUEUE)
        traffic.start(traffic.consume(batch=5, pause=0.004))
        await traffic.until(lambda: len(traffic.received) > 20)
        await startDrain(screen, traffic)
        await refusal(traffic)
        await on(screen.press, "U")
        await on(screen.waitRow, "JOBS", "RUN")
        await traffic.fill(1)
        expect(len(traffic.published) == 20_001)
        await traffic.stop()
        await connection.close()


async def case_a_drain_goes_on_after_kill_9():
    with Kept() as directory:
        first = Screen(directory=directory)
        before = Traffic(await connectOnce(first), "JOBS")
        await before.make(retention=RetentionPolicy.WORK_QUEUE)
        await before.fill(4_000)
        before.start(before.consume(batch=5, wait=2, pause=0.004))
        await before.until(lambda: len(before.received) > 20)
        await startDrain(first, before)
        before.abandon()
        await on(first.kill)
        done = len(before.confirmed)
        expect(done < 3_900, "the drain was over before the kill")
        with Screen(directory=directory) as again:
            traffic = Traffic(await connect(again), "JOBS", before)
            await on(again.queue, "JOBS")
            row = await on(again.waitRow, "JOBS", "DRAIN")
            await refusal(traffic)
            traffic.start(traffic.consume(wait=2, pause=0.001))
            await drained(again, traffic)
            print(f"    killed after {done} of 4000: {row.strip('┃│ ')[:60]}")
            await traffic.connection.close()


async def case_a_drain_without_consumers_wants_the_name():
    with Screen() as screen:
        connection = await connect(screen)
        traffic = await filled(connection, "JOBS", 1)
        await on(screen.queue, "JOBS")
        await on(screen.waitRow, "JOBS", " 1 ")
        await on(screen.ask, "D", "Type JOBS", "never")
        # Neither its letter nor Enter does it; what was typed shows that they were taken.
        await on(screen.press, "d", "Enter", "z")
        await on(screen.wait, "dz", "Type JOBS")
        await traffic.fill(1)
        await on(screen.cancel, "Type JOBS")
        await on(screen.waitRow, "JOBS", " 2 ")
        await connection.close()


# Purging


async def case_a_purge_wants_the_name_and_time_and_keeps_what_comes_later():
    with Screen() as screen:
        connection = await connect(screen)
        traffic = await filled(connection, "MAIL", 500)
        await on(screen.queue, "MAIL")
        await on(screen.wait, "sequence   1 to 500 ")
        await on(screen.ask, "X", "PURGE MAIL", "Type MAIL", "sequence 500")
        await traffic.fill(100)
        # The right name, too early, if the machine is fast enough to be that early.
        await on(screen.type, "MAIL")
        await on(screen.press, "Enter")
        text = await on(screen.wait, "MAIL", "Type MAIL")
        wasEarly = "armed in" in text
        # The wrong name, once time has come.
        await on(screen.press, "BSpace")
        await on(screen.wait, "only on the exact name")
        await on(screen.press, "Enter", "x")
        await on(screen.wait, "MAIx")
        expect(await messages(traffic) == 600, "too early, or a wrong name was enough")
        await on(screen.press, "BSpace", "L")
        await on(screen.wait, "[ purge ] Enter")
        await on(screen.press, "Enter")
        await on(screen.wait, "500 messages")
        info = await traffic.js.stream_info("MAIL")
        expect(info.state.messages == 100 and info.state.first_seq == 501, str(info.state))
        await on(screen.waitRow, "MAIL", " 100 ")
        print(f"    Enter before its time was {'' if wasEarly else 'not '}tried")
        await connection.close()


async def case_a_purge_that_is_killed_has_happened_or_not():
    with Kept() as directory:
        first = Screen(directory=directory)
        before = Traffic(await connectOnce(first), "MAIL")
        await before.make()
        await before.fill(5_000, b"x" * 200)
        await on(first.queue, "MAIL")
        await on(first.wait, "sequence   1 to 5,000")
        await on(first.ask, "X", "Type MAIL", "sequence 5,000")
        await before.fill(50)
        await on(first.type, "MAIL")
        await on(first.wait, "[ purge ] Enter")
        await on(first.press, "Enter")
        await on(first.kill)
        with Screen(directory=directory) as again:
            traffic = Traffic(await connect(again), "MAIL", before)
            left = await messages(traffic)
            expect(left in (50, 5_050), f"{left} messages are left")
            await on(again.queue, "MAIL")
            await on(again.wait, f"stored     {left:,} in")
            for sequence in (5_001, 5_050):
                expect((await traffic.js.get_msg("MAIL", sequence)).data == b"x")
            print(f"    {left} messages are left")
            await traffic.connection.close()


async def markThree(screen, js):
    """Makes three queues of one message each, and marks them."""
    for name in ["ONE", "TWO", "TRE"]:
        await js.add_stream(name=name, subjects=[name.lower()])
        await js.publish(name.lower(), b"x")
    await on(screen.queue, "ONE")
    for name in ["ONE", "TWO", "TRE"]:
        await on(screen.waitRow, name, " 1 ")
    await on(screen.press, "g")
    for count in (1, 2, 3):
        await on(screen.press, "Space")
        await on(screen.wait, f"marked {count}")
    await on(screen.ask, "X", "Type purge 3 queues")


async def confirmThree(screen):
    await on(screen.type, "purge 3 queues")
    await on(screen.wait, "[ purge ] Enter")
    await on(screen.press, "Enter")
    await on(screen.waitNot, "[ purge ] Enter")


async def emptied(js, names):
    end = time.monotonic() + WAIT
    for name in names:
        while (await js.stream_info(name)).state.messages:
            expect(time.monotonic() < end, f"{name} is not empty")
            await asyncio.sleep(LOOK)


async def case_three_marked_queues_are_purged_together():
    with Screen() as screen:
        connection = await connect(screen)
        js = connection.jetstream()
        await markThree(screen, js)
        await confirmThree(screen)
        await emptied(js, ["ONE", "TWO", "TRE"])
        await connection.close()


async def case_a_queue_that_cannot_be_purged_is_named_and_the_others_are_purged():
    with Screen() as screen:
        connection = await connect(screen)
        js = connection.jetstream()
        await markThree(screen, js)
        await js.delete_stream("TWO")
        await confirmThree(screen)
        await emptied(js, ["ONE", "TRE"])
        await on(screen.press, "~")
        await on(screen.wait, "TWO purged failed", "ONE purged", "TRE purged")
        await connection.close()


if __name__ == "__main__":
    main(sys.modules[__name__], attempts=2)
