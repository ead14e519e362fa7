"""One side of the comparison of JetStream answers: a connection that asks, and what it heard, comparable."""

import base64
import json
import re
import socket
import time

TIMES = {"created", "ts", "time", "first_ts", "last_ts", "timestamp", "last_active", "pinned_ts"}
ZERO = "0001-01-01T00:00:00Z"
# What differs by nature: names of servers, versions, counts of requests, random names.
LEFT_OUT = {"_nats.ver", "_nats.level", "_nats.req.level"}
QUIET = 0.12


def normal(value, key=""):
    """A JSON value without what may differ between two servers."""
    if isinstance(value, dict):
        if key == "api":
            return "api"
        if key == "cluster":
            return sorted(value)
        out = {k: normal(v, k) for k, v in value.items() if k not in LEFT_OUT}
        if key == "error" and out.get("err_code") == 10025 and "unknown field" not in out["description"]:
            out["description"] = "invalid JSON"
        return out
    if isinstance(value, list):
        found = [normal(v, key) for v in value]
        # nats-server keeps sources in no order.
        return sorted(found, key=json.dumps) if key == "sources" else found
    if key in TIMES and value != ZERO:
        return "TIME"
    if key == "active":
        return "heard" if value >= 0 else value
    if key in ("id", "pinned_id") and isinstance(value, str):
        return "ID"
    if key == "ack_time":
        return "NANOSECONDS"
    if key == "pause_remaining":
        return "REMAINING"
    if key == "hdrs":
        return header_text(base64.b64decode(value))
    return value


def header_text(block):
    text = block.decode(errors="replace")
    text = re.sub(r"(Nats-Time-Stamp: )[^\r]+", r"\1TIME", text)
    text = re.sub(r"(Nats-Pin-Id: )[^\r]+", r"\1PIN", text)
    return re.sub(r"(Nats-Stream-Source: [^\r]*) [0-9A-Za-z]{8}\r", r"\1 ID\r", text)


def subject_text(subject):
    """An ack subject without its time, an inbox without its name, a flow control subject without its token."""
    words = subject.split(".")
    if subject.startswith("$JS.ACK.") and len(words) == 9:
        words[7] = "TIME"
    if subject.startswith("$JS.FC."):
        words[-1] = "TOKEN"
    if subject.startswith("_INBOX."):
        return "INBOX"
    return ".".join(words)


class Session:
    """A connection to one server and the transcript of a case."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), 5)
        self.data = b""
        self.count = 0
        # Where streams keep their messages that do not say it themselves.
        self.storage = "memory"
        self.log = []
        self.messages = []
        self.send("CONNECT " + json.dumps({
            "verbose": False, "pedantic": False, "headers": True, "no_responders": True,
            "protocol": 1, "lang": "python3", "version": "1", "name": "compare"}) + "\r\nPING\r\n")
        self.send("SUB _INBOX.c.> 1\r\n")
        self.heard(0.2)

    def begin(self):
        self.heard(0.02)
        self.log = []
        self.messages = []

    def send(self, data):
        self.socket.sendall(data.encode() if isinstance(data, str) else data)

    # Receiving

    def parse(self):
        """The next message of what was read, or None."""
        while True:
            end = self.data.find(b"\r\n")
            if end < 0:
                return None
            line = self.data[:end].decode()
            words = line.split()
            if not words or words[0] not in ("MSG", "HMSG"):
                if words and words[0] == "PING":
                    self.send("PONG\r\n")
                elif words and words[0] == "-ERR":
                    self.log.append(line)
                self.data = self.data[end + 2:]
                continue
            total = int(words[-1])
            if len(self.data) < end + 2 + total + 2:
                return None
            body = self.data[end + 2:end + 2 + total]
            self.data = self.data[end + 2 + total + 2:]
            headers = 0
            fields = words[1:-1]
            if words[0] == "HMSG":
                headers = int(fields.pop())
            return {
                "subject": fields[0], "sid": fields[1], "reply": fields[2] if len(fields) > 2 else "",
                "headers": body[:headers], "body": body[headers:]}

    def heard(self, seconds, most=None, quiet=None):
        """Messages that come within `seconds`: until `most`, or until it has been quiet."""
        found = []
        end = time.monotonic() + seconds
        last = time.monotonic()
        while True:
            message = self.parse()
            if message:
                found.append(message)
                last = time.monotonic()
                if most and len(found) >= most:
                    return found
                continue
            now = time.monotonic()
            if now >= end or (quiet and found and now - last >= quiet):
                return found
            self.socket.settimeout(max(0.005, min(end - now, quiet or 1)))
            try:
                piece = self.socket.recv(1 << 20)
            except (TimeoutError, socket.timeout):
                continue
            if not piece:
                raise AssertionError("the server closed the connection")
            self.data += piece

    # Asking

    def inbox(self):
        self.count += 1
        return f"_INBOX.c.{self.count}"

    def publish(self, subject, body=b"", headers=None, reply=""):
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
        if isinstance(body, str):
            body = body.encode()
        if headers:
            block = b"NATS/1.0\r\n" + b"".join(
                f"{k}: {v}\r\n".encode() for k, v in headers.items()) + b"\r\n"
            self.send(f"HPUB {subject} {reply} {len(block)} {len(block) + len(body)}\r\n".encode()
                      + block + body + b"\r\n")
        else:
            self.send(f"PUB {subject} {reply} {len(body)}\r\n".encode() + body + b"\r\n")

    def ask(self, subject, body=b"", headers=None, seconds=2.0):
        """A request and its first answer as bytes of headers and body."""
        self.publish(subject, body, headers, self.inbox())
        found = self.heard(seconds, most=1)
        return found[0] if found else None

    def api(self, endpoint, body=b"", headers=None, seconds=2.0):
        """A request to the API; its answer goes into the transcript."""
        return self.note(self.ask("$JS.API." + endpoint, body, headers, seconds))

    def store(self, subject, body=b"x", headers=None):
        """A publish that is answered."""
        return self.note(self.ask(subject, body, headers))

    def silent(self, subject, body=b"", headers=None):
        """A request that is not answered."""
        return self.note(self.ask(subject, body, headers, seconds=0.3))

    def quietly(self, endpoint, body=b""):
        """A request whose answer is of no interest."""
        return self.ask("$JS.API." + endpoint, body)

    def stream(self, name, /, **members):
        members.setdefault("storage", self.storage)
        return self.api(f"STREAM.CREATE.{name}", {"name": name, **members})

    def consumer(self, stream, name, /, **members):
        members.setdefault("ack_policy", "explicit")
        return self.api(
            f"CONSUMER.DURABLE.CREATE.{stream}.{name}",
            {"stream_name": stream, "config": {"durable_name": name, **members}})

    def fill(self, subject, count, **headers):
        for number in range(count):
            self.ask(subject, f"m{number}", headers or None)

    def pull(self, path, body=b"", seconds=1.5, most=None, quiet=QUIET):
        """A pull; every message and status goes into the transcript."""
        # nats-server counts what is pending a moment after it has answered.
        time.sleep(0.03)
        self.publish(f"$JS.API.CONSUMER.MSG.NEXT.{path}", body, reply=self.inbox())
        for message in self.heard(seconds, most, quiet):
            self.note(message)

    def ack(self, number, body=b"+ACK", waits=True):
        """Says something about the delivery `number` of this case."""
        reply = self.messages[number]["reply"]
        if waits:
            self.note(self.ask(reply, body, seconds=0.5))
        else:
            self.publish(reply, body)

    def info(self, path):
        return self.api(f"CONSUMER.INFO.{path}")

    def state(self, name):
        return self.api(f"STREAM.INFO.{name}")

    def listen(self, subject):
        self.count += 1
        self.send(f"SUB {subject} {100 + self.count}\r\n")

    def hear(self, seconds=0.5, most=None):
        """What comes by itself goes into the transcript."""
        for message in self.heard(seconds, most, QUIET):
            self.note(message)

    def note(self, message):
        if message is None:
            self.log.append("silence")
            return None
        entry = {"subject": subject_text(message["subject"])}
        if message["reply"]:
            entry["reply"] = subject_text(message["reply"])
            self.messages.append(message)
        if message["headers"]:
            entry["headers"] = header_text(message["headers"])
        body = message["body"].decode(errors="replace")
        if body.startswith("{"):
            try:
                entry["json"] = normal(json.loads(body))
            except ValueError:
                entry["body"] = body
        elif body:
            entry["body"] = body
        self.log.append(entry)
        return message

    def close(self):
        self.socket.close()
