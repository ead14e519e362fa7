"""No key seals twice with one nonce: not after kills, not in a copied store, not in one that was put back.

    nonces.py SLUICE [ROUNDS]        SEED=n repeats a run

A library loaded before libsodium records key and nonce of every seal. Messages come and keys turn; the server is
killed; the stopped store is copied and both copies run side by side; a backup is made while messages come, restored, and
runs beside its original; an old copy is put in the place of the store and goes on. At the end no pair was used twice over
all of them. A run with a generator that is stuck shows that the record would tell.
"""

import collections
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time

from store import ACK, PATIENCE, WAIT, Broken, Node, Wire, check
from keys import keys

HERE = os.path.dirname(os.path.abspath(__file__))


def repeats(path):
    """How many seals there were, under how many keys, and how many pairs came twice."""
    with open(path, "rb") as file:
        data = file.read()
    check(len(data) % 40 == 0, "the record is torn")
    seals = collections.Counter(data[at:at + 40] for at in range(0, len(data), 40))
    return sum(seals.values()), len({seal[:16] for seal in seals}), sum(1 for count in seals.values() if count > 1)


def live(node, chance, stop=None):
    """Publishes, acknowledges, turns keys."""
    try:
        wire = Wire(node.port)
    except (OSError, ConnectionError):
        return
    try:
        wire.api("STREAM.CREATE.K", {"name": "K", "subjects": ["k.>"], "allow_direct": True})
        wire.api("CONSUMER.CREATE.K.c", {"stream_name": "K", "config": {"durable_name": "c", "ack_policy": "explicit"}})
        for turn in range(chance.randrange(6, 12)):
            for _ in range(chance.randrange(4, 25)):
                check(ACK.search(wire.request("k.x", chance.randbytes(chance.randrange(2000)))[3]), "no acknowledgement")
            keys(wire, "ROTATE", {"destroy_old": bool(turn % 2)} if turn % 3 else {"root": True})
            if stop and stop.is_set():
                break
    except (OSError, ConnectionError):
        pass
    wire.close()


def cut(node, chance):
    """A life that ends with a kill at a random moment."""
    thread = threading.Thread(target=live, args=(node, chance), daemon=True)
    thread.start()
    time.sleep(chance.uniform(0.1, 0.8))
    node.kill()
    thread.join(30)


def command(program, home, settings, *words):
    """A command of the program that seals, too, and is recorded like the server."""
    environment = dict(os.environ, HOME=home, SWIFT_BACKTRACE="enable=no", **settings)
    for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME"):
        environment.pop(name, None)
    done = subprocess.run([os.path.abspath(program), *words], env=environment, capture_output=True, text=True)
    check(done.returncode == 0, f"{words[0]}: {done.returncode} {done.stdout}{done.stderr}")


def together(nodes, seed):
    """Both live the same life at the same time."""
    threads = [threading.Thread(target=live, args=(node, random.Random(seed)), daemon=True) for node in nodes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60 * PATIENCE)


def restored(node, program, settings, place, chance):
    """A server on the restored backup of what `node` holds, made while messages come."""
    os.mkdir(place)
    thread = threading.Thread(target=live, args=(node, chance), daemon=True)
    thread.start()
    copy = os.path.join(place, "copy")
    command(program, node.directory, settings, "backup", "--store-dir", os.path.join(node.directory, "store"), copy)
    thread.join(60 * PATIENCE)
    shutil.copytree(os.path.join(node.directory, ".config"), os.path.join(place, ".config"))
    command(program, place, settings, "restore", "--store-dir", os.path.join(place, "store"), copy)
    return Node(program, place)


def campaign(program, library, rounds, chance, directory):
    record = os.path.join(directory, "record")
    settings = {"LD_PRELOAD": library, "NONCE_FILE": record}
    first = os.path.join(directory, "first")
    os.mkdir(first)
    node = Node(program, first)
    node.start(settings)
    live(node, chance)
    node.stop()
    for number in range(rounds):
        node.start(settings)
        cut(node, chance)
        # Both copies go on from the same bytes, at the same time.
        twin = os.path.join(directory, f"twin{number}")
        shutil.copytree(first, twin, symlinks=True)
        other = Node(program, twin)
        node.start(settings)
        other.start(settings)
        together((node, other), number)
        other.stop()
        # So does a backup with the store it was made of.
        third = restored(node, program, settings, os.path.join(directory, f"restored{number}"), chance)
        third.start(settings)
        together((node, third), number)
        third.stop()
        node.kill()
        # The copy of then takes the place of the store and goes on.
        shutil.rmtree(first)
        shutil.move(twin, first)
        node.start(settings)
        live(node, random.Random(number))
        node.stop()
    return repeats(record)


def stuck(program, library, directory):
    """What the record shows of a generator that is stuck."""
    record = os.path.join(directory, "stuck")
    place = os.path.join(directory, "third")
    os.mkdir(place)
    node = Node(program, place)
    node.start({"LD_PRELOAD": library, "NONCE_FILE": record, "NONCE_STUCK": "24"})
    node.stop()
    return repeats(record)[2]


def refused(program, library, directory):
    """A server whose generator repeats the bytes of keys, or has not been seeded, makes no store."""
    for number, setting, words in ((4, {"NONCE_STUCK": "32"}, "generator repeats itself"),
                                   (5, {"NONCE_LATE": "1"}, "generator gives nothing")):
        place = os.path.join(directory, f"refused{number}")
        os.mkdir(place)
        node = Node(program, place)
        node.start({"LD_PRELOAD": library, **setting}, wait=False)
        code = node.process.wait(WAIT)
        check(code == 5 and words in node.said(), f"{setting}: {code} {node.said()}")


def main():
    program = sys.argv[1]
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    seed = int(os.environ.get("SEED", random.randrange(1 << 32)))
    print(f"seed {seed}", flush=True)
    directory = tempfile.mkdtemp(prefix="sluice-nonces-")
    library = os.path.join(directory, "nonces.so")
    subprocess.run(["gcc", "-O1", "-Wall", "-Wextra", "-shared", "-fPIC", "-o", library,
                    os.path.join(HERE, "nonces.c"), "-ldl"], check=True)
    try:
        check(stuck(program, library, directory) > 0, "the record does not even show a stuck generator")
        refused(program, library, directory)
        count, keys_used, twice = campaign(program, library, rounds, random.Random(seed), directory)
        check(twice == 0, f"{twice} of {count} pairs of key and nonce came twice")
        check(count > 200 and keys_used > 20, f"only {count} seals under {keys_used} keys")
    except Broken as broken:
        print(f"BROKEN: {broken}\neverything is in {directory}", flush=True)
        sys.exit(1)
    shutil.rmtree(directory, ignore_errors=True)
    print(f"{count} seals under {keys_used} keys in {rounds} rounds of kill, copy, backup and putting back: no pair twice",
          flush=True)


if __name__ == "__main__":
    main()
