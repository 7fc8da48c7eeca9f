/* crash.c: power cuts at any disk operation, disks that fail or are full, memory that runs out,
 * processes that end, operators who put an old copy back. It decides when; disk.c and memory.c
 * do it. */
#include "crash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "disk.h"
#include "look.h"
#include "memory.h"

static const char file_name[] = "desk", log_name[] = "desk-wal";
static const struct disk_faults no_faults = {.kill_at = -1, .fail_at = -1};

enum { OPERATIONS = 120, ALLOCATIONS = 600, STARTS_MAX = 4 };

/* Most requests allocate a few times, the first ones after a start often. */
static int64_t allocation_choose(struct sim *sim) {
    int64_t choice = choose(sim, ALLOCATIONS);
    return 1 + choice * choice / ALLOCATIONS;
}

static void harm_plan(struct sim *sim, struct crash *crash) {
    struct disk_faults faults = no_faults;
    static const enum disk_fault failures[] = {DISK_IOERR, DISK_FULL, DISK_SHORT};
    if (mishap(sim, KILL)) faults.kill_at = choose(sim, OPERATIONS);
    if (mishap(sim, DISK_FAILS)) {
        faults.fail_at = choose(sim, OPERATIONS);
        faults.fail = failures[choose(sim, 3)];
    }
    if (crash->full_until > sim->now) {
        faults.fail_at = 0;
        faults.fail = DISK_FULL;
        faults.lasting = true;
    }
    disk_plan(&faults);
    if (mishap(sim, MEMORY_FAILS)) memory_fail_at(allocation_choose(sim));
}

static void harm_end(struct sim *sim, struct crash *crash) {
    bool memory = memory_failed();
    crash->unsure = crash->unsure || disk_hurt() || memory;
    sim->figures.disk_failures += disk_hurt();
    sim->figures.memory_failures += memory;
    memory_fail_at(-1);
    if (!disk_dead()) disk_plan(&no_faults);
    if (crash->unsure) look_forget();
}

static const char *talk(struct sim *sim, struct crash *crash, const char *request, size_t size) {
    static const char no_room[] = "{\"error\":{\"category\":\"storage\",\"code\":"
                                  "\"storage.memory\"},\"wake_at\":null,\"pending\":0}";
    char *buffer = desk_buffer(crash->desk, (uint32_t)size + 1);
    if (!buffer) return no_room;
    memcpy(buffer, request, size);
    /* The core may open its file anew: nothing may hold on to the old one. */
    if (crash->unsure) look_forget();
    if (host_now(sim) > crash->latest_at) crash->latest_at = host_now(sim);
    return desk_call(crash->desk, (uint32_t)size);
}

const char *crash_call(struct sim *sim, struct crash *crash, const char *request, size_t size) {
    harm_plan(sim, crash);
    const char *reply = talk(sim, crash, request, size);
    harm_end(sim, crash);
    if (!disk_dead()) return reply;
    sim->figures.kills++;
    look_forget();
    desk_close(crash->desk);
    crash->desk = NULL;
    return NULL;
}

void crash_calm(void) { disk_plan(&no_faults); }

const char *crash_tick(struct sim *sim, struct crash *crash) {
    char request[160];
    int size = snprintf(request, sizeof request,
                        "{\"op\":\"clock.tick\",\"now\":%lld,\"actor\":{\"role\":\"host\"},"
                        "\"in\":{}}", (long long)host_now(sim));
    return talk(sim, crash, request, (size_t)size);
}

static unsigned fate(void *with, unsigned n) {
    return choose(with, n);
}

static void crash_boot(struct sim *sim, struct crash *crash) {
    crash->desk = desk_open(file_name);
    if (!crash->desk) abort();
    crash->started_at = sim->now;
    crash->epoch++;
    crash->unsure = false;
}

/* A start reads the log and its first write, the tick, carries it into the file: both may be cut
 * short. Nobody may be told of what the log holds before that. */
const char *crash_start(struct sim *sim, struct crash *crash) {
    const char *reply = NULL;
    for (int starts = 0; !reply; starts++) {
        struct disk_faults faults = no_faults;
        disk_power_on(fate, sim);
        if (starts < STARTS_MAX && mishap(sim, KILL_AGAIN)) faults.kill_at = choose(sim, 40);
        disk_plan(&faults);
        crash_boot(sim, crash);
        reply = crash_tick(sim, crash);
        if (!disk_dead()) break;
        reply = NULL;
        sim->figures.kills++;
        desk_close(crash->desk);
    }
    disk_plan(&no_faults);
    return reply;
}

const char *crash_end_process(struct sim *sim, struct crash *crash) {
    look_forget();
    desk_close(crash->desk);
    disk_power_on(NULL, NULL);
    disk_plan(&no_faults);
    crash_boot(sim, crash);
    return crash_tick(sim, crash);
}

void crash_open(struct sim *sim, struct crash *crash) {
    disk_format();
    disk_clock(&sim->now);
    disk_plan(&no_faults);
    crash_boot(sim, crash);
}

static void backup_drop(struct backup *backup) {
    free(backup->file);
    free(backup->log);
    *backup = (struct backup){0};
}

void crash_close(struct crash *crash) {
    look_forget();
    desk_close(crash->desk);
    for (int i = 0; i < BACKUPS; i++) backup_drop(&crash->backups[i]);
}

/* What nobody may be given once more: all that was given out until now, also in the lost hours. */
static int64_t given_out(struct sim *sim) {
    return look(sim, "select max(id) from (select max(link_id) id from link union all"
                     " select max(session_id) from session union all"
                     " select max(effect_id) from effect union all"
                     " select rev from desk_state)", 0, NULL);
}

/* As the operator's command does after it has put the file back. */
static void tell_restored(struct sim *sim, struct crash *crash, int64_t from) {
    char request[160];
    int size = snprintf(request, sizeof request,
                        "{\"op\":\"core.restored\",\"now\":%lld,\"actor\":{\"role\":\"host\"},"
                        "\"in\":{\"from\":%lld}}", (long long)host_now(sim), (long long)from);
    if (!strstr(talk(sim, crash, request, (size_t)size), "\"ok\""))
        violated(sim, "starts-after-every-crash", "core.restored was refused");
}

/* The desk is at rest between two calls: the file and its log are one state together. */
void crash_back_up(struct sim *sim, struct crash *crash) {
    backup_drop(&crash->backups[BACKUPS - 1]);
    memmove(crash->backups + 1, crash->backups, (BACKUPS - 1) * sizeof *crash->backups);
    struct backup *backup = &crash->backups[0];
    *backup = (struct backup){.at = sim->now, .event = sim->figures.events};
    backup->file_size = disk_copy(file_name, &backup->file);
    backup->log_size = disk_copy(log_name, &backup->log);
}

const char *crash_restore(struct sim *sim, struct crash *crash) {
    struct backup *oldest = NULL;
    for (int i = 0; i < BACKUPS; i++)
        if (crash->backups[i].file) oldest = &crash->backups[i];
    if (!oldest) return NULL;
    int64_t from = crash->lost_to = given_out(sim) + 1;
    look_forget();
    desk_close(crash->desk);
    disk_format();
    disk_put(file_name, oldest->file, oldest->file_size);
    if (oldest->log_size) disk_put(log_name, oldest->log, oldest->log_size);
    crash->restored_to = oldest->at;
    sim->restored_event = oldest->event;
    crash->just_restored = true;
    for (int i = 0; i < BACKUPS; i++)
        if (&crash->backups[i] != oldest && crash->backups[i].at > oldest->at)
            backup_drop(&crash->backups[i]);
    crash_boot(sim, crash);
    sim->figures.restores++;
    tell_restored(sim, crash, from);
    return crash_tick(sim, crash);
}
