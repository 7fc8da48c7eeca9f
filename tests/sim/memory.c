/* memory.c: counts and fails allocations through the linker's --wrap. Next: memory.h. */
#include "memory.h"

#include <stdio.h>
#include <stdlib.h>

/* The linker's names for what it wraps are reserved ones. */
#pragma GCC diagnostic ignored "-Wmissing-prototypes"

void *__real_malloc(size_t);
void *__real_calloc(size_t, size_t);
void *__real_realloc(void *, size_t);
/* Weak, so that a program that wraps the first three only can be linked. */
void __real_free(void *) __attribute__((weak));

static int64_t allocations, live, fail_from = INT64_MAX, fail_before = INT64_MAX;
static bool failed;

static void plan(int64_t from, int64_t before) {
    fail_from = from;
    fail_before = before;
    failed = false;
}

void memory_fail_at(int64_t n) {
    if (n < 0) plan(INT64_MAX, INT64_MAX);
    else plan(allocations + n, allocations + n + 1);
}

void memory_fail_from(int64_t n) { plan(n < 0 ? INT64_MAX : allocations + n, INT64_MAX); }

bool memory_failed(void) { return failed; }
int64_t memory_allocations(void) { return allocations; }
int64_t memory_live(void) { return live; }

static bool refuses(void) {
    int64_t at = allocations++;
    if (at < fail_from || at >= fail_before) return false;
    failed = true;
    return true;
}

static void *counted(void *pointer) {
    if (pointer) live++;
    return pointer;
}

void *__wrap_malloc(size_t size) { return refuses() ? NULL : counted(__real_malloc(size)); }

void *__wrap_calloc(size_t n, size_t size) {
    return refuses() ? NULL : counted(__real_calloc(n, size));
}

void *__wrap_realloc(void *old, size_t size) {
    if (refuses()) return NULL;
    return old ? __real_realloc(old, size) : counted(__real_realloc(NULL, size));
}

void __wrap_free(void *pointer) {
    if (pointer) live--;
    __real_free(pointer);
}

void memory_of_world_free(void *pointer) {
    if (__real_free) __real_free(pointer);
    else free(pointer);
}

void *memory_of_world(void *old, size_t size) {
    void *pointer = __real_realloc(old, size);
    if (!pointer) {
        fputs("the simulator itself is out of memory\n", stderr);
        abort();
    }
    return pointer;
}
