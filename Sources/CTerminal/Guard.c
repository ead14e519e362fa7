// The terminal is put back in order after any end of the process, a crash included.

#define _GNU_SOURCE

#include "CTerminal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

enum { BYTES_MAX = 512, SIGNAL_COUNT = 7 };

static const int crashes[SIGNAL_COUNT] = {
    SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE, SIGABRT, SIGSYS,
};

static struct sigaction before[SIGNAL_COUNT];
static struct termios found;
static char bytes[BYTES_MAX];
static size_t byte_count;
static int guarded = -1;
static int errors = -1;
static atomic_int is_entered;
static int is_installed;

int cterminal_size(int descriptor, int *columns, int *rows) {
    struct winsize size;
    if (ioctl(descriptor, TIOCGWINSZ, &size) != 0) return 0;
    *columns = size.ws_col;
    *rows = size.ws_row;
    return size.ws_col > 0 && size.ws_row > 0;
}

static int is_foreground(int descriptor) {
    pid_t group = tcgetpgrp(descriptor);
    return group < 0 || group == getpgrp();
}

static void restore(int terminal) {
    if (!atomic_exchange(&is_entered, 0)) return;
    int kept = errno;
    if (is_foreground(terminal)) {
        // A terminal that takes nothing has output waiting that nobody needs any more.
        if (write(terminal, bytes, byte_count) < 0 && errno == EAGAIN) {
            tcflush(terminal, TCOFLUSH);
            if (write(terminal, bytes, byte_count) < 0) errno = 0;
        }
        tcsetattr(terminal, TCSANOW, &found);
    }
    errno = kept;
}

void cterminal_restore(void) {
    restore(guarded);
}

// Other threads still run. What they draw goes nowhere from here on, so that no picture comes behind the last bytes.
static int part(void) {
    int terminal = dup(guarded);
    if (terminal < 0) return guarded;
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (nowhere >= 0) dup2(nowhere, guarded);
    return terminal;
}

static void crash(int number) {
    restore(part());
    // What is said of the crash comes where it was said before.
    if (errors >= 0) dup2(errors, STDERR_FILENO);
    for (int index = 0; index < SIGNAL_COUNT; index++) {
        if (crashes[index] == number) sigaction(number, &before[index], NULL);
    }
    raise(number);
    // Whoever was told before has spoken and come back; a signal that somebody sent does not come again by itself.
    signal(number, SIG_DFL);
    raise(number);
}

void cterminal_keep_errors(int descriptor) {
    errors = descriptor;
}

void cterminal_guard(const void *given, size_t count) {
    byte_count = count < BYTES_MAX ? count : BYTES_MAX;
    memcpy(bytes, given, byte_count);
    if (is_installed) return;
    is_installed = 1;
    atexit(cterminal_restore);
    struct sigaction action = {0};
    action.sa_handler = crash;
    action.sa_flags = SA_ONSTACK | SA_NODEFER;
    sigemptyset(&action.sa_mask);
    for (int index = 0; index < SIGNAL_COUNT; index++) {
        sigaction(crashes[index], &action, &before[index]);
    }
}

int cterminal_enter(int descriptor) {
    struct termios raw;
    if (tcgetattr(descriptor, &raw) != 0) return 0;
    if (!atomic_load(&is_entered)) found = raw;
    guarded = descriptor;
    raw = found;
    cfmakeraw(&raw);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    if (tcsetattr(descriptor, TCSANOW, &raw) != 0) return 0;
    atomic_store(&is_entered, 1);
    return 1;
}

int cterminal_cook(int descriptor) {
    struct termios settings;
    if (tcgetattr(descriptor, &settings) != 0) return 0;
    settings.c_iflag |= ICRNL | IXON;
    settings.c_oflag |= OPOST;
    settings.c_lflag |= ECHO | ICANON | ISIG | IEXTEN;
    return tcsetattr(descriptor, TCSANOW, &settings) == 0;
}
