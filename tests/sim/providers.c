/* providers.c: what becomes of a message after the host has handed it over: taken, refused, held,
 * lost, sent without an answer; and the reports that come early, late, twice and out of order. A
 * provider keeps no promise that real ones do not keep. */
#include "providers.h"

#include <stdio.h>
#include <string.h>

#include "core_oracle.h"
#include "door.h"
#include "laws.h"

/* A report on its way to the host; providers try again until it is taken. */
struct report {
    char channel[8], provider_id[48], status[12];
    bool final;
};

enum { PROVIDERS = 3, WEEK_MS = 7 * DAY_MS };
struct providers {
    int64_t down_until[PROVIDERS], ids;
};

void providers_open(struct sim *sim) { sim->providers = keep(sim, sizeof *sim->providers); }

bool is_storage(const char *code) {
    return strncmp(code, "storage.", 8) == 0 || strncmp(code, "busy.", 5) == 0;
}

static int provider_of(const char *kind) {
    return strcmp(kind, "sms.send") == 0 ? 0 : strcmp(kind, "email.send") == 0 ? 1 : 2;
}

static void report(struct sim *sim, void *with) {
    struct report *told = with;
    const char *code = "";
    int64_t asleep_ms = door_asleep_ms(sim);
    if (asleep_ms == 0) {
        host_call(sim, host_who, "effect.report", &code,
                  "{'channel':'%s','provider_id':'%s','status':'%s','error':'%s','final':%s}",
                  told->channel, told->provider_id, told->status,
                  strcmp(told->status, "failed") == 0 ? "absent subscriber" : "",
                  told->final ? "true" : "false");
        outbox_poke(sim);
    }
    if (asleep_ms > 0 || is_storage(code) || strcmp(code, "host.died") == 0) {
        later(sim, asleep_ms + MINUTE_MS, report, told);
        return;
    }
    if (!code[0]) laws_reported(sim, told->channel, told->provider_id, told->status);
    drop(sim, told);
}

static void report_plan(struct sim *sim, int64_t in_ms, const char *channel,
                        const struct attempt *attempt, int part, const char *status, bool final) {
    struct report *told = keep(sim, sizeof *told);
    snprintf(told->channel, sizeof told->channel, "%s", channel);
    snprintf(told->provider_id, sizeof told->provider_id, "%s.%d", attempt->provider_id, part);
    snprintf(told->status, sizeof told->status, "%s", status);
    told->final = final;
    if (mishap(sim, REPORT_LATE)) in_ms += (1 + (int64_t)choose(sim, 72)) * HOUR_MS;
    later(sim, in_ms, report, told);
}

/* Every part of a message is reported on by itself. */
static void reports_plan(struct sim *sim, const char *kind, const struct attempt *attempt) {
    const char *channel = provider_of(kind) == 0 ? "sms" : "email";
    bool mail = provider_of(kind) == 1, fails = mishap(sim, REPORTED_FAILED);
    if (provider_of(kind) == 2) return;
    for (int part = 0; part < attempt->parts; part++) {
        int64_t in_ms = attempt->answers_in_ms + draw_ms(sim, SECOND_MS, 10 * MINUTE_MS);
        bool reported = mail ? drawn(sim, 30) : true;
        if (mishap(sim, NO_REPORT) || (!reported && !fails)) continue;
        if (mishap(sim, REPORT_EARLY)) in_ms = 1;
        const char *status = fails ? "failed" : drawn(sim, 5) ? "read" : "delivered";
        report_plan(sim, in_ms, channel, attempt, part, status, !mishap(sim, TRY_LATER));
        if (mishap(sim, REPORT_TWICE))
            report_plan(sim, in_ms + MINUTE_MS, channel, attempt, part, status, true);
        if (mishap(sim, REPORTS_MIXED))
            report_plan(sim, in_ms + HOUR_MS, channel, attempt, part,
                        choose(sim, 2) ? "sent" : "delivered", true);
    }
}

/* A person's telephone rings, or a mail is in the box. */
static void ring(struct sim *sim, void *with) {
    cJSON *effect = cJSON_Parse(with);
    for (int i = 0; parts[i]; i++)
        if (parts[i]->arrived) parts[i]->arrived(sim, effect);
    cJSON_Delete(effect);
    drop(sim, with);
}

static void ring_plan(struct sim *sim, const cJSON *effect) {
    char *text = cJSON_PrintUnformatted(effect);
    later(sim, draw_ms(sim, SECOND_MS, MINUTE_MS), ring, keep_text(sim, text));
    cJSON_free(text);
}

static void goes_out(struct sim *sim, const cJSON *effect, struct attempt *attempt) {
    const char *kind = cJSON_GetObjectItemCaseSensitive(effect, "kind")->valuestring;
    core_went_out(sim, attempt->effect_id);
    if (!mishap(sim, NO_REPORT)) ring_plan(sim, effect);
    reports_plan(sim, kind, attempt);
}

/* After an outage it is up for two days: meanwhile each message is tried every ten minutes. */
static bool is_down(struct sim *sim, int provider) {
    int64_t *until = &sim->providers->down_until[provider];
    bool recent = *until && sim->now - *until < 2 * (int64_t)DAY_MS;
    if (!recent && mishap(sim, OUTAGE))
        *until = sim->now + (1 + (int64_t)choose(sim, 24)) * HOUR_MS;
    return *until > sim->now && !sim->calm;
}

/* Nothing, a while, or until a moment before the message is worth nothing any more. */
static int64_t busy_ms(struct sim *sim, const cJSON *effect) {
    int64_t left_ms = number_of(effect, "deadline_at") - host_now(sim);
    switch (choose(sim, 3)) {
    case 0: return 0;
    case 1: return 10 * MINUTE_MS;
    default: return left_ms > MINUTE_MS && left_ms < WEEK_MS ? left_ms - SECOND_MS : 0;
    }
}

static void outcome_choose(struct sim *sim, const cJSON *effect, struct attempt *attempt,
                           int64_t lease_ms) {
    int provider = provider_of(cJSON_GetObjectItemCaseSensitive(effect, "kind")->valuestring);
    if (is_down(sim, provider) || mishap(sim, TRY_LATER)) {
        attempt->status = "retry";
        attempt->error = "busy";
        attempt->retry_after_ms = busy_ms(sim, effect);
    } else if (mishap(sim, REJECTED)) {
        attempt->status = "failed";
        attempt->error = "no such number";
    } else if (mishap(sim, ANSWER_LOST)) {
        attempt->status = "unknown";
        attempt->error = "connection lost";
        if (choose(sim, 2)) {
            attempt->parts = provider == 2 ? 0 : 1;
            goes_out(sim, effect, attempt);
        }
        if (choose(sim, 2)) attempt->answers_in_ms = lease_ms - 5 * SECOND_MS;
    } else {
        attempt->status = "sent";
        attempt->parts = provider == 2 ? 0 : 1 + (provider == 0 && drawn(sim, 10));
        goes_out(sim, effect, attempt);
    }
}

struct attempt *attempt_begin(struct sim *sim, const cJSON *effect, int64_t lease_ms) {
    struct attempt *attempt = keep(sim, sizeof *attempt);
    attempt->effect_id =
        (int64_t)cJSON_GetObjectItemCaseSensitive(effect, "effect_id")->valuedouble;
    attempt->epoch = door_epoch(sim);
    attempt->answers_in_ms = draw_ms(sim, 50, 3 * SECOND_MS);
    attempt->error = "";
    snprintf(attempt->provider_id, sizeof attempt->provider_id, "m%llx-%lld",
             (unsigned long long)sim->options.seed, (long long)++sim->providers->ids);
    for (int i = 0; parts[i]; i++)
        if (parts[i]->attempt) parts[i]->attempt(sim, effect);
    outcome_choose(sim, effect, attempt, lease_ms);
    return attempt;
}
