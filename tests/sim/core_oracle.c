/* core_oracle.c: what the desk promises of every machine: the outbox, timers, the history chain,
 * who reads what. Written against the header and spec/rules.md; knows no machine. */
#include "core_oracle.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "door.h"
#include "sha256.h"

enum { CORE_PLACE = 0, PERSONS_MAX = 1 << 20 };

/* One row of the outbox as the providers have seen it. */
struct carried {
    uint64_t content; /* digest of recipient and texts */
    int64_t lease_until, epoch;
    uint8_t out, attempts;
    bool open; /* an attempt whose outcome the core does not know */
    bool sent; /* the core knows that it went out */
};

/* What is known outside by its number. */
#define NUMBERED(table)                                                                      \
    {"select coalesce(max(" table "_id), 0) from " table " where " table "_id < ?1",         \
     "select count(*) from " table " where " table "_id > ?1 and " table "_id < ?2"}
static const struct {
    const char *newest, *again;
} numbered[] = {
    NUMBERED("link"),    NUMBERED("session"),      NUMBERED("effect"),
    NUMBERED("message"), NUMBERED("contact_form"), NUMBERED("review_chat"),
};
enum { NUMBERED_KINDS = sizeof numbered / sizeof *numbered };

struct core_state {
    struct carried *carried;
    int64_t kept_to[NUMBERED_KINDS]; /* the newest numbers of the copy that was put back last */
    int64_t carried_room;
    uint32_t *clinics_of; /* by person: bit per clinic */
    int64_t history_seen;
    uint8_t head[SHA256_BYTES];
};

static struct core_state *state(struct sim *sim) { return sim->state[CORE_PLACE]; }

static void core_begin(struct sim *sim) {
    struct core_state *core = calloc(1, sizeof *core);
    if (!core) abort();
    core->clinics_of = calloc(PERSONS_MAX, sizeof *core->clinics_of);
    if (!core->clinics_of) abort();
    sim->state[CORE_PLACE] = core;
}

static void core_end(struct sim *sim) {
    struct core_state *core = state(sim);
    free(core->carried);
    free(core->clinics_of);
    free(core);
}

/* ---- the outbox ---- */

static struct carried *carried(struct sim *sim, int64_t effect_id) {
    struct core_state *core = state(sim);
    if (effect_id >= core->carried_room) {
        int64_t bigger = (effect_id + 1) * 2;
        core->carried = realloc(core->carried, (size_t)bigger * sizeof *core->carried);
        if (!core->carried) abort();
        memset(core->carried + core->carried_room, 0,
               (size_t)(bigger - core->carried_room) * sizeof *core->carried);
        core->carried_room = bigger;
    }
    return &core->carried[effect_id];
}

static uint64_t mixed(uint64_t hash, const cJSON *effect, const char *key) {
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(effect, key);
    for (const char *c = cJSON_IsString(v) ? v->valuestring : ""; *c; c++)
        hash = (hash ^ (uint8_t)*c) * 1099511628211u;
    return (hash ^ 0xFF) * 1099511628211u;
}

static void attempt_check(struct sim *sim, const cJSON *effect) {
    int64_t effect_id = number_of(effect, "effect_id");
    struct carried *row = carried(sim, effect_id);
    uint64_t content = mixed(mixed(mixed(mixed(1, effect, "kind"), effect, "to"), effect, "text"),
                             effect, "subject");
    const char *durable = "select 1 from effect where effect_id = ?1 and state = 'taken'";
    sim->figures.effects++;
    if (!LOOK(sim, durable, effect_id))
        violated(sim, "durable-before-sent", "effect %lld is given out and not marked taken",
                 (long long)effect_id);
    if (row->sent)
        violated(sim, "nothing-after-sent", "effect %lld went out and is tried again",
                 (long long)effect_id);
    if (row->open && row->epoch == door_epoch(sim) && row->lease_until > host_now(sim))
        violated(sim, "one-attempt-at-a-time", "effect %lld is given out twice within its lease",
                 (long long)effect_id);
    if (number_of(effect, "deadline_at") <= host_now(sim))
        violated(sim, "never-after-deadline", "effect %lld is worth nothing any more",
                 (long long)effect_id);
    if (row->attempts && row->content != content)
        violated(sim, "every-attempt-the-same", "effect %lld changed between two attempts",
                 (long long)effect_id);
    row->content = content;
    row->attempts += row->attempts < UINT8_MAX;
    row->lease_until = host_now(sim) + MINUTE_MS;
    row->epoch = door_epoch(sim);
    row->open = true;
}

/* A provider that takes no key may be asked once more when nobody knows whether it has sent: a
 * notice does no harm twice, a code is never sent again. */
void core_went_out(struct sim *sim, int64_t effect_id) {
    struct carried *row = carried(sim, effect_id);
    int64_t more = LOOK(sim, "select resends_max from effect where effect_id = ?1", effect_id);
    bool code = LOOK(sim, "select code_id from effect where effect_id = ?1", effect_id) != 0;
    row->out++;
    if (row->out > 1 + more || row->out > 2 || (code && row->out > 1))
        violated(sim, "once-and-at-most-once-more", "effect %lld went out %d times",
                 (long long)effect_id, row->out);
}

void core_settled(struct sim *sim, int64_t effect_id, const char *status) {
    struct carried *row = carried(sim, effect_id);
    row->open = false;
    row->sent = row->sent || strcmp(status, "sent") == 0;
    if (LOOK(sim, "select count(*) from effect where effect_id = ?1 and state = 'queued' and"
                  " due_at >= deadline_at", effect_id))
        violated(sim, "given-up-in-time", "effect %lld, %s, waits for a time when it is worth"
                 " nothing", (long long)effect_id, status);
}

static void core_restored(struct sim *sim, int64_t at) {
    struct core_state *core = state(sim);
    (void)at;
    for (int i = 0; i < NUMBERED_KINDS; i++)
        core->kept_to[i] = LOOK(sim, numbered[i].newest, door_lost_to(sim));
    memset(core->carried, 0, (size_t)core->carried_room * sizeof *core->carried);
    core->history_seen = 0;
    memset(core->head, 0, sizeof core->head);
}

/* An old SMS of the lost hours must not open another patient's thread. */
static void numbers_once(struct sim *sim) {
    const struct core_state *core = state(sim);
    for (int i = 0; core && door_lost_to(sim) && i < NUMBERED_KINDS; i++)
        if (LOOK(sim, numbered[i].again, core->kept_to[i], door_lost_to(sim)))
            violated(sim, "numbers-are-given-once", "%s", numbered[i].again);
}

static void outbox_settled(struct sim *sim) {
    int64_t open = look(sim, "select count(*) from effect where state in ('queued', 'taken')", 0,
                        NULL);
    if (open) violated(sim, "every-effect-settles", "%lld effects are still open after the calm",
                       (long long)open);
}

/* ---- timers ---- */

static const char *const orphan_sql[] = {
    "select count(*) from schedule s left join effect e on e.effect_id = s.item_id where"
    " s.item_kind = 'effect' and (e.effect_id is null or (s.event = 'lease_end' and e.state <>"
    " 'taken') or (s.event = 'deadline' and e.state not in ('queued', 'taken')))",
    "select count(*) from effect e where e.state = 'taken' and not exists (select 1 from schedule"
    " s where s.item_kind = 'effect' and s.item_id = e.effect_id and s.event = 'lease_end')",
    "select count(*) from effect e where e.state = 'queued' and not exists (select 1 from schedule"
    " s where s.item_kind = 'effect' and s.item_id = e.effect_id and s.event = 'deadline')",
};

static void timers_owed(struct sim *sim) {
    for (size_t i = 0; i < sizeof orphan_sql / sizeof *orphan_sql; i++) {
        int64_t wrong = look(sim, orphan_sql[i], 0, NULL);
        if (wrong) violated(sim, "timer-iff-owed", "%lld effects by check %zu",
                            (long long)wrong, i);
    }
}

static void timers_done(struct sim *sim) {
    int64_t due = LOOK(sim, "select count(*) from schedule where due_at <= ?1",
                       host_now(sim) - HOUR_MS);
    if (due) violated(sim, "no-timer-forgotten", "%lld timers are overdue", (long long)due);
}

/* What the reply promises is what the tables hold. */
static void pulse_true(struct sim *sim) {
    int64_t timer = look(sim, "select min(due_at) from schedule", 0, NULL);
    int64_t later_at = LOOK(sim, "select min(due_at) from effect where state = 'queued' and"
                                 " due_at > ?1", host_now(sim));
    int64_t pending = LOOK(sim, "select count(*) from (select 1 from effect where state ="
                                " 'queued' and due_at <= ?1 and deadline_at > ?1 limit 20)",
                           host_now(sim));
    int64_t wake_at = later_at && (!timer || later_at < timer) ? later_at : timer;
    if (door_wake_at(sim) != wake_at)
        violated(sim, "wakes-in-time", "wake_at is %lld, due is %lld",
                 (long long)door_wake_at(sim), (long long)wake_at);
    if (door_pending(sim) != pending)
        violated(sim, "wakes-in-time", "%lld effects wait, pending says %lld", (long long)pending,
                 (long long)door_pending(sim));
}

/* ---- history ---- */

static void hash_number(struct sha256 *sha, int64_t n) {
    char text[24];
    sqlite3_snprintf(sizeof text, text, "%lld\n", (long long)n);
    sha256_add(sha, text, strlen(text));
}

static void hash_text(struct sha256 *sha, sqlite3_stmt *row, int i) {
    sha256_add(sha, sqlite3_column_text(row, i), (size_t)sqlite3_column_bytes(row, i));
    sha256_add(sha, "\n", 1);
}

/* As the header of history tells anybody who wants to check it: the hash before, the metadata a
 * line each, the hash of the facts. */
static bool row_chained(struct core_state *core, sqlite3_stmt *row) {
    struct sha256 sha;
    uint8_t facts[SHA256_BYTES], hash[SHA256_BYTES];
    bool whole = sqlite3_column_type(row, 11) != SQLITE_NULL;
    if (whole) {
        sha256_init(&sha);
        sha256_add(&sha, sqlite3_column_text(row, 11), (size_t)sqlite3_column_bytes(row, 11));
        sha256_end(&sha, facts);
        if (memcmp(facts, sqlite3_column_blob(row, 12), SHA256_BYTES) != 0) return false;
    }
    sha256_init(&sha);
    sha256_add(&sha, core->head, SHA256_BYTES);
    hash_number(&sha, sqlite3_column_int64(row, 1));
    hash_text(&sha, row, 2);
    hash_number(&sha, sqlite3_column_int64(row, 3));
    hash_text(&sha, row, 4);
    hash_number(&sha, sqlite3_column_int64(row, 5));
    for (int i = 6; i <= 8; i++) hash_text(&sha, row, i);
    hash_number(&sha, sqlite3_column_int64(row, 9));
    hash_text(&sha, row, 10);
    sha256_add(&sha, sqlite3_column_blob(row, 12), SHA256_BYTES);
    sha256_end(&sha, hash);
    memcpy(core->head, hash, SHA256_BYTES);
    return memcmp(hash, sqlite3_column_blob(row, 13), SHA256_BYTES) == 0;
}

static void chain_holds(struct sim *sim) {
    static const char walk[] = "select history_id, at, item_kind, item_id, role, actor_id, event,"
                               " from_state, to_state, rule, because, facts, facts_hash, hash"
                               " from history where history_id > ?1 order by history_id";
    struct core_state *core = state(sim);
    sqlite3_stmt *row = look_rows(sim, walk, 1, (const int64_t[]){core->history_seen});
    while (row && !sim->violated && sqlite3_step(row) == SQLITE_ROW) {
        int64_t id = sqlite3_column_int64(row, 0);
        if (id != core->history_seen + 1)
            violated(sim, "history-is-gapless", "row %lld follows row %lld", (long long)id,
                     (long long)core->history_seen);
        if (!row_chained(core, row))
            violated(sim, "history-is-chained", "row %lld does not carry its hash", (long long)id);
        core->history_seen = id;
    }
    look_end(row);
}

/* ---- who reads what ---- */

void person_writes_to(struct sim *sim, int64_t person, int clinic) {
    if (person < PERSONS_MAX) state(sim)->clinics_of[person] |= 1u << clinic;
}

/* Words that a person's thread holds carry the person's number. */
static bool person_next(const char **text, int64_t *ret_person) {
    const char *at = *text;
    while ((at = strstr(at, "zp")) != NULL) {
        char *end;
        int64_t person = strtoll(at + 2, &end, 10);
        at += 2;
        if (end == at || *end != 'z') continue;
        *text = end;
        *ret_person = person;
        return true;
    }
    return false;
}

static void reads_only_own(struct sim *sim, const struct asked *asked,
                           const struct answer *answer) {
    const char *agent = strstr(asked->who, "\"agent_id\":");
    bool patient = strstr(asked->who, "\"patient\"") != NULL;
    int64_t person, first = 0;
    if (!agent && !patient) return;
    int64_t agent_id = agent ? strtoll(agent + strlen("\"agent_id\":"), NULL, 10) : 0;
    if (agent_id == moderator_id(sim)) return;
    char *reply = cJSON_PrintUnformatted(answer->body);
    const char *at = reply;
    while (person_next(&at, &person)) {
        uint32_t clinics = person < PERSONS_MAX ? state(sim)->clinics_of[person] : 0;
        if (agent && !(clinics & 1u << clinic_of_agent(agent_id)))
            violated(sim, "words-stay-with-their-own", "%s by %s shows person %lld", asked->op,
                     asked->who, (long long)person);
        if (patient && first && person != first)
            violated(sim, "words-stay-with-their-own", "%s by %s shows persons %lld and %lld",
                     asked->op, asked->who, (long long)first, (long long)person);
        first = person;
    }
    cJSON_free(reply);
}

static void core_accepted(struct sim *sim, const struct asked *asked, const struct answer *answer) {
    reads_only_own(sim, asked, answer);
}

static void core_arrived(struct sim *sim, const cJSON *effect) {
    const char *text = cJSON_GetObjectItemCaseSensitive(effect, "text")->valuestring;
    int64_t person;
    if (person_next(&text, &person))
        violated(sim, "notices-carry-no-content", "effect %lld shows what person %lld wrote",
                 (long long)number_of(effect, "effect_id"), (long long)person);
}

static const struct invariant invariants[] = {
    {"no-bug-is-answered", "", "No request, however odd, is answered by a bug.* error.", 0, NULL},
    {"reply-is-json", "", "Every reply is JSON.", 0, NULL},
    {"platform-is-built", "", "The platform of a life is accepted as it is.", 0, NULL},
    {"same-key-same-reply", "", "A repeated key gets the stored reply and changes nothing.", 0,
     NULL},
    {"acknowledged-is-kept", "", "What was answered is there after every start.", 0, NULL},
    {"starts-after-every-crash", "", "The desk works after every crash.", 0, NULL},
    {"numbers-are-given-once", "", "No number of hours that a restore loses is given out again.",
     EACH_DAY, numbers_once},
    {"file-is-sound", "", "Pages, indexes and references are sound after every start.", 0, NULL},
    {"durable-before-sent", "", "A provider sees nothing that the file does not hold.", 0, NULL},
    {"nothing-after-sent", "", "What is known to have gone out is not tried again.", 0, NULL},
    {"one-attempt-at-a-time", "", "Within a lease an effect is given out once.", 0, NULL},
    {"never-after-deadline", "", "What came too late to be of use is not sent.", 0, NULL},
    {"given-up-in-time", "11", "What could only be tried again too late is given up at once, for"
     " the next channel.", 0, NULL},
    {"every-attempt-the-same", "", "Recipient and texts of an effect never change.", 0, NULL},
    {"once-and-at-most-once-more", "", "A notice goes out once, and once more only where nobody"
     " knows whether it did; a code never twice.", 0, NULL},
    {"every-effect-settles", "", "When all works again, no effect stays open.", AT_END,
     outbox_settled},
    {"timer-iff-owed", "", "An effect has a timer as long as something is owed, and no longer.",
     EACH_DAY, timers_owed},
    {"no-timer-forgotten", "", "When all works again, no timer is overdue.", AT_END, timers_done},
    {"wakes-in-time", "", "wake_at and pending tell what the tables hold.", AFTER_CALL, pulse_true},
    {"history-is-gapless", "50", "History has no gaps.", 0, NULL},
    {"history-is-chained", "50", "Every row of history carries the hash of all before it.",
     EACH_DAY, chain_holds},
    {"words-stay-with-their-own", "12", "Nobody reads what a person wrote to others.", 0, NULL},
    {"notices-carry-no-content", "11 16 48", "No message sent out holds what was written.", 0,
     NULL},
    {NULL, NULL, NULL, 0, NULL},
};

const struct part core_part = {
    .name = "core", .place = CORE_PLACE, .begin = core_begin, .end = core_end,
    .accepted = core_accepted, .attempt = attempt_check, .arrived = core_arrived,
    .restored = core_restored, .invariants = invariants,
};
