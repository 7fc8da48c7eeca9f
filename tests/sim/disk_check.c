/* disk_check.c: the disk against what it promises: by hand, one promise each, and at random against
 * a second disk so simple that it cannot be wrong: all writes since the last sync in a list. */
#include "disk_check.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "disk.h"

enum { FILE_BYTES = 20000, WRITES = 40, ROUNDS = 400 };

static union {
    sqlite3_file file;
    char room[256];
} open_file;

static sqlite3_file *opened(const char *name) {
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MAIN_DB;
    if (vfs->szOsFile > (int)sizeof open_file) abort();
    int code = vfs->xOpen(vfs, name, &open_file.file, flags, NULL);
    return code == SQLITE_OK ? &open_file.file : NULL;
}

static int put(sqlite3_file *file, const char *text, sqlite3_int64 at) {
    return file->pMethods->xWrite(file, text, (int)strlen(text), at);
}

static int sync_now(sqlite3_file *file) { return file->pMethods->xSync(file, SQLITE_SYNC_NORMAL); }

/* Whether the file holds this and no more. */
static bool holds(const char *name, const void *bytes, size_t size) {
    void *there;
    size_t got = disk_copy(name, &there);
    bool same = there && got == size && memcmp(there, bytes, size) == 0;
    free(there);
    return same;
}

static bool says(const char *name, const char *text) { return holds(name, text, strlen(text)); }

static bool there_is(const char *name) {
    void *bytes;
    disk_copy(name, &bytes);
    free(bytes);
    return bytes != NULL;
}

static unsigned always(void *with, unsigned n) {
    unsigned choice = *(unsigned *)with;
    return choice < n ? choice : n - 1;
}

static void power_cut(unsigned choice) { disk_power_on(always, &choice); }

static const char *check_sync(void) {
    disk_format();
    sqlite3_file *file = opened("a");
    put(file, "synced", 0);
    sync_now(file);
    put(file, "lost", 0);
    file->pMethods->xTruncate(file, 5);
    if (!says("a", "loste")) return "a truncation";
    disk_power_on(NULL, NULL);
    if (!says("a", "loste")) return "a process that died took unsynced bytes with it";
    if (put(file, "x", 0) == SQLITE_OK) return "a handle survived the process";
    power_cut(1);
    if (!says("a", "synced")) return "unsynced bytes survived being dropped";
    file = opened("a");
    put(file, "kept", 0);
    power_cut(0);
    return says("a", "kepted") ? NULL : "what was kept is not there";
}

static const char *check_directory(void) {
    disk_format();
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
    sqlite3_file *file = opened("a");
    put(file, "a", 0);
    power_cut(1);
    if (there_is("a")) return "a file that nobody synced survived";
    file = opened("a");
    put(file, "a", 0);
    sync_now(file);
    vfs->xDelete(vfs, "a", 0);
    if (there_is("a")) return "a deleted file is there";
    power_cut(1);
    if (!says("a", "a")) return "a deletion that was dropped did not come back";
    vfs->xDelete(vfs, "a", 1);
    power_cut(1);
    return there_is("a") ? "a synced deletion came back" : NULL;
}

/* Drops every second sector of a torn write. */
static unsigned every_second(void *with, unsigned n) {
    unsigned *draws = with;
    return n == 2 ? (*draws)++ % 2 : 2;
}

static const char *check_tear(void) {
    static char old[2048], new[2048];
    disk_format();
    memset(old, 'o', sizeof old);
    memset(new, 'n', sizeof new);
    sqlite3_file *file = opened("a");
    file->pMethods->xWrite(file, old, sizeof old, 0);
    sync_now(file);
    file->pMethods->xWrite(file, new, sizeof new, 0);
    unsigned draws = 0;
    disk_power_on(every_second, &draws);
    memset(new + 512, 'o', 512);
    memset(new + 1536, 'o', 512);
    return holds("a", new, sizeof new) ? NULL : "a torn write is not torn by sectors";
}

static const char *check_failures(void) {
    disk_format();
    sqlite3_file *file = opened("a");
    put(file, "12345678", 0);
    disk_plan(&(struct disk_faults){.kill_at = -1, .fail_at = 0, .fail = DISK_SHORT});
    if (sync_now(file) != SQLITE_OK || disk_hurt()) return "a sync that was short";
    if (put(file, "abcd", 0) != SQLITE_FULL || !says("a", "ab345678")) return "a short write";
    if (!disk_hurt() || put(file, "ab", 0) != SQLITE_OK) return "a failure that should come once";
    disk_plan(&(struct disk_faults){.kill_at = -1, .fail_at = -1, .room = 10});
    if (put(file, "ABCDEF", 6) != SQLITE_FULL || !says("a", "ab3456ABCD")) return "a full disk";
    sync_now(file);
    disk_plan(&(struct disk_faults){.kill_at = -1, .fail_at = 1, .lasting = true});
    put(file, "lost", 0);
    if (sync_now(file) == SQLITE_OK || sync_now(file) == SQLITE_OK) return "a lasting failure";
    disk_plan(&(struct disk_faults){.kill_at = 2, .fail_at = -1});
    put(file, "CD", 8);
    if (sync_now(file) != SQLITE_OK) return "a sync after a failed one";
    if (sync_now(file) == SQLITE_OK || !disk_dead()) return "a kill";
    power_cut(1);
    return says("a", "ab3456ABCD") ? NULL : "a failed sync was made good by a later one";
}

/* The second disk. */
struct change {
    int at, size; /* size -1: a truncation */
    char fill;
};

struct simple {
    char bytes[FILE_BYTES];
    int size;
};

struct choices {
    uint32_t state;
    unsigned made[WRITES * 64];
    int n, next;
};

static unsigned drawn(struct choices *choices, unsigned n) {
    choices->state = choices->state * 1664525u + 1013904223u;
    return (choices->state >> 16) % n;
}

static unsigned draw_and_note(void *with, unsigned n) {
    struct choices *choices = with;
    return choices->made[choices->n++] = drawn(choices, n);
}

static void simple_put(struct simple *simple, int from, int to, char fill) {
    memset(simple->bytes + from, fill, (size_t)(to - from));
    if (to > simple->size) simple->size = to;
}

static void simple_apply(struct simple *simple, const struct change *change, unsigned choice,
                         struct choices *choices) {
    if (choice == 1) return;
    if (change->size < 0) {
        if (change->at >= simple->size) return;
        memset(simple->bytes + change->at, 0, (size_t)(simple->size - change->at));
        simple->size = change->at;
        return;
    }
    int sector = choice == 0 ? FILE_BYTES : choice == 2 ? 512 : 4096;
    for (int from = change->at, to; from < change->at + change->size; from = to) {
        to = (from / sector + 1) * sector;
        if (to > change->at + change->size) to = change->at + change->size;
        if (choice == 0 || choices->made[choices->next++] == 0)
            simple_put(simple, from, to, change->fill);
    }
}

static struct change change_drawn(struct choices *choices, const struct simple *now) {
    struct change change = {.at = (int)drawn(choices, FILE_BYTES / 2),
                            .size = 1 + (int)drawn(choices, FILE_BYTES / 2 - 1),
                            .fill = (char)('a' + drawn(choices, 26))};
    if (drawn(choices, 8) == 0 && now->size > 0) {
        change.size = -1;
        change.at = (int)drawn(choices, (unsigned)now->size);
    }
    return change;
}

static const char *check_at_random(void) {
    static struct simple synced, now;
    struct choices choices = {.state = 1};
    disk_format();
    sync_now(opened("a"));
    for (int round = 0; round < ROUNDS; round++) {
        static struct change changes[WRITES];
        static char text[FILE_BYTES];
        int n = 1 + (int)drawn(&choices, WRITES - 1);
        sqlite3_file *file = opened("a");
        now = synced;
        for (int i = 0; i < n; i++) {
            changes[i] = change_drawn(&choices, &now);
            simple_apply(&now, &changes[i], 0, &choices);
            memset(text, changes[i].fill, sizeof text);
            if (changes[i].size < 0) file->pMethods->xTruncate(file, changes[i].at);
            else file->pMethods->xWrite(file, text, changes[i].size, changes[i].at);
        }
        if (!holds("a", now.bytes, (size_t)now.size)) return "what was written is not read back";
        choices.n = choices.next = 0;
        disk_power_on(draw_and_note, &choices);
        for (int i = 0; i < n; i++)
            simple_apply(&synced, &changes[i], choices.made[choices.next++], &choices);
        if (!holds("a", synced.bytes, (size_t)synced.size)) return "what a power cut left";
    }
    return NULL;
}

const char *disk_check(void) {
    static const char *(*const checks[])(void) = {check_sync, check_directory, check_tear,
                                                  check_failures, check_at_random};
    static bool installed;
    const char *wrong = NULL;
    if (!installed) disk_install();
    installed = true;
    for (size_t i = 0; i < sizeof checks / sizeof *checks && !wrong; i++) wrong = checks[i]();
    disk_format();
    return wrong;
}
