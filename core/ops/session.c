/* ops/session.c: staff sign-in by a link to their e-mail, and the sessions of staff and patients.
 * Cookies and their secrets are the host's. */
#include "../sessions.h"

#include <string.h>

#include "../db.h"
#include "../effects.h"
#include "../links.h"
#include "../ops.h"
#include "../texts.h"

enum { ADD, GET, TOUCH, END, OWN, AGENT_BY_EMAIL, AGENT, RECENT, CODE, ROLE };
static const char *const session_sql[] = {
    [ADD] = "insert into session (agent_id, link_id, item_kind, item_id, opened_at, seen_at,"
            " idle_ms, expires_at) values (?1, ?2, ?3, ?4, now_ms(), now_ms(), ?5, ?6)",
    [GET] = "select s.session_id, json_object('role', coalesce(a.role, 'patient'),"
            " iif(s.agent_id, 'agent_id', 'link_id'), coalesce(s.agent_id, s.link_id),"
            " 'session_id', s.session_id) \"actor:json\", coalesce(a.name, r.author_name, f.name)"
            " name,"
            " coalesce(a.role, 'patient') role, coalesce(a.clinic_id, l.clinic_id) clinic_id,"
            " c.name clinic_name, coalesce(nullif(a.locale, ''), l.locale, c.locale, p.locale,"
            " 'en') locale,"
            " coalesce(o.purpose, l.purpose, iif(s.item_id, 'contact_form_clinic', 'sign_in'))"
            " purpose, case when o.link_id then json_object('kind', o.item_kind, 'item_id',"
            " o.item_id) when s.item_id then json_object('kind', s.item_kind, 'item_id',"
            " s.item_id) end \"item:json\","
            " min(s.expires_at, s.seen_at + s.idle_ms) expires_at, s.opened_at, s.seen_at"
            " from session s left join agent a using (agent_id)"
            " left join link l on l.link_id = s.link_id left join platform p"
            " left join link o on o.link_id = ?2 and o.purpose <> 'sign_in'"
            " left join clinic c on c.clinic_id = coalesce(a.clinic_id, l.clinic_id)"
            " left join review_chat rc on rc.review_chat_id = s.item_id"
            " and s.item_kind = 'review_chat' left join review r on r.review_id = rc.review_id"
            " left join contact_form f on f.contact_form_id = s.item_id"
            " and s.item_kind = 'contact_form'"
            " where s.session_id = ?1 and s.ended_at = 0 and s.expires_at > now_ms()"
            " and s.seen_at + s.idle_ms > now_ms() and coalesce(a.active, 1) = 1",
    [TOUCH] = "update session set seen_at = now_ms() where session_id = ?1 and ended_at = 0"
              " and seen_at + idle_ms > now_ms() and expires_at > now_ms()",
    [END] = "update session set ended_at = now_ms() where session_id = ?1 and ended_at = 0",
    [OWN] = "select session_id, opened_at, seen_at, min(expires_at, seen_at + idle_ms) expires_at,"
            " session_id = ?3 \"current:bool\" from session where (agent_id = ?1"
            " or link_id = ?2) and ended_at = 0 and expires_at > now_ms()"
            " and seen_at + idle_ms > now_ms() order by session_id desc",
    [AGENT_BY_EMAIL] = "select a.agent_id, a.name, coalesce(nullif(a.locale, ''), c.locale,"
                       " p.locale, 'en'), coalesce(a.clinic_id, 0), coalesce(c.name, p.name, '')"
                       " from agent a left join clinic c using (clinic_id) left join platform p"
                       " where a.email = ?1 and a.active = 1",
    [AGENT] = "select a.agent_id, a.name, coalesce(nullif(a.locale, ''), c.locale, p.locale,"
              " 'en'), coalesce(a.clinic_id, 0), a.email from agent a left join clinic c"
              " using (clinic_id) left join platform p where a.agent_id = ?1 and a.active = 1",
    [RECENT] = "select count(*) from link where item_kind = 'agent' and item_id = ?1"
               " and browser <> '' and expires_at > now_ms()",
    [CODE] = "update link set code_id = ?2, code_until_at = expires_at where link_id = ?1",
    [ROLE] = "select coalesce(role, '') from agent where agent_id = ?1",
};

enum { STAFF_IDLE_MS = 1800000, STAFF_MS = 43200000 };
enum { MODERATOR_IDLE_MS = 900000, MODERATOR_MS = 28800000 };
enum { SIGN_IN_MS = 600000, SIGN_INS_MAX = 5 };
static const int64_t patient_ms = 2592000000; /* 30 days */

enum err session_make(struct tx *tx, int64_t agent_id, int64_t link_id, const char *item_kind,
                      int64_t item_id, int64_t *ret_session_id) {
    int64_t idle = patient_ms, whole = patient_ms;
    if (agent_id) {
        const struct value *v;
        TRY(db_row(tx, session_sql[ROLE], WITH(agent_id), &v));
        bool moderator = strcmp(v[0].text, "moderator") == 0;
        idle = moderator ? MODERATOR_IDLE_MS : STAFF_IDLE_MS;
        whole = moderator ? MODERATOR_MS : STAFF_MS;
    }
    return db_insert(tx, session_sql[ADD],
                     WITH(id_or_null(agent_id), id_or_null(link_id), item_kind, item_id, idle,
                          tx->now + whole),
                     ret_session_id);
}

enum err session_json(struct tx *tx, int64_t session_id, int64_t link_id, struct json *out) {
    enum err err = db_json_row(tx, session_sql[GET], WITH(session_id, link_id), out);
    return err == ERR_MISSING ? fail(tx, ERR_MISSING, "session_id") : err;
}

struct request_in {
    const char *email, *browser;
};
static const struct field request_fields[] = {
    FIELD(struct request_in, email, .required = true, .format = FORMAT_EMAIL,
          .doc = "the agent's address"),
    FIELD(struct request_in, browser, .required = true, .min = 1, .max = 64,
          .doc = "digest of the asking browser's cookie"),
};

/* Sends the link; at most five that are still good, so that nobody's mailbox is flooded. */
static enum err sign_in_send(struct tx *tx, const struct value *agent, const char *email,
                             const char *browser) {
    const struct value *v;
    int64_t link_id, effect_id;
    TRY(db_row(tx, session_sql[RECENT], WITH(agent[0].i), &v));
    if (v[0].i >= SIGN_INS_MAX) return OK;
    TRY(link_make(tx, &(struct link_new){
        .purpose = "sign_in", .item_kind = "agent", .item_id = agent[0].i,
        .clinic_id = agent[3].i, .recipient = email, .locale = agent[2].text, .browser = browser,
        .uses_max = 1, .ttl_ms = SIGN_IN_MS}, &link_id));
    TRY(db_run(tx, session_sql[CODE], WITH(link_id, tx->rev)));
    struct text_var vars[] = {{"clinic", agent[4].text}, {"name", agent[1].text}, {NULL, NULL}};
    return effects_emit(tx, &(struct notice){
        .kind = "email.send", .clinic_id = agent[3].i, .item_kind = "link", .item_id = link_id,
        .recipient = email, .recipient_name = agent[1].text, .locale = agent[2].text,
        .texts = "notice.sign_in", .vars = vars, .link_id = link_id, .path = "/sign-in",
        .deadline_ms = SIGN_IN_MS, .rule = 4}, &effect_id);
}

/* The answer is the same whether the address is known or not: the code's id is the revision. */
static enum err session_request(struct tx *tx, const void *raw, struct json *out) {
    const struct request_in *in = raw;
    const struct value *agent;
    json_put_int(out, "code_id", tx->rev);
    json_put_int(out, "expires_at", tx->now + SIGN_IN_MS);
    enum err err = db_row(tx, session_sql[AGENT_BY_EMAIL], WITH(in->email), &agent);
    if (err == ERR_MISSING) return OK;
    TRY(err);
    return sign_in_send(tx, agent, in->email, in->browser);
}

struct invite_in {
    int64_t agent_id, ttl_ms;
};
static const struct field invite_fields[] = {
    FIELD(struct invite_in, agent_id, .required = true, .min = 1, .doc = "who"),
    FIELD(struct invite_in, ttl_ms, .min = 60000, .max = 604800000,
          .doc = "how long the link is good, 600000 unless told"),
};

static enum err session_invite(struct tx *tx, const void *raw, struct json *out) {
    const struct invite_in *in = raw;
    const struct value *agent;
    int64_t link_id, ttl_ms = in->ttl_ms ? in->ttl_ms : SIGN_IN_MS;
    enum err err = db_row(tx, session_sql[AGENT], WITH(in->agent_id), &agent);
    if (err == ERR_MISSING) return fail(tx, ERR_MISSING, "agent_id");
    TRY(err);
    TRY(link_make(tx, &(struct link_new){
        .purpose = "sign_in", .item_kind = "agent", .item_id = in->agent_id,
        .clinic_id = agent[3].i, .recipient = agent[4].text, .locale = agent[2].text,
        .uses_max = 1, .ttl_ms = ttl_ms}, &link_id));
    json_put_int(out, "link_id", link_id);
    json_put_text(out, "path", "/sign-in");
    json_put_int(out, "expires_at", tx->now + ttl_ms);
    return OK;
}

struct session_in {
    int64_t session_id;
};
static const struct field session_fields[] = {
    FIELD(struct session_in, session_id, .required = true, .min = 1, .doc = "which"),
};

static enum err session_get(struct tx *tx, const void *raw, struct json *out) {
    return session_json(tx, ((const struct session_in *)raw)->session_id, 0, out);
}

static enum err session_touch(struct tx *tx, const void *raw, struct json *out) {
    const struct session_in *in = raw;
    TRY(db_run(tx, session_sql[TOUCH], WITH(in->session_id)));
    if (db_changes(tx->db) == 0) return fail(tx, ERR_MISSING, "session_id");
    json_put_int(out, "seen_at", tx->now);
    return OK;
}

static enum err session_list(struct tx *tx, const void *raw, struct json *out) {
    const struct actor *actor = &tx->actor;
    (void)raw;
    json_key(out, "sessions");
    json_array(out);
    TRY(db_json(tx, session_sql[OWN], WITH(actor->agent_id, actor->link_id, actor->session_id),
                INT64_MAX, out, NULL));
    json_array_end(out);
    return OK;
}

/* One's own session, any of them; the host ends whichever it must. */
static enum err session_end(struct tx *tx, const void *raw, struct json *out) {
    const struct session_in *in = raw;
    const struct actor *actor = &tx->actor;
    (void)out;
    if (actor->role != ROLE_HOST) {
        struct rows rows;
        bool own = false;
        TRY(db_rows(tx, session_sql[OWN],
                    WITH(actor->agent_id, actor->link_id, actor->session_id), &rows));
        for (int i = 0; i < rows.n; i++) own |= row_at(&rows, i)[0].i == in->session_id;
        if (!own) return fail(tx, ERR_MISSING, "session_id");
    }
    return db_run(tx, session_sql[END], WITH(in->session_id));
}

#define SESSION                                                                          \
    "{ session_id: number, actor: Actor, name: string, role: string, clinic_id: number | null," \
    " clinic_name: string | null, locale: string, purpose: string, item: Item | null," \
    " expires_at: number }"
static const struct op ops[] = {
    {.name = "session.request", .roles = ROLE_HOST, ALWAYS_WRITES,
     TAKES(struct request_in, request_fields), .run = session_request, .rules = "4",
     .out = "{ code_id: number, expires_at: number }",
     .doc = "Mails a sign-in link to an agent; the answer never tells whether there is one."},
    {.name = "session.invite", .roles = ROLE_HOST, ALWAYS_WRITES,
     TAKES(struct invite_in, invite_fields), .run = session_invite, .rules = "4",
     .out = "{ link_id: number, path: string, expires_at: number }",
     .doc = "A one-time sign-in link for the host to hand over itself."},
    {.name = "session.get", .roles = ROLE_HOST, TAKES(struct session_in, session_fields),
     .run = session_get, .out = SESSION, .doc = "Who a live session is."},
    {.name = "session.touch", .roles = ROLE_HOST, ALWAYS_WRITES,
     TAKES(struct session_in, session_fields), .run = session_touch, .out = "{ seen_at: number }",
     .doc = "A sign of life: puts the idle end off."},
    {.name = "session.list", .roles = ROLES_AGENT | ROLE_PATIENT, .run = session_list,
     .out = "{ sessions: Session[] }", .doc = "One's own live sessions."},
    {.name = "session.end", .one_item = true,
     .roles = ROLE_HOST | ROLES_AGENT | ROLE_PATIENT, ALWAYS_WRITES,
     TAKES(struct session_in, session_fields), .run = session_end, .out = "{}",
     .doc = "Signs out."},
};
const struct op_group session_group = GROUP(ops);
