// A disk that fails: loaded before the C library, it counts every call that changes a store and spoils one.
//
//   FAULT_DIR    only files below this directory count
//   FAULT_COUNT  a file of sixteen bytes that keeps two counts, even when the process is killed: all such calls, and
//                those that hang at the moment
//   FAULT_AT     the number of the call to spoil, from 1; 0 spoils none
//   FAULT_MODE   before   killed before the call does anything
//                after    killed after the call has done it
//                tear     a write does half of its bytes, then the process is killed
//                eio      the call fails with EIO and does nothing
//                enospc   the call, and every other that needs room, fails for FAULT_CALLS calls
//                lie      a sync fails once; all later ones claim success and do nothing
//                hang     every call waits for as long as there is the file FAULT_GATE; hang-sync and hang-write let
//                         others than syncs, or than writes, go on
//   FAULT_CALLS  how many calls in a row fail with enospc; 1 if not given

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

enum kind { WRITE, SYNC, OTHER };
enum verdict { GO, FAIL, TEAR, LIE, AFTER };

static char directory[4096];
static uint64_t at, calls = 1;
static const char *mode = "", *gate;
static _Atomic uint64_t *count;
static _Atomic int lying;

static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("FAULT_DIR"), *number = getenv("FAULT_COUNT");
    if (!path || !number || !realpath(path, directory)) return;
    if (getenv("FAULT_AT")) at = strtoull(getenv("FAULT_AT"), NULL, 10);
    if (getenv("FAULT_CALLS")) calls = strtoull(getenv("FAULT_CALLS"), NULL, 10);
    if (getenv("FAULT_MODE")) mode = getenv("FAULT_MODE");
    gate = getenv("FAULT_GATE");
    int (*open_)(const char *, int, ...) = real("open");
    int (*truncate_)(int, off_t) = real("ftruncate");
    int file = open_(number, O_RDWR | O_CREAT, 0600);
    if (file < 0 || truncate_(file, 16) != 0) return;
    void *memory = mmap(NULL, 16, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (memory != MAP_FAILED) count = memory;
    close(file);
}

static int is_below(int descriptor) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    size_t prefix = strlen(directory);
    return !strncmp(path, directory, prefix) && (path[prefix] == '/' || !path[prefix]);
}

__attribute__((noreturn)) static void die(void) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

static void wait_at_gate(enum kind kind) {
    if (!gate || strncmp(mode, "hang", 4) != 0) return;
    if (!strcmp(mode, "hang-sync") && kind != SYNC) return;
    if (!strcmp(mode, "hang-write") && kind != WRITE) return;
    if (access(gate, F_OK) != 0) return;
    atomic_fetch_add(count + 1, 1);
    while (access(gate, F_OK) == 0) usleep(2000);
    atomic_fetch_sub(count + 1, 1);
}

static enum verdict judge(enum kind kind, int descriptor) {
    if (!count || !is_below(descriptor)) return GO;
    wait_at_gate(kind);
    if (kind == SYNC && atomic_load(&lying)) return LIE;
    uint64_t number = atomic_fetch_add(count, 1) + 1;
    if (!at || number < at) return GO;
    if (!strcmp(mode, "enospc")) {
        if (number >= at + calls || kind == SYNC) return GO;
        errno = ENOSPC;
        return FAIL;
    }
    if (number != at) return GO;
    if (!strcmp(mode, "before")) die();
    if (!strcmp(mode, "after")) return AFTER;
    if (!strcmp(mode, "tear")) {
        if (kind != WRITE) die();
        return TEAR;
    }
    if (!strcmp(mode, "lie")) {
        if (kind != SYNC) return GO;
        atomic_store(&lying, 1);
    }
    errno = EIO;
    return FAIL;
}

#define SPOILED(kind, descriptor, call)                              \
    switch (judge(kind, descriptor)) {                               \
    case GO: return call;                                            \
    case FAIL: return -1;                                            \
    case LIE: return 0;                                              \
    case TEAR:                                                       \
    case AFTER: call; die();                                         \
    }                                                                \
    return -1;

#define WRITTEN(descriptor, whole, half)                             \
    switch (judge(WRITE, descriptor)) {                              \
    case GO: return whole;                                           \
    case FAIL: return -1;                                            \
    case TEAR: half; die();                                          \
    case LIE:                                                        \
    case AFTER: whole; die();                                        \
    }                                                                \
    return -1;

ssize_t pwrite(int file, const void *bytes, size_t size, off_t offset) {
    ssize_t (*next)(int, const void *, size_t, off_t) = real("pwrite");
    WRITTEN(file, next(file, bytes, size, offset), next(file, bytes, size / 2, offset))
}

ssize_t pwrite64(int file, const void *bytes, size_t size, off_t offset) { return pwrite(file, bytes, size, offset); }

ssize_t write(int file, const void *bytes, size_t size) {
    ssize_t (*next)(int, const void *, size_t) = real("write");
    WRITTEN(file, next(file, bytes, size), next(file, bytes, size / 2))
}

int fdatasync(int file) {
    int (*next)(int) = real("fdatasync");
    SPOILED(SYNC, file, next(file))
}

int sync_file_range(int file, off_t offset, off_t size, unsigned flags) {
    int (*next)(int, off_t, off_t, unsigned) = real("sync_file_range");
    SPOILED(OTHER, file, next(file, offset, size, flags))
}

int fsync(int file) {
    int (*next)(int) = real("fsync");
    SPOILED(SYNC, file, next(file))
}

int ftruncate(int file, off_t size) {
    int (*next)(int, off_t) = real("ftruncate");
    SPOILED(OTHER, file, next(file, size))
}

int ftruncate64(int file, off_t size) { return ftruncate(file, size); }

int mkdirat(int parent, const char *path, mode_t bits) {
    int (*next)(int, const char *, mode_t) = real("mkdirat");
    SPOILED(OTHER, parent, next(parent, path, bits))
}

int renameat(int from, const char *old, int to, const char *new) {
    int (*next)(int, const char *, int, const char *) = real("renameat");
    SPOILED(OTHER, from, next(from, old, to, new))
}

int unlinkat(int parent, const char *path, int flags) {
    int (*next)(int, const char *, int) = real("unlinkat");
    SPOILED(OTHER, parent, next(parent, path, flags))
}

int linkat(int from, const char *old, int to, const char *new, int flags) {
    int (*next)(int, const char *, int, const char *, int) = real("linkat");
    SPOILED(OTHER, from, next(from, old, to, new, flags))
}

int openat(int parent, const char *path, int flags, ...) {
    int (*next)(int, const char *, int, ...) = real("openat");
    mode_t bits = 0;
    if (flags & (O_CREAT | O_TMPFILE)) {
        va_list more;
        va_start(more, flags);
        bits = va_arg(more, mode_t);
        va_end(more);
    }
    if (!(flags & O_CREAT)) return next(parent, path, flags, bits);
    SPOILED(OTHER, parent, next(parent, path, flags, bits))
}

int openat64(int parent, const char *path, int flags, ...) {
    mode_t bits = 0;
    if (flags & (O_CREAT | O_TMPFILE)) {
        va_list more;
        va_start(more, flags);
        bits = va_arg(more, mode_t);
        va_end(more);
    }
    return openat(parent, path, flags, bits);
}
