// Publishes with acknowledgement, one message after the other, and says how long each took: publish PORT
//
// Every line of the standard input is a number of seconds. For so long it publishes 200 bytes to the subject m, which a
// stream in memory takes, and then answers with a line of nanoseconds, one number for each message.

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { SAMPLES_MAX = 1000000, BODY_BYTES = 200 };

static long samples[SAMPLES_MAX];
static char text[1 << 16];
static int wire;

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static long now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000L + time.tv_nsec;
}

static void say(const char *data, size_t count) {
    if (send(wire, data, count, MSG_NOSIGNAL) != (ssize_t) count) fail("send");
}

static void await(const char *word) {
    size_t used = 0;
    for (;;) {
        ssize_t got = recv(wire, text + used, sizeof text - 1 - used, 0);
        if (got <= 0) fail("receive");
        used += (size_t) got;
        text[used] = 0;
        if (strstr(text, "-ERR") != NULL || strstr(text, "\"error\"") != NULL || used > sizeof text - 1024) {
            fprintf(stderr, "instead of %s came %s\n", word, text);
            exit(1);
        }
        if (strstr(text, word) != NULL) return;
        if (strcmp(text, "PING\r\n") == 0) {
            say("PONG\r\n", 6);
            used = 0;
        }
    }
}

static void dial(int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t) port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int on = 1;
    wire = socket(AF_INET, SOCK_STREAM, 0);
    if (wire < 0 || connect(wire, (struct sockaddr *) &address, sizeof address) != 0) fail("connect");
    setsockopt(wire, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    static const char hello[] = "CONNECT {\"verbose\":false}\r\nSUB in 1\r\nPING\r\n";
    say(hello, sizeof hello - 1);
    await("PONG\r\n");
    static const char stream[] = "{\"name\":\"M\",\"subjects\":[\"m\"],\"storage\":\"memory\",\"max_msgs\":1000}";
    int count = snprintf(text, sizeof text, "PUB $JS.API.STREAM.CREATE.M in %zu\r\n%s\r\n", sizeof stream - 1, stream);
    say(text, (size_t) count);
    await("}\r\n");
}

int main(int count, char **words) {
    if (count != 2) return 2;
    dial(atoi(words[1]));
    char message[BODY_BYTES + 64], line[64];
    size_t size = (size_t) snprintf(message, sizeof message, "PUB m in %d\r\n%*s\r\n", BODY_BYTES, BODY_BYTES, "");
    while (fgets(line, sizeof line, stdin) != NULL) {
        long begin = now(), end = begin + (long) (atof(line) * 1e9);
        int used = 0;
        while (begin < end && used < SAMPLES_MAX) {
            say(message, size);
            await("}\r\n");
            long after = now();
            samples[used++] = after - begin;
            begin = after;
        }
        for (int i = 0; i < used; i++) printf("%ld ", samples[i]);
        printf("\n");
        fflush(stdout);
    }
    return 0;
}
