/* effects.c: writing, finding and reporting on outbox rows. Their states: machines/effect.c. */
#include "effects.h"

#include <string.h>

#include "db.h"
#include "never.h"
#include "schedule.h"
#include "texts.h"

enum { EMIT, LOAD, NOTE, PARKED, UNPARK, KNOWN, PARK, STATUS, PARTS, OF_MESSAGE, TO_AUTHOR,
       LAST_TRY, ABOUT, LAST_OF_MESSAGE, LAST_ABOUT, PENDING, LATER };
/* What is with a provider cannot be called back; whatever it answers, nothing more goes out. */
#define END_TRIES \
    "update effect set resends_max = resends, fallbacks = '', rev = rev()," \
    " deadline_at = 0 where "
static const char *const effects_sql[] = {
    [EMIT] = "insert into effect (kind, clinic_id, item_kind, item_id, message_id, recipient,"
             " recipient_name, locale, subject, text, link_id, path, code_id, fallbacks,"
             " resends_max, deadline_at, due_at, rule, facts, audience, agent_id, created_at, rev)"
             " values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16,"
             " now_ms(), ?17, ?18, ?19, ?20, now_ms(), rev())",
    [LOAD] = "select effect_id, clinic_id, state, kind, item_kind, item_id, message_id, fallbacks,"
             " error, attempt, resends, resends_max, due_at, deadline_at, final, recipient,"
             " audience, agent_id from effect"
             " where effect_id = ?1",
    [NOTE] = "insert into provider_message (channel, provider_id, effect_id) values (?1, ?2, ?3)"
             " on conflict do nothing",
    [PARKED] = "select status, final from parked_report"
               " where channel = ?1 and provider_id = ?2 order by parked_report_id",
    [UNPARK] = "delete from parked_report where channel = ?1 and provider_id = ?2",
    [KNOWN] = "select effect_id, status from provider_message where channel = ?1"
              " and provider_id = ?2",
    [PARK] = "insert into parked_report (channel, provider_id, status, final, parked_at)"
             " values (?1, ?2, ?3, ?4, now_ms())",
    [STATUS] = "update provider_message set status = ?3 where channel = ?1 and provider_id = ?2",
    [PARTS] = "select count(*), sum(status in ('delivered', 'read')), sum(status = 'read')"
              " from provider_message where effect_id = ?1",
    [OF_MESSAGE] = "select effect_id from effect where message_id = ?1 and state = 'queued'"
                   " and effect_id <> ?2",
    [TO_AUTHOR] = "select e.effect_id, message_id from message m join effect e using (message_id)"
                  " where m.item_kind = ?1 and m.item_id = ?2 and m.author = 'clinic'"
                  " and e.state = 'queued' order by e.effect_id",
    [LAST_TRY] = END_TRIES "state in ('taken', 'sent', 'unknown') and message_id in"
                 " (select message_id from message where"
                 " item_kind = ?1 and item_id = ?2 and author = 'clinic')",
    [ABOUT] = "select effect_id from effect where item_kind = ?1 and item_id = ?2"
              " and message_id is null and state = 'queued'"
              " and (?3 = 0 or audience <> 'patient') order by effect_id",
    [LAST_OF_MESSAGE] = END_TRIES "message_id = ?1 and state = 'taken'",
    [LAST_ABOUT] = END_TRIES "item_kind = ?1 and item_id = ?2 and message_id is null"
                   " and state = 'taken' and (?3 = 0 or audience <> 'patient')",
    [PENDING] = "select count(*) from (select 1 from effect where state = 'queued'"
                " and due_at <= ?1 and deadline_at > ?1 limit 20)",
    [LATER] = "select due_at from effect where state = 'queued' and due_at > ?1"
              " order by due_at limit 1",
};

static const struct {
    const char *kind, *channel;
} kinds[] = {
#define KIND_ROW(name, kind, channel) {kind, channel},
    EFFECT_KINDS(KIND_ROW)
#undef KIND_ROW
};
enum { KINDS_N = sizeof kinds / sizeof *kinds };

const char *effect_channel(const char *kind) {
    for (int i = 0; i < KINDS_N; i++)
        if (strcmp(kinds[i].kind, kind) == 0) return kinds[i].channel;
    return "";
}

const char *effect_kind(const char *channel) {
    for (int i = 0; CERTAIN(i < KINDS_N); i++)
        if (strcmp(kinds[i].channel, channel) == 0) return kinds[i].kind;
    return "";
}

static const char *notice_text(struct tx *tx, const struct notice *notice, const char *part) {
    struct json key = {.arena = tx->arena};
    json_append(&key, notice->texts, strlen(notice->texts));
    json_append(&key, part, strlen(part));
    return text_format(tx, notice->locale, json_end(&key), notice->vars);
}

static const char *or_empty(const char *text) {
    return text ? text : "";
}

enum err effects_emit(struct tx *tx, const struct notice *notice, int64_t *ret_effect_id) {
    bool sms = strcmp(notice->kind, "sms.send") == 0;
    bool push = strcmp(notice->kind, "push.send") == 0;
    const char *subject = sms ? "" : notice_text(tx, notice, ".subject");
    const char *text = notice_text(tx, notice, sms ? ".sms" : push ? ".push" : ".email");
    int64_t deadline_at = tx_sent_at(tx) + notice->deadline_ms;
    TRY(db_insert(tx, effects_sql[EMIT],
                  WITH(notice->kind, notice->clinic_id, notice->item_kind, notice->item_id,
                       id_or_null(notice->message_id), notice->recipient,
                       or_empty(notice->recipient_name), notice->locale, subject, text,
                       id_or_null(notice->link_id), or_empty(notice->path), notice->code_id,
                       or_empty(notice->fallbacks), notice->resends_max, deadline_at,
                       notice->rule, notice->facts ? notice->facts : "{}",
                       or_empty(notice->audience), notice->agent_id),
                  ret_effect_id));
    return schedule_set(tx, "effect", *ret_effect_id, ON_DEADLINE, deadline_at);
}

enum err effect_load(struct tx *tx, int64_t effect_id, void *ret_effect) {
    struct effect *effect = ret_effect;
    const struct value *v;
    enum err err = db_row(tx, effects_sql[LOAD], WITH(effect_id), &v);
    if (err == ERR_MISSING) return fail(tx, ERR_MISSING, "effect_id");
    TRY(err);
    *effect = (struct effect){
        .item = {v[0].i, v[1].i, state_find(&effect_machine, v[2].text)},
        .kind = v[3].text, .item_kind = v[4].text, .item_id = v[5].i, .message_id = v[6].i,
        .fallbacks = v[7].text, .error = v[8].text, .attempt = v[9].i, .resends = v[10].i,
        .resends_max = v[11].i, .due_at = v[12].i, .deadline_at = v[13].i, .final = v[14].i != 0,
        .recipient = v[15].text, .audience = v[16].text, .agent_id = v[17].i};
    return OK;
}

static int status_rank(const char *status) {
    static const char *const ranks[] = {"sent", "failed", "delivered", "read", NULL};
    for (int i = 0; ranks[i]; i++)
        if (strcmp(ranks[i], status) == 0) return i;
    return 0;
}

/* A message of several parts is delivered when all of them are, and failed when one is. */
static enum err parts_event(struct tx *tx, int64_t effect_id, const char *status,
                            enum event *ret_event) {
    const struct value *v;
    TRY(db_row(tx, effects_sql[PARTS], WITH(effect_id), &v));
    *ret_event = strcmp(status, "failed") == 0 ? ON_FAILED
                 : v[2].i == v[0].i            ? ON_READ
                 : v[1].i == v[0].i            ? ON_DELIVERED
                                               : EVENT_NONE;
    return OK;
}

static enum err report_apply(struct tx *tx, int64_t effect_id, const char *channel,
                             const char *provider_id, const char *status,
                             const struct outcome *outcome) {
    const struct value *v;
    enum event event;
    TRY(db_row(tx, effects_sql[KNOWN], WITH(channel, provider_id), &v));
    if (status_rank(status) <= status_rank(v[1].text)) return OK;
    TRY(db_run(tx, effects_sql[STATUS], WITH(channel, provider_id, status)));
    TRY(parts_event(tx, effect_id, status, &event));
    if (event == EVENT_NONE) return OK;
    return machine_fire(tx, &effect_machine, effect_id, event, outcome);
}

enum err effects_note_part(struct tx *tx, int64_t effect_id, const char *channel,
                           const char *provider_id) {
    return db_run(tx, effects_sql[NOTE], WITH(channel, provider_id, effect_id));
}

enum err effects_catch_up(struct tx *tx, int64_t effect_id, const char *channel,
                          const char *provider_id) {
    struct rows rows;
    TRY(db_rows(tx, effects_sql[PARKED], WITH(channel, provider_id), &rows));
    if (rows.n == 0) return OK;
    TRY(db_run(tx, effects_sql[UNPARK], WITH(channel, provider_id)));
    for (int i = 0; i < rows.n; i++) {
        const struct value *v = row_at(&rows, i);
        struct outcome outcome = {.error = "", .final = v[1].i != 0};
        TRY(report_apply(tx, effect_id, channel, provider_id, v[0].text, &outcome));
    }
    return OK;
}

/* The words of a report that nobody has claimed are not kept: an address may stand in them of a
 * person who was erased, and nothing would tell whose. */
enum err effects_report(struct tx *tx, const char *channel, const char *provider_id,
                        const char *status, const struct outcome *outcome) {
    const struct value *v;
    enum err err = db_row(tx, effects_sql[KNOWN], WITH(channel, provider_id), &v);
    if (err == OK) return report_apply(tx, v[0].i, channel, provider_id, status, outcome);
    if (err != ERR_MISSING) return err;
    return db_run(tx, effects_sql[PARK], WITH(channel, provider_id, status, outcome->final));
}

static enum err effects_cancel(struct tx *tx, const struct rows *rows) {
    for (int i = 0; i < rows->n; i++)
        TRY(machine_fire(tx, &effect_machine, row_at(rows, i)[0].i, ON_CANCEL, NULL));
    return OK;
}

enum err effects_cancel_message(struct tx *tx, int64_t message_id, int64_t but_effect_id) {
    struct rows rows;
    TRY(db_rows(tx, effects_sql[OF_MESSAGE], WITH(message_id, but_effect_id), &rows));
    TRY(effects_cancel(tx, &rows));
    return db_run(tx, effects_sql[LAST_OF_MESSAGE], WITH(message_id));
}

enum err effects_call_off(struct tx *tx, const char *item_kind, int64_t item_id) {
    struct rows rows;
    TRY(db_rows(tx, effects_sql[TO_AUTHOR], WITH(item_kind, item_id), &rows));
    TRY(effects_cancel(tx, &rows));
    for (int i = 0; i < rows.n; i++)
        TRY(machine_fire(tx, &delivery_machine, row_at(&rows, i)[1].i, ON_CANCEL, NULL));
    return db_run(tx, effects_sql[LAST_TRY], WITH(item_kind, item_id));
}

enum err effects_cancel_about(struct tx *tx, const char *item_kind, int64_t item_id,
                              bool clinic_only) {
    struct rows rows;
    TRY(db_rows(tx, effects_sql[ABOUT], WITH(item_kind, item_id, clinic_only), &rows));
    TRY(effects_cancel(tx, &rows));
    return db_run(tx, effects_sql[LAST_ABOUT], WITH(item_kind, item_id, clinic_only));
}

enum err effects_pending(struct tx *tx, int64_t *ret_pending, int64_t *ret_due_at) {
    const struct value *v;
    TRY(db_row(tx, effects_sql[PENDING], WITH(tx->now), &v));
    *ret_pending = v[0].i;
    enum err err = db_row(tx, effects_sql[LATER], WITH(tx->now), &v);
    *ret_due_at = err == OK ? v[0].i : 0;
    return err == ERR_MISSING ? OK : err;
}
