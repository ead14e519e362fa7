"""Breaks the program in one place at a time and looks whether simulation notices.

    mutants.py [NUMBER…]      all without numbers; works in a copy beside the build directory

Each mutant is a flaw that a tired author could write. Simulated lives of a broker with its store, and of a journal
alone, run against it, 600 seeds of the former and 200 of the latter; a mutant that they pass has survived. The exit
status is 1 if more than one survives. All mutants are built at once, into a program that MUTANT=n makes have the n-th.
"""

import fnmatch
import os
import shutil
import signal
import subprocess
import sys
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
COPY = os.path.join(ROOT, ".build-mutants")
SEEDS = {"STORE_SEEDS": "600", "SEEDS": "200"}
# How long lives may take that go well.
LIFE_SECONDS = 600
# Only what the simulations stand on is built.
TARGETS = {"SLUICE_TARGETS": "BrokerTests JournalTests"}
KEPT = {
    "BrokerTests": ("ShardBench.swift", "StoreBench.swift", "StoreModel.swift", "StoreSimulation*.swift"),
    "JournalTests": ("BatchTests.swift", "JournalFixture.swift", "JournalModel.swift", "JournalSimulation.swift", "SimulationTests.swift"),
}
OPTIMISED = ["-c", "release", "--disable-xctest", "-Xswiftc", "-enable-testing"]

J, B, Q = "Sources/Journal/", "Sources/Broker/JetStream/", "Sources/Queueing/"

# What BROKEN asks in the copy.
ASKED = """// Which mutant this process has.

import Glibc

private let number: Int32 = {
    guard let text = unsafe getenv("MUTANT") else { return 0 }
    return unsafe atoi(text)
}()

/// Whether this process has the mutant `mutant`.
public func isBroken(_ mutant: Int32) -> Bool { number == mutant }
"""

# What is wrong, file, what stands there, what the copy has instead: BROKEN is true for this mutant alone.
MUTANTS = [
    ("answers before the log is synced", J + "CommitLoop.swift",
     "unsynced.append(log)",
     "if !BROKEN { unsynced.append(log) }"),
    ("state is written but never synced", J + "CommitLoop.swift",
     "if stream.mustSyncState {",
     "if stream.mustSyncState, !BROKEN {"),
    ("the catalog is not synced", J + "CommitLoop.swift",
     "try catalog.sync()",
     "if !BROKEN { try catalog.sync() }"),
    ("batches behind a refused one are taken", J + "CommitLoop+Log.swift",
     "guard facts.refusalsSeen == stream.refusals else",
     "guard BROKEN || facts.refusalsSeen == stream.refusals else"),
    ("a refusal is not counted", J + "CommitLoop+Log.swift",
     "stream.refusals &+= 1",
     "stream.refusals &+= BROKEN ? 0 : 1"),
    ("the client forgets what it saw refused", J + "JournalClient.swift",
     "know(stream) { $0.refusals &+= 1 }",
     "know(stream) { $0.refusals &+= BROKEN ? 0 : 1 }"),
    ("a full disk stops writing", J + "CommitLoop+Log.swift",
     "if error.isDiskFull { return .diskFull }",
     "if error.isDiskFull, !BROKEN { return .diskFull }"),
    ("a failed write stops nothing", J + "CommitLoop.swift",
     "meter.dropRound()\n        pending = pending.map { $0.refused(because: .writeStopped) }",
     "meter.dropRound()\n        if !BROKEN { pending = pending.map { $0.refused(because: .writeStopped) } }"),
    ("room is not reserved", J + "CommitLoop+Log.swift",
     "try segment.reserve(rawBytes: rawBytes, zeros: zeros)",
     "try segment.reserve(rawBytes: BROKEN ? 0 : rawBytes, zeros: zeros)"),
    ("a directory's new name is not synced", J + "CommitLoop+Log.swift",
     'try disk.syncDirectory("s")',
     'if !BROKEN { try disk.syncDirectory("s") }'),
    ("a segment that is not dead goes", J + "StateFold.swift",
     "guard start <= last else { return 0 }",
     "guard start <= last, !BROKEN || first >= floor else { return 0 }"),
    ("the active log goes too early", J + "CommitLoop+State.swift",
     "log.staged.lastSequence < floor\n",
     "BROKEN ? log.staged.lastSequence <= floor : log.staged.lastSequence < floor\n"),
    ("deleted sequences are given out again after a restart", J + "CommitLoop+Opening.swift",
     "let last = max(stream.entry.lastSequence, deletedLast)",
     "let last = max(stream.entry.lastSequence, BROKEN ? 0 : deletedLast)"),
    ("a checkpoint leaves changes out", J + "StateFold.swift",
     "for delta in value.deltas { writer",
     "for delta in value.deltas where !BROKEN { writer"),
    ("the highest sequence is forgotten with its segment", J + "CommitLoop+State.swift",
     "catalog.append(.segmentGone(name, lastSequence: lastSequence))",
     "catalog.append(.segmentGone(name, lastSequence: BROKEN ? 0 : lastSequence))"),
    ("named sequences are given out again", B + "Shard+JournalReports.swift",
     "let named = host.streams[index].highestGone",
     "let named = BROKEN ? 0 : host.streams[index].highestGone"),
    ("publishers hear before the sync", B + "Shard+Ingest.swift",
     "if sequence <= host.streams[index].stream.state.durableSequence {",
     "if BROKEN || sequence <= host.streams[index].stream.state.durableSequence {"),
    ("acknowledgements are confirmed before the sync", B + "Shard+ConsumerLog.swift",
     "isDurable: !waiting.isEmpty || hasSkips)",
     "isDurable: (!waiting.isEmpty || hasSkips) && !BROKEN)"),
    ("a purge is answered before the sync", B + "Shard+ConsumerLog.swift",
     "tellAll(of: index, into: &writer)\n        return tell(writer, of: index, isDurable: true)",
     "tellAll(of: index, into: &writer)\n        return tell(writer, of: index, isDurable: !BROKEN)"),
    ("deletions are not told to the journal", B + "Shard+ConsumerLog.swift",
     "        if collectDeletions(index, into: &writer) {",
     "        if BROKEN { host.streams[index].stream.clearDeletions() }\n        if collectDeletions(index, into: &writer) {"),
    ("what was refused is not told again", B + "Shard+JournalReports.swift",
     "for range in ranges { host",
     "for range in ranges where !BROKEN { host"),
    ("state behind a refused batch is taken", J + "CommitLoop+State.swift",
     "guard facts.refusalsSeen == stream.stateRefusals else",
     "guard BROKEN || facts.refusalsSeen == stream.stateRefusals else"),
    ("a rewriting leaves out what is not deleted", J + "SegmentRewrite.swift",
     "return deleted.count(in: range) == UInt64(range.count)",
     "return BROKEN ? deleted.count(in: range) > 0 : deleted.count(in: range) == UInt64(range.count)"),
    ("a rewritten segment is not synced", J + "SegmentRewrite.swift",
     "try target.sync()",
     "if BROKEN { target.noteSynced() } else { try target.sync() }"),
    ("the refused are not told", B + "Shard+JournalReports.swift",
     "host.streams[index].batch = nil\n",
     "if !BROKEN { host.streams[index].batch = nil }\n"),
    ("a first delivery is logged by its distance", Q + "Consumer/ConsumerState+Log.swift",
     "changes.append(varint: delivery.sequence)\n        } else",
     "changes.append(varint: delivery.sequence &- (BROKEN ? delivered.stream : 0))\n        } else"),
    ("an acknowledgement is not logged", Q + "Consumer/ConsumerState+Log.swift",
     "{ log(.acknowledged, sequence) }",
     "{ if !BROKEN { log(.acknowledged, sequence) } }"),
    ("refused messages stay", Q + "Stream/StreamState+Remove.swift",
     "records.truncate(after: sequence)",
     "records.truncate(after: BROKEN ? lastSequence : sequence)"),
    ("a rolled-back sequence is skipped", Q + "Stream/StreamState+Remove.swift",
     "lastSequence = max(sequence, named)",
     "lastSequence = BROKEN ? min(sequence, named) : max(sequence, named)"),
    ("messages make room before they are safe", Q + "Publish/StreamState+Commit.swift",
     "if sequence > durableSequence, putsOff {",
     "if sequence > durableSequence, putsOff, !BROKEN {"),
    ("refused sequences are told as gone", Q + "Stream/Stream+Operations.swift",
     "forgetDeletions(behind: sequence)",
     "if !BROKEN { forgetDeletions(behind: sequence) }"),
    ("nobody is asked who wants a message", Q + "Stream/Stream.swift",
     "guard state.rules.retention == .interest else { return true }",
     "guard state.rules.retention == .interest else { return true }\n        if BROKEN { return false }"),
    ("delivers what is not safe", Q + "Stream/StreamState.swift",
     "{ min(durableSequence, lastSequence) }",
     "{ BROKEN ? lastSequence : min(durableSequence, lastSequence) }"),
]


def run(command, **more):
    environment = dict(os.environ, SWIFT_BACKTRACE="enable=no", **TARGETS, **more)
    return subprocess.run(command, cwd=COPY, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def copy():
    """The program with all mutants in it."""
    os.makedirs(COPY, exist_ok=True)
    for name in ("Sources", "Tests", "Themes"):
        target = os.path.join(COPY, name)
        shutil.rmtree(target, ignore_errors=True)
        # Times are kept, so that only what was changed is built again.
        shutil.copytree(os.path.join(ROOT, name), target)
    for tests, kept in KEPT.items():
        directory = os.path.join(COPY, "Tests", tests)
        for name in os.listdir(directory):
            if not any(fnmatch.fnmatch(name, pattern) for pattern in kept):
                os.remove(os.path.join(directory, name))
    shutil.copy2(os.path.join(ROOT, "Package.swift"), COPY)
    with open(os.path.join(COPY, "Sources/Base/Broken.swift"), "w") as file:
        file.write(ASKED)
    for number, (_, path, old, new) in enumerate(MUTANTS, 1):
        place = os.path.join(COPY, path)
        with open(place) as file:
            text = file.read()
        if text.count(old) != 1:
            sys.exit(f"mutants: {path} has {text.count(old)} places with {old!r}")
        with open(place, "w") as file:
            file.write(text.replace(old, new.replace("BROKEN", f"isBroken({number})")))


def simulate(number, most=LIFE_SECONDS):
    """What simulated lives say first that is wrong; `None` if all go well. One that never ends does not."""
    command = ["swift", "test", "--skip-build", *OPTIMISED, "--filter", "SimulationTests"]
    environment = dict(os.environ, SWIFT_BACKTRACE="enable=no", MUTANT=str(number), **TARGETS, **SEEDS)
    lives = subprocess.Popen(command, cwd=COPY, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                             text=True, start_new_session=True)
    late = threading.Event()

    def end():
        late.set()
        os.killpg(lives.pid, signal.SIGKILL)

    timer = threading.Timer(most, end)
    timer.daemon = True
    timer.start()
    said = []
    for line in lives.stdout:
        said.append(line)
        if "recorded an issue" in line or "Fatal error" in line:
            # One is enough.
            os.killpg(lives.pid, signal.SIGKILL)
            break
    timer.cancel()
    if lives.wait() == 0:
        return None
    return "a life never ended" if late.is_set() else "".join(said[-3:]).strip()[-200:].replace("\n", " ")


def main():
    wanted = [int(word) for word in sys.argv[1:]] or range(1, len(MUTANTS) + 1)
    copy()
    build = run(["swift", "build", "--build-tests", *OPTIMISED])
    if build.returncode:
        sys.exit(f"mutants: they do not build\n{build.stdout[-2000:]}")
    began = time.monotonic()
    whole = simulate(0)
    if whole:
        sys.exit(f"mutants: the program without them does not pass\n{whole}")
    # A machine that is busy lives slowly.
    most = max(60, 6 * (time.monotonic() - began))
    survivors = 0
    for number in wanted:
        began = time.monotonic()
        witness = simulate(number, most)
        survivors += witness is None
        verdict = "caught  " if witness else "SURVIVED"
        print(f"{number:2} {verdict} {MUTANTS[number - 1][0]} ({time.monotonic() - began:.0f} s)", flush=True)
        if witness:
            print(f"   {witness}", flush=True)
    print(f"mutants: {len(wanted) - survivors} of {len(wanted)} caught")
    return survivors > 1


if __name__ == "__main__":
    sys.exit(main())
