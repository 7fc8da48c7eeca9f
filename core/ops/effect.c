/* ops/effect.c: what the host's pump asks: take, settle, report, and the clock's tick. The states
 * of an effect: machines/effect.c. */
#include "../effects.h"
#include "../ops.h"

#include <string.h>

#include "../db.h"
#include "../schedule.h"
#include "../search.h"

enum { READY, SHOW };
static const char *const effect_sql[] = {
    /* What is worth nothing any more waits for the tick that fails it. */
    [READY] = "select effect_id from effect where state = 'queued' and due_at <= ?1"
              " and deadline_at > ?1 and (?2 = '[]' or kind in (select value from json_each(?2)))"
              " order by due_at, effect_id limit ?3",
    [SHOW] = "select e.effect_id, e.kind, e.recipient \"to\", nullif(e.recipient_name, '') name,"
             " nullif(e.subject, '') subject, e.text, e.locale, iif(e.path <> '',"
             " json_object('link_id', e.link_id, 'purpose', coalesce(l.purpose, 'page'), 'path',"
             " e.path, 'expires_at', l.expires_at), null) \"link:json\","
             " nullif(e.code_id, 0) code_id, e.deadline_at, e.attempt,"
             " e.due_at lease_until, json_object('rule', e.rule, 'facts', json(e.facts))"
             " \"because:json\", e.item_kind, e.item_id from effect e"
             " left join link l using (link_id) where e.effect_id = ?1",
};

static const char *const channels[] = {"sms", "email", NULL};

struct take_in {
    const cJSON *kinds;
    int64_t limit, lease_ms;
};
static const struct field take_fields[] = {
    FIELD(struct take_in, kinds, .format = FORMAT_TEXTS, .max = 20,
          .doc = "only these kinds; absent: all"),
    FIELD(struct take_in, limit, .min = 1, .max = 1000, .doc = "effects, 100 unless told"),
    FIELD(struct take_in, lease_ms, .min = 1000, .max = 3600000,
          .doc = "how long they are yours, 60000 unless told"),
};

static const char *kinds_text(struct tx *tx, const cJSON *kinds) {
    struct json out = {.arena = tx->arena};
    const cJSON *v;
    json_array(&out);
    cJSON_ArrayForEach(v, kinds) json_text(&out, v->valuestring);
    json_array_end(&out);
    return json_end(&out);
}

static enum err effect_take(struct tx *tx, const void *raw, struct json *out) {
    const struct take_in *in = raw;
    struct outcome take = {.lease_ms = in->lease_ms ? in->lease_ms : 60000};
    struct rows rows;
    TRY(db_rows(tx, effect_sql[READY],
                WITH(tx->now, kinds_text(tx, in->kinds), in->limit ? in->limit : 100), &rows));
    json_key(out, "effects");
    json_array(out);
    for (int i = 0; i < rows.n; i++) {
        int64_t effect_id = row_at(&rows, i)[0].i;
        TRY(machine_fire(tx, &effect_machine, effect_id, ON_TAKE, &take));
        json_object(out);
        TRY(db_json_row(tx, effect_sql[SHOW], WITH(effect_id), out));
        json_object_end(out);
    }
    json_array_end(out);
    return OK;
}

static const char *const settlements[] = {"sent", "delivered", "failed", "retry", "unknown", NULL};

struct settle_in {
    int64_t effect_id, retry_after_ms;
    const char *status, *provider_id, *error;
    const cJSON *provider_ids;
};
static const struct field settle_fields[] = {
    FIELD(struct settle_in, effect_id, .required = true, .min = 1, .doc = "what was performed"),
    FIELD(struct settle_in, status, .required = true, .one_of = settlements,
          .doc = "sent, delivered, failed (for good), retry (for now), unknown (answer lost)"),
    FIELD(struct settle_in, provider_id, .max = 200, .doc = "the provider's id"),
    FIELD(struct settle_in, provider_ids, .format = FORMAT_TEXTS, .max = 255,
          .doc = "the provider's ids of a message in several parts"),
    FIELD(struct settle_in, error, .max = 500, .doc = "the provider's words"),
    FIELD(struct settle_in, retry_after_ms, .min = 0, .max = 604800000,
          .doc = "not before that, milliseconds"),
};

/* A settlement is the event of the same name; delivered at once is sent and then delivered. */
static enum event settled_event(const char *status) {
    return strcmp(status, "delivered") == 0 ? ON_SENT : event_find(status);
}

static enum err parts_each(struct tx *tx, const struct settle_in *in, const char *channel,
                           enum err (*each)(struct tx *, int64_t, const char *, const char *)) {
    const cJSON *v;
    if (in->provider_id) TRY(each(tx, in->effect_id, channel, in->provider_id));
    cJSON_ArrayForEach(v, in->provider_ids)
        TRY(each(tx, in->effect_id, channel, v->valuestring));
    return OK;
}

static enum err effect_settle(struct tx *tx, const void *raw, struct json *out) {
    const struct settle_in *in = raw;
    struct effect effect;
    struct outcome outcome = {.error = in->error ? in->error : "", .final = true,
                              .retry_after_ms = in->retry_after_ms};
    enum event event = settled_event(in->status);
    TRY(effect_load(tx, in->effect_id, &effect));
    TRY(machine_step(tx, &effect_machine, &effect, event, &outcome));
    /* An answer that was lost may still bring reports on the ids that were chosen before it. */
    if (event == ON_SENT || event == ON_UNKNOWN) {
        TRY(parts_each(tx, in, effect_channel(effect.kind), effects_note_part));
        TRY(parts_each(tx, in, effect_channel(effect.kind), effects_catch_up));
    }
    if (strcmp(in->status, "delivered") == 0)
        TRY(machine_fire(tx, &effect_machine, in->effect_id, ON_DELIVERED, &outcome));
    TRY(effect_load(tx, in->effect_id, &effect));
    json_put_text(out, "state", state_word(&effect_machine, effect.item.state));
    return OK;
}

static const char *const statuses[] = {"sent", "delivered", "read", "failed", NULL};

struct report_in {
    const char *channel, *provider_id, *status, *error;
    int64_t at;
    bool final;
};
static const struct field report_fields[] = {
    FIELD(struct report_in, channel, .required = true, .one_of = channels, .doc = "sms, email"),
    FIELD(struct report_in, provider_id, .required = true, .max = 200, .doc = "the provider's id"),
    FIELD(struct report_in, status, .required = true, .one_of = statuses, .doc = "what it says"),
    FIELD(struct report_in, error, .max = 500, .doc = "the provider's words"),
    FIELD(struct report_in, at, .min = 1, .doc = "when, by the provider's clock; only kept"),
    FIELD(struct report_in, final, .doc = "of a failure: for good, which absent means too"),
};
enum { FINAL_GIVEN = 1u << 5 };

static enum err effect_report(struct tx *tx, const void *raw, struct json *out) {
    const struct report_in *in = raw;
    struct outcome outcome = {.error = in->error ? in->error : "",
                              .final = !(tx->given & FINAL_GIVEN) || in->final};
    (void)out;
    if (strcmp(in->status, "sent") == 0) return OK;
    return effects_report(tx, in->channel, in->provider_id, in->status, &outcome);
}

struct tick_in {
    int64_t limit;
};
static const struct field tick_fields[] = {
    FIELD(struct tick_in, limit, .min = 1, .max = 1000000,
          .doc = "fire at most so many and leave the rest due; absent: all"),
};

enum { FORGET_REQUESTS, FORGET_REPORTS, CATCH_UP = 500 };
static const char *const forget_sql[] = {
    /* Replies are kept for seven days, reports that nobody claimed for thirty. */
    [FORGET_REQUESTS] = "delete from request where request_id in (select request_id from request"
                        " order by request_id limit 500) and at < now_ms() - 604800000",
    [FORGET_REPORTS] = "delete from parked_report where parked_report_id in (select"
                       " parked_report_id from parked_report order by parked_report_id limit 100)"
                       " and parked_at < now_ms() - 2592000000",
};

static enum err clock_tick(struct tx *tx, const void *raw, struct json *out) {
    const struct tick_in *in = raw;
    int64_t fired, indexed;
    TRY(schedule_fire(tx, in->limit ? in->limit : INT64_MAX, &fired));
    TRY(db_run(tx, forget_sql[FORGET_REQUESTS], WITH_NOTHING));
    TRY(db_run(tx, forget_sql[FORGET_REPORTS], WITH_NOTHING));
    TRY(search_catch_up(tx, CATCH_UP, &indexed));
    json_put_int(out, "fired", fired);
    return OK;
}

static const struct op ops[] = {
    {.name = "clock.tick", .roles = ROLE_HOST, ALWAYS_WRITES, TAKES(struct tick_in, tick_fields),
     .run = clock_tick, .out = "{ fired: number }",
     .doc = "Fires every timer due at `now`, in due order, each at its own due time."},
    {.name = "effect.take", .roles = ROLE_HOST, ALWAYS_WRITES, TAKES(struct take_in, take_fields),
     .run = effect_take, .rules = "11 16", .out = "{ effects: Effect[] }",
     .doc = "Leases effects that may be performed now."},
    {.name = "effect.settle", .roles = ROLE_HOST, ALWAYS_WRITES,
     TAKES(struct settle_in, settle_fields), .run = effect_settle, .out = "{ state: string }",
     .doc = "What became of a taken effect."},
    {.name = "effect.report", .roles = ROLE_HOST, ALWAYS_WRITES,
     TAKES(struct report_in, report_fields), .run = effect_report, .out = "{}",
     .doc = "A provider's delivery report, in any order and any number."},
};
const struct op_group effect_group = GROUP(ops);
