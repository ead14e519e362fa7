"""Spoils every call that changes the store, one at a time, in a scripted run, and looks what is left.

    points.py SLUICE [MODE…]      modes: before after tear eio enospc lie; all without one

A first run counts the calls. Then the script runs once for each call and mode, and the store is opened again without
faults. What was confirmed must be there: messages, deletions, purges, streams made and taken away, acknowledgements.
What was refused or never answered may be there or not.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from store import ACK, Broken, Node, Wire, check, read_all

MODES = ("before", "after", "tear", "eio", "enospc", "lie")
HERE = os.path.dirname(os.path.abspath(__file__))


class Facts:
    """What the server has confirmed, and what it may or may not have done."""

    def __init__(self):
        self.messages = {}
        self.deleted = set()
        self.maybe_deleted = set()
        self.streams = {}
        self.consumed = set()
        self.refusals = 0


def script(port, facts):
    """A life of a store: everything that writes, one thing after the other."""
    wire = Wire(port)

    def ask(name, value=None):
        answer = wire.api(name, value, 3)
        if "error" in answer:
            facts.refusals += 1
            return None
        return answer

    def publish(subject, body):
        answer = wire.request(subject, body, 3)[3]
        found = ACK.search(answer)
        if not found:
            facts.refusals += 1
            return
        facts.messages[int(found.group(1))] = body

    facts.streams["P"] = None
    if ask("STREAM.CREATE.P", {"name": "P", "subjects": ["p.>"], "allow_direct": True}):
        facts.streams["P"] = True
    if not facts.streams["P"]:
        return wire.close()
    for number in range(6):
        publish(f"p.{number % 3}", b"first %d " % number + b"x" * 100 * number)
    made = ask("CONSUMER.CREATE.P.c", {"stream_name": "P", "config": {
        "durable_name": "c", "ack_policy": "explicit", "ack_wait": 500_000_000}})
    if made:
        wire.count += 1
        inbox = f"{wire.inbox}.f{wire.count}"
        wire.send(f"PUB $JS.API.CONSUMER.MSG.NEXT.P.c {inbox} 11\r\n" + '{"batch":3}\r\n')
        acks = [wire.message(3)[1] for _ in range(3)]
        for ack in acks:
            if not ack.startswith("$JS.ACK."):
                break
            wire.request(ack, b"+ACK", 3)
            facts.consumed.add(int(ack.split(".")[5]))
    facts.maybe_deleted.add(2)
    if ask("STREAM.MSG.DELETE.P", {"seq": 2}):
        facts.deleted.add(2)
    facts.streams["Q"] = None
    if ask("STREAM.CREATE.Q", {"name": "Q", "subjects": ["q"]}):
        facts.streams["Q"] = True
        wire.request("q", b"one", 3)
    ask("STREAM.UPDATE.P", {"name": "P", "subjects": ["p.>"], "allow_direct": True, "max_msgs": 1000})
    facts.maybe_deleted.update((1, 3))
    if ask("STREAM.PURGE.P", {"seq": 4}):
        facts.deleted.update((1, 3))
    if facts.streams["Q"]:
        facts.streams["Q"] = None
        if ask("STREAM.DELETE.Q"):
            facts.streams["Q"] = False
    for number in range(4):
        publish(f"p.{number % 3}", b"second %d" % number)
    wire.close()


def verify(node, facts):
    """Opens the store without faults and compares it with what was confirmed."""
    node.start()
    wire = Wire(node.port)
    names = wire.api("STREAM.NAMES").get("streams") or []
    for name, exists in facts.streams.items():
        if exists is not None:
            check((name in names) == exists, f"stream {name}: confirmed as {exists}, found {names}")
    if "P" in names:
        state = wire.api("STREAM.INFO.P")["state"]
        found = dict(read_all(wire, "P", max(1, state["first_seq"]), state["last_seq"]))
        for sequence, body in facts.messages.items():
            if sequence in facts.maybe_deleted:
                continue
            check(found.get(sequence) == body,
                  f"{sequence} reads {found.get(sequence)!r} instead of the acknowledged {body[:40]!r}")
        for sequence in facts.deleted:
            check(sequence not in found, f"{sequence} is back after its deletion was confirmed")
        # The store goes on: what comes now is stored, under a number of its own.
        answer = wire.request("p.after", b"after", 5)[3]
        new = ACK.search(answer)
        check(new, f"no acknowledgement after recovery: {answer!r}")
        check(int(new.group(1)) > max([state["last_seq"], *facts.messages]), f"{new.group(1)} was given again: last {state}, acknowledged {sorted(facts.messages)}")
        info = wire.api("CONSUMER.INFO.P.c")
        if facts.consumed:
            check("error" not in info, f"the consumer is gone: {info}")
            wire.count += 1
            inbox = f"{wire.inbox}.v{wire.count}"
            request = b'{"batch":20,"no_wait":true}'
            wire.send(f"PUB $JS.API.CONSUMER.MSG.NEXT.P.c {inbox} {len(request)}\r\n".encode() + request + b"\r\n")
            while True:
                _, ack, _, _ = wire.message(5)
                if not ack.startswith("$JS.ACK."):
                    break
                sequence = int(ack.split(".")[5])
                check(sequence not in facts.consumed, f"{sequence} was confirmed as consumed and came again")
    wire.close()
    node.stop()


def run(program, library, at, mode, calls=1):
    """One run with one spoiled call; returns how many calls there were."""
    directory = tempfile.mkdtemp(prefix="sluice-points-")
    counter = directory + ".count"
    node = Node(program, directory)
    facts = Facts()
    try:
        node.start({"LD_PRELOAD": library, "FAULT_DIR": directory, "FAULT_COUNT": counter, "FAULT_AT": str(at),
                    "FAULT_MODE": mode, "FAULT_CALLS": str(calls)}, wait=False)
        if node.wait():
            try:
                script(node.port, facts)
            except (OSError, ConnectionError):
                pass
            if node.process.poll() is None:
                node.process.send_signal(signal.SIGTERM)
        try:
            node.process.wait(15)
        except subprocess.TimeoutExpired:
            node.kill()
            raise Broken("did not stop")
        code = node.process.returncode
        check(code in (-signal.SIGKILL, 0, 1, 2, 3, 4, 5, 6), f"ended with {code}")
        if not mode:
            check(code == 0, f"ended with {code}")
        with open(counter, "rb") as file:
            count = int.from_bytes(file.read(8), "little")
        try:
            verify(node, facts)
        except OSError as error:
            raise Broken(f"the connection broke after the restart: {error}") from None
        return count, facts
    except Broken as broken:
        raise Broken(f"call {at}, {mode}: {broken}\nthe store is in {directory}\n{node.said()[-1500:]}") from None
    finally:
        if node.process and node.process.poll() is None:
            node.kill()
        if sys.exc_info()[0] is None:
            shutil.rmtree(directory, ignore_errors=True)
            for path in (counter, node.log):
                if os.path.exists(path):
                    os.remove(path)


def main():
    program = sys.argv[1]
    modes = sys.argv[2:] or MODES
    library = os.path.join(tempfile.mkdtemp(prefix="sluice-faults-"), "faults.so")
    subprocess.run(["gcc", "-O1", "-Wall", "-Wextra", "-shared", "-fPIC", "-o", library,
                    os.path.join(HERE, "faults.c"), "-ldl"], check=True)
    total, facts = run(program, library, 0, "")
    check(facts.refusals == 0 and len(facts.messages) == 10 and len(facts.consumed) == 3,
          f"the script does not run without faults: {facts.refusals} refusals, "
          f"{len(facts.messages)} messages, {len(facts.consumed)} consumed")
    print(f"{total} calls change the store in a run without faults", flush=True)
    began = time.monotonic()
    broken = points = 0
    for mode in modes:
        for at in range(1, total + 1):
            try:
                run(program, library, at, mode)
            except Broken as problem:
                broken += 1
                print(f"BROKEN: {problem}", flush=True)
                if broken > 5:
                    sys.exit(1)
            points += 1
        print(f"{mode}: {total} calls, {broken} broken so far, {time.monotonic() - began:.0f} s", flush=True)
    if broken:
        sys.exit(1)
    print(f"{points} points: everything confirmed was there afterwards", flush=True)


if __name__ == "__main__":
    main()
