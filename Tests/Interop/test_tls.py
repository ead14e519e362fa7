"""TLS as clients and attackers try it: when it begins, what it refuses, whom it names, how it changes."""

import asyncio
import hashlib
import os
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time

import nats

from harness import HOST, WAIT, Certificates, Raw, Server, expect, main

files = Certificates()
files.issue("host", alternatives="DNS:localhost,IP:127.0.0.1")
files.issue("next", alternatives="DNS:localhost,IP:127.0.0.1")
files.issue("anna", "/O=Desk/CN=anna", usage="clientAuth")


def tls(more="", name="host"):
    return (f'tls {{ cert_file: "{files.certificate(name)}", key_file: "{files.key(name)}"\n'
            f' ca_file: "{files.certificate("ca")}"\n{more} }}')


def context(name=None, most=None):
    made = ssl.create_default_context(cafile=files.certificate("ca"))
    if name:
        made.load_cert_chain(files.certificate(name), files.key(name))
    if most:
        made.maximum_version = most
    return made


def refused(server, made, name="localhost"):
    """Whether a handshake or the first answer after it fails."""
    try:
        raw = Raw(server.port, made, name)
        raw.connect()
        raw.until("PONG")
        return False
    except (ssl.SSLError, OSError, AssertionError):
        return True


def s_client(server, *arguments, text="", seconds=10):
    """Runs openssl's own client; what it printed."""
    done = subprocess.run(
        ["openssl", "s_client", "-connect", f"{HOST}:{server.port}", "-CAfile", files.certificate("ca"),
         "-servername", "localhost", "-ign_eof", *arguments],
        input=text.encode(), capture_output=True, timeout=seconds)
    return (done.stdout + done.stderr).decode(errors="replace")


def session(server, made):
    raw = Raw(server.port, made)
    raw.connect()
    raw.until("PONG")
    return raw


def case_begins_after_info():
    with Server(tls()) as server:
        raw = Raw(server.port)
        expect(raw.info["tls_required"] is True and "tls_available" not in raw.info, str(raw.info))
        raw.close()
        session(server, context()).send("SUB a 1\r\nPUB a 2\r\nhi\r\n").until("MSG a 1 2")


def case_begins_at_once():
    with Server(tls("handshake_first: true")) as server:
        raw = Raw(server.port, reads=False)
        expect(raw.silence() == b"", "something was said in clear")
        raw.socket = context().wrap_socket(raw.socket, server_hostname="localhost")
        line = raw.line()
        expect(line.startswith("INFO ") and '"tls_required":true' in line, line)
        said = s_client(server, text="CONNECT {\"verbose\":false}\r\nPING\r\nPUB a b c d\r\n")
        expect("INFO {" in said and "PONG" in said and "Verify return code: 0 (ok)" in said, said)


def case_begins_as_the_client_likes():
    with Server(tls("handshake_first: auto")) as server:
        since = time.monotonic()
        raw = Raw(server.port)
        expect(0.03 < time.monotonic() - since < 1 and raw.info["tls_required"] is True)
        raw.socket = context().wrap_socket(raw.socket, server_hostname="localhost")
        raw.connect().until("PONG")
        raw = Raw(server.port, reads=False)
        raw.socket = context().wrap_socket(raw.socket, server_hostname="localhost")
        raw.connect().until("PONG")


def case_plain_and_tls_on_one_port():
    with Server(tls() + "\nallow_non_tls: true") as server:
        raw = Raw(server.port)
        expect(raw.info["tls_available"] is True and "tls_required" not in raw.info, str(raw.info))
        raw.connect().until("PONG")
        secure = session(server, context())
        secure.send("SUB a 1\r\nPING\r\n").until("PONG")
        raw.send("PUB a 2\r\nhi\r\n")
        secure.until("MSG a 1 2")


def case_18_nothing_goes_on_in_clear():
    for more in ("", "handshake_first: true"):
        with Server(tls(more)) as server:
            for text in ("CONNECT {\"tls_required\":false}\r\nPING\r\n", "PING\r\n", "GET / HTTP/1.0\r\n\r\n",
                         "\x16\x03\x01\xff\xff" + "a" * 100, "\x16\x03\x01\x00\x05hello"):
                raw = Raw(server.port, reads=not more).send(text.encode("latin-1"))
                said = raw.end(5)
                expect("PONG" not in said and "INFO" not in said and "ERR" not in said, f"{text!r}: {said!r}")
            session_works(server, more)


def session_works(server, more=""):
    raw = Raw(server.port, reads=not more)
    raw.socket = context().wrap_socket(raw.socket, server_hostname="localhost")
    raw.connect().until("PONG")
    raw.close()


def case_18_old_versions_and_weak_suites():
    with Server(tls("handshake_first: true")) as server:
        for arguments in (["-tls1"], ["-tls1_1"], ["-tls1_2", "-cipher", "AES128-SHA:@SECLEVEL=0"],
                          ["-tls1_2", "-cipher", "aNULL:eNULL:@SECLEVEL=0"],
                          ["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0"]):
            if arguments[0] != "-tls1_2":
                arguments = [*arguments, "-cipher", "ALL:@SECLEVEL=0"]
            said = s_client(server, *arguments)
            expect("Cipher is (NONE)" in said or "no protocols" in said, f"{arguments}: {said[:800]}")
            expect("INFO {" not in said, f"{arguments}: {said[:800]}")
        for arguments, version in ((["-tls1_2"], "TLSv1.2"), (["-tls1_3"], "TLSv1.3")):
            said = s_client(server, *arguments, text="PUB a b c d\r\n")
            expect(version in said and "INFO {" in said, said[:800])
        session_works(server, "first")


def case_18_renegotiation():
    with Server(tls("handshake_first: true\n timeout: 3")) as server:
        other = Raw(server.port, reads=False)
        other.socket = context().wrap_socket(other.socket, server_hostname="localhost")
        other.connect().until("PONG")
        process = subprocess.Popen(
            ["openssl", "s_client", "-connect", f"{HOST}:{server.port}", "-tls1_2"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        time.sleep(0.5)
        process.stdin.write(b"R\n")
        process.stdin.flush()
        time.sleep(0.5)
        try:
            process.stdin.write(b"R\n")
            process.stdin.flush()
            process.stdin.close()
        except BrokenPipeError:
            pass
        said = process.stdout.read().decode(errors="replace")
        process.wait(10)
        expect("no renegotiation" in said, said[-600:])
        other.send("PING\r\n").until("PONG")


def case_18_the_floor_can_be_raised():
    with Server(tls('min_version: "1.3"')) as server:
        expect(refused(server, context(most=ssl.TLSVersion.TLSv1_2)))
        expect(session(server, context()).socket.version() == "TLSv1.3")


def case_18_clients_check_the_name():
    with Server(tls()) as server:
        expect(refused(server, context(), "elsewhere.test"))
        expect(refused(server, ssl.create_default_context()))
        session_works(server)


def case_18_client_certificates():
    other = Certificates().issue("stranger")
    files.issue("serving", usage="serverAuth")
    files.issue("expired", days="-1")
    try:
        with Server(tls("verify: true")) as server:
            raw = Raw(server.port)
            expect(raw.info["tls_verify"] is True)
            raw.close()
            expect(refused(server, context()), "without a certificate")
            for name in ("serving", "expired"):
                expect(refused(server, context(name)), name)
            stranger = context()
            stranger.load_cert_chain(other.certificate("stranger"), other.key("stranger"))
            expect(refused(server, stranger), "by another authority")
            session(server, context("anna"))
    finally:
        other.remove()


def case_18_certificates_name_users():
    files.issue("mail", "/CN=x", "email:anna@desk.test,DNS:dns.test")
    files.issue("dns", "/CN=x", "DNS:dns.test")
    files.issue("uri", "/CN=x", "URI:spiffe://desk/anna")
    files.issue("subject", "/C=LU/O=Desk/CN=anna+UID=7")
    files.issue("reversed", "/CN=anna+UID=7/O=Desk/C=LU")
    files.issue("nobody", "/CN=nobody", "DNS:nobody.test,email:x@y.z")
    files.issue("trick", "/CN=x\\,O=Desk", "DNS:dns.test.evil.test")
    users = ['anna@desk.test', 'dns.test', 'spiffe://desk/anna', 'CN=anna+UID=7,O=Desk,C=LU']
    listed = ", ".join(f'{{user: "{user}", permissions: {{ subscribe: "u{n}" }} }}' for n, user in enumerate(users))
    with Server(f"authorization {{ users: [{listed}] }}\n" + tls("verify_and_map: true")) as server:
        for name, number in (("mail", 0), ("dns", 1), ("uri", 2), ("subject", 3), ("reversed", 3)):
            raw = session(server, context(name))
            raw.send("".join(f"SUB u{n} {n}\r\n" for n in range(4)) + "PING\r\n")
            lines = raw.until("PONG")
            denied = sum("Permissions Violation" in line for line in lines)
            expect(denied == 3 and not any(f'"u{number}"' in line for line in lines), f"{name}: {lines}")
        for name in ("nobody", "trick", "anna"):
            expect(refused(server, context(name)), name)


def case_a_handshake_that_stalls_ends():
    with Server(tls("timeout: 1")) as server:
        stalled = [Raw(server.port) for _ in range(50)]
        for raw in stalled[::2]:
            raw.send(b"\x16\x03\x01\x02\x00\x01")
        session_works(server)
        since = time.monotonic()
        for raw in stalled:
            raw.end(5)
        expect(time.monotonic() - since < 4)


def case_certificates_change_without_a_dropped_connection():
    directory = os.path.join(files.directory, "live")
    os.makedirs(directory, exist_ok=True)
    live = {kind: os.path.join(directory, kind) for kind in ("cert", "key")}

    def install(name):
        shutil.copy(files.certificate(name), live["cert"])
        shutil.copy(files.key(name), live["key"])

    def shown(server):
        raw = session(server, context())
        found = hashlib.sha256(raw.socket.getpeercert(True)).hexdigest()
        raw.close()
        return found

    configuration = f'tls {{ cert_file: "{live["cert"]}", key_file: "{live["key"]}" }}'
    install("host")
    with Server(configuration) as server:
        old = session(server, context())
        old.send("SUB a 1\r\nPING\r\n").until("PONG")
        first = shown(server)
        install("next")
        server.reload(configuration)
        second = wait_for(lambda: shown(server), lambda found: found != first)
        old.send("PUB a 2\r\nhi\r\n").until("MSG a 1 2")
        with open(live["cert"], "w") as file:
            file.write("no certificate")
        server.reload(configuration)
        time.sleep(0.3)
        expect(shown(server) == second, "a broken file took effect")
        old.send("PUB a 2\r\nhi\r\n").until("MSG a 1 2")


def wait_for(question, holds):
    end = time.monotonic() + WAIT
    while time.monotonic() < end:
        answer = question()
        if holds(answer):
            return answer
        time.sleep(0.05)
    raise AssertionError(f"still {answer}")


async def case_a_hundred_megabytes_arrive_whole():
    with Server(tls("handshake_first: auto") + "\nmax_pending: 256MB") as server:
        url = f"tls://{HOST}:{server.port}"
        options = dict(tls=context(), tls_hostname="localhost", allow_reconnect=False)
        reader = await nats.connect(url, **options)
        writer = await nats.connect(url, **options)
        (sent, received, count) = hashlib.sha256(), hashlib.sha256(), 0
        done = asyncio.Event()

        async def hear(message):
            nonlocal count
            received.update(message.data)
            count += 1
            if count == 1000:
                done.set()

        await reader.subscribe("big", cb=hear, pending_bytes_limit=1 << 30, pending_msgs_limit=10_000)
        await reader.flush()
        for number in range(1000):
            data = os.urandom(1 + number * 210 % 100_000 + 50_000)
            sent.update(data)
            await writer.publish("big", data)
        await writer.flush(60)
        await asyncio.wait_for(done.wait(), 60)
        expect(sent.digest() == received.digest())
        await reader.close()
        await writer.close()


def case_a_reader_that_pauses_loses_nothing():
    with Server(tls()) as server:
        reader, writer = session(server, context()), session(server, context())
        reader.send("SUB a 1\r\nPING\r\n").until("PONG")
        payload = b"x" * 20_000
        for number in range(400):
            writer.send(b"PUB a %d\r\n%s\r\n" % (len(payload) + 4, b"%04d" % number + payload))
        writer.send("PING\r\n").until("PONG", 30)
        time.sleep(0.5)
        wanted = 400 * (len(b"MSG a 1 20004\r\n") + 20_004 + 2)
        while len(reader.data) < wanted:
            expect(reader.more(10), f"{len(reader.data)} of {wanted} bytes")
        for number in range(400):
            expect(b"\r\n%04dxx" % number in reader.data, str(number))


if __name__ == "__main__":
    try:
        main(sys.modules[__name__])
    finally:
        files.remove()
