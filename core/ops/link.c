/* ops/link.c: opening a link that the host has authenticated, and the code that a second device
 * needs. Only the host asks here, only on a POST: a scanner's GET changes nothing (A07). */
#include "../links.h"
#include "../ops.h"

#include <string.h>

#include "../db.h"
#include "../effects.h"
#include "../policy.h"
#include "../sessions.h"
#include "../texts.h"

enum { LOAD, USE, DEVICE, CODE_NEW, CODE_TRY, CODE_DONE, SAME_ITEM, BROWSER, FULL, WORKS };
static const char *const link_sql[] = {
    [LOAD] = "select purpose, item_kind, item_id, clinic_id, recipient, locale, browser, uses,"
             " uses_max, device_id, code_id, code_until_at, code_tries, codes_sent, codes_from_at,"
             " codes_today, codes_day_at, expires_at, revoked_at, agent_id from link"
             " where link_id = ?1",
    [USE] = "update link set uses = uses + 1, rev = rev() where link_id = ?1",
    [DEVICE] = "update link set device_id = ?2 where link_id = ?1 and device_id = 0",
    [CODE_NEW] = "update link set code_id = ?2, code_until_at = ?3, code_tries = 0,"
                 " codes_sent = ?4, codes_from_at = ?5, codes_today = ?6, codes_day_at = ?7"
                 " where link_id = ?1",
    [CODE_TRY] = "update link set code_tries = code_tries + 1 where link_id = ?1",
    [CODE_DONE] = "update link set code_until_at = 0 where link_id = ?1",
    /* A device that is signed in to the same item needs no code for the next link to it. */
    [SAME_ITEM] = "select 1 from session where session_id = ?1 and ended_at = 0"
                  " and expires_at > now_ms() and item_kind = ?2 and item_id = ?3"
                  " and link_id is not null",
    [BROWSER] = "update link set browser = ?2 where link_id = ?1",
    [WORKS] = "select 1 from agent where agent_id = ?1 and active = 1",
    /* The agent's own session that is not limited to one item. */
    [FULL] = "select 1 from session s join agent a using (agent_id) where s.session_id = ?1"
             " and s.ended_at = 0 and s.expires_at > now_ms() and s.seen_at + s.idle_ms > now_ms()"
             " and s.agent_id = ?2 and s.item_id = 0 and a.active = 1",
};

enum { CODE_MS = 600000, CODE_TRIES = 5, CODES_AN_HOUR = 3, CODES_A_DAY = 10 };
enum { HOUR_MS = 3600000, DAY_MS = 86400000 };

struct link {
    int64_t id, item_id, clinic_id, uses, uses_max, device_id, code_id, code_until_at, code_tries;
    int64_t codes_sent, codes_from_at, codes_today, codes_day_at, expires_at, revoked_at, agent_id;
    const char *purpose, *item_kind, *recipient, *locale, *browser;
};

static enum err link_load(struct tx *tx, int64_t link_id, struct link *ret_link) {
    const struct value *v;
    enum err err = db_row(tx, link_sql[LOAD], WITH(link_id), &v);
    if (err == ERR_MISSING) return fail(tx, ERR_EXPIRED_LINK, "link_id");
    TRY(err);
    *ret_link = (struct link){
        .id = link_id, .purpose = v[0].text, .item_kind = v[1].text, .item_id = v[2].i,
        .clinic_id = v[3].i, .recipient = v[4].text, .locale = v[5].text, .browser = v[6].text,
        .uses = v[7].i, .uses_max = v[8].i, .device_id = v[9].i, .code_id = v[10].i,
        .code_until_at = v[11].i, .code_tries = v[12].i, .codes_sent = v[13].i,
        .codes_from_at = v[14].i, .codes_today = v[15].i, .codes_day_at = v[16].i,
        .expires_at = v[17].i, .revoked_at = v[18].i, .agent_id = v[19].i};
    if (!tx->locale_given) tx->locale = ret_link->locale;
    if (ret_link->revoked_at || ret_link->expires_at <= tx->now)
        return fail(tx, ERR_EXPIRED_LINK, "link_id");
    if (ret_link->uses_max && ret_link->uses >= ret_link->uses_max)
        return fail(tx, ERR_USED_LINK, "link_id");
    return OK;
}

static bool signs_in(const struct link *link) {
    return strcmp(link->purpose, "sign_in") == 0;
}

static enum err link_enter(struct tx *tx, const struct link *link, struct json *out) {
    int64_t session_id;
    if (signs_in(link)) TRY(session_make(tx, link->item_id, 0, "", 0, &session_id));
    else if (link->agent_id)
        TRY(session_make(tx, link->agent_id, 0, link->item_kind, link->item_id, &session_id));
    else TRY(session_make(tx, 0, link->id, link->item_kind, link->item_id, &session_id));
    TRY(db_run(tx, link_sql[USE], WITH(link->id)));
    TRY(db_run(tx, link_sql[DEVICE], WITH(link->id, session_id)));
    return session_json(tx, session_id, link->id, out);
}

/* "+7•••••••34": enough to recognise, not enough to learn. */
static const char *masked(struct tx *tx, const char *recipient) {
    struct json out = {.arena = tx->arena};
    size_t size = strlen(recipient), head = 2, tail = 2;
    if (size <= head + tail) return "";
    json_append(&out, recipient, head);
    for (size_t i = head; i < size - tail; i++) json_append(&out, "\xE2\x80\xA2", 3);
    json_append(&out, recipient + size - tail, tail);
    return json_end(&out);
}

static void code_needed(struct tx *tx, const struct link *link, struct json *out) {
    json_put_bool(out, "code_needed", true);
    json_put_text(out, "purpose", link->purpose);
    json_put_id(out, "code_id", link->code_until_at > tx->now ? link->code_id : 0);
    json_put_text(out, "sent_to", signs_in(link) ? NULL : masked(tx, link->recipient));
    json_put_text(out, "locale", link->locale);
}

struct open_in {
    int64_t link_id, session_id;
    const char *browser;
};
static const struct field open_fields[] = {
    FIELD(struct open_in, link_id, .required = true, .min = 1, .doc = "its HMAC was checked"),
    FIELD(struct open_in, session_id, .min = 1, .doc = "the device's session, if it has one"),
    FIELD(struct open_in, browser, .max = 64, .doc = "digest of the browser's own cookie"),
};

/* The first device is let in, and any that is in already; others need the code that goes to the
 * number on file. A staff link works in the browser that asked for it. */
static enum err code_wanted(struct tx *tx, const struct link *link, const struct open_in *in,
                            bool *ret_wanted) {
    int64_t code_policy;
    const struct value *v;
    if (signs_in(link)) {
        const char *browser = in->browser ? in->browser : "";
        *ret_wanted = link->browser[0] && strcmp(link->browser, browser) != 0;
        return OK;
    }
    TRY(policy_get(tx, link->clinic_id, POLICY_LINK_SECOND_DEVICE_CODE, &code_policy));
    enum err known = db_row(tx, link_sql[SAME_ITEM],
                            WITH(in->session_id, link->item_kind, link->item_id), &v);
    if (known != OK && known != ERR_MISSING) return known;
    *ret_wanted = code_policy && link->device_id && known != OK;
    return OK;
}

/* A staff member's link of rule 31: good in the browser that opened it first. Who is signed in
 * already keeps that session, and is only shown the way. */
static enum err staff_enter(struct tx *tx, const struct link *link, const struct open_in *in,
                            struct json *out) {
    const char *browser = in->browser ? in->browser : "";
    const struct value *v;
    enum err works = db_row(tx, link_sql[WORKS], WITH(link->agent_id), &v);
    if (works == ERR_MISSING) return fail(tx, ERR_EXPIRED_LINK, "link_id");
    TRY(works);
    enum err full = db_row(tx, link_sql[FULL], WITH(in->session_id, link->agent_id), &v);
    if (full == OK) return session_json(tx, in->session_id, link->id, out);
    if (full != ERR_MISSING) return full;
    if (link->browser[0] && strcmp(link->browser, browser) != 0)
        return fail(tx, ERR_USED_LINK, "link_id");
    if (!link->browser[0]) TRY(db_run(tx, link_sql[BROWSER], WITH(link->id, browser)));
    return link_enter(tx, link, out);
}

static enum err link_open(struct tx *tx, const void *raw, struct json *out) {
    const struct open_in *in = raw;
    struct link link;
    bool wanted;
    TRY(link_load(tx, in->link_id, &link));
    if (link.agent_id) return staff_enter(tx, &link, in, out);
    TRY(code_wanted(tx, &link, in, &wanted));
    if (!wanted) return link_enter(tx, &link, out);
    code_needed(tx, &link, out);
    return OK;
}

struct link_in {
    int64_t link_id;
};
static const struct field link_fields[] = {
    FIELD(struct link_in, link_id, .required = true, .min = 1, .doc = "its HMAC was checked"),
};

/* Counts this code against the hour and the day; ERR_TOO_MANY when either is used up. */
static enum err code_budget(struct tx *tx, struct link *link) {
    bool new_hour = tx->now - link->codes_from_at >= HOUR_MS;
    bool new_day = tx->now - link->codes_day_at >= DAY_MS;
    if (new_hour) link->codes_sent = 0, link->codes_from_at = tx->now;
    if (new_day) link->codes_today = 0, link->codes_day_at = tx->now;
    link->codes_sent++, link->codes_today++;
    bool many = link->codes_sent > CODES_AN_HOUR || link->codes_today > CODES_A_DAY;
    return many ? fail(tx, ERR_TOO_MANY, "link_id") : OK;
}

/* A code's id is the revision that asked for it: unique; the host derives the digits from it. */
static enum err code_make(struct tx *tx, struct link *link) {
    TRY(code_budget(tx, link));
    link->code_id = tx->rev;
    link->code_until_at = tx->now + CODE_MS;
    return db_run(tx, link_sql[CODE_NEW],
                  WITH(link->id, link->code_id, link->code_until_at, link->codes_sent,
                       link->codes_from_at, link->codes_today, link->codes_day_at));
}

static enum err link_send_code(struct tx *tx, const void *raw, struct json *out) {
    const struct link_in *in = raw;
    struct link link;
    int64_t effect_id;
    TRY(link_load(tx, in->link_id, &link));
    bool email = strchr(link.recipient, '@') != NULL;
    if (signs_in(&link) || link.agent_id) return fail(tx, ERR_NOT_ALLOWED, "link_id");
    TRY(code_make(tx, &link));
    TRY(effects_emit(tx, &(struct notice){
        .kind = email ? "email.send" : "sms.send", .audience = "patient",
        .clinic_id = link.clinic_id, .item_kind = "link", .item_id = link.id,
        .recipient = link.recipient, .locale = link.locale, .texts = "notice.code",
        .code_id = link.code_id, .deadline_ms = CODE_MS, .rule = 12}, &effect_id));
    json_put_int(out, "code_id", link.code_id);
    json_put_int(out, "expires_at", link.code_until_at);
    return OK;
}

struct enter_code_in {
    int64_t link_id, code_id;
    bool matched;
};
static const struct field enter_code_fields[] = {
    FIELD(struct enter_code_in, link_id, .required = true, .min = 1, .doc = "the link"),
    FIELD(struct enter_code_in, code_id, .required = true, .min = 1, .doc = "the newest code's id"),
    FIELD(struct enter_code_in, matched, .required = true,
          .doc = "whether the digits were right, compared by the host"),
};

/* A wrong answer is an answer: it must be counted, so it is no error of the request. */
static enum err link_enter_code(struct tx *tx, const void *raw, struct json *out) {
    const struct enter_code_in *in = raw;
    struct link link;
    TRY(link_load(tx, in->link_id, &link));
    bool alive = link.code_id == in->code_id && link.code_until_at > tx->now &&
                 link.code_tries < CODE_TRIES;
    if (!alive) return fail(tx, ERR_EXPIRED_LINK, "code_id");
    if (in->matched) {
        TRY(db_run(tx, link_sql[CODE_DONE], WITH(link.id)));
        return link_enter(tx, &link, out);
    }
    TRY(db_run(tx, link_sql[CODE_TRY], WITH(link.id)));
    json_put_bool(out, "wrong_code", true);
    json_put_int(out, "tries_left", CODE_TRIES - link.code_tries - 1);
    json_put_text(out, "message", text_error(tx, ERR_WRONG_CODE));
    return OK;
}

static enum err link_get(struct tx *tx, const void *raw, struct json *out) {
    const struct link_in *in = raw;
    struct link link;
    TRY(link_load(tx, in->link_id, &link));
    json_put_text(out, "purpose", link.purpose);
    json_put_id(out, "code_id", link.code_until_at > tx->now ? link.code_id : 0);
    json_put_text(out, "sent_to", signs_in(&link) ? NULL : masked(tx, link.recipient));
    json_put_text(out, "locale", link.locale);
    json_put_int(out, "expires_at", link.expires_at);
    return OK;
}

#define ENTERED                                                                          \
    "{ session_id: number, actor: Actor, name: string, role: string, clinic_id: number | null," \
    " clinic_name: string | null, locale: string, purpose: string, item: Item | null," \
    " expires_at: number }"
static const struct op ops[] = {
    {.name = "link.open", .roles = ROLE_HOST, ALWAYS_WRITES, TAKES(struct open_in, open_fields),
     .run = link_open, .rules = "11 12 31 32", .out = ENTERED " | CodeNeeded",
     .doc = "Opens a link after a tap: a session, or the wish for a code."},
    {.name = "link.send_code", .roles = ROLE_HOST, ALWAYS_WRITES,
     TAKES(struct link_in, link_fields), .run = link_send_code, .rules = "12",
     .out = "{ code_id: number, expires_at: number }",
     .doc = "Sends a six-digit code to the number on file; 3 an hour, 10 a day."},
    {.name = "link.enter_code", .roles = ROLE_HOST, ALWAYS_WRITES,
     TAKES(struct enter_code_in, enter_code_fields), .run = link_enter_code, .rules = "12",
     .out = ENTERED " | WrongCode",
     .doc = "Opens a link by its code; 5 tries, 10 minutes."},
    {.name = "link.get", .roles = ROLE_HOST, TAKES(struct link_in, link_fields), .run = link_get,
     .out = "{ purpose: string, code_id: number | null, sent_to: string | null, locale: string,"
            " expires_at: number }",
     .doc = "A live link, without opening it."},
};
const struct op_group link_group = GROUP(ops);
