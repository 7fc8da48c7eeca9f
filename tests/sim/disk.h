/* disk.h: SQLite's disk in memory, which knows what a power cut would leave of it. It refuses
 * nameless (temporary) files, which the core promises not to need. It is SQLite's default from
 * disk_install on, so that the core runs on it unchanged. Next: disk_files.h. */
#ifndef DISK_H
#define DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* IOERR: nothing is done. FULL: nothing is written. SHORT: half is read or written; then a read
 * fails and a write says that the disk is full. A planned failure waits for an operation that can
 * have it: a read is never full, a sync is never short. */
enum disk_fault { DISK_IOERR, DISK_FULL, DISK_SHORT };

/* Reading, writing, truncating, syncing, opening, deleting and looking for a file are operations;
 * the next one is number 0. Asking for a size, locks, the clock and chance are none. */
struct disk_faults {
    int64_t kill_at; /* the operation instead of which everything ends; -1 never */
    int64_t fail_at; /* the operation that fails; -1 none */
    enum disk_fault fail;
    bool lasting; /* every later one fails too */
    int64_t room; /* bytes that the disk holds; 0 unlimited */
};

/* Before the first desk_open, once per process. */
void disk_install(void);
/* An empty disk: no file, nothing planned, chance and the count from the beginning. */
void disk_format(void);

void disk_plan(const struct disk_faults *);
int64_t disk_operations(void); /* since disk_format */
bool disk_dead(void);          /* killed: every operation fails until disk_power_on */
bool disk_hurt(void);          /* an operation failed since disk_plan, or the room was too small */

/* One of 0..n-1; 0 is the choice in which nothing is lost. */
typedef unsigned disk_choice(void *with, unsigned n);

/* The machine starts again. Each write that no sync followed is kept (0), dropped (1) or arrives
 * sector by sector (2: of 512 bytes, 3: of 4096, with a choice of 2 for each sector); truncations,
 * creations and deletions are kept (0) or not. NULL: only the process had died; everything is
 * still there, and still unsynced. Files that were open before are closed to whoever had them. The
 * kill that was planned is over; failures and room stay as planned. */
void disk_power_on(disk_choice *, void *with);

/* Which start of the machine this is; and back to it, for whoever brings back its files. */
uint32_t disk_boot(void);
void disk_boot_again(uint32_t boot);

/* A file's bytes for free(); NULL and 0 when there is none. Only the caller sees to it that
 * nobody is writing. */
size_t disk_copy(const char *name, void **ret_bytes);
/* A file with these bytes and no others, synced; NULL removes it. */
void disk_put(const char *name, const void *bytes, size_t size);

/* Where SQLite's own clock reads the time; until told, it is 1970. */
void disk_clock(const int64_t *now_ms);

#endif
