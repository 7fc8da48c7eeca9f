/* clinic_day_replay.c: a copy of the files from before the stretch, and each of its operations.
 * Failures that were planned are not remembered: a stretch is recorded on a disk that works. */
#include "clinic_day_replay.h"

#include <string.h>

#include "disk.h"
#include "disk_files.h"
#include "memory.h"

struct step {
    enum disk_step kind;
    struct disk_file *file;
    int64_t at;
    size_t bytes, size; /* where in `bytes` */
};

static struct disk_image *before, *after;
static struct step *steps;
static int64_t steps_n, steps_room;
static uint8_t *bytes;
static size_t bytes_n, bytes_room;
static uint32_t boot;

static void forget(struct disk_image **image) {
    if (*image) disk_files_discard(*image);
    *image = NULL;
}

static void begun(void) {
    if (steps_n == steps_room) {
        steps_room = steps_room ? 2 * steps_room : 256;
        steps = memory_of_world(steps, (size_t)steps_room * sizeof *steps);
    }
    steps[steps_n++] = (struct step){.kind = DISK_STEP_NONE};
}

static void noted(enum disk_step kind, struct disk_file *file, int64_t at, const void *from,
                  size_t size) {
    if (bytes_n + size > bytes_room) {
        bytes_room = 2 * (bytes_n + size);
        bytes = memory_of_world(bytes, bytes_room);
    }
    if (size) memcpy(bytes + bytes_n, from, size);
    steps[steps_n - 1] = (struct step){kind, file, at, bytes_n, size};
    bytes_n += size;
}

static const struct disk_watcher watcher = {begun, noted};

void replay_record(void) {
    forget(&before);
    before = disk_files_save();
    steps_n = 0;
    bytes_n = 0;
    disk_watcher = &watcher;
}

int64_t replay_stop(void) {
    disk_watcher = NULL;
    forget(&after);
    after = disk_files_save();
    boot = disk_boot();
    return steps_n;
}

bool replay_idle(int64_t n) { return steps[n].kind == DISK_STEP_NONE; }

static void step_again(const struct step *step) {
    switch (step->kind) {
    case DISK_STEP_NONE: break;
    case DISK_STEP_CREATE: disk_file_create((const char *)bytes + step->bytes); break;
    case DISK_STEP_DELETE: disk_file_delete(step->file, step->at != 0); break;
    case DISK_STEP_WRITE:
        disk_file_write(step->file, step->at, bytes + step->bytes, step->size);
        break;
    case DISK_STEP_TRUNCATE: disk_file_truncate(step->file, step->at); break;
    case DISK_STEP_SYNC: disk_file_sync(step->file); break;
    }
}

void replay_to(int64_t n) {
    disk_power_on(NULL, NULL);
    disk_plan(&(struct disk_faults){.kill_at = -1, .fail_at = -1});
    disk_files_restore(before);
    for (int64_t i = 0; i < n; i++) step_again(&steps[i]);
}

void replay_finish(void) {
    disk_power_on(NULL, NULL);
    disk_plan(&(struct disk_faults){.kill_at = -1, .fail_at = -1});
    disk_files_restore(after);
    disk_boot_again(boot);
}
