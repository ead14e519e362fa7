"""Looks for a server's keys wherever they must not be: memory, a core, /proc, the log.

    leaks.py SLUICE

The keys are computed from key file and ring, as sluice-journal(5) says, and searched for in every readable mapping of
the running server. They may lie in memory that is locked and left out of core dumps, and nowhere else; after the keys
were locked, nowhere at all. A core that is made by the debugger or by the system holds none of them.
Needs libsodium, and the right to read the memory of an own process.
"""

import ctypes
import ctypes.util
import glob
import hashlib
import os
import re
import resource
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time

from store import ACK, Broken, Node, Wire, check
from keys import keys

sodium = ctypes.CDLL(ctypes.util.find_library("sodium"))
PASSPHRASE = b"correct horse battery staple 7731"


def unwrap(wrap, key, store, kind, subject, version, wrapped_by):
    """Opens a wrapped key of the ring."""
    context = b"sl.wrap.1" + store + bytes([kind]) + subject + struct.pack("<II", version, wrapped_by)
    out = ctypes.create_string_buffer(32)
    nonce, sealed = wrap[:24], wrap[24:]
    failed = sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(
        out, None, None, sealed, ctypes.c_ulonglong(len(sealed)), context, ctypes.c_ulonglong(len(context)), nonce, key)
    check(not failed, "a wrapped key does not open: the manual and the program differ")
    return out.raw


def secrets(key_file, ring):
    """Every secret that the key file opens, by what it is."""
    with open(key_file, "rb") as file:
        whole = file.read()
    found = {"key file": whole}
    stretched = found["hashed key file"] = hashlib.blake2b(whole, digest_size=32).digest()
    with open(ring, "rb") as file:
        lines = [line.decode().split() for line in file.read().splitlines()]
    store = bytes.fromhex(lines[1][1])
    version = next(int(words[1]) for words in lines if words[0] == "srk")
    for words in lines:
        if words[0] == "slot" and words[2] == "keyfile":
            number = int(words[1])
            slot = found["slot key"] = hashlib.blake2b(
                struct.pack("<I", number), digest_size=32, key=stretched, person=b"sl.slot.1".ljust(16, b"\0")).digest()
            root = found["root key"] = unwrap(bytes.fromhex(words[-1][5:]), slot, store, 1, bytes(16), version, number)
    used = set(os.listdir(os.path.join(os.path.dirname(ring), "s"))) | {"0" * 32}
    for words in lines:
        # The keys of streams in store are as good as any; there are many of them.
        if words[0] == "dek" and words[1] in used:
            by = int(words[6][3:])
            found[f"data key {words[1][:8]} v{words[2]}"] = unwrap(
                bytes.fromhex(words[7][5:]), root, store, 2, bytes.fromhex(words[1]), int(words[2]), by)
    return found


def mappings(pid):
    """First byte, last byte and flags of every readable mapping."""
    found = None
    with open(f"/proc/{pid}/smaps") as file:
        for line in file:
            head = re.match(r"([0-9a-f]+)-([0-9a-f]+) (\S+) ", line)
            if head:
                found = (int(head[1], 16), int(head[2], 16), head[3], line.split(None, 5)[-1].strip())
            elif line.startswith("VmFlags:") and found and found[2].startswith("r") and found[3] not in ("[vvar]", "[vsyscall]"):
                yield found[0], found[1], set(line.split()[1:])


def search(pid, wanted):
    """Where each of the wanted byte strings lies: its name, whether there is protected, and where."""
    found, size = [], 0
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for first, last, flags in mappings(pid):
            try:
                memory.seek(first)
                data = memory.read(last - first)
            except (OSError, ValueError, OverflowError):
                continue
            size += len(data)
            for name, secret in wanted.items():
                at = data.find(secret)
                while at >= 0:
                    found.append((name, {"lo", "dd"} <= flags, f"{first + at:x}", " ".join(sorted(flags))))
                    at = data.find(secret, at + 1)
    return found, size


def spelled(found):
    """The secrets and how people would write them."""
    forms = {}
    for name, secret in found.items():
        forms[name] = secret
        forms[name + " in hexadecimal"] = secret.hex()[:40].encode()
    return forms


def look(node, wanted, what):
    """Nothing outside protected memory, in /proc and in the log."""
    pid = node.process.pid
    found, size = search(pid, wanted)
    loose = [hit for hit in found if not hit[1]]
    check(not loose, f"{what}: in ordinary memory: {loose}")
    for name in ("cmdline", "environ"):
        with open(f"/proc/{pid}/{name}", "rb") as file:
            data = file.read()
        check(not any(secret in data for secret in wanted.values()), f"{what}: a secret is in {name}")
    with open(node.log, "rb") as file:
        data = file.read()
    check(not any(secret in data for secret in wanted.values()), f"{what}: a secret is in the log")
    return len(found), size


def look_at_core(path, wanted, what):
    """Nothing in the core."""
    with open(path, "rb") as file:
        data = file.read()
    hits = [name for name, secret in wanted.items() if secret in data]
    check(not hits, f"{what}: a core holds {hits}")
    # A search that finds nothing proves nothing unless it can find something.
    check(b"a message that a core may hold" in data, f"{what}: the core does not hold what it must, {len(data)} bytes")
    size = len(data)
    os.remove(path)
    return size


def work(port, count=200):
    """Publishes, reads back and turns keys, so that every kind of key was in use."""
    wire = Wire(port)
    for number in range(count):
        found = ACK.search(wire.request("k.x", b"a message that a core may hold %d" % number)[3])
        check(found, "no acknowledgement")
    answer = keys(wire, "ROTATE", {})
    check(answer.get("success") is True, f"{answer}")
    for _ in range(2000):
        steps = [step for each in keys(wire, "STATUS")["rotations"] for step in each["steps"].values()]
        if "running" not in steps:
            break
        time.sleep(0.01)
    wire.close()


def key_file_store(program, directory):
    node = Node(program, directory)
    node.start()
    wire = Wire(node.port)
    made = wire.api("STREAM.CREATE.K", {"name": "K", "subjects": ["k.>"], "allow_direct": True})
    check("error" not in made, f"{made}")
    wire.close()
    work(node.port)
    (key_file,) = glob.glob(os.path.join(directory, "**", "store.key"), recursive=True, include_hidden=True)
    ring = os.path.join(directory, "store", "store", "keyring")
    wanted = spelled(secrets(key_file, ring))
    hits, size = look(node, wanted, "running")
    check(hits > 2, "the search does not even find the keys where they are")
    print(f"running: {len(wanted)} strings searched in {size >> 20} MiB: {hits} hits, all in protected memory", flush=True)
    if shutil.which("gdb"):
        path = directory + "/core.debugger"
        subprocess.run(["gdb", "-nx", "-batch", "-readnever", "-p", str(node.process.pid), "-ex", f"gcore {path}"],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120, check=True)
        size = look_at_core(path, wanted, "debugger")
        print(f"core by the debugger: {size >> 20} MiB without a key", flush=True)
    locked(node, wanted)
    node.stop()
    return wanted, key_file


def locked(node, wanted):
    """After the keys were locked nothing is left of them."""
    wire = Wire(node.port)
    answer = keys(wire, "LOCK", {})
    check(answer.get("success") is True, f"lock: {answer}")
    time.sleep(1.5)
    found, size = search(node.process.pid, wanted)
    check(not found, f"after the lock: {found}")
    print(f"locked: nothing in {size >> 20} MiB", flush=True)
    answer = wire.request("k.x", b"while locked")[3]
    check(b"locked" in answer and not ACK.search(answer), f"a publish while locked: {answer!r}")
    refused = keys(wire, "ROTATE", {})
    check("error" in refused, f"a rotation while locked: {refused}")
    answer = keys(wire, "UNLOCK", {})
    check(answer.get("success") is True, f"unlock: {answer}")
    answer = wire.request("k.x", b"after the unlock")[3]
    check(ACK.search(answer), f"a publish after the unlock: {answer!r}")
    check(look(node, wanted, "unlocked again")[0] > 2, "the keys did not come back")
    wire.close()


def system_core(program, directory, wanted):
    """A core as the system makes it, if it makes one here."""
    with open("/proc/sys/kernel/core_pattern") as file:
        pattern = file.read().strip()
    if pattern.startswith("|") or "/" in pattern:
        print(f"the system hands cores to {pattern}: not looked at", flush=True)
        return
    before, where = resource.getrlimit(resource.RLIMIT_CORE), os.getcwd()
    os.chdir(directory)
    try:
        resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, before[1]))
        node = Node(program, directory)
        node.start()
        work(node.port, 20)
        with open(f"/proc/{node.process.pid}/coredump_filter", "w") as file:
            file.write("0x7f")
        node.process.send_signal(signal.SIGABRT)
        node.process.wait()
        cores = glob.glob(directory + "/core*")
        if not cores:
            print("the system made no core: the program forbids it", flush=True)
        for path in cores:
            print(f"core of the system: {look_at_core(path, wanted, 'core') >> 20} MiB without a key", flush=True)
    finally:
        os.chdir(where)
        resource.setrlimit(resource.RLIMIT_CORE, before)


def main():
    program = os.path.abspath(sys.argv[1])
    directory = tempfile.mkdtemp(prefix="sluice-secrets-")
    try:
        wanted, _ = key_file_store(program, directory)
        system_core(program, directory, wanted)
    except Broken as broken:
        print(f"BROKEN: {broken}\nthe store is in {directory}")
        for path in glob.glob(directory + "*"):
            pass
        sys.exit(1)
    shutil.rmtree(directory, ignore_errors=True)
    os.remove(directory + ".log")
    print("secrets are where they belong", flush=True)


if __name__ == "__main__":
    main()
