#!/usr/bin/env python3
"""Checks an export of `sluice audit export` without any of Sluice's code.

usage: verify_audit.py FILE [KEY]     KEY: the public key known from before, 64 hexadecimal digits
Needs PyNaCl for Ed25519; the tree is RFC 6962 with SHA-256.
"""
import hashlib
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


def main(path, known=None):
    body, head = open(path, "rb").read().split(b"\n\n", 1)
    entries = body.split(b"\n") if body else []
    signed, trailer = head.split(b"\n\n", 1)
    signed += b"\n"
    fields = dict(line.split(b" ", 1) for line in trailer.strip().split(b"\n"))
    key = bytes.fromhex(fields[b"key"].decode())
    VerifyKey(key).verify(signed, bytes.fromhex(fields[b"signature"].decode()))
    lines = signed.decode().split("\n")
    assert int(lines[1]) == len(entries), f"{len(entries)} entries, head over {lines[1]}"
    assert tree_root(entries).hex() == lines[2], "an entry was changed, removed, added or moved"
    assert known is None or known == key.hex(), "signed by another key"
    print(f"{len(entries)} entries, root {lines[2]}, signed by {key.hex()}")


if __name__ == "__main__":
    sys.setrecursionlimit(10_000)
    main(*sys.argv[1:])
