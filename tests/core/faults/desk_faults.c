/* desk_faults.c: the same requests to two desks. On one of them everything that can fail does so
 * once: the first statement of a request, then the second, until the request goes through; or
 * memory in place of statements. A failure must be said, leave nothing behind and take nothing from
 * what comes after: every request ends with the other desk's reply, and both end with one hash.
 *   desk_faults statements|memory|arena nomem|full|ioerr|error TIMES BATCH <REQUESTS, one a line
 * TIMES is how many requests of each kind are tried, BATCH how many go into a call.
 * Linked with --wrap for each function below that is called __wrap_…; nothing else is replaced. */
#define _POSIX_C_SOURCE 200809L
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "desk.h"

enum { KINDS_MAX = 2048, KIND_BYTES = 96 };

static enum { NOTHING, STATEMENTS, MEMORY, ARENA } failing;
static long left;    /* until the one that fails */
static bool failed;
static int code = SQLITE_NOMEM;

static bool fails(int what) {
    if ((int)failing != what || left == 0) return false;
    failed = --left == 0;
    return failed;
}

int __real_sqlite3_step(sqlite3_stmt *);
int __wrap_sqlite3_step(sqlite3_stmt *);
int __wrap_sqlite3_step(sqlite3_stmt *statement) {
    return fails(STATEMENTS) ? code : __real_sqlite3_step(statement);
}

int __real_sqlite3_prepare_v3(sqlite3 *, const char *, int, unsigned, sqlite3_stmt **,
                              const char **);
int __wrap_sqlite3_prepare_v3(sqlite3 *, const char *, int, unsigned, sqlite3_stmt **,
                              const char **);
int __wrap_sqlite3_prepare_v3(sqlite3 *sqlite, const char *sql, int size, unsigned flags,
                              sqlite3_stmt **ret_statement, const char **ret_rest) {
    if (fails(STATEMENTS)) return code;
    return __real_sqlite3_prepare_v3(sqlite, sql, size, flags, ret_statement, ret_rest);
}

int __real_sqlite3_prepare_v2(sqlite3 *, const char *, int, sqlite3_stmt **, const char **);
int __wrap_sqlite3_prepare_v2(sqlite3 *, const char *, int, sqlite3_stmt **, const char **);
int __wrap_sqlite3_prepare_v2(sqlite3 *sqlite, const char *sql, int size,
                              sqlite3_stmt **ret_statement, const char **ret_rest) {
    if (fails(STATEMENTS)) return code;
    return __real_sqlite3_prepare_v2(sqlite, sql, size, ret_statement, ret_rest);
}

void *__real_malloc(size_t);
void *__wrap_malloc(size_t);
void *__wrap_malloc(size_t size) { return fails(MEMORY) ? NULL : __real_malloc(size); }

void *__real_calloc(size_t, size_t);
void *__wrap_calloc(size_t, size_t);
void *__wrap_calloc(size_t n, size_t size) {
    return fails(MEMORY) ? NULL : __real_calloc(n, size);
}

void *__real_realloc(void *, size_t);
void *__wrap_realloc(void *, size_t);
void *__wrap_realloc(void *old, size_t size) {
    return fails(MEMORY) ? NULL : __real_realloc(old, size);
}

void *__real_arena_alloc(struct arena *, size_t);
void *__wrap_arena_alloc(struct arena *, size_t);
void *__wrap_arena_alloc(struct arena *arena, size_t size) {
    return fails(ARENA) ? arena->failed = true, NULL : __real_arena_alloc(arena, size);
}

const char *__real_arena_text(struct arena *, const char *, size_t);
const char *__wrap_arena_text(struct arena *, const char *, size_t);
const char *__wrap_arena_text(struct arena *arena, const char *text, size_t size) {
    return fails(ARENA) ? arena->failed = true, "" : __real_arena_text(arena, text, size);
}

void *__real_arena_grow(struct arena *, void *, size_t, size_t);
void *__wrap_arena_grow(struct arena *, void *, size_t, size_t);
void *__wrap_arena_grow(struct arena *arena, void *old, size_t old_size, size_t size) {
    if (!fails(ARENA)) return __real_arena_grow(arena, old, old_size, size);
    arena->failed = true;
    return NULL;
}

/* Nobody pulls the plug here, so nothing need reach the disk. */
int __wrap_fsync(int);
int __wrap_fsync(int file) { return (void)file, 0; }
int __wrap_fdatasync(int);
int __wrap_fdatasync(int file) { return (void)file, 0; }

static const char *ask(desk *core, const char *request) {
    uint32_t size = (uint32_t)strlen(request);
    char *room = desk_buffer(core, size);
    if (!room) return "{\"error\":{\"category\":\"storage\"}}";
    memcpy(room, request, size);
    return desk_call(core, size);
}

/* Requests that name the same operation and were answered alike walk the same way through the
 * core, most of them; the first few of each kind stand for the others. */
static bool chosen(const char *request, const char *reply, int times) {
    static struct { char name[KIND_BYTES]; int seen; } kinds[KINDS_MAX];
    char name[KIND_BYTES] = "";
    const char *op = strstr(request, "\"op\":\""), *said = strstr(reply, "\"code\":\"");
    snprintf(name, sizeof name, "%.40s %.40s", op ? op + 6 : "", said ? said + 8 : "");
    for (int i = 0; i < KINDS_MAX; i++) {
        if (!kinds[i].seen) snprintf(kinds[i].name, KIND_BYTES, "%s", name);
        if (strcmp(kinds[i].name, name) == 0) return kinds[i].seen++ < times;
    }
    return false;
}

static int violated(const char *what, const char *request, const char *reply, const char *want) {
    printf("violated %s\n  asked %s\n  said  %s\n  not   %s\n", what, request, reply, want);
    return 1;
}

/* A refusal for want of memory or disk, and nothing that claims to have been done; but what a batch
 * has only read stays read. SQLite's own check of its pages answers in words. */
static bool says_so(const char *reply) {
    if (strstr(reply, "\"pages\":\"") && strstr(reply, "error code=")) return true;
    bool storage = strstr(reply, "\"category\":\"storage\"") || strstr(reply, "\"category\":\"bug\"");
    return storage && (strncmp(reply, "{\"batch\":", 9) == 0 || !strstr(reply, "\"ok\":{"));
}

static long tries, failures;

/* The same answer; where what is due could not be read after it, a tick is asked for at once. */
static bool same(const char *request, const char *reply, const char *want) {
    const char *now = strstr(request, "\"now\":"), *wake = strstr(reply, ",\"wake_at\":");
    if (strcmp(reply, want) == 0) return true;
    if (!failures || !wake || strncmp(reply, want, (size_t)(wake - reply)) != 0)
        return false;
    long long at = atoll(wake + 11);
    return at == 1 || (failed && now && at == atoll(now + 6));
}


/* Asks again and again, each time with the next thing failing, until nothing is left to fail. */
static int endure(desk *core, int what, const char *request, const char *want) {
    for (long n = 1;; n++) {
        failing = what, left = n, failed = false;
        const char *reply = ask(core, request);
        failing = NOTHING;
        tries++, failures += failed;
        if (same(request, reply, want)) return 0;
        if (!failed) return violated("nothing is left behind", request, reply, want);
        if (!says_so(reply)) return violated("a failure is said", request, reply, want);
    }
}

/* The next request, or as many as fit a batch as one; NULL at the end. To be freed. */
static char *next_call(int batch) {
    char *line = NULL, *call = NULL;
    size_t room = 0, size = 0;
    for (int i = 0; i < batch && getline(&line, &room, stdin) > 0; i++) {
        line[strcspn(line, "\n")] = 0;
        const char *now = strstr(line, "\"now\":");
        size_t more = strlen(line) + 64;
        call = realloc(call, size + more);
        if (batch == 1) size += (size_t)snprintf(call + size, more, "%s", line);
        else if (i > 0) size += (size_t)snprintf(call + size, more, ",%s", line);
        else size += (size_t)snprintf(call, more, "{\"now\":%lld,\"batch\":[%s",
                                      now ? atoll(now + 6) : 1, line);
    }
    if (call && batch > 1) {
        call = realloc(call, size + 3);
        memcpy(call + size, "]}", 3);
    }
    free(line);
    return call;
}

static const char hash[] =
    "{\"op\":\"core.hash\",\"now\":1,\"actor\":{\"role\":\"host\"},\"in\":{}}";

static int run(desk *plain, desk *core, int what, int times, int batch) {
    int bad = 0;
    for (char *call; !bad && (call = next_call(batch)); free(call)) {
        char *want = strdup(ask(plain, call));
        if (chosen(call, want, times)) bad = endure(core, what, call, want);
        else {
            const char *reply = ask(core, call);
            if (strcmp(reply, want) != 0)
                bad = violated("later requests are answered alike", call, reply, want);
        }
        free(want);
    }
    char *want = strdup(ask(plain, hash));
    const char *reply = ask(core, hash);
    if (!bad && strcmp(reply, want) != 0) bad = violated("both hold the same", hash, reply, want);
    free(want);
    return bad;
}

/* The place of the word in the list, 0 for none. */
static int word_find(const char *word, const char *const *words, int n) {
    for (int i = 1; i < n; i++)
        if (strcmp(words[i], word) == 0) return i;
    return 0;
}

static void remove_all(const char *path) {
    static const char *const endings[] = {"", "-wal", "-shm"};
    char name[64];
    for (int i = 0; i < 3; i++) {
        snprintf(name, sizeof name, "%s%s", path, endings[i]);
        unlink(name);
    }
}

int main(int count, char **arguments) {
    static const char *const whats[] = {"", "statements", "memory", "arena"};
    static const char *const hows[] = {"", "nomem", "full", "ioerr", "error"};
    static const int codes[] = {0, SQLITE_NOMEM, SQLITE_FULL, SQLITE_IOERR, SQLITE_ERROR};
    int what = count == 5 ? word_find(arguments[1], whats, 4) : 0;
    int how = count == 5 ? word_find(arguments[2], hows, 5) : 0;
    int times = how ? atoi(arguments[3]) : 0, batch = how ? atoi(arguments[4]) : 0;
    if (what == 0 || times < 1 || batch < 1) {
        fputs("usage: desk_faults statements|memory|arena nomem|full|ioerr|error TIMES BATCH\n",
              stderr);
        return 2;
    }
    code = codes[how];
    char path[] = "desk_faults.XXXXXX";
    close(mkstemp(path));
    desk *plain = desk_open(":memory:"), *core = desk_open(path);
    int bad = run(plain, core, what, times, batch);
    desk_close(plain);
    desk_close(core);
    remove_all(path);
    printf("%ld calls, %ld failures\n", tries, failures);
    return bad;
}
