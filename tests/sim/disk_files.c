/* disk_files.c: bytes with a log of undo records. A write saves what it overwrites. At a power cut
 * all records are taken back from the last to the first, each swapping its bytes with the file's,
 * so that afterwards the file is what the last sync left and each record holds what it wrote; then
 * those that survive are done again in their order. A sync empties the log. Next: disk.c. */
#include "disk_files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"

enum { FILES_MAX = 32, NAME_MAX_BYTES = 64, ENTRIES_MAX = 64 };
enum { SECTOR_SMALL = 512, SECTOR_LARGE = 4096 };
/* More unsynced bytes than this, and the machine writes them by itself, as machines do. */
enum { LOG_BYTES_MAX = 16 << 20 };

enum fate {
    FATE_OPEN,  /* the next sync saves it */
    FATE_LOST,  /* the sync that should have saved it failed: no other will */
    FATE_SAVED, /* synced, but kept in the log because it lies over a lost one */
};

struct record {
    int64_t at, size_before; /* where; how long the file was */
    size_t bytes;            /* where in the log's bytes */
    uint32_t size;
    bool cut; /* a truncation to `at` */
    enum fate fate;
};

struct disk_file {
    char name[NAME_MAX_BYTES];
    bool used, deleted; /* deleted: its entry can still come back */
    uint8_t *bytes;     /* zero from `size` on */
    int64_t size, capacity;
    struct record *log;
    size_t log_n, log_capacity, log_bytes_n, log_bytes_capacity;
    uint8_t *log_bytes;
    bool lost; /* there are lost records */
};

/* An entry made or removed in the directory that is not synced yet. They survive in order: a
 * journaling file system never keeps a later one without the earlier. */
struct entry {
    struct disk_file *file;
    bool made;
};

static struct disk_file files[FILES_MAX];
static struct entry entries[ENTRIES_MAX];
static int entries_n;

static void *grown(void *old, size_t *capacity, size_t needed, size_t each) {
    if (needed <= *capacity) return old;
    size_t more = *capacity ? *capacity : 4096 / each + 1;
    while (more < needed) more *= 2;
    *capacity = more;
    return memory_of_world(old, more * each);
}

static void file_room(struct disk_file *file, int64_t needed) {
    if (needed <= file->capacity) return;
    size_t had = (size_t)file->capacity, capacity = had;
    file->bytes = grown(file->bytes, &capacity, (size_t)needed, 1);
    memset(file->bytes + had, 0, capacity - had);
    file->capacity = (int64_t)capacity;
}

static void file_cut(struct disk_file *file, int64_t size) {
    if (size >= file->size) return;
    memset(file->bytes + size, 0, (size_t)(file->size - size));
    file->size = size;
}

static void log_forget(struct disk_file *file) {
    file->log_n = file->log_bytes_n = 0;
    file->lost = false;
}

static void file_forget(struct disk_file *file) {
    file_cut(file, 0);
    log_forget(file);
    file->used = file->deleted = false;
}

static void directory_sync(void) {
    for (int i = 0; i < entries_n; i++)
        if (!entries[i].made) file_forget(entries[i].file);
    entries_n = 0;
}

static void entry_add(struct disk_file *file, bool made) {
    if (entries_n == ENTRIES_MAX) directory_sync();
    entries[entries_n++] = (struct entry){file, made};
}

struct disk_file *disk_file_find(const char *name) {
    for (int i = 0; i < FILES_MAX; i++)
        if (files[i].used && !files[i].deleted && strcmp(files[i].name, name) == 0)
            return &files[i];
    return NULL;
}

struct disk_file *disk_file_create(const char *name) {
    struct disk_file *file = files;
    while (file < files + FILES_MAX && file->used) file++;
    if (file == files + FILES_MAX || strlen(name) >= NAME_MAX_BYTES) {
        fprintf(stderr, "the simulated disk has no place for the file %s\n", name);
        abort();
    }
    memcpy(file->name, name, strlen(name) + 1);
    file->used = true;
    entry_add(file, true);
    return file;
}

void disk_file_delete(struct disk_file *file, bool directory_synced) {
    file->deleted = true;
    entry_add(file, false);
    if (directory_synced) directory_sync();
}

int64_t disk_file_size(const struct disk_file *file) { return file->size; }

size_t disk_file_read(const struct disk_file *file, int64_t at, void *bytes, size_t size) {
    if (at >= file->size) return 0;
    size_t there = (size_t)(file->size - at);
    if (there < size) size = there;
    memcpy(bytes, file->bytes + at, size);
    return size;
}

/* Saves the bytes from `at` on before they change. */
static void log_add(struct disk_file *file, int64_t at, size_t size, bool cut) {
    if (file->log_bytes_n > LOG_BYTES_MAX) log_forget(file);
    file->log = grown(file->log, &file->log_capacity, file->log_n + 1, sizeof *file->log);
    file->log_bytes = grown(file->log_bytes, &file->log_bytes_capacity,
                            file->log_bytes_n + size, 1);
    memcpy(file->log_bytes + file->log_bytes_n, file->bytes + at, size);
    file->log[file->log_n++] = (struct record){.at = at, .size_before = file->size, .cut = cut,
                                               .bytes = file->log_bytes_n, .size = (uint32_t)size};
    file->log_bytes_n += size;
}

void disk_file_write(struct disk_file *file, int64_t at, const void *bytes, size_t size) {
    int64_t end = at + (int64_t)size;
    if (size == 0) return;
    file_room(file, end);
    log_add(file, at, size, false);
    memcpy(file->bytes + at, bytes, size);
    if (end > file->size) file->size = end;
}

void disk_file_truncate(struct disk_file *file, int64_t size) {
    if (size >= file->size) return;
    log_add(file, size, (size_t)(file->size - size), true);
    file_cut(file, size);
}

static void log_becomes(struct disk_file *file, enum fate fate) {
    for (size_t i = 0; i < file->log_n; i++)
        if (file->log[i].fate == FATE_OPEN) file->log[i].fate = fate;
}

void disk_file_sync(struct disk_file *file) {
    for (int i = 0; i < entries_n; i++)
        if (entries[i].file == file) {
            directory_sync();
            break;
        }
    if (file->lost) log_becomes(file, FATE_SAVED);
    else log_forget(file);
}

void disk_file_sync_failed(struct disk_file *file) {
    if (file->log_n == 0) return;
    log_becomes(file, FATE_LOST);
    file->lost = true;
}

struct disk_image {
    struct disk_file files[FILES_MAX];
    struct entry entries[ENTRIES_MAX];
    int entries_n;
};

static void *twin(const void *bytes, size_t size) {
    return size ? memcpy(memory_of_world(NULL, size), bytes, size) : NULL;
}

struct disk_image *disk_files_save(void) {
    struct disk_image *image = memory_of_world(NULL, sizeof *image);
    memcpy(image->files, files, sizeof files);
    memcpy(image->entries, entries, sizeof entries);
    image->entries_n = entries_n;
    for (struct disk_file *file = image->files; file < image->files + FILES_MAX; file++) {
        file->bytes = twin(file->bytes, (size_t)file->size);
        file->log = twin(file->log, file->log_n * sizeof *file->log);
        file->log_bytes = twin(file->log_bytes, file->log_bytes_n);
    }
    return image;
}

static void file_restore(struct disk_file *file, const struct disk_file *from) {
    file_cut(file, 0);
    file_room(file, from->size);
    file->log = grown(file->log, &file->log_capacity, from->log_n, sizeof *file->log);
    file->log_bytes = grown(file->log_bytes, &file->log_bytes_capacity, from->log_bytes_n, 1);
    if (from->size) memcpy(file->bytes, from->bytes, (size_t)from->size);
    if (from->log_n) memcpy(file->log, from->log, from->log_n * sizeof *file->log);
    if (from->log_bytes_n) memcpy(file->log_bytes, from->log_bytes, from->log_bytes_n);
    memcpy(file->name, from->name, sizeof file->name);
    file->used = from->used;
    file->deleted = from->deleted;
    file->lost = from->lost;
    file->size = from->size;
    file->log_n = from->log_n;
    file->log_bytes_n = from->log_bytes_n;
}

void disk_files_restore(const struct disk_image *image) {
    for (int i = 0; i < FILES_MAX; i++) file_restore(&files[i], &image->files[i]);
    memcpy(entries, image->entries, sizeof entries);
    entries_n = image->entries_n;
}

void disk_files_discard(struct disk_image *image) {
    for (struct disk_file *file = image->files; file < image->files + FILES_MAX; file++) {
        memory_of_world_free(file->bytes);
        memory_of_world_free(file->log);
        memory_of_world_free(file->log_bytes);
    }
    memory_of_world_free(image);
}

int64_t disk_files_size(void) {
    int64_t size = 0;
    for (int i = 0; i < FILES_MAX; i++)
        if (files[i].used) size += files[i].size;
    return size;
}

void disk_files_forget(void) {
    for (int i = 0; i < FILES_MAX; i++) file_forget(&files[i]);
    entries_n = 0;
}

static void record_undo(struct disk_file *file, const struct record *record) {
    uint8_t *here = file->bytes + record->at, *there = file->log_bytes + record->bytes;
    if (record->cut) {
        memcpy(here, there, record->size);
    } else {
        for (uint32_t i = 0; i < record->size; i++) {
            uint8_t byte = here[i];
            here[i] = there[i];
            there[i] = byte;
        }
    }
    file->size = record->size_before;
}

static void part_redo(struct disk_file *file, const struct record *record, int64_t from,
                      int64_t to) {
    const uint8_t *bytes = file->log_bytes + record->bytes;
    memcpy(file->bytes + from, bytes + (from - record->at), (size_t)(to - from));
    if (to > file->size) file->size = to;
}

/* Each sector of the write for itself: disks do not write them in order either. */
static void record_tear(struct disk_file *file, const struct record *record, int64_t sector,
                        disk_choice *choose, void *with) {
    int64_t end = record->at + (int64_t)record->size;
    for (int64_t from = record->at, to; from < end; from = to) {
        to = (from / sector + 1) * sector;
        if (to > end) to = end;
        if (choose(with, 2) == 0) part_redo(file, record, from, to);
    }
}

static void record_redo(struct disk_file *file, const struct record *record, disk_choice *choose,
                        void *with) {
    unsigned choice = record->fate == FATE_SAVED ? 0 : choose(with, record->cut ? 2 : 4);
    if (choice == 1) return;
    if (choice > 1)
        record_tear(file, record, choice == 2 ? SECTOR_SMALL : SECTOR_LARGE, choose, with);
    else if (record->cut)
        file_cut(file, record->at);
    else
        part_redo(file, record, record->at, record->at + (int64_t)record->size);
}

static void directory_power_cut(disk_choice *choose, void *with) {
    int kept = 0;
    while (kept < entries_n && choose(with, 2) == 0) kept++;
    while (entries_n > kept) {
        struct entry *entry = &entries[--entries_n];
        if (entry->made) file_forget(entry->file);
        else entry->file->deleted = false;
    }
    directory_sync();
}

void disk_files_power_cut(disk_choice *choose, void *with) {
    directory_power_cut(choose, with);
    for (struct disk_file *file = files; file < files + FILES_MAX; file++) {
        for (size_t i = file->log_n; i > 0; i--) record_undo(file, &file->log[i - 1]);
        for (size_t i = 0; i < file->log_n; i++) record_redo(file, &file->log[i], choose, with);
        log_forget(file);
    }
}
