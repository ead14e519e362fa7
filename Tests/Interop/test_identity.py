"""Every way to prove who one is, by real clients, with and without TLS; and every way to fail at it."""

import asyncio
import base64
import logging
import os
import ssl
import subprocess
import sys
import time

import nats
import nkeys
from natsio.client.config import ClientConfig, TLSConfig
from natsio.client.core import NATSCore

from harness import HOST, WAIT, Certificates, Raw, Server, expect, main

SEED = "SUAKYRHVIOREXV7EUZTBHUHL7NUMHPMAS7QMDU3GTIUWEI5LDNOXD43IZY"
KEY = "UD466L6EBCM3YY5HEGHJANNTN4LSKTSUXTH7RILHCKEQMQHTBNLHJJXT"
# "s3cret" at the lowest cost
HASH = "$2a$04$abcdefghijklmnopqrstuuLZYjhNQAOdpbzt4WxWlUHjv1wsyH5DG"
REFUSED = "-ERR 'Authorization Violation'\r\n"

# What the server is told, and what a client says: to nats-py, to natsio, to the C client.
KINDS = {
    "none": ("", {}, {}, []),
    "token": ("authorization { token: t0ken }", {"token": "t0ken"}, {"token": "t0ken"}, ["token", "t0ken"]),
    "token as hash": (f'authorization {{ token: "{HASH}" }}', {"token": "s3cret"}, {"token": "s3cret"},
                      ["token", "s3cret"]),
    "password": ("authorization { user: anna, password: secret }", {"user": "anna", "password": "secret"},
                 {"user": "anna", "password": "secret"}, ["user", "anna", "secret"]),
    "password as hash": (f'authorization {{ users: [{{user: anna, password: "{HASH}"}}] }}',
                         {"user": "anna", "password": "s3cret"}, {"user": "anna", "password": "s3cret"},
                         ["user", "anna", "s3cret"]),
    "key": (f"authorization {{ users: [{{nkey: {KEY}}}] }}", {"nkeys_seed_str": SEED}, None, ["key", KEY]),
    "account": ("accounts { DESK { users: [{user: anna, password: secret}] } }",
                {"user": "anna", "password": "secret"}, {"user": "anna", "password": "secret"},
                ["user", "anna", "secret"]),
}

logging.getLogger("asyncio").setLevel(logging.ERROR)
files = Certificates().issue("host", alternatives="DNS:localhost,IP:127.0.0.1")


def tls(more=""):
    return (f'tls {{ cert_file: "{files.certificate("host")}", key_file: "{files.key("host")}"\n'
            f' ca_file: "{files.certificate("ca")}"\n{more} }}')


def client_context(name=None):
    context = ssl.create_default_context(cafile=files.certificate("ca"))
    if name:
        context.load_cert_chain(files.certificate(name), files.key(name))
    return context


async def talk(client, inbox_first=True):
    """A publish, a request and a queue group through `client`, which is a nats-py client."""
    got = asyncio.get_running_loop().create_future()

    async def hear(message):
        if not got.done():
            got.set_result((message.data, dict(message.headers or {})))

    async def answer(message):
        await message.respond(b"re: " + message.data)

    await client.subscribe("desk.orders", queue="workers", cb=hear)
    await client.subscribe("desk.ask", cb=answer)
    await client.flush()
    await client.publish("desk.orders", b"buy", headers={"Side": "B"})
    data, headers = await asyncio.wait_for(got, WAIT)
    expect(data == b"buy" and headers == {"Side": "B"}, f"{data!r} {headers}")
    reply = await client.request("desk.ask", b"price", timeout=WAIT)
    expect(reply.data == b"re: price")
    await client.drain()


async def nats_py(server, options, context=None):
    if context:
        options = dict(options, tls=context, tls_hostname="localhost")
    scheme = "tls" if context else "nats"
    await talk(await nats.connect(f"{scheme}://{HOST}:{server.port}", allow_reconnect=False, connect_timeout=5,
                                  **options))


async def natsio(server, options, context=None):
    """A publish through natsio, whose TLS works only where the handshake comes first."""
    config = ClientConfig(
        servers=[f"{'tls' if context else 'nats'}://{HOST}:{server.port}"], allow_reconnect=False,
        tls=TLSConfig(ssl=context, hostname="localhost", handshake_first=True) if context else None, tls_required=bool(context), **options)
    # It complains about every INFO after the first one.
    client = NATSCore(config, error_callback=quiet)
    await client.connect()
    got = asyncio.get_running_loop().create_future()

    async def hear(message):
        if not got.done():
            got.set_result(bytes(message.payload))

    await client.subscribe("desk.orders", callback=hear)
    await client.flush()
    await client.publish("desk.orders", b"buy")
    expect(await asyncio.wait_for(got, WAIT) == b"buy")
    await client.close()


def c_client(server, arguments, secure):
    """Runs the C client, compiled once, and returns what it said."""
    program = os.path.join(files.directory, "client")
    if not os.path.exists(program):
        source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "client.c")
        subprocess.run(["cc", "-Wall", "-Werror", "-o", program, source, "-lnats"], check=True)
        with open(os.path.join(files.directory, "seed"), "w") as file:
            file.write(SEED + "\n")
    done = subprocess.run(
        [program, str(server.port), files.certificate("ca") if secure else "-",
         os.path.join(files.directory, "seed"), *arguments],
        capture_output=True, text=True, timeout=30)
    return done.returncode, done.stdout + done.stderr


async def case_clients_prove_who_they_are():
    for name, (configuration, py, io, c) in KINDS.items():
        for secure in ("", tls(), tls("handshake_first: auto")):
            context = client_context() if secure else None
            with Server(configuration + "\n" + secure) as server:
                try:
                    await nats_py(server, py, context)
                    if io is not None and secure != tls():
                        await natsio(server, io, context)
                    status, said = await asyncio.to_thread(c_client, server, c, bool(secure))
                    expect(status == 0, said)
                except Exception as error:
                    raise AssertionError(f"{name}, {secure or 'clear'}: {server.said()}") from error


async def case_clients_learn_that_they_are_refused():
    wrong = {
        "token": {"token": "T0ken"}, "password": {"user": "anna", "password": "Secret"},
        "password as hash": {"user": "anna", "password": "s3cre"}, "token as hash": {"token": "x"},
        "key": {"nkeys_seed_str": nkeys.encode_seed(bytes(32), nkeys.PREFIX_BYTE_USER).decode()},
        "account": {"user": "bob", "password": "secret"},
    }
    for name, options in wrong.items():
        with Server(KINDS[name][0]) as server:
            for given in (options, {}):
                try:
                    await nats.connect(f"nats://{HOST}:{server.port}", allow_reconnect=False, max_reconnect_attempts=0,
                                       connect_timeout=5, error_cb=quiet, **given)
                    raise AssertionError(f"{name}: {given} was admitted")
                except Exception as error:
                    expect("uthorization" in str(error), f"{name}: {error!r}")
            status, said = await asyncio.to_thread(c_client, server, ["user", "x", "y"], False)
            expect(status == 1 and "uthorization" in said, said)


async def quiet(_):
    pass


def case_11_credentials_that_prove_nothing():
    with Server(KINDS["key"][0]) as server:
        pair = nkeys.from_seed(bytearray(SEED.encode()))

        def sign(nonce):
            return base64.urlsafe_b64encode(pair.sign(nonce.encode())).rstrip(b"=").decode()

        raw = Raw(server.port)
        first = raw.info["nonce"]
        expect(len(first) == 15 and raw.info["auth_required"] is True)
        old = sign(first)
        raw.connect(nkey=KEY, sig=old)
        raw.until("PONG")
        raw.close()
        weak = nkeys.encode(160, bytes([1]) + bytes(31)) if hasattr(nkeys, "encode") else None
        tries = [dict(nkey=KEY, sig=old), dict(nkey=KEY), dict(nkey=KEY, sig=""), dict(nkey=KEY[:-2], sig=old), {},
                 dict(nkey=KEY, sig="A" * 86), dict(user=KEY), dict(user=KEY, **{"pass": ""})]
        if weak:
            tries.append(dict(nkey=weak, sig=base64.urlsafe_b64encode(bytes([1]) + bytes(63)).decode()))
        for given in tries:
            raw = Raw(server.port)
            expect(raw.info["nonce"] != first)
            said = raw.connect(**given).end()
            expect(said == REFUSED, f"{given}: {said!r}")


def case_12_a_user_that_is_taken_away_while_connected():
    both = "authorization { users: [{user: anna, password: secret}, {user: bob, password: secret}] }"
    with Server(both) as server:
        anna = Raw(server.port).connect(user="anna", **{"pass": "secret"})
        bob = Raw(server.port).connect(user="bob", **{"pass": "secret"})
        anna.until("PONG"), bob.until("PONG")
        since = time.monotonic()
        server.reload("authorization { users: [{user: anna, password: secret}] }")
        bob.end(5)
        expect(time.monotonic() - since < 2, "it took more than two seconds")
        anna.send("PING\r\n").until("PONG")


def case_13_denied_subjects_are_never_delivered():
    rules = ('authorization { users: [{user: all, password: x}, {user: bound, password: x, permissions: '
             '{ subscribe: { deny: ["a.b", "c.d work"] } } }] }')
    with Server(rules) as server:
        bound = Raw(server.port).connect(user="bound", **{"pass": "x"})
        bound.until("PONG")
        for number, (subject, queue) in enumerate(
                [("a.*", ""), ("*.b", ""), ("a.>", ""), (">", ""), ("*.*", "q"), ("a.*", "q"), ("c.*", "work")]):
            bound.send(f"SUB {subject} {queue} {number}\r\n")
        bound.send("SUB a.b 90\r\nSUB a.b q 91\r\nSUB c.d work 92\r\nPING\r\n")
        lines = bound.until("PONG")
        wanted = ["-ERR 'Permissions Violation for Subscription to \"a.b\"'",
                  "-ERR 'Permissions Violation for Subscription to \"a.b\" using queue \"q\"'",
                  "-ERR 'Permissions Violation for Subscription to \"c.d\" using queue \"work\"'", "PONG"]
        expect([line for line in lines if not line.startswith("INFO")] == wanted, str(lines))
        everyone = Raw(server.port).connect(user="all", **{"pass": "x"})
        everyone.until("PONG")
        everyone.send("PUB a.b 6\r\nsecret\r\nPUB a.c 4\r\nfree\r\nPUB c.d 4\r\ntask\r\nPING\r\n")
        everyone.until("PONG")
        said = bound.silence().decode()
        expect("secret" not in said, said)
        # Once for each plain subscription and once for the group, whichever of its two filters is taken.
        expect(said.count("MSG a.c ") == 4, said)
        expect("MSG c.d 6" not in said and "MSG c.d 3 " in said, said)


def case_14_subjects_that_look_alike():
    rules = ('authorization { users: [{user: all, password: x}, {user: bound, password: x, permissions: '
             '{ publish: ["ord.x", "caf\u00e9"], subscribe: "ord.x" } }] }')
    with Server(rules) as server:
        bound = Raw(server.port).connect(user="bound", **{"pass": "x"})
        bound.until("PONG")
        bound.send("PUB caf\u00e9 1\r\na\r\nPUB ord.x 1\r\na\r\nSUB ord.x 1\r\nPING\r\n")
        expect(bound.until("PONG")[-1] == "PONG")
        for subject in ("cafe\u0301", "\u043erd.x", "ord..x", "ord.x.", ".ord.x", "ORD.x", "ord.x\u200b"):
            bound.send(f"PUB {subject} 1\r\na\r\nPING\r\n")
            lines = bound.until("PONG")
            expect(any("Permissions Violation for Publish" in line for line in lines), f"{subject!r}: {lines}")
        for subject in ("a..b", "a.", ".a", ">.a", "a.>.b", "."):
            bound.send(f"SUB {subject} 7\r\nPING\r\n")
            lines = bound.until("PONG")
            expect("-ERR 'Invalid Subject'" in lines, f"{subject!r}: {lines}")
        many = ".".join(["a"] * 10_000)
        Raw(server.port).connect(user="all", **{"pass": "x"}).send(f"SUB {many} 1\r\n").end()


def case_15_accounts_and_the_system_are_out_of_reach():
    rules = ("accounts { A { users: [{user: a, password: x}] }, B { users: [{user: b, password: x}] }\n"
             "$SYS { users: [{user: sys, password: x}] } }")
    with Server(rules) as server:
        raws = {name: Raw(server.port).connect(user=name, **{"pass": "x"}) for name in ("a", "b", "sys")}
        for raw in raws.values():
            raw.send("SUB > 1\r\nSUB $SYS.> 2\r\nPING\r\n")
            raw.until("PONG")
            raw.until("PONG") if b"PONG" in raw.data else raw.silence(0.1)
        raws["a"].send("PUB secret 1\r\nx\r\nPUB $SYS.REQ.SERVER.PING a 0\r\n\r\nPUB $G.x 0\r\n\r\nPING\r\n")
        raws["a"].until("PONG")
        expect(b"secret" not in raws["b"].silence())
        expect(b"secret" not in raws["sys"].silence())
        for reply in ("_R_.x", "$JS.ACK.x"):
            raws["a"].send(f"PUB a {reply} 0\r\n\r\nPING\r\n")
            lines = raws["a"].until("PONG")
            expect(any("Permissions Violation for Publish with Reply" in line for line in lines), str(lines))


def case_16_replies_are_allowed_by_count_and_time():
    rules = ('authorization { users: [{user: ask, password: x}, {user: serve, password: x, permissions: '
             '{ subscribe: "service", allow_responses: { max: 2, expires: "1s" } } }] }')
    with Server(rules) as server:
        ask = Raw(server.port).connect(user="ask", **{"pass": "x"})
        serve = Raw(server.port).connect(user="serve", **{"pass": "x"})
        ask.until("PONG"), serve.until("PONG")
        ask.send("SUB inbox.* 1\r\nPING\r\n").until("PONG")
        serve.send("SUB service 1\r\nPING\r\n").until("PONG")

        def reply(subject, allowed):
            serve.send(f"PUB {subject} 2\r\nok\r\nPING\r\n")
            lines = serve.until("PONG")
            refused = any("Permissions Violation" in line for line in lines)
            expect(refused != allowed, f"{subject}: {lines}")

        reply("inbox.1", False)
        ask.send("PUB service inbox.1 1\r\nq\r\nPING\r\n").until("PONG")
        serve.until("q")
        reply("inbox.2", False)
        reply("inbox.1", True)
        reply("inbox.1", True)
        reply("inbox.1", False)
        lines = ask.send("PUB service inbox.3 1\r\nq\r\nPING\r\n").until("PONG")
        expect(sum(line.startswith("MSG inbox.1 ") for line in lines) == 2, str(lines))
        serve.until("q")
        time.sleep(1.2)
        reply("inbox.3", False)


def case_17_the_anonymous_user_is_bound_too():
    rules = ('authorization { users: [{user: guest, password: x, permissions: { publish: "in.>", subscribe: "out.>" } }] }\n'
             'no_auth_user: guest')
    with Server(rules) as server:
        raw = Raw(server.port)
        expect("auth_required" not in raw.info)
        raw.send("SUB out.a 1\r\nSUB secret 2\r\nPUB secret 1\r\nx\r\nPING\r\n")
        lines = raw.until("PONG")
        expect(sum("Permissions Violation" in line for line in lines) == 2, str(lines))
        expect(Raw(server.port).connect(user="guest", **{"pass": "y"}).end() == REFUSED)


def case_19_guessing_passwords_gets_slower_and_hurts_nobody():
    with Server(f'authorization {{ users: [{{user: anna, password: "{HASH}"}}, {{user: bob, password: b}}] }}') as server:
        took = []
        for number in range(14):
            since = time.monotonic()
            said = Raw(server.port).connect(user="anna", **{"pass": str(number)}).end()
            expect(said == REFUSED, said)
            took.append(time.monotonic() - since)
        expect(max(took[:6]) < 0.5, f"{took}")
        expect(took[-1] > 0.4, f"no delay: {took}")
        waiting = [Raw(server.port).connect(user="anna", **{"pass": "no"}) for _ in range(50)]
        since = time.monotonic()
        bob = Raw(server.port).connect(user="bob", **{"pass": "b"})
        bob.until("PONG")
        expect(time.monotonic() - since < 1, "somebody else had to wait")
        for raw in waiting:
            raw.close()
        lines = [line for line in server.said().splitlines() if "uthorization" in line or "uthentication" in line]
        expect(len(lines) <= 20, f"{len(lines)} lines in the log")


if __name__ == "__main__":
    try:
        main(sys.modules[__name__])
    finally:
        files.remove()
