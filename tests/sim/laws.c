/* laws.c: what holds of every machine whatever it is about: its history tells each step and ends in
 * what the row says, messages climb and never fall, clockwork is nobody's deed, and whatever was
 * accepted left its trace. Brings no world. Knows the words of states, but no rule of when. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "door.h"
#include "laws.h"

enum { LAWS_PLACE = 3 };
enum { REVIEW, REVIEW_CHAT, CONTACT_FORM, MESSAGE, EFFECT, KINDS };
static const char *const kinds[KINDS] = {"review", "review_chat", "contact_form", "message",
                                         "effect"};

static const char *const state_words[] = {
    "", "draft", "published", "annulled", "open", "ended", "new", "read", "answered",
    "answered_by_phone", "rejected", "silent", "queued", "taken", "sent", "delivered", "failed",
    "unknown", "cancelled"};
enum { STATE_WORDS = sizeof state_words / sizeof *state_words };

/* What a provider has told the host, and the core has taken: a report, or with a rank of -1 the id
 * of something that it has, or may have, sent. */
struct tale {
    char channel[8], provider_id[48];
    int rank;
};

struct laws {
    uint8_t *last[KINDS]; /* by item: the state that history said last, 0 for none yet */
    int64_t room[KINDS], seen, told; /* history rows: judged, and there after the last call */
    int64_t *busy_until; /* by effect: a provider wants to be left alone until then */
    int64_t busy_room;
    struct tale *tales;
    int64_t tales_n, tales_room;
};

static struct laws *state(struct sim *sim) { return sim->state[LAWS_PLACE]; }

static void laws_begin(struct sim *sim) {
    sim->state[LAWS_PLACE] = calloc(1, sizeof(struct laws));
    if (!sim->state[LAWS_PLACE]) abort();
}

static void laws_forget(struct sim *sim, int64_t at) {
    struct laws *laws = state(sim);
    (void)at;
    for (int kind = 0; kind < KINDS; kind++) free(laws->last[kind]);
    free(laws->busy_until);
    free(laws->tales);
    *laws = (struct laws){0};
}

static void laws_end(struct sim *sim) {
    laws_forget(sim, 0);
    free(state(sim));
}

static uint8_t *last_of(struct laws *laws, int kind, int64_t id) {
    if (id >= laws->room[kind]) {
        int64_t room = laws->room[kind], bigger = (id + 1) * 2;
        laws->last[kind] = realloc(laws->last[kind], (size_t)bigger);
        if (!laws->last[kind]) abort();
        memset(laws->last[kind] + room, 0, (size_t)(bigger - room));
        laws->room[kind] = bigger;
    }
    return &laws->last[kind][id];
}

static int kind_of(const char *word) {
    for (int kind = 0; kind < KINDS; kind++)
        if (strcmp(kinds[kind], word) == 0) return kind;
    return -1;
}

static uint8_t state_of(const char *word) {
    for (int i = 1; i < STATE_WORDS; i++)
        if (strcmp(state_words[i], word) == 0) return (uint8_t)i;
    return 0;
}

/* What a row of history says. */
struct told {
    int64_t id, item_id, at;
    int kind;
    const char *role, *event, *from, *to, *because;
};

static bool is(const char *word, const char *other) { return strcmp(word, other) == 0; }

/* What arrived stays arrived; only a channel that failed gives way to the next. */
static bool falls(const struct told *row) {
    bool read = is(row->from, "read"), delivered = is(row->from, "delivered");
    if (row->kind != MESSAGE && row->kind != EFFECT) return false;
    if (read || is(row->from, "cancelled")) return !is(row->to, row->from);
    if (delivered) return !is(row->to, "delivered") && !is(row->to, "read");
    bool back = is(row->to, "queued") || is(row->to, "taken");
    return is(row->from, "sent") && back && !is(row->because, "delivery_next_channel");
}

static bool by_clock(const char *event) {
    static const char *const events[] = {"remind", "offer", "offer_basic", "lease_end",
                                         "deadline"};
    for (size_t i = 0; i < sizeof events / sizeof *events; i++)
        if (is(events[i], event)) return true;
    return false;
}

static void clock_judge(struct sim *sim, const struct told *row) {
    static const char deadline[] = "select deadline_at from effect where effect_id = ?1"
                                   " and recipient <> ''";
    if (!is(row->role, "host"))
        violated(sim, "clockwork-is-nobodys-deed", "%s of %s %lld is told as done by %s",
                 row->event, kinds[row->kind], (long long)row->item_id, row->role);
    int64_t due_at = is(row->event, "deadline") ? LOOK(sim, deadline, row->item_id) : 0;
    if (due_at && due_at != row->at)
        violated(sim, "timers-act-as-of-their-time", "effect %lld ran out of time %lld ms late",
                 (long long)row->item_id, (long long)(row->at - due_at));
}

static void row_judge(struct sim *sim, const struct told *row) {
    static const char *const ends_sql[KINDS] = {
#define ENDS(kind)                                                                            \
    "select count(*) from " kind " i join history h on h.history_id = (select max(history_id)" \
    " from history where item_kind = '" kind "' and item_id = ?1) where i." kind "_id = ?1"    \
    " and h.to_state <> i."
        ENDS("review") "state", ENDS("review_chat") "state", ENDS("contact_form") "state",
        ENDS("message") "delivery", ENDS("effect") "state"};
    uint8_t *last = last_of(state(sim), row->kind, row->item_id);
    if (*last && *last != state_of(row->from))
        violated(sim, "history-tells-each-step", "row %lld: %s %lld was %s and goes on from %s",
                 (long long)row->id, kinds[row->kind], (long long)row->item_id,
                 state_words[*last], row->from);
    if (falls(row))
        violated(sim, "what-arrived-stays-arrived", "%s %lld went from %s to %s",
                 kinds[row->kind], (long long)row->item_id, row->from, row->to);
    if (by_clock(row->event)) clock_judge(sim, row);
    *last = state_of(row->to);
    if (LOOK(sim, ends_sql[row->kind], row->item_id))
        violated(sim, "history-ends-in-what-is", "%s %lld is not what its history says",
                 kinds[row->kind], (long long)row->item_id);
}

static void history_judge(struct sim *sim) {
    static const char walk[] = "select history_id, item_kind, item_id, role, event, from_state,"
                               " to_state, because, at from history where history_id > ?1"
                               " order by history_id";
    struct laws *laws = state(sim);
    sqlite3_stmt *row = look_rows(sim, walk, 1, (const int64_t[]){laws->seen});
    while (row && !sim->violated && sqlite3_step(row) == SQLITE_ROW) {
        int kind = kind_of((const char *)sqlite3_column_text(row, 1));
        laws->seen = sqlite3_column_int64(row, 0);
        if (kind < 0) continue;
        row_judge(sim, &(struct told){
            .id = laws->seen, .kind = kind, .item_id = sqlite3_column_int64(row, 2),
            .role = (const char *)sqlite3_column_text(row, 3),
            .event = (const char *)sqlite3_column_text(row, 4),
            .from = (const char *)sqlite3_column_text(row, 5),
            .to = (const char *)sqlite3_column_text(row, 6),
            .because = (const char *)sqlite3_column_text(row, 7),
            .at = sqlite3_column_int64(row, 8)});
    }
    look_end(row);
}

/* A timer that fires early writes of an instant that has not come. Clocks are set back, too: what
 * counts is the latest instant that the core was ever told. */
static void future_judge(struct sim *sim) {
    int64_t at = LOOK(sim, "select at from history where ?1 order by history_id desc limit 1", 1);
    if (at > door_latest_at(sim))
        violated(sim, "nothing-from-the-future", "history tells of %lld at %lld", (long long)at,
                 (long long)door_latest_at(sim));
}

/* What one tick let run out. A request that moves clocks lets those run out first that are late,
 * item by item; only ticks promise an order. */
static void order_judge(struct sim *sim) {
    static const char since[] = "select at, event, item_kind, item_id from history"
                                " where history_id > ?1 and rev = (select rev from desk_state)"
                                " order by history_id";
    struct laws *laws = state(sim);
    int64_t told = LOOK(sim, "select coalesce(max(history_id), 0) from history", 0), before = 0;
    if (laws && door_ticked(sim) && told > laws->told) {
        sqlite3_stmt *row = look_rows(sim, since, 1, (const int64_t[]){laws->told});
        while (row && sqlite3_step(row) == SQLITE_ROW) {
            const char *event = (const char *)sqlite3_column_text(row, 1);
            int64_t at = sqlite3_column_int64(row, 0);
            if (!by_clock(event)) continue;
            if (at < before)
                violated(sim, "timers-fire-in-order", "%s of %s %lld after one due later", event,
                         (const char *)sqlite3_column_text(row, 2),
                         (long long)sqlite3_column_int64(row, 3));
            before = at;
        }
        look_end(row);
    }
    if (laws) laws->told = told;
}

/* ---- messages and what announces them ---- */

static int rank_of(const char *status) {
    return is(status, "read") ? 3 : is(status, "delivered") ? 2 : is(status, "failed") ? 1 : 0;
}

static void tale_add(struct laws *laws, const char *channel, const char *provider_id, int rank) {
    if (laws->tales_n == laws->tales_room) {
        laws->tales_room = laws->tales_room ? laws->tales_room * 2 : 256;
        laws->tales = realloc(laws->tales, (size_t)laws->tales_room * sizeof *laws->tales);
        if (!laws->tales) abort();
    }
    struct tale *tale = &laws->tales[laws->tales_n++];
    *tale = (struct tale){.rank = rank};
    snprintf(tale->channel, sizeof tale->channel, "%s", channel);
    snprintf(tale->provider_id, sizeof tale->provider_id, "%s", provider_id);
}

void laws_reported(struct sim *sim, const char *channel, const char *provider_id,
                   const char *status) {
    tale_add(state(sim), channel, provider_id, rank_of(status));
}

void laws_settled(struct sim *sim, const char *provider_id) {
    tale_add(state(sim), "", provider_id, -1);
}

/* Every report about an id that the core knows has counted, in whatever order they came. */
static void tales_judge(struct sim *sim) {
    static const char known[] = "select status from provider_message where channel in (?1,"
                                " iif(?1 = '', 'sms', ''), iif(?1 = '', 'email', ''),"
                                " iif(?1 = '', 'push', '')) and provider_id = ?2";
    struct laws *laws = state(sim);
    sqlite3_stmt *row = look_rows(sim, known, 0, NULL);
    for (int64_t i = 0; row && i < laws->tales_n && !sim->violated; i++) {
        const struct tale *tale = &laws->tales[i];
        sqlite3_bind_text(row, 1, tale->channel, -1, SQLITE_STATIC);
        sqlite3_bind_text(row, 2, tale->provider_id, -1, SQLITE_STATIC);
        bool there = sqlite3_step(row) == SQLITE_ROW;
        const char *status = there ? (const char *)sqlite3_column_text(row, 0) : "forgotten";
        if (there ? rank_of(status) < tale->rank : tale->rank < 0)
            violated(sim, "every-report-counts", "%s %s was told and is %s", tale->channel,
                     tale->provider_id, status);
        sqlite3_reset(row);
    }
    look_end(row);
}

void laws_busy(struct sim *sim, int64_t effect_id, int64_t until_at) {
    struct laws *laws = state(sim);
    if (effect_id >= laws->busy_room) {
        int64_t bigger = (effect_id + 1) * 2;
        laws->busy_until = realloc(laws->busy_until, (size_t)bigger * sizeof *laws->busy_until);
        if (!laws->busy_until) abort();
        memset(laws->busy_until + laws->busy_room, 0,
               (size_t)(bigger - laws->busy_room) * sizeof *laws->busy_until);
        laws->busy_room = bigger;
    }
    laws->busy_until[effect_id] = until_at;
}

static void laws_attempt(struct sim *sim, const cJSON *effect) {
    struct laws *laws = state(sim);
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(effect, "effect_id");
    int64_t id = (int64_t)v->valuedouble;
    if (id < laws->busy_room && host_now(sim) < laws->busy_until[id])
        violated(sim, "busy-is-left-alone", "effect %lld is tried %lld ms too early", (long long)id,
                 (long long)(laws->busy_until[id] - host_now(sim)));
}

/* Each finds what may not be. What went out twice has parts of both, of which one may be lost. */
static const struct {
    const char *invariant, *sql;
} nevers[] = {
    {"parts-make-the-whole", "select effect_id from effect e where state = 'delivered' and"
     " resends = 0 and exists (select 1 from provider_message p where p.effect_id = e.effect_id"
     " and p.status not in ('delivered', 'read')) and ?1"},
    {"parts-make-the-whole", "select effect_id from effect e where state = 'sent' and"
     " resends = 0 and exists (select 1 from provider_message p where p.effect_id = e.effect_id"
     " and p.status = 'failed') and ?1"},
    {"message-follows-its-notices", "select m.message_id from message m where m.delivery ="
     " 'queued' and ?1 and not exists (select 1 from effect e where e.message_id = m.message_id and"
     " e.state in ('queued', 'taken', 'cancelled')) and exists (select 1 from effect e where"
     " e.message_id = m.message_id)"},
    {"message-follows-its-notices", "select m.message_id from message m join effect e using"
     " (message_id) where e.state in ('delivered', 'read') and m.delivery not in ('delivered',"
     " 'read') and ?1"},
    {"next-channel-once", "select e.effect_id from effect e join message m using (message_id)"
     " where e.state = 'failed' and e.fallbacks <> '' and m.delivery not in ('read', 'delivered')"
     " and not exists (select 1 from effect f where f.message_id = e.message_id and f.kind <>"
     " e.kind) and not exists (select 1 from review_chat c where m.item_kind = 'review_chat' and"
     " c.review_chat_id = m.item_id and c.state = 'ended') and ?1"},
    {"erased-leaves-nothing", "select f.contact_form_id from contact_form f join link l on"
     " l.item_kind = 'contact_form' and l.item_id = f.contact_form_id where f.erased_at > 0 and ?1"
     " and l.agent_id = 0 and l.revoked_at = 0"},
    {"erased-leaves-nothing", "select f.contact_form_id from history h cross join effect e on"
     " e.effect_id = h.item_id cross join contact_form f on f.contact_form_id = e.item_id where"
     " h.item_kind = 'effect' and h.facts is not null and e.item_kind = 'contact_form' and"
     " f.erased_at > 0 and ?1 and h.history_id < (select max(p.history_id) from history p where"
     " p.item_kind = 'person' and p.at = f.erased_at)"},
    {"duplicates-are-noticed", "select f.contact_form_id from contact_form f join contact_form g on"
     " g.email = f.email and g.clinic_id = f.clinic_id and g.contact_form_id < f.contact_form_id"
     " join message m on m.item_kind = 'contact_form' and m.item_id = f.contact_form_id"
     " join message n on n.item_kind = 'contact_form' and n.item_id = g.contact_form_id"
     " where f.email <> '' and f.duplicate_of = 0 and n.author = 'patient' and n.message_id <"
     " m.message_id and n.text = m.text and m.message_id = (select min(o.message_id) from message"
     " o where o.item_kind = 'contact_form' and o.item_id = f.contact_form_id)"
     " and f.delivered_at - g.delivered_at < ?1 * 29 * 86400000"},
    {"next-channel-once", "select e.message_id from effect e join message m using (message_id)"
     " where m.author = 'clinic' and ?1 group by e.message_id having count(*) > 2"},
};

static void nevers_judge(struct sim *sim) {
    for (size_t i = 0; i < sizeof nevers / sizeof *nevers && !sim->violated; i++) {
        int64_t id = LOOK(sim, nevers[i].sql, 1);
        if (id) violated(sim, nevers[i].invariant, "%lld, by check %zu", (long long)id, i);
    }
    tales_judge(sim);
}

/* ---- what was done is told ---- */

/* What leaves a row whenever it is accepted: of which item, and where its number stands. */
#define TRACE(kind, event)                                                                     \
    "select count(*) from history where item_kind = '" kind "' and event = '" event "'"       \
    " and item_id = ?1 and at = ?2 and actor_id = ?3"
static const struct {
    const char *op, *id, *sql;
} traces[] = {
    {"review_chat.open", "review_id", TRACE("review", "open")},
    {"review_chat.post", "review_chat_id", TRACE("review_chat", "post")},
    {"review_chat.end", "review_chat_id", TRACE("review_chat", "end")},
    {"review_chat.mark_solved", "review_chat_id", TRACE("review_chat", "mark_solved")},
    {"review.reply", "review_id", TRACE("review", "reply")},
    {"contact_form.answer", "contact_form_id", TRACE("contact_form", "answer")},
    {"contact_form.answer_by_phone", "contact_form_id", TRACE("contact_form", "answer_by_phone")},
    {"contact_form.reject", "contact_form_id", TRACE("contact_form", "reject")},
    {"contact_form.reply", "contact_form_id", TRACE("contact_form", "reply")},
    {"contact_form.accept_offer", "contact_form_id", TRACE("contact_form", "accept_offer")},
    {"contact_form.forward", "contact_form_id", TRACE("contact_form", "forward")},
};

static void laws_accepted(struct sim *sim, const struct asked *asked, const struct answer *answer) {
    bool no_op = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(answer->body, "already_solved"));
    for (size_t i = 0; i < sizeof traces / sizeof *traces && !no_op; i++) {
        if (!is(traces[i].op, asked->op)) continue;
        cJSON *in = cJSON_Parse(asked->in), *who = cJSON_Parse(asked->who);
        int64_t actor_id = number_of(who, "agent_id") + number_of(who, "link_id");
        if (!LOOK(sim, traces[i].sql, number_of(in, traces[i].id), answer->at, actor_id))
            violated(sim, "what-was-done-is-told", "%s %s by %s left no row", asked->op, asked->in,
                     asked->who);
        cJSON_Delete(in);
        cJSON_Delete(who);
    }
}

static const struct invariant invariants[] = {
    {"history-tells-each-step", "50", "Each step of an item begins where its last one ended.",
     EACH_DAY | AT_END, history_judge},
    {"history-ends-in-what-is", "50", "The last row of an item's history is its state.", 0, NULL},
    {"what-arrived-stays-arrived", "11 16 48", "What was delivered or read never becomes less.",
     0, NULL},
    {"clockwork-is-nobodys-deed", "56 58", "What a timer does is told as the clock's.", 0, NULL},
    {"timers-fire-in-order", "35 40", "After a pause timers act in the order of their times.",
     AFTER_CALL, order_judge},
    {"timers-act-as-of-their-time", "", "A late tick changes nothing but the moment.", 0, NULL},
    {"nothing-from-the-future", "35 40", "No timer fires before its time.", AFTER_CALL,
     future_judge},
    {"every-report-counts", "11 16", "No report is lost, however early, late or mixed.", 0, NULL},
    {"busy-is-left-alone", "11 16", "A provider that is busy is not asked before its time.", 0,
     NULL},
    {"parts-make-the-whole", "11", "A notice is delivered when all its parts are, and failed when"
     " one is.", AT_END, nevers_judge},
    {"message-follows-its-notices", "11 16 48", "A message is what became of its notices.", 0,
     NULL},
    {"erased-leaves-nothing", "", "No link and no fact of an erased person's notices stays.", 0,
     NULL},
    {"duplicates-are-noticed", "43", "The same words of the same person are marked.", 0, NULL},
    {"next-channel-once", "11", "Where a channel failed the next one is tried, once.", 0, NULL},
    {"what-was-done-is-told", "50 58", "Every accepted act stands in history with its actor.", 0,
     NULL},
    {NULL, NULL, NULL, 0, NULL},
};

const struct part laws_part = {
    .name = "laws", .place = LAWS_PLACE, .begin = laws_begin, .end = laws_end,
    .accepted = laws_accepted, .attempt = laws_attempt, .restored = laws_forget,
    .invariants = invariants,
};
