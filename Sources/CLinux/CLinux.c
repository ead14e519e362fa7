// Bodies for the declarations of CLinux.h.

// Only here: in the header it would change the layout of system types that other modules share.
#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <execinfo.h>
#include <malloc.h>
#include <string.h>

int clinux_errno(void) { return errno; }

const char *clinux_error_text(int number) { return strerror(number); }

int clinux_accept(int listener, struct sockaddr *address, socklen_t *length) {
    return accept4(listener, address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

int clinux_stamp_arrivals(int socket) {
    int on = 1;
    return setsockopt(socket, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
}

ssize_t clinux_receive(int socket, void *bytes, size_t count, uint64_t *arrived) {
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(struct timespec))];
    } control;
    struct iovec part = {bytes, count};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control,
                             .msg_controllen = sizeof control};
    ssize_t got = recvmsg(socket, &message, 0);
    *arrived = 0;
    if (got <= 0) return got;
    struct cmsghdr *note = CMSG_FIRSTHDR(&message);
    if (note != NULL && note->cmsg_level == SOL_SOCKET && note->cmsg_type == SCM_TIMESTAMPNS) {
        struct timespec time;
        memcpy(&time, CMSG_DATA(note), sizeof time);
        *arrived = (uint64_t) time.tv_sec * 1000000000 + (uint64_t) time.tv_nsec;
    }
    return got;
}

int clinux_epoll_wait(int epoll, struct epoll_event *events, int most, uint64_t nanoseconds) {
    struct timespec time = {(time_t) (nanoseconds / 1000000000), (long) (nanoseconds % 1000000000)};
    return epoll_pwait2(epoll, events, most, &time, NULL);
}

void clinux_sharpen_timers(void) { prctl(PR_SET_TIMERSLACK, 1000UL, 0UL, 0UL, 0UL); }

int clinux_openat(int directory, const char *path, int flags, unsigned mode) {
    return openat(directory, path, flags, mode);
}

void clinux_trim_memory(void) { malloc_trim(0); }

void clinux_name_thread(const char *name) {
    char kept[16] = {0};
    strncpy(kept, name, sizeof kept - 1);
    pthread_setname_np(pthread_self(), kept);
}

static char crash_name[64];

static void complain(const char *text) {
    // There is nobody to tell of a failure.
    if (write(STDERR_FILENO, text, strlen(text)) < 0) return;
}

// Addresses only: what registers and stacks hold may be a secret. addr2line(1) makes lines of them.
static void report_crash(int number) {
    void *frames[64];
    const char *description = sigdescr_np(number);
    complain(crash_name);
    complain(": crashed: ");
    complain(description ? description : "unknown signal");
    complain("\n");
    backtrace_symbols_fd(frames, backtrace(frames, 64), STDERR_FILENO);
    // A signal that somebody sent does not come again by itself.
    signal(number, SIG_DFL);
    raise(number);
}

int clinux_report_crashes(const char *name) {
    static const int crashes[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE, SIGABRT, SIGSYS};
    struct sigaction before;
    if (sigaction(SIGSEGV, NULL, &before) == 0 && before.sa_handler != SIG_DFL) return 0;
    void *frame;
    strncpy(crash_name, name, sizeof crash_name - 1);
    // The first call loads a library, which a handler must not.
    backtrace(&frame, 1);
    struct sigaction action = {0};
    action.sa_handler = report_crash;
    action.sa_flags = SA_ONSTACK | SA_NODEFER;
    sigemptyset(&action.sa_mask);
    for (unsigned index = 0; index < sizeof crashes / sizeof *crashes; index++) {
        sigaction(crashes[index], &action, NULL);
    }
    return 1;
}

// The Castagnoli polynomial, reflected (RFC 3720 appendix B.4).
static uint32_t crc32c_portable(uint32_t crc, const unsigned char *at, size_t count) {
    for (; count > 0; count--, at++) {
        crc ^= *at;
        for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (0x82F63B78u & (0u - (crc & 1)));
    }
    return crc;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2")))
static uint32_t crc32c_sse42(uint32_t crc, const unsigned char *at, size_t count) {
    uint64_t wide = crc;
    for (; count >= 8; count -= 8, at += 8) {
        uint64_t word;
        memcpy(&word, at, sizeof word);
        wide = __builtin_ia32_crc32di(wide, word);
    }
    uint32_t narrow = (uint32_t)wide;
    for (; count > 0; count--, at++) narrow = __builtin_ia32_crc32qi(narrow, *at);
    return narrow;
}
#endif

int clinux_write_out(int file, off_t offset, off_t count) {
    return sync_file_range(file, offset, count,
                           SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER);
}

uint32_t clinux_crc32c(uint32_t crc, const void *bytes, size_t count) {
    crc = ~crc;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("sse4.2")) return ~crc32c_sse42(crc, bytes, count);
#endif
    return ~crc32c_portable(crc, bytes, count);
}
