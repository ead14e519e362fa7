"""Spoils the life of keys: rotations, slots, compromise, destruction and backups meet kills and a disk that fails.

    keys.py SLUICE kill [KILLS]       kills at random moments under load; SEED=n repeats a run
    keys.py SLUICE points [MODE…]     spoils every call that changes the store; modes: before tear after eio enospc
                                      POINTS=n takes every n-th call only, from a random one on;
                                      JOBS=n stores are spoiled side by side, 8 if not given;
                                      PATIENCE=n waits so many times as long for everything

After every accident the server starts without faults, and: each acknowledged message reads back, byte for byte; the
ring names exactly one active key for each stream; what was confirmed of slots and destroyed keys is so; rotations go on
by themselves until nothing is left under an old key; no file is there that nobody names; and all of it can be done once
more. After a backup was spoiled, what lies there is no backup or a whole one, and another one can be made.
"""

import concurrent.futures
import glob
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

from store import ACK, PATIENCE, WAIT, Broken, Ledger, Node, Wire, check, read_all

MODES = ("before", "tear", "after", "eio", "enospc")
HERE = os.path.dirname(os.path.abspath(__file__))
OLD = ("decrypt-only", "compromised")
SOON = 5 * PATIENCE


def keys(wire, verb, value=None, seconds=WAIT):
    """The answer of a request about keys."""
    body = b"" if value is None else json.dumps(value).encode()
    return json.loads(wire.request("$SLUICE.API.KEYS." + verb, body, seconds)[3])


def rings(directory):
    """The lines of both copies of the ring, as words."""
    for name in ("keyring", "keyring.copy"):
        with open(os.path.join(directory, "store", "store", name), "rb") as file:
            yield name, [line.decode().split() for line in file.read().splitlines()]


def look_at_rings(directory, facts):
    """One active key for each stream in both copies, and what was confirmed."""
    for name, lines in rings(directory):
        states = {}
        for words in lines:
            if words[0] == "dek":
                states.setdefault(words[1], []).append((words[3], int(words[2])))
        for stream, found in states.items():
            active = [version for state, version in found if state == "active"]
            check(len(active) == 1, f"{name}: stream {stream} has the active versions {active}: {found}")
        root = next(int(words[1]) for words in lines if words[0] == "srk")
        check(root >= facts.root, f"{name}: the root key {facts.root} took over, found {root}")
        check(all(words[6] == f"by={root}" for words in lines if words[0] == "dek"), f"{name}: two root keys")
        slots = {int(words[1]) for words in lines if words[0] == "slot"}
        for slot, exists in facts.slots.items():
            if exists is not None:
                check((slot in slots) == exists, f"{name}: slot {slot} was confirmed as {exists}, found {slots}")


def settle(wire, seconds=30 * PATIENCE):
    """Waits until no rotation runs and nothing is left under an old key; gives the status."""
    end = time.monotonic() + seconds
    while True:
        status = keys(wire, "STATUS")
        check("error" not in status, f"{status}")
        old = [key for key in status["keys"] if key["state"] in OLD and key["segments"] > 0]
        steps = [rotation["steps"] for rotation in status["rotations"]]
        running = any(step == "running" for each in steps for step in each.values())
        if not old and not running:
            return status
        check(time.monotonic() < end, f"after {seconds} s this is still under old keys: {old}; {steps}")
        time.sleep(0.01)


def look_at_files(directory, status):
    """As many segments as the server names, heads of those alone, and nothing half made."""
    found = glob.glob(os.path.join(directory, "store", "store", "s", "*", "*.seg"))
    files = [path for path in found if not os.path.basename(path).startswith("heads-")]
    stray = [path for path in found if path not in files and path.replace("/heads-", "/log-") not in files]
    check(not stray, f"heads without their segment: {stray}")
    named = sum(key["segments"] for key in status["keys"] if key["of"] not in ("root", "store catalog"))
    check(len(files) == named, f"{len(files)} segments on disk, {named} are named: {sorted(files)}")
    for path in glob.glob(os.path.join(directory, "**", "*.tmp"), recursive=True, include_hidden=True):
        raise Broken(f"half made: {path}")


class Facts:
    """What the server has confirmed, and what it may or may not have done."""

    def __init__(self):
        self.messages = {}
        self.slots = {1: True}
        self.root = 1
        self.destroyed = set()
        self.refusals = 0
        self.steps = 0


def script(port, facts):
    """A life of keys, one thing after the other, with a message between two of them."""
    wire = Wire(port)

    def ask(verb, value=None):
        facts.steps += 1
        answer = keys(wire, verb, value, SOON)
        if "error" in answer:
            facts.refusals += 1
            return None
        return answer

    def publish(number, size=50):
        body = b"%d " % number + random.Random(number).randbytes(size)
        found = ACK.search(wire.request("k.x", body, SOON)[3])
        if not found:
            facts.refusals += 1
            return
        facts.messages[int(found.group(1))] = body

    def rest():
        """Until the rotation has ended, failed or is refused."""
        end = time.monotonic() + SOON
        while time.monotonic() < end:
            status = keys(wire, "STATUS", None, SOON)
            if "error" in status:
                facts.refusals += 1
                return
            steps = [step for rotation in status["rotations"] for step in rotation["steps"].values()]
            if any(step.startswith("failed") for step in steps):
                facts.refusals += 1
                return
            if "running" not in steps:
                return
            time.sleep(0.005)
        raise Broken(f"a rotation did not end within {SOON} s")

    def versions(state):
        status = keys(wire, "STATUS", None, SOON)
        return [key["version"] for key in status.get("keys", []) if key["of"] == "K" and key["state"] == state]

    made = wire.api("STREAM.CREATE.K", {"name": "K", "subjects": ["k.>"], "allow_direct": True}, SOON)
    if "error" in made:
        facts.refusals += 1
        return wire.close()
    for number in range(4):
        publish(number, 30_000)
    ask("ROTATE", {"stream": "K"})
    publish(4)
    rest()
    publish(5)
    facts.slots[2] = None
    added = ask("SLOT.ADD", {"kind": "recovery"})
    if added:
        facts.slots[2] = True
        if ask("ROTATE", {"root": True, "secrets": [{"slot": 2, "path": added["path"]}]}):
            facts.root = 2
    publish(6)
    ask("ROTATE", {"destroy_old": True})
    publish(7)
    rest()
    for version in versions("active"):
        ask("COMPROMISE", {"stream": "K", "version": version})
        publish(8)
        rest()
    for version in versions("retired"):
        if ask("DESTROY", {"stream": "K", "version": version}):
            facts.destroyed.add(version)
    publish(9)
    if facts.slots[2]:
        facts.slots[2] = None
        if ask("SLOT.REMOVE", {"slot": 2}):
            facts.slots[2] = False
    publish(10)
    wire.close()


def verify(node, facts):
    """Opens the store without faults, lets it come to rest, and compares it with what was confirmed."""
    look_at_rings_if_made(node.directory, facts)
    node.start()
    wire = Wire(node.port)
    names = wire.api("STREAM.NAMES").get("streams") or []
    check("K" in names or not facts.messages, "the stream is gone")
    if "K" in names:
        status = settle(wire)
        look_at_rings(node.directory, facts)
        look_at_files(node.directory, status)
        compare(wire, facts)
        states = {key["version"]: key["state"] for key in status["keys"] if key["of"] == "K"}
        for version in facts.destroyed:
            check(states.get(version) == "destroyed", f"k{version} was destroyed and is {states.get(version)}")
        # All of it once more, to the end.
        answer = keys(wire, "ROTATE", {"destroy_old": True})
        check(answer.get("success") is True, f"no rotation after the accident: {answer}")
        status = settle(wire)
        left = [key for key in status["keys"] if key["state"] not in ("active", "destroyed") and key["of"] != "root"]
        check(not left, f"not destroyed: {left}")
        answer = wire.request("k.after", b"after", SOON)[3]
        found = ACK.search(answer)
        check(found and int(found.group(1)) > max([0, *facts.messages]), f"no new message: {answer!r}")
        facts.messages[int(found.group(1))] = b"after"
        compare(wire, facts)
    wire.close()
    node.stop()
    check(node.process.returncode == 0, f"ended with {node.process.returncode}")
    # What was rotated can be opened again, by nothing but what is on disk.
    node.start()
    wire = Wire(node.port)
    if "K" in names:
        compare(wire, facts)
        look_at_files(node.directory, settle(wire))
    wire.close()
    node.stop()


def look_at_rings_if_made(directory, facts):
    """Before anything is repaired; a store that was cut off while it was made may have no ring."""
    if facts.messages:
        look_at_active(directory)


def look_at_active(directory):
    """At least one copy of the ring names one active key for each stream; the other may be torn or missing."""
    for name, lines in rings(directory):
        active = [words[1] for words in lines if words[0] == "dek" and words[3] == "active"]
        streams = {words[1] for words in lines if words[0] == "dek"}
        check(len(active) == len(set(active)) == len(streams), f"{name}: active keys {active} of {streams}")


def compare(wire, facts):
    """Every acknowledged message, byte for byte."""
    state = wire.api("STREAM.INFO.K")["state"]
    found = dict(read_all(wire, "K", max(1, state["first_seq"]), state["last_seq"]))
    for sequence, body in facts.messages.items():
        check(found.get(sequence) == body, f"{sequence} reads {str(found.get(sequence))[:40]}, not {body[:20]!r}")


def run(program, library, at, mode, calls=1):
    """One run with one spoiled call; returns how many calls there were."""
    directory = tempfile.mkdtemp(prefix="sluice-keys-")
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
            node.process.wait(15 * PATIENCE)
        except subprocess.TimeoutExpired:
            node.kill()
            raise Broken("did not stop")
        code = node.process.returncode
        check(code in (-signal.SIGKILL, 0, 1, 2, 3, 4, 5, 6), f"ended with {code}")
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
            remove(directory)


def remove(directory):
    shutil.rmtree(directory, ignore_errors=True)
    for path in (directory + ".count", directory + ".log"):
        if os.path.exists(path):
            os.remove(path)


def command(program, home, settings, *words):
    """A command of the program that ends by itself."""
    environment = dict(os.environ, HOME=home, SWIFT_BACKTRACE="enable=no", **settings)
    for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME"):
        environment.pop(name, None)
    return subprocess.run([os.path.abspath(program), *words], env=environment, capture_output=True, text=True,
                          timeout=30 * PATIENCE)


class Source:
    """A server with a life of keys behind it, of which backups are made while it runs."""

    def __init__(self, program):
        self.program, self.facts = program, Facts()
        self.node = Node(program, tempfile.mkdtemp(prefix="sluice-keys-"))
        self.node.start()
        script(self.node.port, self.facts)

    def back_up(self, copy, settings):
        """Makes a backup of it, which may end in any way but by a trap."""
        done = command(self.program, self.node.directory, settings, "backup", "--store-dir",
                       os.path.join(self.node.directory, "store"), copy)
        check(done.returncode in (-signal.SIGKILL, 0, 1, 5), f"the backup ended with {done.returncode}: {done.stderr}")
        return done

    def restore(self, copy, place):
        """Makes a store in `place` out of the backup, with the key file of then."""
        shutil.copytree(os.path.join(self.node.directory, ".config"), os.path.join(place, ".config"))
        return command(self.program, place, {}, "restore", "--store-dir", os.path.join(place, "store"), copy)

    def look_at_restored(self, place):
        """All that was acknowledged is in the store that was made of the backup, and it takes more."""
        look_at_active(place)
        node = Node(self.program, place)
        node.start()
        try:
            wire = Wire(node.port)
            status = settle(wire)
            look_at_files(place, status)
            compare(wire, self.facts)
            found = ACK.search(wire.request("k.after", b"after", SOON)[3])
            check(found and int(found.group(1)) > max(self.facts.messages), f"no new message: {found}")
            wire.close()
        finally:
            node.stop()
            os.remove(node.log)

    def close(self):
        """Nothing has happened to the store that backups were made of."""
        wire = Wire(self.node.port)
        compare(wire, self.facts)
        wire.close()
        self.node.stop()
        done = command(self.program, self.node.directory, {}, "check", "--store-dir",
                       os.path.join(self.node.directory, "store"))
        check(done.returncode == 0, f"the store is damaged: {done.stdout}")
        remove(self.node.directory)


def run_backup(source, library, at, mode):
    """One backup with one spoiled call; returns how many calls there were."""
    place = tempfile.mkdtemp(prefix="sluice-backup-")
    counter = place + ".count"
    settings = {"LD_PRELOAD": library, "FAULT_DIR": place, "FAULT_COUNT": counter, "FAULT_AT": str(at),
                "FAULT_MODE": mode, "FAULT_CALLS": "1"}
    try:
        copy = os.path.join(place, "copy")
        done = source.back_up(copy, settings)
        with open(counter, "rb") as file:
            count = int.from_bytes(file.read(8), "little")
        # What was cut off is no backup, or a whole one: it is never half of one.
        first = os.path.join(place, "first")
        os.mkdir(first)
        made = source.restore(copy, first)
        check(made.returncode == 0 or done.returncode != 0, f"a backup that was made is none: {made.stderr}")
        if made.returncode == 0:
            source.look_at_restored(first)
        if done.returncode != 0:
            again = source.back_up(os.path.join(place, "again"), {})
            check(again.returncode == 0, f"no backup after the accident: {again.stdout}{again.stderr}")
        remove(place)
        return count, source.facts
    except Broken as broken:
        raise Broken(f"backup, call {at}, {mode}: {broken}\nthe copy is in {place}") from None


def backups(program, library, modes, step, chance):
    """Every call of a backup in every mode, or every n-th of them."""
    source = Source(program)
    total, _ = run_backup(source, library, 0, "")
    print(f"{total} calls make a backup", flush=True)
    spoil(modes, total, step, chance, lambda at, mode: run_backup(source, library, at, mode),
          "no half backup, and a whole one afterwards")
    source.close()


def spoil(modes, total, step, chance, life, verdict):
    """Lives `life` with every call in every mode spoiled, or with every n-th of them."""
    began = time.monotonic()
    missed = 0
    spoiled = [(at, mode) for mode in modes for at in range(1 + chance.randrange(step), total + 1, step)]
    broken = 0
    with concurrent.futures.ThreadPoolExecutor(int(os.environ.get("JOBS", 8))) as pool:
        lives = {pool.submit(life, at, mode): (at, mode) for at, mode in spoiled}
        for count, done in enumerate(concurrent.futures.as_completed(lives), 1):
            problem = done.exception()
            if problem:
                broken += 1
                print(f"BROKEN: {problem}", flush=True)
                if not isinstance(problem, Broken) or broken > 5:
                    os._exit(1)
            elif done.result()[0] < lives[done][0]:
                missed += 1
            if count % 250 == 0:
                print(f"{count} of {len(spoiled)} points, {broken} broken so far, {time.monotonic() - began:.0f} s",
                      flush=True)
    if broken:
        sys.exit(1)
    print(f"{len(spoiled)} points in {time.monotonic() - began:.0f} s, {missed} of them behind the end of their run: "
          f"{verdict}", flush=True)


def points(program, modes):
    """Every call in every mode, or every n-th of them."""
    library = os.path.join(tempfile.mkdtemp(prefix="sluice-faults-"), "faults.so")
    subprocess.run(["gcc", "-O1", "-Wall", "-Wextra", "-shared", "-fPIC", "-o", library,
                    os.path.join(HERE, "faults.c"), "-ldl"], check=True)
    step = int(os.environ.get("POINTS", 1))
    seed = int(os.environ.get("SEED", random.randrange(1 << 32)))
    chance = random.Random(seed)
    total, facts = run(program, library, 0, "")
    check(facts.refusals == 0 and len(facts.messages) == 12 and facts.slots[2] is False and facts.destroyed == {3} and facts.root == 2,
          f"the script does not run without faults: {facts.refusals} refusals, {len(facts.messages)} messages, "
          f"slots {facts.slots}, destroyed {facts.destroyed}")
    print(f"seed {seed}; {total} calls change the store in a run without faults", flush=True)
    backups(program, library, modes, step, chance)
    spoil(modes, total, step, chance, lambda at, mode: run(program, library, at, mode),
          "nothing lost, one active key each, no orphan, rotations went on")


def publish(port, ledger, chance, stop):
    """Publishes with 64 in flight until the connection breaks; notes every acknowledgement."""
    try:
        wire = Wire(port)
        waiting = {}
        while not stop.is_set():
            batch = b""
            while len(waiting) < 64:
                ledger.sent += 1
                body = b"%d:" % ledger.sent + chance.randbytes(chance.choice((20, 900, 4000)))
                name = f"{wire.inbox}.{ledger.sent}"
                waiting[name] = body
                batch += f"PUB k.{ledger.sent % 7} {name} {len(body)}\r\n".encode() + body + b"\r\n"
            wire.send(batch)
            subject, _, _, answer = wire.message()
            found = ACK.search(answer)
            check(found, f"instead of an acknowledgement: {answer!r}")
            ledger.note(int(found.group(1)), waiting.pop(subject))
    except (OSError, ConnectionError):
        pass


def turn(port, chance, facts, stop, done):
    """Does one thing about keys after the other until the connection breaks."""
    try:
        wire = Wire(port)
        while not stop.is_set():
            what = chance.randrange(8)
            status = keys(wire, "STATUS")
            own = {key["version"]: key["state"] for key in status["keys"] if key["of"] == "K"}
            if what < 3:
                keys(wire, "ROTATE", {"stream": "K", "destroy_old": bool(chance.randrange(2))})
            elif what == 3:
                keys(wire, "ROTATE", {"destroy_old": True})
            elif what == 4:
                active = next(version for version, state in own.items() if state == "active")
                keys(wire, "COMPROMISE", {"stream": "K", "version": active})
            elif what == 5:
                for version in [version for version, state in own.items() if state == "retired"]:
                    if "error" not in keys(wire, "DESTROY", {"stream": "K", "version": version}):
                        facts.destroyed.add(version)
            else:
                slots = [slot["slot"] for slot in status["slots"] if slot["slot"] != 1]
                if slots:
                    facts.slots[slots[0]] = None
                    if "error" not in keys(wire, "SLOT.REMOVE", {"slot": slots[0]}):
                        facts.slots[slots[0]] = False
                else:
                    facts.slots[2] = None
                    answer = keys(wire, "SLOT.ADD", {"kind": "recovery"})
                    if "error" not in answer:
                        facts.slots[answer["slot"]] = True
            done.append(what)
            time.sleep(chance.uniform(0, 0.05))
    except (OSError, ConnectionError):
        pass


def kills(program, count):
    """Kills at random moments while keys turn and messages come."""
    seed = int(os.environ.get("SEED", random.randrange(1 << 32)))
    print(f"seed {seed}", flush=True)
    chance = random.Random(seed)
    directory = tempfile.mkdtemp(prefix="sluice-keys-")
    node = Node(program, directory)
    node.start()
    wire = Wire(node.port)
    made = wire.api("STREAM.CREATE.K", {"name": "K", "subjects": ["k.*"], "allow_direct": True,
                                        "max_bytes": 48 << 20})
    check("error" not in made, f"{made}")
    wire.close()
    ledger, facts, done = Ledger("K"), Facts(), []
    first, compared, began = 1, 0, time.monotonic()
    try:
        for _ in range(count):
            stop = threading.Event()
            threads = [threading.Thread(target=publish, args=(node.port, ledger, chance, stop), daemon=True),
                       threading.Thread(target=turn, args=(node.port, chance, facts, stop, done), daemon=True)]
            for thread in threads:
                thread.start()
            time.sleep(chance.uniform(0.1, 1.5))
            node.kill()
            stop.set()
            for thread in threads:
                thread.join(30)
            look_at_active(directory)
            node.start()
            wire = Wire(node.port)
            look_at_rings(directory, facts)
            state = wire.api("STREAM.INFO.K")["state"]
            # What the stream's limit has taken away is no loss.
            compared += ledger.compare(wire, max(first, state["first_seq"]))[0]
            first = max(1, ledger.last - 500)
            wire.close()
        wire = Wire(node.port)
        status = settle(wire, 60 * PATIENCE)
        look_at_files(directory, status)
        answer = keys(wire, "ROTATE", {"destroy_old": True})
        check(answer.get("success") is True, f"{answer}")
        status = settle(wire, 60 * PATIENCE)
        look_at_files(directory, status)
        left = [key for key in status["keys"] if key["state"] not in ("active", "destroyed") and key["of"] != "root"]
        check(not left, f"not destroyed: {left}")
        for version in facts.destroyed:
            check(any(key["of"] == "K" and key["version"] == version and key["state"] == "destroyed"
                      for key in status["keys"]), f"k{version} is back")
        wire.close()
        node.stop()
        node.start()
        wire = Wire(node.port)
        ledger.compare(wire, wire.api("STREAM.INFO.K")["state"]["first_seq"])
    except Broken as broken:
        print(f"BROKEN: {broken}\nthe store is in {directory}\n{node.said()[-2000:]}", flush=True)
        node.kill()
        sys.exit(1)
    node.stop()
    remove(directory)
    print(f"{count} kills during {len(done)} operations on keys, {len(ledger.acknowledged)} acknowledged, {compared} "
          f"compared after a kill, {time.monotonic() - began:.0f} s: nothing lost, one active key each, no orphan",
          flush=True)


def main():
    program, what = sys.argv[1], sys.argv[2]
    if what == "kill":
        kills(program, int(sys.argv[3]) if len(sys.argv) > 3 else 60)
    else:
        points(program, sys.argv[3:] or MODES)


if __name__ == "__main__":
    main()
