"""Damages a closed store in thousands of ways, and looks whether `sluice check` finds each and names what it cost.

    damage.py SLUICE [FLIPS [OTHERS]]        SEED=n repeats a run

The store is made by a real server in several runs, the last of them killed. A flipped bit in a block costs that block
and no other, and is named by file, offset and sequences. A file that is cut short, overwritten in part, taken away, or
put in another one's place costs what it held, by sequences. What the store keeps twice, and what it can make again,
costs nothing at all.
"""

import collections
import json
import os
import queue
import random
import shutil
import struct
import subprocess
import sys
import tempfile
import threading
import time

from store import Broken, Node, Wire, check

HEADER = 4096
Block = collections.namedtuple("Block", "offset end kind count first last")
RUNS = 8
STREAMS = ("ALPHA", "BETA")


def make(program, directory, chance):
    """Two streams with consumers, written in several runs; every run leaves segments of its own."""
    node = Node(program, directory)
    for run in range(RUNS):
        node.start()
        wire = Wire(node.port)
        for name in STREAMS if run == 0 else ():
            made = wire.api(f"STREAM.CREATE.{name}", {"name": name, "subjects": [f"{name}.*"], "storage": "file"})
            check("error" not in made, f"{made}")
            made = wire.api(f"CONSUMER.CREATE.{name}.c", {"stream_name": name, "config": {
                "durable_name": "c", "ack_policy": "explicit"}})
            check("error" not in made, f"{made}")
        for number in range(30):
            for name in STREAMS:
                size = chance.choice((10, 200, 3000)) if name == "ALPHA" else 120
                last = wire.request(f"{name}.{number % 5}", chance.randbytes(size))
                check(b'"seq"' in last[3], f"{last}")
        for name in STREAMS:
            for _ in range(5):
                _, ack, _, _ = taken(wire, name)
                wire.request(ack, b"+ACK")
            check("error" not in wire.api(f"STREAM.MSG.DELETE.{name}", {"seq": run * 30 + 7}), "delete")
        wire.close()
        node.kill() if run == RUNS - 1 else node.stop()
    return os.path.join(directory, "store", "store")


def taken(wire, name):
    """The next message of the consumer `c`."""
    wire.count += 1
    reply = f"{wire.inbox}.n{wire.count}"
    wire.send(f"PUB $JS.API.CONSUMER.MSG.NEXT.{name}.c {reply} 1\r\n1\r\n")
    return wire.message()


def blocks_of(data):
    """The blocks of a segment, which is whole."""
    found = []
    offset = HEADER
    while offset + 112 <= len(data):
        if data[offset:offset + 4] != b"SBLK":
            offset = offset // 4096 * 4096 + 4096
            continue
        sealed, = struct.unpack_from("<I", data, offset + 12)
        count, first, last = struct.unpack_from("<IQQ", data, offset + 20)
        end = offset + 112 + sealed
        found.append(Block(offset, end, data[offset + 6], count, first, last))
        offset = end
    return found


class Segment:
    """A segment file as it was left."""

    def __init__(self, root, path):
        self.path = path
        self.stream = os.path.dirname(path)
        self.is_log = os.path.basename(path).startswith("log-")
        with open(os.path.join(root, path), "rb") as file:
            self.data = file.read()
        self.blocks = blocks_of(self.data)
        self.records = [block for block in self.blocks if block.count]

    def lost_from(self, offset):
        """First and last sequence of the blocks that reach behind `offset`; `None` if no message does."""
        gone = [block for block in self.records if block.end > offset]
        return (gone[0].first, self.records[-1].last) if gone else None


def is_left_over(path, paths):
    """Whether a kill has left a state segment behind that a later one replaces; the store has no use for it."""
    place, name = os.path.split(path)
    return name.startswith("state-") and any(
        os.path.dirname(other) == place and name < os.path.basename(other)
        for other in paths if os.path.basename(other).startswith("state-"))


class Bench:
    """A copy of the store in which one thing at a time is wrong."""

    def __init__(self, program, home, number):
        self.program = os.path.abspath(program)
        self.home = f"{home}-{number}"
        shutil.copytree(home, self.home)
        self.root = os.path.join(self.home, "store", "store")

    def write(self, path, data):
        with open(os.path.join(self.root, path), "wb") as file:
            file.write(data)

    def look(self):
        """Exit status and what was found."""
        done = subprocess.run(
            [self.program, "check", "--json", "--store-dir", os.path.join(self.home, "store"), "--key-dir",
             os.path.join(self.home, ".config", "sluice", "keys")], capture_output=True, check=False)
        check(done.returncode in (0, 1), f"exit {done.returncode}: {done.stderr[-500:]!r}")
        return done.returncode, json.loads(done.stdout) if done.stdout else None


def expect_one(found, segment, block, what):
    """Exactly one finding: the block, at its place, with its sequences."""
    status, report = found
    check(status == 1 and report and not report["intact"], f"{what}: not found")
    check(len(report["damage"]) == 1, f"{what}: {report['damage']}")
    finding = report["damage"][0]
    before = max((other.end for other in segment.blocks if other.end <= block.offset), default=HEADER)
    check(finding["file"] == segment.path and before <= finding["offset"] <= block.offset, f"{what}: {finding}")
    if segment.is_log:
        named = (finding["first_seq"], finding["last_seq"])
        if block.count:
            check(named == (block.first, block.last), f"{what}: {named} instead of {block}")
        else:
            check(named[0] > named[1], f"{what}: {named} although no message is gone")


def expect_range(found, lost, what):
    """Of each segment in `lost` exactly the sequences that are gone are named, and of no other any."""
    status, report = found
    check(status == 1 and report and not report["intact"], f"{what}: not found")
    files = {finding["file"] for finding in report["damage"]}
    check(files == {segment.path for segment, _ in lost}, f"{what}: {files}")
    for segment, span in lost:
        if not segment.is_log or span is None:
            continue
        named = set()
        for finding in report["damage"]:
            if finding["file"] == segment.path:
                named |= set(range(finding["first_seq"], finding["last_seq"] + 1))
        check(named == set(range(span[0], span[1] + 1)), f"{what}: {sorted(named)[:3]}… instead of {span}")


def flip(bench, chance, segments):
    segment = chance.choice(segments)
    block = chance.choice(segment.blocks)
    offset = chance.randrange(block.offset, block.end)
    bit = chance.randrange(8)
    data = bytearray(segment.data)
    data[offset] ^= 1 << bit
    bench.write(segment.path, data)
    what = f"bit {bit} of byte {offset} of {segment.path}"
    expect_one(bench.look(), segment, block, what)
    bench.write(segment.path, segment.data)
    return "bits flipped"


def cut(bench, chance, segments):
    segment = chance.choice(segments)
    # Behind the last block there may be zeros that nobody misses.
    size = chance.randrange(0, segment.blocks[-1].end)
    bench.write(segment.path, segment.data[:size])
    expect_range(bench.look(), [(segment, segment.lost_from(size))], f"{segment.path} cut to {size}")
    bench.write(segment.path, segment.data)
    return "files cut short"


def blank(bench, chance, segments):
    segment = chance.choice(segments)
    block = chance.choice(segment.blocks)
    data = bytearray(segment.data)
    data[block.offset:block.end] = bytes(block.end - block.offset)
    bench.write(segment.path, data)
    expect_one(bench.look(), segment, block, f"{segment.path}: block at {block.offset} overwritten with zeros")
    bench.write(segment.path, segment.data)
    return "blocks overwritten with zeros"


def delete(bench, chance, segments):
    segment = chance.choice(segments)
    os.remove(os.path.join(bench.root, segment.path))
    expect_range(bench.look(), [(segment, segment.lost_from(0))], f"{segment.path} taken away")
    bench.write(segment.path, segment.data)
    return "files taken away"


def swap(bench, chance, segments):
    one, other = chance.sample(segments, 2)
    bench.write(one.path, other.data)
    bench.write(other.path, one.data)
    what = f"{one.path} and {other.path} exchanged"
    expect_range(bench.look(), [(one, one.lost_from(0)), (other, other.lost_from(0))], what)
    bench.write(one.path, one.data)
    bench.write(other.path, other.data)
    return "files exchanged"


def double(bench, chance, segments):
    one, other = chance.sample(segments, 2)
    bench.write(one.path, other.data)
    expect_range(bench.look(), [(one, one.lost_from(0))], f"{other.path} put in the place of {one.path}")
    bench.write(one.path, one.data)
    return "files in another one's place"


def move(bench, chance, segments):
    """A block in another block's place of the same length."""
    while True:
        segment = chance.choice(segments)
        one = chance.choice(segment.blocks)
        same = [block for block in segment.blocks if block != one and block.end - block.offset == one.end - one.offset]
        if same:
            break
    other = chance.choice(same)
    data = bytearray(segment.data)
    data[one.offset:one.end] = segment.data[other.offset:other.end]
    bench.write(segment.path, data)
    expect_one(bench.look(), segment, one, f"{segment.path}: block at {other.offset} put at {one.offset}")
    bench.write(segment.path, segment.data)
    return "blocks in another one's place"


def spare(bench, chance, doubles):
    """A flip in one of two copies, or in what may be lost."""
    path, data = chance.choice(doubles)
    changed = bytearray(data)
    used = len(data.rstrip(b"\0"))
    changed[chance.randrange(used)] ^= 1 << chance.randrange(8)
    bench.write(path, changed)
    status, report = bench.look()
    check(status == 0 and report["intact"], f"a flip in {path}: {report}")
    bench.write(path, data)
    return "bits flipped in what is kept twice or can be made again: nothing is missed"


def main():
    flips = int(sys.argv[2]) if len(sys.argv) > 2 else 5000
    others = int(sys.argv[3]) if len(sys.argv) > 3 else 2000
    seed = int(os.environ.get("SEED", random.randrange(1 << 32)))
    print(f"seed {seed}", flush=True)
    chance = random.Random(seed)
    home = tempfile.mkdtemp(prefix="sluice-damage-")
    began = time.monotonic()
    try:
        root = make(sys.argv[1], home, chance)
        paths = [os.path.relpath(os.path.join(place, name), root)
                 for place, _, names in os.walk(os.path.join(root, "s")) for name in names if name.endswith(".seg")]
        paths = [path for path in paths if not is_left_over(path, paths)]
        segments = [Segment(root, path) for path in sorted(paths) if not os.path.basename(path).startswith("heads-")]
        segments = [segment for segment in segments if segment.blocks]
        logs = [segment for segment in segments if segment.is_log]
        doubles = []
        spares = [path for path in paths if os.path.basename(path).startswith("heads-")]
        for name in sorted(os.listdir(root)) + sorted(spares):
            if name.startswith(("catalog-", "keyring", "s/")) or name == "STORE":
                with open(os.path.join(root, name), "rb") as file:
                    doubles.append((name, file.read()))
        print(f"{len(logs)} log segments, {len(segments) - len(logs)} state segments, "
              f"{sum(len(segment.blocks) for segment in segments)} blocks", flush=True)
        work = queue.SimpleQueue()
        for number in range(flips):
            work.put((chance.randrange(1 << 60), flip, segments if number % 8 == 0 else logs))
        kinds = [cut, cut, cut, cut, blank, blank, delete, swap, double, move]
        for number in range(others):
            kind = kinds[number % len(kinds)]
            work.put((chance.randrange(1 << 60), kind, logs if kind in (swap, double, move) else segments))
        for _ in range(others // 10):
            work.put((chance.randrange(1 << 60), spare, doubles))
        counts = collections.Counter()
        problems = []

        def run(number):
            bench = Bench(sys.argv[1], home, number)
            while not problems:
                try:
                    own, kind, things = work.get_nowait()
                except queue.Empty:
                    break
                try:
                    counts[kind(bench, random.Random(own), things)] += 1
                except Broken as broken:
                    problems.append(f"{broken} (in {bench.home})")
                    return
            shutil.rmtree(bench.home, ignore_errors=True)

        threads = [threading.Thread(target=run, args=(number,)) for number in range(os.cpu_count() or 2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        check(not problems, "; ".join(problems))
    except Broken as broken:
        print(f"BROKEN: {broken}\nthe store is in {home}", flush=True)
        sys.exit(1)
    shutil.rmtree(home, ignore_errors=True)
    for name, count in sorted(counts.items()):
        print(f"{count} {name}")
    print(f"each found, confined to its block and named by sequences, {time.monotonic() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main()
