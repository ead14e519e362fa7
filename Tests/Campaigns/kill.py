"""Kills the server under load at random moments, and looks afterwards whether it kept its word.

    kill.py SLUICE [KILLS]        SEED=n repeats a run

A publisher with 256 messages in flight and a consumer that acknowledges with confirmation are at work when SIGKILL
comes. After each restart: what was acknowledged to the publisher reads back, byte for byte, in order and under its
sequence; no sequence was given twice; what the server confirmed as consumed does not come again.
"""

import os
import random
import shutil
import sys
import tempfile
import threading
import time

from store import ACK, Broken, Ledger, Node, Wire, check

WINDOW = 256


def publish(port, ledger, chance, stop):
    """Publishes until the connection breaks; notes every acknowledgement."""
    wire = Wire(port)
    waiting = {}
    try:
        while not stop.is_set():
            batch = b""
            while len(waiting) < WINDOW:
                ledger.sent += 1
                body = b"%d:" % ledger.sent + chance.randbytes(chance.choice((0, 20, 120, 900)))
                name = f"{wire.inbox}.{ledger.sent}"
                waiting[name] = body
                batch += f"PUB kill.{ledger.sent % 7} {name} {len(body)}\r\n".encode() + body + b"\r\n"
            wire.send(batch)
            subject, _, _, answer = wire.message()
            found = ACK.search(answer)
            check(found, f"instead of an acknowledgement: {answer!r}")
            ledger.note(int(found.group(1)), waiting.pop(subject))
    except (OSError, ConnectionError):
        pass
    finally:
        wire.close()


def consume(port, confirmed, stop, problems):
    """Takes messages and has each acknowledgement confirmed."""
    try:
        wire = Wire(port)
        while not stop.is_set():
            wire.count += 1
            reply = f"{wire.inbox}.f{wire.count}"
            request = b'{"batch":20,"expires":200000000}'
            wire.send(f"PUB $JS.API.CONSUMER.MSG.NEXT.KILL.c {reply} {len(request)}\r\n".encode()
                      + request + b"\r\n")
            taken = []
            while True:
                subject, ack, _, _ = wire.message()
                if subject == reply:
                    break
                if not ack.startswith("$JS.ACK."):
                    continue
                sequence = int(ack.split(".")[5])
                if sequence in confirmed:
                    problems.append(f"{sequence} was confirmed as consumed and came again")
                taken.append((sequence, ack))
                if len(taken) == 20:
                    break
            for sequence, ack in taken:
                wire.request(ack, b"+ACK")
                confirmed.add(sequence)
    except (OSError, ConnectionError):
        pass


def main():
    kills = int(sys.argv[2]) if len(sys.argv) > 2 else 150
    seed = int(os.environ.get("SEED", random.randrange(1 << 32)))
    print(f"seed {seed}", flush=True)
    chance = random.Random(seed)
    directory = tempfile.mkdtemp(prefix="sluice-kill-")
    node = Node(sys.argv[1], directory)
    node.start()
    wire = Wire(node.port)
    made = wire.api("STREAM.CREATE.KILL", {"name": "KILL", "subjects": ["kill.*"], "allow_direct": True,
                                           "storage": "file", "retention": "limits", "max_bytes": 64 << 20})
    check("error" not in made, f"{made}")
    made = wire.api("CONSUMER.CREATE.KILL.c", {"stream_name": "KILL", "config": {
        "durable_name": "c", "ack_policy": "explicit", "ack_wait": 1_000_000_000, "max_ack_pending": 1000}})
    check("error" not in made, f"{made}")
    wire.close()
    ledger = Ledger("KILL")
    confirmed = set()
    problems = []
    compared = 0
    first = 1
    slowest = 0.0
    began = time.monotonic()
    try:
        for number in range(kills):
            stop = threading.Event()
            threads = [threading.Thread(target=publish, args=(node.port, ledger, chance, stop), daemon=True),
                       threading.Thread(target=consume, args=(node.port, confirmed, stop, problems), daemon=True)]
            for thread in threads:
                thread.start()
            time.sleep(chance.uniform(0.0, 0.5))
            node.kill()
            stop.set()
            for thread in threads:
                thread.join(30)
            since = time.monotonic()
            node.start()
            slowest = max(slowest, time.monotonic() - since)
            wire = Wire(node.port)
            # What an earlier round has compared is compared again only at the end.
            seen, _ = ledger.compare(wire, first)
            compared += seen
            check(not problems, "; ".join(problems[:3]))
            first = max(1, ledger.last - 2000)
            wire.close()
        node.stop()
        node.start()
        wire = Wire(node.port)
        state = wire.api("STREAM.INFO.KILL")["state"]
        ledger.compare(wire, state["first_seq"])
    except Broken as broken:
        print(f"BROKEN: {broken}\nthe store is in {directory}\n{node.said()[-2000:]}", flush=True)
        node.kill()
        sys.exit(1)
    node.stop()
    shutil.rmtree(directory, ignore_errors=True)
    print(f"{kills} kills, {len(ledger.acknowledged)} acknowledged, {compared} compared after a kill, "
          f"{len(confirmed)} consumed and confirmed, slowest start {slowest * 1000:.0f} ms, "
          f"{time.monotonic() - began:.0f} s: nothing lost, altered or reordered", flush=True)


if __name__ == "__main__":
    main()
