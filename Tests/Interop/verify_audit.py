#!/usr/bin/env python3
"""Checks an export of `sluice audit export` without any of Sluice's code.

usage: verify_audit.py FILE [KEY]     KEY: the public key known from before, 64 hexadecimal digits
Needs PyNaCl for Ed25519; the tree is RFC 6962 with SHA-256.
"""
import hashlib
import json
import sys

from nacl.signing import VerifyKey


def tree_root(entries):
    """The root as the standard defines it, by halves."""
    if not entries:
        return hashlib.sha256(b"").digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\0" + entries[0]).digest()
    split = 1
    while split * 2 < len(entries):
        split *= 2
    left, right = tree_root(entries[:split]), tree_root(entries[split:])
    return hashlib.sha256(b"\1" + left + right).digest()


def files(export):
    """Entries and note of each file of the log, oldest first."""
    lines = export.split(b"\n")
    at = 0
    while at < len(lines) and (lines[at] or at == 0):
        gap = lines.index(b"", at)
        yield lines[at:gap], b"".join(line + b"\n" for line in lines[gap + 1:gap + 9])
        at = gap + 9


def check_file(entries, note, known):
    """The key that signed the note on `entries`."""
    signed, trailer = note.split(b"\n\n", 1)
    signed += b"\n"
    fields = dict(line.split(b" ", 1) for line in trailer.strip().split(b"\n"))
    key = bytes.fromhex(fields[b"key"].decode())
    VerifyKey(key).verify(signed, bytes.fromhex(fields[b"signature"].decode()))
    lines = signed.decode().split("\n")
    assert int(lines[1]) == len(entries), f"{len(entries)} entries, head over {lines[1]}"
    assert tree_root(entries).hex() == lines[2], "an entry was changed, removed, added or moved"
    assert known is None or known == key.hex(), "signed by another key"
    return key.hex(), lines[2]


def main(path, known=None):
    with open(path, "rb") as file:
        export = file.read()
    before, first, count, parts = None, 0, 0, 0
    for entries, note in files(export):
        known, root = check_file(entries, note, known)
        if entries:
            head = json.loads(entries[0])
            if before is None:
                first = head["n"]
            else:
                assert head["what"] == "audit continued" and head["result"].encode() == before, \
                    f"the file that begins with entry {head['n']} does not follow the one before it"
            numbers = [json.loads(entry)["n"] for entry in entries]
            assert numbers == list(range(first + count, first + count + len(entries))), "numbers are missing"
        before, count, parts = note, count + len(entries), parts + 1
    assert parts, "this is no audit log"
    place = f" from entry {first} on" if first else ""
    print(f"{count} entries{place}, {parts} file{'s' * (parts > 1)}, root {root}, signed by {known}")


if __name__ == "__main__":
    sys.setrecursionlimit(10_000)
    main(*sys.argv[1:])
