/* disk.c: SQLite's VFS over disk_files.c, with planned deaths and failures. It promises SQLite
 * nothing about sectors and order, so that SQLite does all that it would do on the worst disk.
 * Next: disk_files.c. */
#include "disk.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "disk_files.h"

/* SQLite makes no page smaller than a sector; with a larger one it would not be what is shipped. */
enum { NAME_BYTES_MAX = 64, SECTOR = 512 };
/* Midnight of 1970-01-01 in SQLite's count, milliseconds since noon of the first Julian day. */
static const sqlite3_int64 epoch_ms = 210866760000000;

/* What may become of an operation; the first three are as disk_fault has them. */
enum outcome { FAILS = DISK_IOERR, FULL = DISK_FULL, SHORT = DISK_SHORT, DEAD, GOES };
enum { MAY_FAIL = 1 << FAILS, MAY_BE_FULL = 1 << FULL, MAY_BE_SHORT = 1 << SHORT };

struct handle {
    sqlite3_file base;
    struct disk_file *file;
    uint32_t boot;
};

static struct disk_faults planned = {.kill_at = -1, .fail_at = -1};
static int64_t operations, since_plan;
static bool dead, hurt;
/* This start of the machine and how many there were: handles of another start are closed. */
static uint32_t boot, boots;
static uint32_t chance;
static const int64_t *clock_ms;

const struct disk_watcher *disk_watcher;

static void note(enum disk_step step, struct disk_file *file, int64_t at, const void *bytes,
                 size_t size) {
    if (disk_watcher) disk_watcher->noted(step, file, at, bytes, size);
}

static enum outcome operation(unsigned may) {
    if (dead) return DEAD;
    int64_t at = since_plan++;
    operations++;
    if (disk_watcher) disk_watcher->begun();
    if (planned.kill_at >= 0 && at >= planned.kill_at) {
        dead = true;
        return DEAD;
    }
    if (planned.fail_at < 0 || at < planned.fail_at || !(may & 1u << planned.fail)) return GOES;
    if (!planned.lasting) planned.fail_at = -1;
    hurt = true;
    return (enum outcome)planned.fail;
}

static enum outcome handle_operation(const struct handle *handle, unsigned may) {
    return handle->boot == boot ? operation(may) : DEAD;
}

static int disk_close(sqlite3_file *base) {
    (void)base;
    return SQLITE_OK;
}

static int disk_read(sqlite3_file *base, void *bytes, int size, sqlite3_int64 at) {
    struct handle *handle = (struct handle *)base;
    enum outcome outcome = handle_operation(handle, MAY_FAIL | MAY_BE_SHORT);
    if (outcome == SHORT) disk_file_read(handle->file, at, bytes, (size_t)size / 2);
    if (outcome != GOES) return SQLITE_IOERR_READ;
    size_t got = disk_file_read(handle->file, at, bytes, (size_t)size);
    if (got == (size_t)size) return SQLITE_OK;
    memset((char *)bytes + got, 0, (size_t)size - got);
    return SQLITE_IOERR_SHORT_READ;
}

/* How much of what is to be written at `at` the disk has room for. */
static size_t room_for(const struct handle *handle, sqlite3_int64 at, size_t size) {
    if (planned.room == 0) return size;
    int64_t more = at + (int64_t)size - disk_file_size(handle->file);
    int64_t over = more > 0 ? disk_files_size() + more - planned.room : 0;
    if (over <= 0) return size;
    hurt = true;
    return over < (int64_t)size ? size - (size_t)over : 0;
}

static int disk_write(sqlite3_file *base, const void *bytes, int size, sqlite3_int64 at) {
    struct handle *handle = (struct handle *)base;
    enum outcome outcome = handle_operation(handle, MAY_FAIL | MAY_BE_FULL | MAY_BE_SHORT);
    if (outcome == DEAD || outcome == FAILS) return SQLITE_IOERR_WRITE;
    if (outcome == FULL) return SQLITE_FULL;
    size_t fits = room_for(handle, at, (size_t)size);
    if (outcome == SHORT && fits > (size_t)size / 2) fits = (size_t)size / 2;
    note(DISK_STEP_WRITE, handle->file, at, bytes, fits);
    disk_file_write(handle->file, at, bytes, fits);
    return fits == (size_t)size ? SQLITE_OK : SQLITE_FULL;
}

static int disk_truncate(sqlite3_file *base, sqlite3_int64 size) {
    struct handle *handle = (struct handle *)base;
    if (handle_operation(handle, MAY_FAIL) != GOES) return SQLITE_IOERR_TRUNCATE;
    note(DISK_STEP_TRUNCATE, handle->file, size, NULL, 0);
    disk_file_truncate(handle->file, size);
    return SQLITE_OK;
}

static int disk_sync(sqlite3_file *base, int flags) {
    struct handle *handle = (struct handle *)base;
    (void)flags;
    enum outcome outcome = handle_operation(handle, MAY_FAIL);
    if (outcome == FAILS) disk_file_sync_failed(handle->file);
    if (outcome != GOES) return SQLITE_IOERR_FSYNC;
    note(DISK_STEP_SYNC, handle->file, 0, NULL, 0);
    disk_file_sync(handle->file);
    return SQLITE_OK;
}

static int disk_size(sqlite3_file *base, sqlite3_int64 *ret_size) {
    *ret_size = disk_file_size(((struct handle *)base)->file);
    return SQLITE_OK;
}

static int disk_lock(sqlite3_file *base, int level) {
    (void)base, (void)level;
    return SQLITE_OK;
}

static int disk_reserved(sqlite3_file *base, int *ret_reserved) {
    (void)base;
    *ret_reserved = 0;
    return SQLITE_OK;
}

static int disk_control(sqlite3_file *base, int control, void *with) {
    (void)base, (void)control, (void)with;
    return SQLITE_NOTFOUND;
}

static int disk_sector(sqlite3_file *base) {
    (void)base;
    return SECTOR;
}

static int disk_promises(sqlite3_file *base) {
    (void)base;
    return 0;
}

static const sqlite3_io_methods methods = {
    .iVersion = 1, .xClose = disk_close, .xRead = disk_read, .xWrite = disk_write,
    .xTruncate = disk_truncate, .xSync = disk_sync, .xFileSize = disk_size, .xLock = disk_lock,
    .xUnlock = disk_lock, .xCheckReservedLock = disk_reserved, .xFileControl = disk_control,
    .xSectorSize = disk_sector, .xDeviceCharacteristics = disk_promises,
};

static int disk_open(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *base, int flags,
                     int *ret_flags) {
    struct handle *handle = (struct handle *)base;
    (void)vfs;
    *handle = (struct handle){.boot = boot};
    struct disk_file *file = name ? disk_file_find(name) : NULL;
    bool make = name && !file && (flags & SQLITE_OPEN_CREATE);
    if (operation(make ? MAY_FAIL | MAY_BE_FULL : MAY_FAIL) != GOES) return SQLITE_CANTOPEN;
    if (make) note(DISK_STEP_CREATE, NULL, 0, name, strlen(name) + 1);
    if (make) file = disk_file_create(name);
    if (!file) return SQLITE_CANTOPEN;
    handle->file = file;
    handle->base.pMethods = &methods;
    if (ret_flags) *ret_flags = flags;
    return SQLITE_OK;
}

static int disk_delete(sqlite3_vfs *vfs, const char *name, int sync_directory) {
    (void)vfs;
    if (operation(MAY_FAIL) != GOES) return SQLITE_IOERR_DELETE;
    struct disk_file *file = disk_file_find(name);
    if (!file) return SQLITE_IOERR_DELETE_NOENT;
    note(DISK_STEP_DELETE, file, sync_directory != 0, NULL, 0);
    disk_file_delete(file, sync_directory != 0);
    return SQLITE_OK;
}

/* An empty file counts as none, as SQLite has it on Unix. */
static int disk_access(sqlite3_vfs *vfs, const char *name, int flags, int *ret_there) {
    (void)vfs;
    *ret_there = 0;
    if (operation(MAY_FAIL) != GOES) return SQLITE_IOERR_ACCESS;
    const struct disk_file *file = disk_file_find(name);
    *ret_there = file && (flags != SQLITE_ACCESS_EXISTS || disk_file_size(file) > 0);
    return SQLITE_OK;
}

static int disk_path(sqlite3_vfs *vfs, const char *name, int size, char *ret_path) {
    (void)vfs;
    sqlite3_snprintf(size, ret_path, "%s", name);
    return SQLITE_OK;
}

static int disk_randomness(sqlite3_vfs *vfs, int size, char *ret_bytes) {
    (void)vfs;
    for (int i = 0; i < size; i++) {
        chance = chance * 1664525u + 1013904223u;
        ret_bytes[i] = (char)(chance >> 24);
    }
    return size;
}

static int disk_sleep(sqlite3_vfs *vfs, int microseconds) {
    (void)vfs;
    return microseconds;
}

static int disk_time(sqlite3_vfs *vfs, sqlite3_int64 *ret_ms) {
    (void)vfs;
    *ret_ms = epoch_ms + (clock_ms ? *clock_ms : 0);
    return SQLITE_OK;
}

static int disk_days(sqlite3_vfs *vfs, double *ret_days) {
    sqlite3_int64 ms;
    disk_time(vfs, &ms);
    *ret_days = (double)ms / 86400000.0;
    return SQLITE_OK;
}

static int disk_last_error(sqlite3_vfs *vfs, int size, char *ret_text) {
    (void)vfs, (void)size, (void)ret_text;
    return 0;
}

/* The name is the one by which the core asks under WASI; first in SQLite's list, it is also what
 * everybody gets who asks for none. */
static sqlite3_vfs vfs = {
    .iVersion = 2, .szOsFile = sizeof(struct handle), .mxPathname = NAME_BYTES_MAX,
    .zName = "unix-none", .xOpen = disk_open, .xDelete = disk_delete, .xAccess = disk_access,
    .xFullPathname = disk_path, .xRandomness = disk_randomness, .xSleep = disk_sleep,
    .xCurrentTime = disk_days, .xGetLastError = disk_last_error, .xCurrentTimeInt64 = disk_time,
};

void disk_install(void) {
    if (sqlite3_vfs_register(&vfs, 1) != SQLITE_OK) abort();
    disk_format();
}

void disk_format(void) {
    disk_files_forget();
    planned = (struct disk_faults){.kill_at = -1, .fail_at = -1};
    operations = since_plan = 0;
    dead = hurt = false;
    boot = ++boots;
    chance = 20260301;
    sqlite3_randomness(0, NULL);
}

void disk_plan(const struct disk_faults *faults) {
    planned = *faults;
    since_plan = 0;
    hurt = false;
}

int64_t disk_operations(void) { return operations; }
bool disk_dead(void) { return dead; }
bool disk_hurt(void) { return hurt; }

void disk_power_on(disk_choice *choose, void *with) {
    if (choose) disk_files_power_cut(choose, with);
    planned.kill_at = -1;
    dead = false;
    boot = ++boots;
}

uint32_t disk_boot(void) { return boot; }
void disk_boot_again(uint32_t earlier) { boot = earlier; }

size_t disk_copy(const char *name, void **ret_bytes) {
    const struct disk_file *file = disk_file_find(name);
    *ret_bytes = NULL;
    if (!file) return 0;
    size_t size = (size_t)disk_file_size(file);
    *ret_bytes = malloc(size + 1);
    if (!*ret_bytes) abort();
    return disk_file_read(file, 0, *ret_bytes, size);
}

void disk_put(const char *name, const void *bytes, size_t size) {
    struct disk_file *file = disk_file_find(name);
    if (file) disk_file_delete(file, true);
    if (!bytes) return;
    file = disk_file_create(name);
    disk_file_write(file, 0, bytes, size);
    disk_file_sync(file);
}

void disk_clock(const int64_t *now_ms) { clock_ms = now_ms; }
