/* plain_memory.c: in the quick tree SQLite, which is not guarded there, takes its memory from the C
 * library past the sanitizer, which would take a fifth of the time for it. Whoever reads a text of
 * SQLite's after it is gone is found by the other tree. Next: cmake/fuzz.cmake. */
#include <sqlite3.h>
#include <stddef.h>
#include <string.h>

void *__libc_malloc(size_t);
void *__libc_realloc(void *, size_t);
void __libc_free(void *);

#ifdef DESK_FUZZ_QUICK

/* Before each piece its size, in a place that keeps the alignment. */
enum { HEAD = 16 };

static void *sized(char *piece, int size) {
    if (!piece) return NULL;
    memcpy(piece, &size, sizeof size);
    return piece + HEAD;
}

static void *plain_malloc(int size) { return sized(__libc_malloc((size_t)size + HEAD), size); }

static void plain_free(void *piece) {
    if (piece) __libc_free((char *)piece - HEAD);
}

static void *plain_realloc(void *piece, int size) {
    return sized(__libc_realloc((char *)piece - HEAD, (size_t)size + HEAD), size);
}

static int plain_size(void *piece) {
    int size = 0;
    if (piece) memcpy(&size, (char *)piece - HEAD, sizeof size);
    return size;
}

static int plain_round(int size) { return (size + 7) & ~7; }
static int plain_begin(void *with) { return (void)with, SQLITE_OK; }
static void plain_end(void *with) { (void)with; }

__attribute__((constructor(101))) static void plain_first(void) {
    static const sqlite3_mem_methods methods = {
        .xMalloc = plain_malloc, .xFree = plain_free, .xRealloc = plain_realloc,
        .xSize = plain_size, .xRoundup = plain_round, .xInit = plain_begin,
        .xShutdown = plain_end,
    };
    sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
}
#endif
