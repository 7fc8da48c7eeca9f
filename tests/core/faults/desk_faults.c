/* desk_faults.c: the same requests to two desks. On one of them everything that can fail does so
 * once: the first statement of a request, then the second, until the request goes through; or
 * memory in place of statements. A failure must be said, leave nothing behind and take nothing from
 * what comes after: every request ends with the other desk's reply, and both end with one hash.
 * Or each failure on a desk of its own: see run_after.
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

enum { KINDS_MAX = 2048, KIND_BYTES = 96, CALLS_MAX = 64 };

enum what { NOTHING, STATEMENTS, MEMORY, ARENA };
static enum what failing;
static int code;  /* what a failing statement says */
static bool lasting; /* everything after the first failure fails too, until the call ends */
static bool armed, failed;
static long left; /* until the one that fails */

static bool fails(enum what what) {
    if (!armed || failing != what || (failed && !lasting)) return false;
    failed |= --left == 0;
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
 * has only read stays read. */
static bool says_so(const char *reply) {
    bool storage = strstr(reply, "\"category\":\"storage\"") ||
                   strstr(reply, "\"category\":\"bug\"");
    return storage && (strncmp(reply, "{\"batch\":", 9) == 0 || !strstr(reply, "\"ok\":{"));
}

static long tries, failures;

/* The first that is not null; 0 for none. */
static long long now_of(const char *request) {
    const char *now = request;
    do now = strstr(now + 1, "\"now\":");
    while (now && strncmp(now + 6, "null", 4) == 0);
    return now ? atoll(now + 6) : 0;
}

/* The same answer; but where what is due could not be read at its time, a tick is asked for at
 * once, and what is read later may be asked at an earlier instant. Too early does no harm. */
static bool same(const char *request, const char *reply, const char *want) {
    const char *wake = strstr(reply, ",\"wake_at\":");
    if (strcmp(reply, want) == 0) return true;
    if (!failures || !wake || strncmp(reply, want, (size_t)(wake - reply)) != 0)
        return false;
    long long at = atoll(wake + 11), wanted = atoll(strstr(want, ",\"wake_at\":") + 11);
    return at == 1 || (at > 0 && at <= wanted) || (failed && at == now_of(request));
}

static const char hash[] =
    "{\"op\":\"core.hash\",\"now\":1,\"actor\":{\"role\":\"host\"},\"in\":{}}";

/* Whether the revision is the wanted one: so a commit was made of which that was not known. */
static bool committed(desk *core, const char *want) {
    const char *now = strstr(ask(core, hash), "\"rev\":"), *wanted = strstr(want, ",\"rev\":");
    for (const char *next; wanted && (next = strstr(wanted + 1, ",\"rev\":")); wanted = next) {}
    return now && wanted && atoll(now + 6) == atoll(wanted + 7);
}

/* Asks again and again, each time with the next thing failing, until nothing is left to fail. */
static int endure(desk *core, const char *request, const char *want) {
    for (long n = 1;; n++) {
        armed = true, left = n, failed = false;
        const char *reply = ask(core, request);
        armed = false;
        tries++, failures += failed;
        if (same(request, reply, want)) return 0;
        if (!failed) return violated("nothing is left behind", request, reply, want);
        if (!says_so(reply)) return violated("a failure is said", request, reply, want);
        if (strstr(reply, "storage.commit_unknown") && committed(core, want)) return 0;
        /* What is mended before the next call would fail in its place. */
        if (strstr(reply, "storage.memory")) ask(core, "{}");
    }
}

/* The next request, or as many as fit a batch as one; NULL at the end. To be freed. */
static char *next_call(FILE *requests, int batch) {
    char *line = NULL, *call = NULL;
    size_t room = 0, size = 0;
    for (int i = 0; i < batch && getline(&line, &room, requests) > 0; i++) {
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

static int run(FILE *requests, desk *plain, desk *core, int times, int batch) {
    int bad = 0;
    bool held = false; /* a failure gives up all that is held, so nothing fails meanwhile */
    for (char *call; !bad && (call = next_call(requests, batch)); free(call)) {
        char *want = strdup(ask(plain, call));
        if (strstr(call, "\"core.hold\"")) held = true;
        bool ends = strstr(call, "\"core.commit\"") || strstr(call, "\"core.rollback\"");
        if (ends) held = false;
        if (!held && !ends && chosen(call, want, times)) bad = endure(core, call, want);
        else {
            const char *reply = ask(core, call);
            if (!same(call, reply, want))
                bad = violated("later requests are answered alike", call, reply, want);
        }
        free(want);
    }
    char *want = strdup(ask(plain, hash));
    const char *reply = ask(core, hash);
    /* What is due was looked up at other instants. */
    size_t size = (size_t)(strstr(want, "\"wake_at\"") - want);
    if (!bad && strncmp(reply, want, size) != 0)
        bad = violated("both hold the same", hash, reply, want);
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

/* A desk that cannot be opened for want of memory is none, or says so, or is opened by the call. */
static int open_endures(const char *path, const char *want) {
    for (long n = 1;; n++) {
        armed = true, left = n, failed = false;
        desk *core = desk_open(path);
        const char *reply = core ? ask(core, hash) : "\"category\":\"storage\"";
        armed = false;
        tries++, failures += failed;
        bool good = same(hash, reply, want) || (failed && says_so(reply));
        if (!good) return violated("a desk opens or says why not", hash, reply, want);
        desk_close(core);
        if (!failed) return 0;
    }
}

/* One file of requests on two new desks, or without requests only opened. */
static int try_file(const char *name, int times, int batch) {
    char path[] = "build/desk-faults-XXXXXX";
    FILE *requests = name ? fopen(name, "r") : NULL;
    if (name && !requests) return violated("there are requests", name, "", "");
    close(mkstemp(path));
    desk *plain = desk_open(":memory:"), *core = name ? desk_open(path) : NULL;
    int bad = name ? run(requests, plain, core, times, batch)
                   : open_endures(path, ask(plain, hash));
    if (name) fclose(requests);
    desk_close(plain);
    desk_close(core);
    remove_all(path);
    if (bad) printf("  in %s\n", name ? name : "opening");
    return bad;
}

/* A new desk that is asked all but the last two requests. */
static desk *desk_before(const char *path, char *const *calls, int n) {
    remove_all(path);
    desk *core = desk_open(path);
    for (int i = 0; i < n - 2; i++) ask(core, calls[i]);
    return core;
}

/* The last request is answered alike whatever failed in the one before it, which was then asked
 * again. Each failure on a desk of its own, because the next would mend what the last has left. */
static int run_after(const char *path, char *const *calls, int n) {
    desk *core = desk_before(path, calls, n);
    char *want = strdup(ask(core, calls[n - 2])), *after = strdup(ask(core, calls[n - 1]));
    int bad = 0;
    failed = true;
    for (long i = 1; !bad && failed; i++) {
        desk_close(core);
        core = desk_before(path, calls, n);
        armed = true, left = i, failed = false;
        bool answered = same(calls[n - 2], ask(core, calls[n - 2]), want);
        armed = false;
        tries++, failures += failed;
        if (!answered) ask(core, calls[n - 2]);
        const char *reply = ask(core, calls[n - 1]);
        if (strcmp(reply, after) != 0)
            bad = violated("nothing is left behind", calls[n - 1], reply, after);
    }
    desk_close(core);
    free(want);
    free(after);
    return bad;
}

static int try_after(const char *name) {
    char path[] = "build/desk-faults-XXXXXX", *calls[CALLS_MAX];
    int n = 0;
    FILE *requests = fopen(name, "r");
    if (!requests) return violated("there are requests", name, "", "");
    while (n < CALLS_MAX && (calls[n] = next_call(requests, 1))) n++;
    fclose(requests);
    if (n < 2) return violated("there are two requests", name, "", "");
    close(mkstemp(path));
    int bad = run_after(path, calls, n);
    remove_all(path);
    while (n > 0) free(calls[--n]);
    return bad;
}

static const char usage[] =
    "usage: desk_faults statements|memory|arena nomem|lasting|full|ioerr|corrupt|error TIMES BATCH"
    " [FILE …]\n"
    "TIMES is how many requests of each kind are tried, BATCH how many go into a call; 0 for each\n"
    "failure of the last request but one on a desk of its own, which is then asked the last.\n"
    "A FILE holds what one desk is asked, a request a line. Without one a desk is opened and\n"
    "nothing more.\n";

int main(int count, char **arguments) {
    static const char *const whats[] = {"", "statements", "memory", "arena"};
    static const char *const hows[] = {"", "nomem", "lasting", "full", "ioerr", "corrupt",
                                       "error"};
    static const int codes[] = {0, SQLITE_NOMEM, SQLITE_NOMEM, SQLITE_FULL, SQLITE_IOERR,
                                SQLITE_CORRUPT, SQLITE_ERROR};
    failing = count > 4 ? (enum what)word_find(arguments[1], whats, 4) : NOTHING;
    int how = count > 4 ? word_find(arguments[2], hows, 7) : 0;
    int times = how ? atoi(arguments[3]) : 0, batch = how ? atoi(arguments[4]) : 0;
    if (failing == NOTHING || times < 1 || batch < 0 || (!batch && count == 5)) {
        fputs(usage, stderr);
        return 2;
    }
    /* No small change set aside: each piece of memory comes from where it can fail. */
    if (!batch) sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0);
    code = codes[how], lasting = how == 2;
    int bad = count == 5 ? try_file(NULL, times, batch) : 0;
    for (int i = 5; i < count && !bad; i++)
        bad = batch ? try_file(arguments[i], times, batch) : try_after(arguments[i]);
    printf("%ld calls, %ld failures\n", tries, failures);
    return bad;
}
