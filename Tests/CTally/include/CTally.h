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
void ctally_begin(void);

/// Stops counting and tells the counts.
struct ctally ctally_end(void);

#endif
