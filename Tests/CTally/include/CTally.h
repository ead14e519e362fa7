// Counts what a stretch of code takes from the allocator and does to reference counts.

#ifndef CTALLY_H
#define CTALLY_H

#include <stdint.h>

/// What the calling thread did between `ctally_begin` and `ctally_end`.
struct ctally {
    /// Calls of malloc, calloc, realloc and their aligned relatives; always 0 under a sanitizer.
    uint64_t allocations;
    /// Swift retains.
    uint64_t retains;
    /// Swift releases.
    uint64_t releases;
};

/// Whether allocations can be counted in this build.
int ctally_counts_allocations(void);

/// Starts counting on the calling thread; not to be nested, one thread at a time.
///
/// While it counts, no other thread of the process may run Swift code: the runtime's hooks are for all
/// threads, and what other threads keep in registers across a retain does not survive them.
void ctally_begin(void);

/// Starts counting allocations only, which other threads do not notice.
void ctally_begin_allocations(void);

/// Stops counting and tells the counts.
struct ctally ctally_end(void);

#endif
