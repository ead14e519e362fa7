"""Where Sluice answers otherwise than nats-server, and why that is right: case, word of the difference, reason."""

EXCEPTIONS = [
    ("pulls end with their status", "Bad Request - invalid JSON",
     "what is wrong with a text is said in the words of the library that reads it"),
    ("what is refused comes again", "ack_floor",
     "with nothing pending the floor moves at once; nats-server moves it with the next acknowledgement"),
    ("make: events", ".state.", "advisories differ in length by names and versions of servers"),
    ("messages are deleted, on disk", ".json.error",
     "what is not there is called so in memory and on disk alike; nats-server's store gives its own errors"),
]
