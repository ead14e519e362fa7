"""Breaks the program in one place at a time and looks whether simulation notices.

    mutants.py [NUMBER…]      all without numbers; works in a copy beside the build directory

Each mutant is a flaw that a tired author could write. Simulated lives of a broker with its store, and of a journal
alone, run against it; a mutant that they pass has survived. The exit status is 1 if more than one survives.
"""

import os
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
COPY = os.path.join(ROOT, ".build-mutants")
SEEDS = {"STORE_SEEDS": "60", "SEEDS": "40"}

J, B, Q = "Sources/Journal/", "Sources/Broker/JetStream/", "Sources/Queueing/"

# What is wrong, file, what stands there, what the mutant has.
MUTANTS = [
    ("answers before the log is synced", J + "CommitLoop.swift",
     "for stream in dirty where stream.isLogDirty { try syncLog(stream) }", "_ = began"),
    ("state is written but never synced", J + "CommitLoop.swift",
     "if stream.mustSyncState {", "if stream.mustSyncState, now == .never {"),
    ("the catalog is not synced", J + "CommitLoop.swift",
     "try catalog.sync()\n                try marks", "try marks"),
    ("batches behind a refused one are taken", J + "CommitLoop+Log.swift",
     "guard facts.refusalsSeen == stream.refusals else", "guard facts.refusalsSeen <= stream.refusals else"),
    ("a refusal is not counted", J + "CommitLoop+Log.swift", "stream.refusals &+= 1", "stream.refusals &+= 0"),
    ("the client forgets what it saw refused", J + "JournalClient.swift",
     "know(stream) { $0.refusals &+= 1 }", "know(stream) { $0.refusals &+= 0 }"),
    ("a full disk stops writing", J + "CommitLoop+Log.swift",
     "if error.isDiskFull { return .diskFull }", "_ = error.isDiskFull"),
    ("a failed write stops nothing", J + "CommitLoop.swift",
     "pending = pending.map { $0.refused(because: .writeStopped) }", "pending = pending.map { $0 }"),
    ("room is not reserved", J + "CommitLoop+Log.swift",
     "try segment.reserve(rawBytes: rawBytes, zeros: zeros)", "try segment.reserve(rawBytes: 0, zeros: zeros)"),
    ("a directory's new name is not synced", J + "CommitLoop+Log.swift",
     'try disk.syncDirectory("s")', "_ = name"),
    ("a segment that is not dead goes", J + "CommitLoop+State.swift",
     "facts.lastSequence < max(floor, entry.firstSequence)", "entry.firstSequence < floor"),
    ("the active log goes too early", J + "CommitLoop+State.swift",
     "log.staged.lastSequence < floor\n", "log.staged.lastSequence <= floor\n"),
    ("deleted sequences are given out again after a restart", J + "CommitLoop+Opening.swift",
     "let last = max(stream.entry.lastSequence, deletedLast)", "let last = max(stream.entry.lastSequence, deletedLast &* 0)"),
    ("a checkpoint leaves changes out", J + "StateFold.swift",
     "for delta in value.deltas { writer.delta(value.key.raw, delta.raw) }", "_ = value.deltas"),
    ("the highest sequence is forgotten with its segment", J + "CommitLoop+State.swift",
     "catalog.append(.segmentGone(name, lastSequence: lastSequence))", "catalog.append(.segmentGone(name, lastSequence: 0))"),
    ("named sequences are given out again", B + "Shard+JournalReports.swift",
     "let named = host.streams[index].highestGone", "let named = host.streams[index].highestGone &* 0"),
    ("publishers hear before the sync", B + "Shard+Ingest.swift",
     "if sequence <= host.streams[index].stream.state.durableSequence {", "if sequence > 0 {"),
    ("acknowledgements are confirmed before the sync", B + "Shard+ConsumerLog.swift",
     "isDurable: !waiting.isEmpty)", "isDurable: false)"),
    ("a purge is answered before the sync", B + "Shard+Ingest.swift",
     "host.journal?.write(writer, to: index, isDurable: isDurable)", "host.journal?.write(writer, to: index, isDurable: false)"),
    ("deletions are not told to the journal", B + "Shard+ConsumerLog.swift",
     "collectDeletions(index, into: &writer)", "host.streams[index].stream.clearDeletions()"),
    ("the refused are not told", B + "Shard+JournalReports.swift",
     "host.streams[index].batch = nil\n", "_ = durable\n"),
    ("a first delivery is logged by its distance", Q + "Consumer/ConsumerState+Log.swift",
     "changes.append(varint: delivery.sequence)\n        } else", "changes.append(varint: delivery.sequence &- delivered.stream)\n        } else"),
    ("an acknowledgement is not logged", Q + "Consumer/ConsumerState+Log.swift",
     "mutating func logAck(_ sequence: UInt64) { log(.acknowledged, sequence) }", "mutating func logAck(_ sequence: UInt64) {}"),
    ("refused messages stay", Q + "Stream/StreamState+Remove.swift",
     "records.truncate(after: sequence)", "records.truncate(after: lastSequence)"),
    ("a rolled-back sequence is skipped", Q + "Stream/StreamState+Remove.swift",
     "lastSequence = max(sequence, named)", "lastSequence = min(sequence, named)"),
    ("delivers what is not safe", Q + "Stream/StreamState.swift",
     "min(durableSequence, lastSequence)", "max(0, lastSequence)"),
]


def run(command, **more):
    environment = dict(os.environ, SWIFT_BACKTRACE="enable=no", **more)
    return subprocess.run(command, cwd=COPY, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def copy():
    os.makedirs(COPY, exist_ok=True)
    for name in ("Sources", "Tests", "Themes"):
        target = os.path.join(COPY, name)
        shutil.rmtree(target, ignore_errors=True)
        # Times are kept, so that only what was changed is built again.
        shutil.copytree(os.path.join(ROOT, name), target)
    shutil.copy2(os.path.join(ROOT, "Package.swift"), COPY)


def change(path, old, new):
    """Breaks the file; gives back what it was."""
    with open(path) as file:
        text = file.read()
    if text.count(old) != 1:
        sys.exit(f"mutants: {path} has {text.count(old)} places with {old!r}")
    with open(path, "w") as file:
        file.write(text.replace(old, new))
    return text


def simulate():
    """Simulated lives; the exit status is 0 if every one went well. One that never ends did not."""
    command = ["swift", "test", "--skip-build", "--disable-xctest", "--filter", "SimulationTests"]
    return run(["timeout", "400"] + command, **SEEDS)


def main():
    wanted = [int(word) for word in sys.argv[1:]] or range(1, len(MUTANTS) + 1)
    copy()
    for _, path, old, _ in MUTANTS:
        with open(os.path.join(COPY, path)) as file:
            if file.read().count(old) != 1:
                sys.exit(f"mutants: {path} has no single place with {old!r}")
    build = run(["swift", "build", "--build-tests"])
    if build.returncode or simulate().returncode:
        sys.exit("mutants: the program as it stands does not pass")
    survivors = 0
    for number in wanted:
        words, path, old, new = MUTANTS[number - 1]
        place = os.path.join(COPY, path)
        whole = change(place, old, new)
        build = run(["swift", "build", "--build-tests"])
        if build.returncode:
            sys.exit(f"mutants: {number} does not build\n{build.stdout[-2000:]}")
        caught = simulate().returncode != 0
        survivors += not caught
        print(f"{number:2} {'caught  ' if caught else 'SURVIVED'} {words}", flush=True)
        with open(place, "w") as file:
            file.write(whole)
    print(f"mutants: {len(wanted) - survivors} of {len(wanted)} caught")
    return survivors > 1


if __name__ == "__main__":
    sys.exit(main())
