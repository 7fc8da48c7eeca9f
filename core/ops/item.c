/* ops/item.c: "what happens next" and "why" of anything that a machine moves. Decides nothing: the
 * future is the machine itself run forward in a savepoint that is rolled back. */
#include "../ops.h"
#include "../contact_forms.h"
#include "../reviews.h"

#include <string.h>

#include "../db.h"
#include "../effects.h"
#include "../history.h"
#include "../messages.h"
#include "../never.h"
#include "../policy.h"
#include "../schedule.h"
#include "../texts.h"

enum { NEWEST_HISTORY, NEWEST_EFFECT, SINCE, EFFECTS, LINK_END };
static const char *const item_sql[] = {
    [NEWEST_HISTORY] = "select coalesce(max(history_id), 0) from history",
    [NEWEST_EFFECT] = "select coalesce(max(effect_id), 0) from effect",
    [SINCE] = "select at, item_kind, event, to_state, rule, because, facts from history"
              " where history_id > ?1 and item_kind <> 'message'"
              " and (item_kind <> 'effect' or item_id <= ?2) order by history_id",
    [EFFECTS] = "select e.kind, e.due_at, e.attempt from message m join effect e using (message_id)"
                " where m.item_kind = ?1 and m.item_id = ?2 and e.state = 'queued'"
                " union all select kind, due_at, attempt from effect where item_kind = ?1"
                " and item_id = ?2 and message_id is null and state = 'queued'"
                " order by 2 limit 5",
    [LINK_END] = ("select max(expires_at) from link where item_kind = ?1 and item_id = ?2"
                  " and revoked_at = 0"),
};

static const char *const kinds[] = {"review", "review_chat", "contact_form", "message", "effect",
                                    NULL};

struct item_in {
    const char *kind;
    int64_t item_id, after_id;
};
static const struct field item_fields[] = {
    FIELD(struct item_in, kind, .required = true, .one_of = kinds, .doc = "what kind of thing"),
    FIELD(struct item_in, item_id, .required = true, .min = 1, .doc = "which one"),
    FIELD(struct item_in, after_id, .min = 1, .doc = "item.why: only what came after this row"),
};

/* Loads the item for an actor who may see it. A message and an effect are seen by the clinic. */
static enum err item_open(struct tx *tx, const struct item_in *in,
                          const struct machine **ret_machine, struct item **ret_item) {
    const struct machine *machine = machine_find(in->kind);
    if (NEVER(!machine)) return ERR_BUG;
    void *item = arena_alloc(tx->arena, machine->item_size);
    if (!item) return ERR_MEMORY;
    enum err err = machine->load(tx, in->item_id, item);
    if (err == ERR_MISSING) return fail(tx, ERR_MISSING, "item_id");
    TRY(err);
    *ret_machine = machine;
    *ret_item = item;
    return access_item(tx, in->kind, in->item_id, (*ret_item)->clinic_id, "item_id");
}

static void forecast_json(struct tx *tx, int64_t at, const char *event, int64_t rule,
                          const char *facts, const char *key, struct json *out) {
    struct json unless = {.arena = tx->arena};
    json_append(&unless, "unless.", 7);
    json_append(&unless, event, strlen(event));
    const char *unless_key = json_end(&unless);
    const char *unless_text = text_plain(tx, tx->locale, unless_key);
    json_object(out);
    json_put_id(out, "at", at);
    json_put_text(out, "event", event);
    json_key(out, "because");
    json_object(out);
    json_put_id(out, "rule", rule);
    json_put_raw(out, "facts", facts && *facts ? facts : "{}");
    json_object_end(out);
    json_put_text(out, "unless", unless_text == unless_key ? NULL : unless_text);
    json_put_text(out, "text", text_because(tx, key, facts));
    json_object_end(out);
}

/* What the next message of each side would do: the rule that a person meets next. */
static enum err chat_forecast(struct tx *tx, const struct review_chat *chat, struct json *out) {
    struct json facts = {.arena = tx->arena};
    int64_t mute_after;
    if (strcmp(state_word(&review_chat_machine, chat->item.state), "open") != 0) return OK;
    TRY(policy_get(tx, chat->item.clinic_id, POLICY_MUTE_AFTER, &mute_after));
    json_object(&facts);
    json_put_int(&facts, "unanswered_count", chat->unanswered_count);
    json_put_int(&facts, "mute_after", mute_after);
    json_put_int(&facts, "left", mute_after > chat->unanswered_count
                                     ? mute_after - chat->unanswered_count : 0);
    json_object_end(&facts);
    bool silent = chat->muted || chat->unanswered_count >= mute_after;
    forecast_json(tx, 0, "post", silent ? 18 : 11, json_end(&facts),
                  silent ? "next_post_silent" : "next_post_notifies", out);
    forecast_json(tx, 0, "answer", 16, json_end(&facts),
                  silent ? "next_answer_unmutes" : "next_answer_mails", out);
    if (strcmp(chat->purpose, "solve") == 0 && !chat->solved_at)
        forecast_json(tx, 0, "mark_solved", 23, json_end(&facts), "next_solved_annuls", out);
    return OK;
}

/* An answer stops the clocks; a reaction starts them again (rules 48, 49). */
static void form_forecast(struct tx *tx, const struct contact_form *form, struct json *out) {
    if (form->erased_at) return;
    if (form->waiting_since_at)
        forecast_json(tx, 0, "clinic_answers", 48, NULL, "next_answer_invites", out);
    else forecast_json(tx, 0, "reply", 49, NULL, "next_reaction_renews", out);
}

/* What stands in the outbox, by channel. */
static const char *goes_key(const char *kind) {
    if (strcmp(kind, "sms.send") == 0) return "next_sms_goes";
    return strcmp(kind, "push.send") == 0 ? "next_push_goes" : "next_email_goes";
}

static enum err effects_forecast(struct tx *tx, const struct item_in *in, struct json *out) {
    struct rows rows;
    TRY(db_rows(tx, item_sql[EFFECTS], WITH(in->kind, in->item_id), &rows));
    for (int i = 0; i < rows.n; i++) {
        const struct value *v = row_at(&rows, i);
        struct json facts = {.arena = tx->arena};
        json_object(&facts);
        json_put_text(&facts, "channel", effect_channel(v[0].text));
        json_put_int(&facts, "attempt", v[2].i + 1);
        json_object_end(&facts);
        forecast_json(tx, v[1].i, "take", 0, json_end(&facts), goes_key(v[0].text), out);
    }
    return OK;
}

static enum err link_forecast(struct tx *tx, const struct item_in *in, struct json *out) {
    const struct value *v;
    TRY(db_row(tx, item_sql[LINK_END], WITH(in->kind, in->item_id), &v));
    if (v[0].kind == VALUE_INT && v[0].i > tx->now)
        forecast_json(tx, v[0].i, "link_end", 11, NULL, "next_link_ends", out);
    return OK;
}

enum { FORESEEN_MAX = 12 };

/* Fires the item's timers one after the other, ahead of time, and tells what each one did. A notice
 * that is born on the way would fail only because nobody sends it here: of it nothing is told. */
static enum err timers_forecast(struct tx *tx, const struct item_in *in, struct json *out) {
    const struct value *newest;
    TRY(db_row(tx, item_sql[NEWEST_EFFECT], WITH_NOTHING, &newest));
    int64_t newest_effect_id = newest[0].i;
    for (int i = 0; i < FORESEEN_MAX; i++) {
        const struct value *v;
        struct rows rows;
        TRY(db_row(tx, item_sql[NEWEST_HISTORY], WITH_NOTHING, &v));
        enum err err = schedule_foresee(tx, in->kind, in->item_id);
        if (err == ERR_MISSING) return OK;
        TRY(err);
        TRY(db_rows(tx, item_sql[SINCE], WITH(v[0].i, newest_effect_id), &rows));
        for (int k = 0; k < rows.n; k++) {
            const struct value *h = row_at(&rows, k);
            forecast_json(tx, h[0].i, h[2].text, h[4].i, h[6].text, h[5].text, out);
        }
    }
    return OK;
}

static enum err item_next(struct tx *tx, const void *raw, struct json *out) {
    const struct item_in *in = raw;
    const struct machine *machine;
    struct item *item;
    uint8_t head[32], *real = tx->head;
    int64_t now = tx->now;
    TRY(item_open(tx, in, &machine, &item));
    json_key(out, "next");
    json_array(out);
    if (machine == &review_chat_machine)
        TRY(chat_forecast(tx, (struct review_chat *)item, out));
    if (machine == &contact_form_machine) form_forecast(tx, (struct contact_form *)item, out);
    TRY(effects_forecast(tx, in, out));
    memcpy(head, tx->head, sizeof head);
    tx->head = head;
    TRY(db_rehearse(tx->db));
    enum err err = timers_forecast(tx, in, out);
    enum err undo = db_forget(tx->db);
    tx->head = real;
    tx->now = now;
    db_request(tx->db, tx->rev, now);
    TRY(err);
    TRY(undo);
    bool by_link = machine == &review_chat_machine && item->state != machine->final;
    if (by_link) TRY(link_forecast(tx, in, out));
    json_array_end(out);
    return OK;
}

static enum err item_why(struct tx *tx, const void *raw, struct json *out) {
    const struct item_in *in = raw;
    const struct machine *machine;
    struct item *item;
    TRY(item_open(tx, in, &machine, &item));
    json_key(out, "history");
    json_array(out);
    TRY(history_json(tx, in->kind, in->item_id, in->after_id, out));
    json_array_end(out);
    return OK;
}

static const struct op ops[] = {
    {.name = "item.next", .one_item = true,
     .roles = ROLES_AGENT | ROLE_INTEGRATION | ROLE_HOST | ROLE_PATIENT,
     TAKES(struct item_in, item_fields), .run = item_next, .out = "{ next: Forecast[] }",
     .doc = "What will happen, when, why, and what would change it."},
    {.name = "item.why", .one_item = true, .roles = ROLES_AGENT | ROLE_INTEGRATION | ROLE_HOST,
     TAKES(struct item_in, item_fields), .run = item_why, .out = "{ history: HistoryRow[] }",
     .doc = "What happened, by whom, by which rule and on which facts; silences too."},
};
const struct op_group item_group = GROUP(ops);
