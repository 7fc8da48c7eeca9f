/* life.c: one life from the first clinic to the last settled effect: days with mishaps, then a calm
 * in which everything owed must come to its end. Next: door.c for what happens to a request. */
#include "life.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "disk.h"
#include "door.h"
#include "look.h"

enum { CALM_DAYS = 40 };

const struct part *const parts[] = {&core_part, &review_chat_part, &contact_form_part,
                                   &laws_part, &entrance_part, &side_office_part,
                                   &hasty_host_part, NULL};

static happening day, calm;

/* The one invariant that counts, so that each can be shown to fail by itself: another may see the
 * same fault sooner. NULL for all. */
static bool counts(const char *invariant) {
    const char *watched = getenv("DESK_SIM_WATCH");
    return !watched || !*watched || strcmp(watched, invariant) == 0;
}

void violated(struct sim *sim, const char *invariant, const char *format, ...) {
    if (sim->violated || !counts(invariant)) return;
    va_list args;
    va_start(args, format);
    vsnprintf(sim->seen, sizeof sim->seen, format, args);
    va_end(args);
    sim->violated = invariant;
}

int64_t host_now(const struct sim *sim) { return sim->now + sim->skew_ms; }

/* Somebody sets the host's clock, and on another day sets it right again. */
static void clock_jump(struct sim *sim) {
    static const int64_t jumps[] = {-HOUR_MS, -DAY_MS + 1, -5 * MINUTE_MS, HOUR_MS, 3 * DAY_MS};
    sim->skew_ms = sim->skew_ms ? 0 : jumps[choose(sim, 5)];
}

/* What takes as long as a day's requests is done on every third. */
static bool third_day(const struct sim *sim) {
    return (sim->now - sim->started_at) / DAY_MS % 3 == 0;
}

/* Once a day, at another minute each: what befalls the machine as a whole. */
static void day(struct sim *sim, void *with) {
    (void)with;
    later(sim, DAY_MS - 7 * MINUTE_MS, day, NULL);
    if (sim->calm) return;
    if (mishap(sim, CLOCK_JUMPS)) clock_jump(sim);
    if (mishap(sim, HOST_SLEEPS)) door_sleep(sim, (1 + (int64_t)choose(sim, 72)) * HOUR_MS);
    if (mishap(sim, DISK_FULL_LONG)) door_fill(sim, (1 + (int64_t)choose(sim, 120)) * MINUTE_MS);
    if (mishap(sim, RESTORED)) door_restore(sim);
    else if (sim->rate[RESTORED] && third_day(sim)) door_back_up(sim);
    if (third_day(sim)) checks_each_day(sim);
}

static void calm(struct sim *sim, void *with) {
    (void)with;
    sim->calm = true;
    sim->skew_ms = 0;
}

void life_begin(struct sim *sim, const struct options *options, const struct tape *replay) {
    /* The two changes of summer time and a leap day lie in the first years of every life. */
    static const int64_t first_day = 1740787200000; /* 1 March 2025, midnight UTC */
    *sim = (struct sim){.options = *options, .now = first_day, .started_at = first_day};
    tape_start(sim, replay);
    sim->ends_at = first_day + (int64_t)(options->days + CALM_DAYS) * DAY_MS;
    bool calm_before = sim->calm;
    sim->calm = true; /* nothing goes wrong before there is anything to lose */
    door_open(sim);
    outbox_open(sim);
    people_begin(sim);
    sim->calm = calm_before;
    for (int i = 0; parts[i]; i++)
        if (parts[i]->begin) parts[i]->begin(sim);
    later(sim, DAY_MS, day, NULL);
    later(sim, (int64_t)options->days * DAY_MS, calm, NULL);
    outbox_begin(sim);
}

bool life_go_on(struct sim *sim, int64_t events) {
    while (events-- > 0)
        if (!events_next(sim)) return false;
    return true;
}

static void hash_keep(struct sim *sim) {
    const cJSON *ok = host_call(sim, host_who, "core.hash", NULL, "{}");
    const cJSON *hash = ok ? cJSON_GetObjectItemCaseSensitive(ok, "hash") : NULL;
    snprintf(sim->hash, sizeof sim->hash, "%s", hash ? hash->valuestring : "none");
}

void life_judge(struct sim *sim) {
    char why[200];
    if (sim->violated) return;
    sim->calm = true;
    checks_at_end(sim);
    if (!sim->violated && !look_sound(sim, why, sizeof why))
        violated(sim, "file-is-sound", "%s", why);
    if (!sim->violated) hash_keep(sim);
}

void life_end(struct sim *sim) {
    for (int i = 0; parts[i]; i++)
        if (parts[i]->end) parts[i]->end(sim);
    door_close(sim);
    events_forget(sim);
}

bool life_has_invariant(const char *name) {
    for (int i = 0; parts[i]; i++)
        for (const struct invariant *v = parts[i]->invariants; v->name; v++)
            if (strcmp(v->name, name) == 0) return true;
    return false;
}
