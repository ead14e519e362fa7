// Bodies for CTally.h: wrappers around the allocator, and the Swift runtime's own hooks.

#include "CTally.h"

#include <stdbool.h>
#include <stddef.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define CTALLY_SANITIZED 1
#endif
#endif

static __thread struct ctally counts;
static __thread bool is_counting;

#ifndef CTALLY_SANITIZED
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

void *malloc(size_t size) {
    if (is_counting) counts.allocations++;
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    if (is_counting) counts.allocations++;
    return __libc_calloc(count, size);
}

void *realloc(void *old, size_t size) {
    if (is_counting) counts.allocations++;
    return __libc_realloc(old, size);
}

int posix_memalign(void **result, size_t alignment, size_t size) {
    if (is_counting) counts.allocations++;
    *result = __libc_memalign(alignment, size);
    return *result == NULL ? 12 : 0;
}

void *aligned_alloc(size_t alignment, size_t size) {
    if (is_counting) counts.allocations++;
    return __libc_memalign(alignment, size);
}

int ctally_counts_allocations(void) { return 1; }
#else
int ctally_counts_allocations(void) { return 0; }
#endif

// The runtime calls through these pointers while the flag is set.
extern void *(*_swift_retain)(void *);
extern void (*_swift_release)(void *);
extern bool _swift_enableSwizzlingOfAllocationAndRefCountingFunctions_forInstrumentsOnly;

static void *(*original_retain)(void *);
static void (*original_release)(void *);

static void *counting_retain(void *object) {
    if (is_counting) counts.retains++;
    return original_retain(object);
}

static void counting_release(void *object) {
    if (is_counting) counts.releases++;
    original_release(object);
}

void ctally_begin(void) {
    if (original_retain == NULL) {
        original_retain = _swift_retain;
        original_release = _swift_release;
        _swift_retain = counting_retain;
        _swift_release = counting_release;
    }
    counts = (struct ctally){0};
    _swift_enableSwizzlingOfAllocationAndRefCountingFunctions_forInstrumentsOnly = true;
    is_counting = true;
}

void ctally_begin_allocations(void) {
    counts = (struct ctally){0};
    is_counting = true;
}

struct ctally ctally_end(void) {
    is_counting = false;
    _swift_enableSwizzlingOfAllocationAndRefCountingFunctions_forInstrumentsOnly = false;
    return counts;
}
