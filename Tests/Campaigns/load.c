// Publishes at a steady rate and counts: load PORT RATE SECONDS QUEUES
//
// The queues are streams L0, L1, … of subjects l0.x, l1.x, … Most messages want no answer; beside them four threads
// publish with acknowledgement, one message at a time, and measure how long each takes: from before the system is given
// the message until the acknowledgement has reached the socket, which the system notes, and until the thread has read
// it. Every 50 ms a line says 0, the time of the monotonic clock and how many messages were handed over by then. SIGTERM
// ends it early.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <nats/nats.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PROBES = 4, SAMPLES_MAX = 100000, PAUSE_MICROSECONDS = 20000 };

static const char body[] =
    "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789";
static char url[64];
static int port;
static int queues;
static atomic_long published[64];
static atomic_bool isOver;
static volatile sig_atomic_t isAskedToEnd;
static double arrived[SAMPLES_MAX], seen[SAMPLES_MAX];
static atomic_int sampleCount;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double) time.tv_sec + (double) time.tv_nsec / 1e9;
}

static void check(natsStatus status, const char *what) {
    if (status == NATS_OK) return;
    fprintf(stderr, "%s: %s\n", what, natsStatus_GetText(status));
    exit(1);
}

static void pause_for(long microseconds) {
    struct timespec time = {microseconds / 1000000, microseconds % 1000000 * 1000};
    nanosleep(&time, NULL);
}

static void end_early(int signal) {
    (void) signal;
    isAskedToEnd = 1;
}

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void say(int wire, const char *text, size_t count) {
    if (send(wire, text, count, MSG_NOSIGNAL) != (ssize_t) count) fail("send");
}

// Reads until `word` has come; gives when its last byte reached the socket, by the clock of the day.
static struct timespec await(int wire, const char *word) {
    char text[4096], control[128];
    size_t used = 0;
    struct timespec came = {0, 0};
    for (;;) {
        struct iovec part = {text + used, sizeof text - 1 - used};
        struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control,
                                 .msg_controllen = sizeof control};
        ssize_t got = recvmsg(wire, &message, 0);
        if (got <= 0) fail("receive");
        for (struct cmsghdr *note = CMSG_FIRSTHDR(&message); note != NULL; note = CMSG_NXTHDR(&message, note)) {
            if (note->cmsg_type == SCM_TIMESTAMPNS) memcpy(&came, CMSG_DATA(note), sizeof came);
        }
        used += (size_t) got;
        text[used] = 0;
        if (strstr(text, "PING\r\n") != NULL) say(wire, "PONG\r\n", 6);
        if (strstr(text, word) != NULL) return came;
        if (strstr(text, "-ERR") != NULL || strstr(text, "\"error\"") != NULL || used > sizeof text - 1024) {
            fprintf(stderr, "instead of %s came %s\n", word, text);
            exit(1);
        }
        if (strstr(text, "PING\r\n") == text) used = 0;
    }
}

static int dial(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t) port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int wire = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    if (wire < 0 || connect(wire, (struct sockaddr *) &address, sizeof address) != 0) fail("connect");
    setsockopt(wire, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (setsockopt(wire, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on) != 0) fail("time stamps");
    return wire;
}

static double milliseconds(struct timespec begin, struct timespec end) {
    return (double) (end.tv_sec - begin.tv_sec) * 1e3 + (double) (end.tv_nsec - begin.tv_nsec) / 1e6;
}

static void *probe(void *argument) {
    long number = (long) argument;
    char text[512];
    int wire = dial();
    int count = snprintf(text, sizeof text, "CONNECT {\"verbose\":false}\r\nSUB p%ld 1\r\nPING\r\n", number);
    say(wire, text, (size_t) count);
    await(wire, "PONG\r\n");
    for (int i = 0; !isOver; i++) {
        int queue = (int) (number + i * PROBES) % queues;
        count = snprintf(text, sizeof text, "PUB l%d.x p%ld %zu\r\n%s\r\n", queue, number, sizeof body - 1, body);
        struct timespec begin, end;
        clock_gettime(CLOCK_REALTIME, &begin);
        say(wire, text, (size_t) count);
        struct timespec came = await(wire, "}\r\n");
        clock_gettime(CLOCK_REALTIME, &end);
        int place = atomic_fetch_add(&sampleCount, 1);
        if (place < SAMPLES_MAX) {
            arrived[place] = milliseconds(begin, came);
            seen[place] = milliseconds(begin, end);
        }
        atomic_fetch_add(&published[queue], 1);
        pause_for(PAUSE_MICROSECONDS);
    }
    close(wire);
    return NULL;
}

static int compare(const void *left, const void *right) {
    double difference = *(const double *) left - *(const double *) right;
    return difference < 0 ? -1 : difference > 0;
}

static void tell(const char *name, double *samples, int measured) {
    qsort(samples, (size_t) measured, sizeof *samples, compare);
    printf("%s %d %.4f %.4f %.4f\n", name, measured, samples[measured / 2], samples[measured * 9 / 10],
           samples[measured * 99 / 100]);
}

static long total(void) {
    long sum = 0;
    for (int i = 0; i < queues; i++) sum += published[i];
    return sum;
}

static void publish(natsConnection *connection, double rate, double seconds) {
    double begin = now(), said = 0;
    long sent = 0;
    while (now() - begin < seconds && !isAskedToEnd) {
        for (long due = (long) ((now() - begin) * rate) - sent; due > 0; due--, sent++) {
            int queue = (int) (sent % queues);
            char subject[32];
            snprintf(subject, sizeof subject, "l%d.x", queue);
            check(natsConnection_Publish(connection, subject, body, sizeof body - 1), "publish");
            atomic_fetch_add(&published[queue], 1);
        }
        if (now() - said > 0.05) {
            said = now();
            printf("0 %.6f %ld\n", said, total());
            fflush(stdout);
        }
        pause_for(1000);
    }
}

int main(int count, char **words) {
    if (count != 5) return 2;
    snprintf(url, sizeof url, "nats://127.0.0.1:%s", words[1]);
    port = atoi(words[1]);
    queues = atoi(words[4]);
    if (queues < 1 || queues > 64) return 2;
    natsConnection *connection = NULL;
    jsCtx *js = NULL;
    check(natsConnection_ConnectTo(&connection, url), "connect");
    check(natsConnection_JetStream(&js, connection, NULL), "stream API");
    for (int i = 0; i < queues; i++) {
        char name[16], subject[16];
        snprintf(name, sizeof name, "L%d", i);
        snprintf(subject, sizeof subject, "l%d.>", i);
        const char *subjects[] = {subject};
        jsStreamConfig config;
        jsStreamConfig_Init(&config);
        config.Name = name;
        config.Subjects = subjects;
        config.SubjectsLen = 1;
        check(js_AddStream(NULL, js, &config, NULL, NULL), "stream");
    }
    signal(SIGTERM, end_early);
    pthread_t probes[PROBES];
    for (long i = 0; i < PROBES; i++) pthread_create(&probes[i], NULL, probe, (void *) i);
    publish(connection, atof(words[2]), atof(words[3]));
    isOver = true;
    for (int i = 0; i < PROBES; i++) pthread_join(probes[i], NULL);
    check(natsConnection_FlushTimeout(connection, 60000), "flush");
    int measured = sampleCount < SAMPLES_MAX ? sampleCount : SAMPLES_MAX;
    if (measured == 0) return 1;
    tell("arrived", arrived, measured);
    tell("seen", seen, measured);
    printf("queues");
    for (int i = 0; i < queues; i++) printf(" %ld", (long) published[i]);
    printf("\n");
    jsCtx_Destroy(js);
    natsConnection_Destroy(connection);
    nats_Close();
    return 0;
}
