/* disk_files.h: the files of the simulated disk. A file is its bytes as everybody sees them and a
 * log of what no sync followed, so that a power cut can take back any part of it. Knows nothing of
 * SQLite and of planned failures: disk.c does. */
#ifndef DISK_FILES_H
#define DISK_FILES_H

#include "disk.h"

struct disk_file;

/* NULL when there is none. */
struct disk_file *disk_file_find(const char *name);
/* Undone by a power cut until the directory is synced: by the file's first sync, or another's. */
struct disk_file *disk_file_create(const char *name);
void disk_file_delete(struct disk_file *, bool directory_synced);

int64_t disk_file_size(const struct disk_file *);
/* As many bytes as there are. */
size_t disk_file_read(const struct disk_file *, int64_t at, void *bytes, size_t size);
/* Whatever lies between the file's end and `at` becomes zero. */
void disk_file_write(struct disk_file *, int64_t at, const void *bytes, size_t size);
/* Never makes a file longer. */
void disk_file_truncate(struct disk_file *, int64_t size);
void disk_file_sync(struct disk_file *);
/* As Linux does it: what was to be synced counts as written from now on, so that no later sync
 * saves it; only writing it again does. */
void disk_file_sync_failed(struct disk_file *);

/* Everything as it is, unsynced parts included, and back again. One copy at a time per holder. */
struct disk_image;
struct disk_image *disk_files_save(void);
void disk_files_restore(const struct disk_image *);
void disk_files_discard(struct disk_image *);

/* Somebody who is told of each operation as it begins, and what it does to the files. `bytes`: what
 * is written, or the name of what is created. `at` of a deletion: whether the directory was
 * synced. */
enum disk_step { DISK_STEP_NONE, DISK_STEP_CREATE, DISK_STEP_DELETE, DISK_STEP_WRITE,
                 DISK_STEP_TRUNCATE, DISK_STEP_SYNC };
struct disk_watcher {
    void (*begun)(void);
    void (*noted)(enum disk_step, struct disk_file *, int64_t at, const void *bytes, size_t size);
};
extern const struct disk_watcher *disk_watcher; /* NULL: nobody */

int64_t disk_files_size(void);
void disk_files_forget(void);
void disk_files_power_cut(disk_choice *, void *with);

#endif
