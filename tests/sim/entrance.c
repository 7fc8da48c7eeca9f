/* entrance.c: links, devices, codes and sessions: how patients and staff get in, and how nobody
 * else does (rules 4, 11, 12, 31). Its scenes ask at once, as the host does, and judge on the spot;
 * they write nothing that other parts keep books of. Next: entrance_strangers.c. */
#include "entrance.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "door.h"

enum { ENTRANCE_PLACE = 4, CODES_AN_HOUR = 3, CODE_TRIES = 5 };

struct entrance {
    int64_t keeper_id, leaver_id; /* people of the platform, whom no other part knows */
    int64_t restores;
};

/* Somebody on the way in. */
struct visit {
    int64_t restores, agent_id, link_id, session_id, since_at;
};

static happening doorkeeping, keeper_comes_late, keeper_idles, link_is_old;

static struct entrance *state(struct sim *sim) { return sim->state[ENTRANCE_PLACE]; }

/* Disks, memory and the machine fail here as anywhere; then nothing is learnt. */
static bool machine_failed(const char *code) {
    return strncmp(code, "storage.", 8) == 0 || strncmp(code, "host.", 5) == 0;
}

void must_refuse(struct sim *sim, const char *invariant, const char *code, const char *who,
                 const char *op, const char *format, ...) {
    char in[400];
    const char *said = "";
    va_list args;
    if (sim->violated) return;
    va_start(args, format);
    vsnprintf(in, sizeof in, format, args);
    va_end(args);
    const cJSON *ok = host_call(sim, who, op, &said, "%s", in);
    if (ok) violated(sim, invariant, "%s %s by %s was taken", op, in, who);
    else if (!machine_failed(said) && strcmp(said, code) != 0)
        violated(sim, invariant, "%s %s by %s: %s instead of %s", op, in, who, said, code);
}

const cJSON *must_take(struct sim *sim, const char *invariant, const char *who, const char *op,
                       const char *format, ...) {
    char in[400];
    const char *said = "";
    va_list args;
    if (sim->violated) return NULL;
    va_start(args, format);
    vsnprintf(in, sizeof in, format, args);
    va_end(args);
    const cJSON *ok = host_call(sim, who, op, &said, "%s", in);
    if (!ok && !machine_failed(said))
        violated(sim, invariant, "%s %s by %s: %s", op, in, who, said);
    outbox_poke(sim);
    return ok;
}

static struct visit *visit_new(struct sim *sim) {
    struct visit *visit = keep(sim, sizeof *visit);
    *visit = (struct visit){.restores = state(sim)->restores, .since_at = host_now(sim)};
    return visit;
}

/* ---- staff: the link by mail, the session ---- */

static const char *session_who(int64_t agent_id, int64_t session_id) {
    static char who[WHO_BYTES];
    snprintf(who, sizeof who, "{\"role\":\"moderator\",\"agent_id\":%lld,\"session_id\":%lld}",
             (long long)agent_id, (long long)session_id);
    return who;
}

static int64_t sign_in_link(struct sim *sim, int64_t agent_id, const char *name) {
    int64_t before = LOOK(sim, "select coalesce(max(link_id), 0) from link where ?1", 1);
    must_take(sim, "staff-gets-in", host_who, "session.request",
              "{'email':'%s@desk.test','browser':'home'}", name);
    return LOOK(sim, "select max(link_id) from link where item_kind = 'agent' and item_id = ?1"
                     " and link_id > ?2", agent_id, before);
}

/* The link of a mail opens one session, in the browser that asked, and then no more. */
static void keeper_comes(struct sim *sim) {
    struct visit *visit = visit_new(sim);
    visit->agent_id = state(sim)->keeper_id;
    visit->link_id = sign_in_link(sim, visit->agent_id, "keeper");
    const cJSON *ok = NULL;
    if (visit->link_id && drawn(sim, 30)) {
        later(sim, draw_ms(sim, 11 * MINUTE_MS, HOUR_MS), keeper_comes_late, visit);
        return;
    }
    if (visit->link_id)
        ok = must_take(sim, "staff-gets-in", host_who, "link.open",
                       "{'link_id':%lld,'browser':'home'}", (long long)visit->link_id);
    visit->session_id = number_of(ok, "session_id");
    if (!visit->session_id) {
        drop(sim, visit);
        return;
    }
    must_refuse(sim, "sign-in-once", "refused.used_link", host_who, "link.open",
                "{'link_id':%lld,'browser':'home'}", (long long)visit->link_id);
    const char *who = session_who(visit->agent_id, visit->session_id);
    must_take(sim, "staff-gets-in", who, "session.list", "{}");
    later(sim, draw_ms(sim, 16 * MINUTE_MS, 3 * HOUR_MS), keeper_idles, visit);
}

static void keeper_comes_late(struct sim *sim, void *with) {
    struct visit *visit = with;
    if (host_now(sim) >= visit->since_at + 10 * MINUTE_MS && visit->restores ==
        state(sim)->restores)
        must_refuse(sim, "links-end", "refused.expired_link", host_who, "link.open",
                    "{'link_id':%lld,'browser':'home'}", (long long)visit->link_id);
    drop(sim, visit);
}

/* Nobody touched the page for a quarter of an hour (ASVS: an idle session ends). */
static void keeper_idles(struct sim *sim, void *with) {
    struct visit *visit = with;
    if (host_now(sim) >= visit->since_at + 15 * MINUTE_MS && visit->restores ==
        state(sim)->restores)
        must_refuse(sim, "sessions-end", "denied.expired_session",
                    session_who(visit->agent_id, visit->session_id), "session.list", "{}");
    drop(sim, visit);
}

/* Who signs out is out. */
static void keeper_goes(struct sim *sim) {
    int64_t keeper = state(sim)->keeper_id, link_id = sign_in_link(sim, keeper, "keeper");
    const cJSON *ok = link_id ? must_take(sim, "staff-gets-in", host_who, "link.open",
                                          "{'link_id':%lld,'browser':'home'}",
                                          (long long)link_id) : NULL;
    int64_t session_id = number_of(ok, "session_id");
    if (!session_id) return;
    const char *who = session_who(keeper, session_id);
    if (must_take(sim, "staff-gets-in", who, "session.end", "{'session_id':%lld}",
                  (long long)session_id))
        must_refuse(sim, "sessions-end", "denied.expired_session", who, "session.list", "{}");
}

/* Who has left may do nothing from that commit on. */
static void leaver_goes(struct sim *sim) {
    long long leaver = (long long)state(sim)->leaver_id;
    char who[WHO_BYTES];
    snprintf(who, sizeof who, "{\"role\":\"moderator\",\"agent_id\":%lld}", leaver);
    if (must_take(sim, "who-left-is-out", integration_who, "agent.set",
                  "{'agent_id':%lld,'active':false}", leaver)) {
        must_refuse(sim, "who-left-is-out", "denied.not_allowed", who, "clinic.list", "{}");
        must_take(sim, "who-left-is-out", integration_who, "agent.set",
                  "{'agent_id':%lld,'active':true}", leaver);
    }
}

/* ---- patients: the link by SMS, devices, codes ---- */

static void codes_are_tried(struct sim *sim, int64_t link_id) {
    int64_t code_id = 0;
    int sent = 0;
    for (int i = 0; i <= CODES_AN_HOUR && !sim->violated; i++) {
        const char *code = "";
        const cJSON *ok = host_call(sim, host_who, "link.send_code", &code, "{'link_id':%lld}",
                                    (long long)link_id);
        sent += ok != NULL;
        if (ok) code_id = number_of(ok, "code_id");
    }
    outbox_poke(sim);
    if (sent > CODES_AN_HOUR)
        violated(sim, "codes-are-few", "%d codes for link %lld in one hour", sent,
                 (long long)link_id);
    if (!code_id) return;
    int wrong = 0;
    for (int i = 0; i < CODE_TRIES + 1 && !sim->violated; i++) {
        const char *code = "";
        wrong += host_call(sim, host_who, "link.enter_code", &code,
                           "{'link_id':%lld,'code_id':%lld,'matched':false}", (long long)link_id,
                           (long long)code_id) != NULL;
    }
    if (wrong >= CODE_TRIES)
        must_refuse(sim, "codes-are-not-guessed", "refused.expired_link", host_who,
                    "link.enter_code", "{'link_id':%lld,'code_id':%lld,'matched':true}",
                    (long long)link_id, (long long)code_id);
}

/* A forwarded link: the first device is in, the next one needs the code (recommended). */
static void second_device(struct sim *sim, int64_t link_id) {
    int64_t code = LOOK(sim, "select coalesce((select value from policy where key ="
                             " 'link.second_device_code' and clinic_id = 0),"
                             " policy_preset = 'recommended') from platform where ?1", 1);
    const cJSON *ok = must_take(sim, "patient-gets-in", host_who, "link.open", "{'link_id':%lld}",
                                (long long)link_id);
    int64_t session_id = number_of(ok, "session_id");
    if (!ok) return;
    ok = must_take(sim, "patient-gets-in", host_who, "link.open", "{'link_id':%lld}",
                   (long long)link_id);
    bool needs = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(ok, "code_needed"));
    if (ok && needs != (code != 0))
        violated(sim, "second-device-needs-code", "link %lld let another device in",
                 (long long)link_id);
    ok = session_id ? must_take(sim, "patient-gets-in", host_who, "link.open",
                                "{'link_id':%lld,'session_id':%lld}", (long long)link_id,
                                (long long)session_id) : NULL;
    if (ok && !number_of(ok, "session_id"))
        violated(sim, "patient-gets-in", "link %lld asks its own device for a code",
                 (long long)link_id);
    if (needs && drawn(sim, 30)) codes_are_tried(sim, link_id);
}

static void entrance_arrived(struct sim *sim, const cJSON *effect) {
    const cJSON *link = cJSON_GetObjectItemCaseSensitive(effect, "link");
    const cJSON *purpose = cJSON_GetObjectItemCaseSensitive(link, "purpose");
    bool patients = cJSON_IsString(purpose) && (strcmp(purpose->valuestring, "review_chat") == 0 ||
                                                strcmp(purpose->valuestring, "contact_form") == 0);
    int64_t link_id = number_of(link, "link_id"), ends_at = number_of(link, "expires_at");
    bool good = LOOK(sim, "select revoked_at = 0 from link where link_id = ?1", link_id) != 0;
    if (sim->calm || !patients || !good || ends_at <= host_now(sim) || !drawn(sim, 8)) return;
    second_device(sim, link_id);
    struct visit *visit = visit_new(sim);
    visit->link_id = link_id;
    visit->since_at = ends_at;
    later(sim, ends_at - host_now(sim) + draw_ms(sim, 0, DAY_MS), link_is_old, visit);
}

static void link_is_old(struct sim *sim, void *with) {
    struct visit *visit = with;
    if (host_now(sim) >= visit->since_at && visit->restores == state(sim)->restores) {
        must_refuse(sim, "links-end", "refused.expired_link", host_who, "link.open",
                    "{'link_id':%lld}", (long long)visit->link_id);
        must_refuse(sim, "links-end", "refused.expired_link", link_who(visit->link_id),
                    "session.list", "{}");
    }
    drop(sim, visit);
}

/* A key belongs to who asked, and to what was asked: it answers nobody else, and nothing else. */
static void keys_are_used(struct sim *sim) {
    static const char chats_sql[] = "select max(review_chat_id) from review_chat where"
                                    " review_chat_id < ?1";
    long long chat = LOOK(sim, chats_sql, INT64_MAX), key = (long long)sim->now;
    long long older = LOOK(sim, chats_sql, chat);
    char keeper[WHO_BYTES + 40], leaver[WHO_BYTES + 40];
    snprintf(keeper, sizeof keeper, "{\"role\":\"moderator\",\"agent_id\":%lld},\"id\":\"k%lld\"",
             (long long)state(sim)->keeper_id, key);
    snprintf(leaver, sizeof leaver, "{\"role\":\"moderator\",\"agent_id\":%lld},\"id\":\"k%lld\"",
             (long long)state(sim)->leaver_id, key);
    /* A failure may have kept the leaver out. */
    if (!older || !LOOK(sim, "select active from agent where agent_id = ?1",
                        state(sim)->leaver_id)) return;
    if (!must_take(sim, "keys-are-ones-own", keeper, "review_chat.get", "{'review_chat_id':%lld}",
                   chat)) return;
    must_refuse(sim, "keys-are-ones-own", "refused.duplicate_command", keeper, "review_chat.get",
                "{'review_chat_id':%lld}", older);
    must_take(sim, "keys-are-ones-own", leaver, "review_chat.get", "{'review_chat_id':%lld}",
              older);
}

/* What is set holds at once: here whether another device needs a code. */
static void policy_changes(struct sim *sim) {
    int value = (int)draw(sim, 2);
    const cJSON *ok = must_take(sim, "policies-hold-at-once", integration_who, "policy.set",
                                "{'key':'link.second_device_code','value':%d}", value);
    if (ok && number_of(ok, "value") != value)
        violated(sim, "policies-hold-at-once", "set to %d, it is %lld", value,
                 (long long)number_of(ok, "value"));
}

static void doorkeeping(struct sim *sim, void *with) {
    (void)with;
    later(sim, draw_ms(sim, 12 * HOUR_MS, 36 * HOUR_MS), doorkeeping, NULL);
    if (sim->calm || door_asleep(sim)) return;
    /* The machine may have failed as they were to be added. */
    bool both = state(sim)->keeper_id && state(sim)->leaver_id;
    switch (both ? draw(sim, 7) : 6) {
    case 0:
    case 1: keeper_comes(sim); break;
    case 2: keeper_goes(sim); break;
    case 3: leaver_goes(sim); break;
    case 4: if (drawn(sim, 20)) policy_changes(sim); break;
    case 5: keys_are_used(sim); break;
    default: break;
    }
    if (!sim->violated) strangers_try(sim, 1 + (int)draw(sim, (uint32_t)sim->options.clinics));
}

static int64_t platform_person(struct sim *sim, const char *name) {
    return number_of(host_call(sim, integration_who, "agent.add", NULL,
                               "{'role':'moderator','name':'%s','email':'%s@desk.test'}", name,
                               name), "agent_id");
}

static void entrance_begin(struct sim *sim) {
    struct entrance *entrance = keep(sim, sizeof *entrance);
    sim->state[ENTRANCE_PLACE] = entrance;
    entrance->keeper_id = platform_person(sim, "keeper");
    entrance->leaver_id = platform_person(sim, "leaver");
    later(sim, DAY_MS, doorkeeping, NULL);
}

static void entrance_restored(struct sim *sim, int64_t at) {
    (void)at;
    state(sim)->restores++;
}

static const struct invariant invariants[] = {
    {"staff-gets-in", "4", "Who asks for a link and opens it in time is in.", 0, NULL},
    {"sign-in-once", "4", "A sign-in link opens one session.", 0, NULL},
    {"links-end", "11 31", "After its time a link opens nothing.", 0, NULL},
    {"sessions-end", "4", "Who signed out or left the page alone is out.", 0, NULL},
    {"who-left-is-out", "2", "Who has left may do nothing from then on.", 0, NULL},
    {"patient-gets-in", "11", "A good link lets its patient in.", 0, NULL},
    {"second-device-needs-code", "12", "Another device needs the code, where that is wanted.", 0,
     NULL},
    {"codes-are-few", "12", "Three codes an hour, no more.", 0, NULL},
    {"codes-are-not-guessed", "12", "After five wrong answers a code is worth nothing.", 0, NULL},
    {"keys-are-ones-own", "", "A key answers who used it first, about what it was used for.", 0,
     NULL},
    {"policies-hold-at-once", "", "A policy that is set holds from that commit on.", 0, NULL},
    {"each-to-their-own", "2 12 53 58", "Nobody acts on another clinic's or patient's things.", 0,
     NULL},
    {"annulled-is-hidden", "24", "The public learns no annulled rating.", 0, NULL},
    {"every-view-leaves-a-row", "13 34", "What the platform looks at is written down, and does not"
     " count as read.", 0, NULL},
    {NULL, NULL, NULL, 0, NULL},
};

const struct part entrance_part = {
    .name = "entrance", .place = ENTRANCE_PLACE, .begin = entrance_begin,
    .arrived = entrance_arrived, .restored = entrance_restored, .invariants = invariants,
};
