// Publishes at a steady rate and counts: load PORT RATE SECONDS QUEUES
//
// The queues are streams L0, L1, … of subjects l0.x, l1.x, … Most messages want no answer; beside them four threads
// publish with acknowledgement, one message at a time, and measure how long each takes. Every 50 ms a line says the
// time of the monotonic clock and how many messages were handed over by then. SIGTERM ends it early.

#include <nats/nats.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PROBES = 4, SAMPLES_MAX = 100000, PAUSE_MICROSECONDS = 20000 };

static const char body[] =
    "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789";
static char url[64];
static int queues;
static atomic_long published[64];
static atomic_bool isOver;
static volatile sig_atomic_t isAskedToEnd;
static double samples[SAMPLES_MAX];
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

static void *probe(void *argument) {
    long number = (long) argument;
    natsConnection *connection = NULL;
    jsCtx *js = NULL;
    check(natsConnection_ConnectTo(&connection, url), "connect");
    check(natsConnection_JetStream(&js, connection, NULL), "stream API");
    for (int i = 0; !isOver; i++) {
        int queue = (int) (number + i * PROBES) % queues;
        char subject[32];
        snprintf(subject, sizeof subject, "l%d.x", queue);
        double begin = now();
        check(js_Publish(NULL, js, subject, body, sizeof body - 1, NULL, NULL), "publish");
        int place = atomic_fetch_add(&sampleCount, 1);
        if (place < SAMPLES_MAX) samples[place] = (now() - begin) * 1000;
        atomic_fetch_add(&published[queue], 1);
        pause_for(PAUSE_MICROSECONDS);
    }
    jsCtx_Destroy(js);
    natsConnection_Destroy(connection);
    return NULL;
}

static int compare(const void *left, const void *right) {
    double difference = *(const double *) left - *(const double *) right;
    return difference < 0 ? -1 : difference > 0;
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
            printf("%.6f %ld\n", said, total());
            fflush(stdout);
        }
        pause_for(1000);
    }
}

int main(int count, char **words) {
    if (count != 5) return 2;
    snprintf(url, sizeof url, "nats://127.0.0.1:%s", words[1]);
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
    qsort(samples, (size_t) measured, sizeof *samples, compare);
    printf("latency %d %.3f %.3f %.3f\n", measured, samples[measured / 2], samples[measured * 9 / 10],
           samples[measured * 99 / 100]);
    printf("queues");
    for (int i = 0; i < queues; i++) printf(" %ld", (long) published[i]);
    printf("\n");
    jsCtx_Destroy(js);
    natsConnection_Destroy(connection);
    nats_Close();
    return 0;
}
