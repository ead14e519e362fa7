"""What `differential.py` plays: the behaviours that clients depend on."""

import signal

CASES = []

# Known to differ, on purpose: sizes with leading zeroes are relayed without them, and a CONNECT that names
# a member twice is refused.


def case(name, *steps, config="", shape=lambda result: result):
    CASES.append({"name": name, "steps": list(steps), "config": config, "shape": shape})


def connect(more="", verbose=False, pedantic=False, headers=True, protocol=1, **rest):
    import json

    options = {"verbose": verbose, "pedantic": pedantic, "headers": headers, "protocol": protocol}
    options.update(rest)
    return b"CONNECT " + json.dumps(options).encode() + b"\r\nPING\r\n" + more.encode("latin-1")


def pub(subject, body, reply=""):
    reply = reply + " " if reply else ""
    return f"PUB {subject} {reply}{len(body)}\r\n{body}\r\n".encode("latin-1")


def hpub(subject, headers, body, reply=""):
    reply = reply + " " if reply else ""
    line = f"HPUB {subject} {reply}{len(headers)} {len(headers) + len(body)}\r\n"
    return (line + headers + body + "\r\n").encode("latin-1")


HEADERS = "NATS/1.0\r\nA: b\r\n\r\n"

# Framing
case("no CONNECT is verbose, pedantic and echoing", ("a", b"SUB foo 1\r\n"), ("a", pub("foo", "hi")),
     ("a", b"PING\r\n"), ("a", pub("foo.*", "x")), ("a", b"UNSUB 1\r\n"))
case("CONNECT without members keeps the defaults", ("a", b"CONNECT {}\r\nPING\r\n"),
     ("a", b"SUB foo 1\r\n"), ("a", pub("foo", "hi")))
case("bare line feeds end control lines", ("a", b"CONNECT {\"verbose\":false}\nPING\nSUB foo 1\n"),
     ("a", b"PUB foo 2\nhi\r\n"))
case("a payload must end with CR and LF", ("a", connect()), ("a", b"PUB foo 2\r\nhi\n\r\n"))
case("a payload longer than announced", ("a", connect()), ("a", b"PUB foo 2\r\nhiho\r\n"))
case("verbs in any case", ("a", b"connect {\"verbose\":false}\r\nping\r\nsUb foo 1\r\npUb foo 2\r\nhi\r\n"),
     ("a", b"unSUB 1\r\nPiNg\r\npOnG\r\n"))
case("runs of spaces and tabs", ("a", connect()), ("a", b"SUB  \t foo \t 1 \t\r\nPUB \t foo  \t 2 \r\nhi\r\n"))
case("an empty line", ("a", connect()), ("a", b"\r\n"))
for text in ["BAD", "PUBX foo 2", "P", "PIN", "PINGX", "PONGX", "SU", "UNS", "CONNEC", "MSG foo 1 2",
             "RS+ a b", "LS+ a", "A+ x", "HMSG a 1 2 3", "+OKX", "INF", "-ERR", "\x00\x01", "é"]:
    case(f"line {text!r}", ("a", connect()), ("a", text.encode() + b"\r\nPING\r\n"))
for text in ["+OK", "INFO {}", "-ERR 'x'", "PING x y", "PONG abc", "PONG"]:
    case(f"tolerated {text!r}", ("a", connect()), ("a", text.encode() + b"\r\nPING\r\n"))
for text in ["PUB", "PUB ", "PUB foo", "PUB foo bar baz 2", "PUB foo x", "PUB foo -1", "PUB foo 2x",
             "PUB foo 99999999999999999999", "SUB", "SUB foo", "SUB a b c d", "UNSUB", "UNSUB ",
             "UNSUB 1 2 3", "UNSUB 1 x", "UNSUB 1 -1", "CONNECT", "CONNECT x", "CONNECT []",
             "CONNECT {\"verbose\":1}", "CONNECT {\"user\":7}", "CONNECT {\"protocol\":2}",
             "CONNECT {\"protocol\":-1}", "CONNECT {\"protocol\":1.0}", "CONNECT null",
             "CONNECT {\"no_responders\":true}", "CONNECT {\"account\":\"x\"}",
             "CONNECT {\"new_account\":true}", "CONNECT {\"x\":{\"y\":[1]}}", "CONNECT {}x", "HPUB", "HPUB foo 2", "HPUB foo 5 4",
             "HPUB foo -1 4", "HPUB foo a b c 4", "HPUB foo 1 x"]:
    case(f"arguments {text!r}", ("a", connect()), ("a", text.encode() + b"\r\nPING\r\n"))
    if text.startswith("CONNECT"):
        case(f"first {text!r}", ("a", text.encode() + b"\r\nPING\r\n"))
case("HPUB without headers", ("a", connect(headers=False)), ("a", hpub("foo", HEADERS, "x")))
case("a message byte by byte", ("a", connect()), ("a", b"SUB foo 1\r\n"),
     ("a", [bytes([b]) for b in pub("foo", "hello", "bar") + b"PING\r\n"]))
case("a message with headers byte by byte", ("a", connect()), ("a", b"SUB foo 1\r\n"),
     ("a", [bytes([b]) for b in hpub("foo", HEADERS, "hello", "bar")]))
case("a long control line", ("a", connect()), ("a", b"SUB " + b"a" * 4090 + b" 1\r\nPING\r\n"),
     ("a", b"SUB " + b"a" * 4095 + b" 1\r\nPING\r\n"))
case("a control line without end", ("a", connect()), ("a", b"PUB " + b"a" * 5000))
case("a long CONNECT", ("a", b"CONNECT {\"name\":\"" + b"n" * 4000 + b"\"}\r\nPING\r\n"))
case("a CONNECT that is too long", ("a", b"CONNECT {\"name\":\"" + b"n" * 5000 + b"\"}\r\nPING\r\n"))
case("a huge payload is refused before it comes", ("a", connect()), ("a", b"PUB foo 1048577\r\n"))
case("the largest payload", ("a", connect()), ("a", b"SUB foo 1\r\n"), ("a", pub("foo", "x" * 1048576)),
     shape=lambda r: {k: [len(x) if len(x) > 1000 else x for x in v] for k, v in r.items()})

# The beginning
case("protocol 0 gets no second INFO", ("a", connect(protocol=0)), ("a", b"PING\r\n"))
case("the second INFO comes once", ("a", connect()), ("a", b"PING\r\nPING\r\n"))
case("a second CONNECT drops subscriptions", ("a", connect()), ("a", b"SUB foo 1\r\n"), ("a", connect()),
     ("a", pub("foo", "hi") + b"PING\r\n"))
case("verbose", ("a", connect(verbose=True)), ("a", b"SUB foo 1\r\nPING\r\n"), ("a", pub("foo", "hi")),
     ("a", b"UNSUB 1\r\n"), ("a", b"SUB foo..bar 2\r\n"), ("a", hpub("foo", HEADERS, "x")))
case("pedantic complains and routes", ("a", connect(pedantic=True)), ("a", b"SUB > 1\r\n"),
     ("a", pub("foo.*", "x")), ("a", pub("foo.>", "x")), ("a", pub("a..b", "x")), ("a", pub(".a", "x")),
     ("a", pub("a.", "x")), ("a", pub("ok", "x")))
case("no echo", ("a", connect(echo=False)), ("a", b"SUB foo 1\r\n"), ("a", pub("foo", "x")),
     ("b", connect()), ("b", pub("foo", "y")))

# Subjects
for subject in ["foo..bar", ".foo", "foo.", ".", ">.foo", "foo.>.bar", "*", ">", "foo*.bar", "foo.b>", "a.*.>",
                "*.*", "foo.>x", "日本.x", "a\x7fb", "foo.**"]:
    case(f"filter {subject!r}", ("a", connect()), ("a", f"SUB {subject} 1\r\nPING\r\n".encode()),
         ("a", b"".join(pub(s, "x") for s in ["foo.bar", "foo", "a.b.c", "foo.x.bar", "foo*.bar", "foo.b>"])))
case("publishing to wildcards is literal", ("a", connect()), ("a", b"SUB x.> 1\r\nSUB x.* 2\r\nSUB x.y 3\r\n"),
     ("a", pub("x.*", "1") + pub("x.>", "2") + pub("x..b", "3") + pub("x.", "4") + pub("x", "5")),
     shape=lambda r: {k: sorted(v) for k, v in r.items()})
case("case matters", ("a", connect()), ("a", b"SUB foo 1\r\n"), ("a", pub("Foo", "x") + pub("foo", "y")))
case("duplicate sid is ignored", ("a", connect()), ("a", b"SUB foo 1\r\nSUB bar 1\r\n"),
     ("a", pub("foo", "x") + pub("bar", "y")))
case("a duplicate sid when verbose", ("a", connect(verbose=True)), ("a", b"SUB foo 1\r\nSUB bar 1\r\n"))
case("long and odd sids", ("a", connect()), ("a", b"SUB foo " + b"s" * 60 + b"\r\nSUB foo *&^%$\r\n"),
     ("a", pub("foo", "x")), ("a", b"UNSUB " + b"s" * 60 + b"\r\n"), ("a", pub("foo", "y")),
     shape=lambda r: {k: sorted(v) for k, v in r.items()})

# UNSUB
case("unknown sid", ("a", connect()), ("a", b"UNSUB 9\r\nPING\r\n"))
case("UNSUB max counts from SUB", ("a", connect()), ("a", b"SUB foo 1\r\n"), ("a", pub("foo", "1")),
     ("a", b"UNSUB 1 3\r\n"), ("a", pub("foo", "2") + pub("foo", "3") + pub("foo", "4")))
case("UNSUB max already reached", ("a", connect()), ("a", b"SUB foo 1\r\n"),
     ("a", pub("foo", "1") + pub("foo", "2")), ("a", b"UNSUB 1 2\r\n"), ("a", pub("foo", "3")))
case("UNSUB 0 is now", ("a", connect()), ("a", b"SUB foo 1\r\nUNSUB 1 0\r\n"), ("a", pub("foo", "1")))
case("UNSUB max twice", ("a", connect()), ("a", b"SUB foo 1\r\nUNSUB 1 5\r\nUNSUB 1 2\r\n"),
     ("a", b"".join(pub("foo", str(i)) for i in range(6))))
case("UNSUB max in a queue group", ("a", connect()), ("a", b"SUB foo q 1\r\nUNSUB 1 2\r\n"),
     ("a", b"".join(pub("foo", str(i)) for i in range(4))))
case("a sid is free after its last message", ("a", connect()), ("a", b"SUB foo 1\r\nUNSUB 1 1\r\n"),
     ("a", pub("foo", "1") + b"SUB bar 1\r\n" + pub("bar", "2")))
case("UNSUB and SUB in one write", ("a", connect()),
     ("a", b"SUB foo 1\r\nUNSUB 1\r\nSUB bar 1\r\n" + pub("foo", "x") + pub("bar", "y")))

# Queue groups
case("one member", ("a", connect()), ("a", b"SUB foo q 1\r\nSUB foo 2\r\n"), ("a", pub("foo", "x")),
     shape=lambda r: {k: sorted(v) for k, v in r.items()})
case("groups of one name on several filters are one", ("a", connect()), ("a", b"SUB foo.* q 1\r\nSUB foo.> q 2\r\n"),
     ("a", pub("foo.a", "x")), shape=lambda r: {k: len(v) for k, v in r.items()})
case("each message goes to one of two members", ("a", connect()), ("a", b"SUB foo q 1\r\nSUB foo q 2\r\n"),
     ("a", b"".join(pub("foo", "x") for _ in range(20))),
     shape=lambda r: {k: len(v) for k, v in r.items()})

# Headers
case("headers arrive", ("a", connect()), ("a", b"SUB foo 1\r\n"), ("a", hpub("foo", HEADERS, "body", "re")),
     ("a", hpub("foo", HEADERS, "")), ("a", hpub("foo", "", "ab")), ("a", hpub("foo", "xx", "ab")))
case("headers are stripped for who has none", ("a", connect(headers=False)), ("a", b"SUB foo 1\r\n"), ("b", connect()),
     ("b", hpub("foo", HEADERS, "body", "re") + hpub("foo", HEADERS, "") + hpub("foo", "", "ab")))
case("odd spaces in HPUB", ("a", connect()), ("a", b"SUB foo 1\r\n"),
     ("a", b"HPUB  foo  re \t 18 22 \r\nNATS/1.0\r\nA: b\r\n\r\nbody\r\n"))
case("an empty payload", ("a", connect()), ("a", b"SUB foo 1\r\n"), ("a", pub("foo", "")), ("a", pub("foo", "", "re")))

# No responders
case("nobody serves", ("a", connect(no_responders=True)), ("a", b"SUB _INBOX.> 1\r\n"), ("a", pub("svc", "x", "_INBOX.1")))
case("nobody serves, inbox by name and max", ("a", connect(no_responders=True)),
     ("a", b"SUB _INBOX.1 1\r\nUNSUB 1 1\r\n"), ("a", pub("svc", "x", "_INBOX.1")), ("a", pub("svc", "x", "_INBOX.1")))
case("nobody serves and nobody listens", ("a", connect(no_responders=True)), ("a", pub("svc", "x", "_INBOX.1")), ("a", b"PING\r\n"))
case("nobody serves, not negotiated", ("a", connect()), ("a", b"SUB _INBOX.> 1\r\n"), ("a", pub("svc", "x", "_INBOX.1")))
case("own subscription without echo serves not", ("a", connect(no_responders=True, echo=False)),
     ("a", b"SUB _INBOX.> 1\r\nSUB svc 2\r\n"), ("a", pub("svc", "x", "_INBOX.1")))
case("a queue member serves", ("a", connect(no_responders=True)), ("b", connect()), ("b", b"SUB svc q 1\r\n"),
     ("a", b"SUB _INBOX.> 1\r\n"), ("a", pub("svc", "x", "_INBOX.1")), ("b", pub("_INBOX.1", "y")))
case("nobody serves a request with headers", ("a", connect(no_responders=True)), ("a", b"SUB _INBOX.> 1\r\n"),
     ("a", hpub("svc", HEADERS, "x", "_INBOX.1")))
case("nobody serves an odd subject", ("a", connect(no_responders=True)), ("a", b"SUB _INBOX.> 1\r\n"),
     ("a", pub("svc..x", "x", "_INBOX.1")), ("a", pub("svc.*", "x", "_INBOX.1")))
case("the inbox of nobody serves is in a queue group", ("a", connect(no_responders=True)), ("a", b"SUB _INBOX.> q 1\r\n"),
     ("a", pub("svc", "x", "_INBOX.1")))

# Reserved subjects
for reply in ["_R_.x", "$JS.ACK.x", "_GR_.x", "$GNR.x", "$JS.x", "_INBOX.x"]:
    case(f"reply {reply!r}", ("a", connect()), ("a", b"SUB foo 1\r\n"), ("a", pub("foo", "x", reply)))
for subject in ["$GNR.x", "_GR_.x", "$NRG.x", "_R_.x", "$JS.ACK.x", "$SYS.x"]:
    case(f"publish to {subject!r}", ("a", connect()), ("a", b"SUB > 1\r\n"), ("a", pub(subject, "x")))
    case(f"subscribe to {subject!r}", ("a", connect()), ("a", f"SUB {subject} 1\r\nPING\r\n".encode()))

# Two connections
case("order of several publishers' lines", ("a", connect()), ("b", connect()), ("a", b"SUB foo 1\r\nSUB f* 2\r\n"),
     ("b", pub("foo", "1") + pub("foo", "2") + b"PING\r\n"), ("a", b"UNSUB 1\r\nPING\r\n"), ("b", pub("foo", "3")))
case("hanging up ends subscriptions", ("a", connect()), ("a", b"SUB svc 1\r\n"), ("a", "hang up"),
     ("b", connect(no_responders=True)), ("b", b"SUB _INBOX.> 1\r\n"), ("b", pub("svc", "x", "_INBOX.1")))

# Limits
case("max payload", ("a", connect()), ("a", pub("foo", "x" * 64)), ("a", pub("foo", "x" * 65)),
     config="max_payload: 64\n")
case("max payload counts headers", ("a", connect()), ("a", hpub("foo", HEADERS, "x" * 60)), config="max_payload: 64\n")
case("max control line", ("a", connect()), ("a", b"SUB " + b"a" * 240 + b" 1\r\nPING\r\n"),
     ("a", b"SUB " + b"a" * 300 + b" 1\r\nPING\r\n"), config="max_control_line: 256\n")
case("max subscriptions", ("a", connect()), ("a", b"SUB a 1\r\nSUB b 2\r\nSUB c 3\r\nPING\r\n"), ("a", b"UNSUB 1\r\nSUB c 3\r\n"),
     ("a", pub("c", "x")), config="max_subscriptions: 2\n")
case("max connections", ("a", connect()), ("b", connect()), ("c", b"PING\r\n"), ("a", b"PING\r\n"), config="max_connections: 2\n")
case("max tokens of a subscription", ("a", connect()), ("a", b"SUB a.b 1\r\nSUB a.b.c 2\r\nSUB a.> 3\r\nPING\r\n"),
     config="max_sub_tokens: 2\n")

# Pings
case("pings and a stale connection", ("a", connect()), ("wait", 4.6), config="ping_interval: 1\nping_max: 2\n")
case("answered pings", ("a", connect()), ("wait", 1.3), ("a", b"PONG\r\n"), ("wait", 0.7), ("a", b"PONG\r\n"),
     ("wait", 0.2), config="ping_interval: 1\nping_max: 1\n")

# Authentication
TOKEN = "authorization { token: s3cret }\n"
USERS = """
accounts: {
  A: { users: [ {user: a, password: x}, {user: p, password: x, permissions: {
        publish: {allow: ["ok.>", "_INBOX.>"], deny: "ok.no"}, subscribe: {allow: ["in.>", "_INBOX.>", "w q"], deny: "in.no"}}},
      {user: r, password: x, permissions: {publish: {allow: "none"}, subscribe: {allow: "svc"}, allow_responses: true}} ] }
  B: { users: [ {user: b, password: y} ] }
  SYS: { users: [ {user: s, password: z} ] }
}
system_account: SYS
"""


def user(name, password="x", **more):
    return connect(user=name, **{"pass": password}, **more)


case("token", ("a", connect(auth_token="s3cret")), ("a", b"PING\r\n"), config=TOKEN)
case("CONNECT, SUB and PUB in one write", ("a", connect(auth_token="s3cret") + b"SUB foo 1\r\n" + pub("foo", "hello")), config=TOKEN)
case("wrong token", ("a", connect(auth_token="x")), config=TOKEN)
case("no CONNECT where it is required", ("a", b"PING\r\n"), config=TOKEN)
case("a SUB before CONNECT", ("a", b"SUB foo 1\r\n"), config=TOKEN)
case("garbage before CONNECT", ("a", b"garbage\r\n"), config=TOKEN)
case("silence before CONNECT", ("a", b""), ("wait", 1.2), config="authorization { token: s3cret, timeout: 1 }\n")
case("user and password", ("a", user("a")), ("a", b"SUB foo 1\r\n"), ("a", pub("foo", "x")), config=USERS)
case("wrong password", ("a", user("a", "y")), config=USERS)
case("unknown user", ("a", user("zz")), config=USERS)
case("no password", ("a", connect(user="a")), config=USERS)
case("accounts are apart", ("a", user("a")), ("b", user("b", "y")), ("a", b"SUB foo 1\r\n"), ("b", b"SUB foo 1\r\n"),
     ("a", pub("foo", "A")), ("b", pub("foo", "B")), config=USERS)
case("the system account", ("s", user("s", "z")), config=USERS)
case("publish permissions", ("a", user("a")), ("a", b"SUB > 1\r\n"), ("p", user("p")), ("p", pub("ok.a", "1")),
     ("p", pub("no", "2")), ("p", pub("ok.no", "3")), ("p", pub("ok", "4")), ("p", hpub("no", HEADERS, "5")), config=USERS)
case("publish permissions, verbose", ("p", user("p", verbose=True)), ("p", pub("ok.a", "1") + pub("no", "2")), config=USERS)
case("subscribe permissions", ("p", user("p")), ("p", b"SUB in.a 1\r\nSUB out 2\r\nSUB in.no 3\r\nSUB in.> 4\r\nSUB > 5\r\n"),
     ("p", b"SUB in.* q 6\r\nSUB out q 7\r\nSUB w q 8\r\nSUB w 9\r\nSUB w z 10\r\n"), config=USERS)
case("deny at delivery", ("a", user("a")), ("p", user("p")), ("p", b"SUB in.> 1\r\n"), ("a", pub("in.a", "1") + pub("in.no", "2") + pub("in.b", "3")), config=USERS)
case("allow_responses", ("a", user("a")), ("r", user("r")), ("r", b"SUB svc 1\r\n"), ("a", b"SUB re.> 1\r\n"),
     ("r", pub("re.1", "early")), ("a", pub("svc", "x", "re.1")), ("r", pub("re.1", "y")), ("r", pub("re.1", "z")), config=USERS)
case("a second CONNECT as somebody else", ("a", user("a")), ("a", user("b", "y")), ("a", b"PING\r\n"), config=USERS)
case("no_auth_user", ("a", b"SUB foo 1\r\nPING\r\n"), ("a", pub("foo", "x")), ("b", user("b", "y")), ("b", pub("foo", "x")),
     config=USERS + "no_auth_user: a\n")
case("no_auth_user with CONNECT", ("a", connect()), ("c", user("a", "bad")), config=USERS + "no_auth_user: a\n")
case("an account's limits", ("a", connect(user="a", **{"pass": "x"})), ("b", connect(user="a", **{"pass": "x"})),
     ("a", b"SUB a 1\r\nSUB b 2\r\nPING\r\n"), ("a", pub("a", "x" * 20)),
     config="accounts: {A: {users: [{user: a, password: x}], limits: {max_connections: 1, max_subscriptions: 1, max_payload: 10}}}\n")

# The end
case("lame duck", ("a", connect()), ("b", connect(protocol=0)), ("signal", signal.SIGUSR2), ("wait", 0.5),
     config="lame_duck_duration: \"30s\"\nlame_duck_grace_period: \"10s\"\n")
case("a stopped server", ("a", connect()), ("signal", signal.SIGTERM), ("wait", 0.3))
