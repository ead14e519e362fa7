"""What the log shows of traffic when it is asked to."""

import sys
import time

from harness import WAIT, Raw, Server, expect, main

HEADERS = "NATS/1.0\r\nA: b\r\n\r\n"
ACCOUNTS = """
accounts { SYS { users: [ { user: root, password: pw } ] }, APP { users: [ { user: anna, password: pw } ] } }
system_account: SYS
"""


def talk(server, **credentials):
    raw = Raw(server.port).connect(headers=True, **credentials)
    raw.until("PONG")
    raw.send("PUB plain 10\r\n0123456789\r\n")
    raw.send(f"HPUB headed {len(HEADERS)} {len(HEADERS) + 4}\r\n{HEADERS}body\r\nPING\r\n")
    raw.until("PONG")
    raw.close()


def said(configuration, awaited="", **credentials):
    """The log after a conversation; another thread writes it, so `awaited` may come a moment later."""
    with Server(configuration) as server:
        talk(server, **credentials)
        end = time.monotonic() + WAIT
        while awaited not in server.said() and time.monotonic() < end:
            time.sleep(0.01)
        return server.said()


def case_nothing_unless_asked():
    expect("[TRC]" not in said(""))


def case_commands_and_payloads():
    text = said("trace: true", '"0123456789"')
    expect("<<- [PUB plain 10]" in text and 'MSG_PAYLOAD: ["0123456789"]' in text, text)


def case_long_payloads_are_cut():
    text = said("trace: true\nmax_traced_msg_len: 4", "0123...")
    expect('MSG_PAYLOAD: ["0123..."]' in text and "01234" not in text, text)


def case_headers_alone():
    text = said("trace_headers: true", "NATS/1.0")
    expect('MSG_PAYLOAD: ["NATS/1.0\\r\\nA: b\\r\\n\\r\\n"]' in text, text)
    expect("0123456789" not in text and "body" not in text, text)


def case_the_system_account_only_when_verbose():
    login = {"user": "root", "pass": "pw"}
    expect("PUB plain" not in said(ACCOUNTS + "trace: true", **login))
    expect("PUB plain" in said(ACCOUNTS + "trace_verbose: true", **login))
    expect("PUB plain" in said(ACCOUNTS + "trace: true", **dict(login, user="anna")))


def case_passwords_never():
    text = said('authorization { user: anna, password: hush-hush }\ntrace: true\ndebug: true',
                user="anna", **{"pass": "hush-hush"})
    expect("hush-hush" not in text, text)


if __name__ == "__main__":
    main(sys.modules[__name__])
