/* outbox.c: the host's pump: it takes effects, has providers perform them, settles what came of
 * them and ticks the clock when the core asked to be woken. Decides nothing and remembers nothing
 * beyond a restart. How providers behave: providers.c. */
#include <stdio.h>
#include <string.h>

#include "core_oracle.h"
#include "door.h"
#include "laws.h"
#include "providers.h"

enum { LEASE_MS = 60 * SECOND_MS, AGAIN_MS = 20 * SECOND_MS, GLANCE_MS = 2 * HOUR_MS };

struct outbox {
    int64_t take_epoch, tick_epoch; /* in which one is planned, 0 for none */
    int64_t tick_at;
};

static happening take, tick, settle;

void outbox_open(struct sim *sim) {
    sim->outbox = keep(sim, sizeof *sim->outbox);
    providers_open(sim);
}

static void plan_take(struct sim *sim, int64_t in_ms) {
    if (sim->outbox->take_epoch == door_epoch(sim)) return;
    sim->outbox->take_epoch = door_epoch(sim);
    later(sim, in_ms + door_asleep_ms(sim), take, NULL);
}

static void plan_tick(struct sim *sim, int64_t at) {
    struct outbox *outbox = sim->outbox;
    int64_t in_ms = at - host_now(sim);
    if (in_ms < 0) in_ms = 0;
    if (in_ms > GLANCE_MS) in_ms = GLANCE_MS; /* somebody may set the clock meanwhile */
    bool planned = outbox->tick_epoch == door_epoch(sim) && outbox->tick_at <= sim->now + in_ms;
    if (planned && outbox->tick_at >= sim->now) return;
    outbox->tick_epoch = door_epoch(sim);
    outbox->tick_at = sim->now + in_ms + door_asleep_ms(sim);
    later(sim, in_ms + door_asleep_ms(sim), tick, NULL);
}

void outbox_poke(struct sim *sim) {
    if (door_pending(sim) > 0) plan_take(sim, 50);
    if (door_wake_at(sim) > 0) plan_tick(sim, door_wake_at(sim));
}

/* A host that has just started looks at everything. */
void outbox_begin(struct sim *sim) {
    plan_take(sim, SECOND_MS);
    plan_tick(sim, host_now(sim));
}

/* A planned tick may belong to a host that is gone, or have been overtaken by an earlier one. */
static void tick(struct sim *sim, void *with) {
    struct outbox *outbox = sim->outbox;
    (void)with;
    if (outbox->tick_epoch != door_epoch(sim) || outbox->tick_at != sim->now) return;
    outbox->tick_at = -1;
    if (door_asleep(sim)) {
        plan_tick(sim, host_now(sim));
        return;
    }
    if (door_wake_at(sim) > host_now(sim)) { /* what it was for has been done meanwhile */
        plan_tick(sim, door_wake_at(sim));
        return;
    }
    const char *code;
    if (!host_call(sim, host_who, "clock.tick", &code, drawn(sim, 5) ? "{'limit':1}" : "{}")) {
        plan_tick(sim, host_now(sim) + AGAIN_MS);
        return;
    }
    outbox_poke(sim);
}

static void take(struct sim *sim, void *with) {
    const char *code;
    (void)with;
    if (sim->outbox->take_epoch != door_epoch(sim)) return;
    sim->outbox->take_epoch = 0;
    if (door_asleep(sim)) {
        plan_take(sim, 0);
        return;
    }
    const cJSON *ok = host_call(sim, host_who, "effect.take", &code,
                                "{'limit':%d,'lease_ms':%d}", 1 + (int)draw(sim, 20), LEASE_MS);
    if (!ok) {
        plan_take(sim, AGAIN_MS);
        return;
    }
    const cJSON *effect;
    cJSON *effects = cJSON_Duplicate(cJSON_GetObjectItemCaseSensitive(ok, "effects"), true);
    cJSON_ArrayForEach(effect, effects) {
        struct attempt *attempt = attempt_begin(sim, effect, LEASE_MS);
        later(sim, attempt->answers_in_ms, settle, attempt);
    }
    cJSON_Delete(effects);
    outbox_poke(sim);
}

static void parts_text(const struct attempt *attempt, char *to, size_t room) {
    int size = 0;
    for (int i = 0; i < attempt->parts; i++)
        size += snprintf(to + size, room - (size_t)size, "%s'%s.%d'", i ? "," : "",
                         attempt->provider_id, i);
    if (attempt->parts == 0) to[0] = 0;
}

/* An outcome is offered until the core has it, unless the host has forgotten it meanwhile. */
static void settle(struct sim *sim, void *with) {
    struct attempt *attempt = with;
    char ids[400];
    const char *code;
    bool gone = attempt->epoch != door_epoch(sim);
    if (!gone && door_asleep(sim)) {
        later(sim, door_asleep_ms(sim), settle, attempt);
        return;
    }
    if (!gone && mishap(sim, HOST_FORGETS)) {
        door_restart(sim);
        gone = true;
    }
    if (gone) {
        drop(sim, attempt);
        return;
    }
    parts_text(attempt, ids, sizeof ids);
    host_call(sim, host_who, "effect.settle", &code,
              "{'effect_id':%lld,'status':'%s','provider_ids':[%s],'error':'%s',"
              "'retry_after_ms':%lld}", (long long)attempt->effect_id, attempt->status, ids,
              attempt->error, (long long)attempt->retry_after_ms);
    bool again = attempt->epoch == door_epoch(sim) && is_storage(code);
    if (again) {
        later(sim, AGAIN_MS, settle, attempt);
        return;
    }
    bool known = attempt->epoch == door_epoch(sim) && code[0] == 0;
    if (known) core_settled(sim, attempt->effect_id, attempt->status);
    for (int part = 0; known && part < attempt->parts; part++) {
        snprintf(ids, sizeof ids, "%s.%d", attempt->provider_id, part);
        laws_settled(sim, ids);
    }
    if (known && strcmp(attempt->status, "retry") == 0)
        laws_busy(sim, attempt->effect_id, host_now(sim) + (attempt->retry_after_ms ?
                                                            attempt->retry_after_ms : SECOND_MS));
    drop(sim, attempt);
    outbox_poke(sim);
}
