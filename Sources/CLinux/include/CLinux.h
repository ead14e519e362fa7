// Linux calls and constants that Swift's Glibc module does not import.

#ifndef CLINUX_H
#define CLINUX_H

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <unistd.h>

/// Sets `errno` aside before another call can change it.
int clinux_errno(void);

/// Gives what the allocator keeps free back to the system; others may wait for the allocator meanwhile.
void clinux_trim_memory(void);

/// The system's words for an error number.
const char *clinux_error_text(int number);

/// `accept4` with SOCK_NONBLOCK and SOCK_CLOEXEC.
int clinux_accept(int listener, struct sockaddr *address, socklen_t *length);

/// Asks the system to note when bytes reach `socket`, and those that are accepted from it; gives 0 if it does.
int clinux_stamp_arrivals(int socket);

/// `recv` that also gives when the last of the bytes reached the socket, in nanoseconds since 1970 by the clock of the
/// day, or 0 if nobody has noted it.
ssize_t clinux_receive(int socket, void *bytes, size_t count, uint64_t *arrived);

/// `epoll_wait` for at most so many nanoseconds.
int clinux_epoll_wait(int epoll, struct epoll_event *events, int most, uint64_t nanoseconds);

/// Lets timed waits of the calling thread end within a microsecond of their time.
void clinux_sharpen_timers(void);

/// `openat`, which Swift cannot call because it takes any number of arguments.
int clinux_openat(int directory, const char *path, int flags, unsigned mode);

/// Names the calling thread; at most 15 bytes are kept.
void clinux_name_thread(const char *name);

/// Writes these bytes of `file` to the device and waits for it (`sync_file_range`); they are not durable by that.
int clinux_write_out(int file, off_t offset, off_t count);

/// Says on standard error where the process was when a signal like SIGSEGV ends it, and its name before that.
/// At most 63 bytes of `name` are kept. Gives 0, and does nothing, if somebody is told of such signals already.
int clinux_report_crashes(const char *name);

/// CRC32C of `count` bytes continued from `crc` (start with 0), by the CPU's instruction where it has one.
uint32_t clinux_crc32c(uint32_t crc, const void *bytes, size_t count);

#endif
