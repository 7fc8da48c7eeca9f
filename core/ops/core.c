/* ops/core.c: what concerns the core as a whole: its hash, its chain, its words, and a transaction
 * held open. */
#include "../ops.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "../db.h"
#include "../history.h"
#include "../sha256.h"
#include "../texts.h"

/* Every table in a fixed order, every column, every row: the whole state and nothing else. What is
 * derived from it, the index of search.c, is left out: it may lag behind. */
static const char *const state_sql[] = {
    "select 'platform', * from platform order by platform_id",
    "select 'policy', * from policy order by clinic_id, key",
    "select 'clinic', * from clinic order by clinic_id",
    "select 'service', * from service order by service_id",
    "select 'practitioner', * from practitioner order by practitioner_id",
    "select 'agent', * from agent order by agent_id",
    "select 'opening_hours', * from opening_hours order by clinic_id, day, from_minute",
    "select 'holiday', * from holiday order by clinic_id, date",
    "select 'absence', * from absence order by absence_id",
    "select 'review', * from review order by review_id",
    "select 'review_chat', * from review_chat order by review_chat_id",
    "select 'review_chat_agent', * from review_chat_agent order by review_chat_id, agent_id",
    "select 'message', * from message order by message_id",
    "select 'contact_form', * from contact_form order by contact_form_id",
    "select 'draft', * from draft order by contact_form_id, agent_id",
    "select 'activity', * from activity order by clinic_id, agent_id, at, contact_form_id, act",
    "select 'push_subscription', * from push_subscription order by push_subscription_id",
    "select 'task', * from task order by task_id",
    "select 'effect', * from effect order by effect_id",
    "select 'provider_message', * from provider_message order by channel, provider_id",
    "select 'parked_report', * from parked_report order by parked_report_id",
    "select 'schedule', * from schedule order by item_kind, item_id, event",
    "select 'link', * from link order by link_id",
    "select 'session', * from session order by session_id",
    "select 'history', * from history order by history_id",
    "select 'request', * from request order by request_id",
    "select 'sqlite_sequence', name, seq from sqlite_sequence order by name",
    NULL,
};

static const char integrity_sql[] = "pragma integrity_check(1)";
enum { PAGE_BYTES = 4096 };

static void hash_value(struct sha256 *sha, sqlite3_stmt *row, int i) {
    uint8_t type = (uint8_t)sqlite3_column_type(row, i);
    uint32_t size = (uint32_t)sqlite3_column_bytes(row, i);
    const void *bytes = sqlite3_column_blob(row, i);
    uint8_t head[5] = {type, (uint8_t)(size >> 24), (uint8_t)(size >> 16), (uint8_t)(size >> 8),
                       (uint8_t)size};
    sha256_add(sha, head, sizeof head);
    if (bytes) sha256_add(sha, bytes, size);
}

static enum err hash_table(struct tx *tx, const char *sql, struct sha256 *sha) {
    sqlite3_stmt *row = NULL;
    TRY(db_prepare(tx->db, sql, &row));
    int code;
    while ((code = sqlite3_step(row)) == SQLITE_ROW)
        for (int i = 0; i < sqlite3_column_count(row); i++) hash_value(sha, row, i);
    sqlite3_finalize(row);
    return db_error(code);
}

static enum err core_hash(struct tx *tx, const void *raw, struct json *out) {
    struct sha256 sha;
    uint8_t hash[SHA256_BYTES];
    char hex[2 * SHA256_BYTES + 1];
    (void)raw;
    sha256_init(&sha);
    for (int i = 0; state_sql[i]; i++) TRY(hash_table(tx, state_sql[i], &sha));
    sha256_end(&sha, hash);
    sha256_hex(hash, hex);
    json_put_text(out, "hash", hex);
    return OK;
}

/* SQLite's check tells a page that it could not get among the damages, and where memory has run out
 * it may call whole what it has not seen: then nothing is known of the pages. */
static enum err pages_check(struct tx *tx, const char **ret_said) {
    static const char not_got[] = "unable to get the page. error code=";
    const struct value *v;
    TRY(db_row(tx, integrity_sql, WITH_NOTHING, &v));
    *ret_said = v[0].text;
    void *room = sqlite3_malloc(PAGE_BYTES);
    if (!room) return ERR_MEMORY;
    sqlite3_free(room);
    const char *code = strstr(*ret_said, not_got);
    enum err err = code ? db_error(atoi(code + sizeof not_got - 1)) : OK;
    if (strstr(*ret_said, "failed to get page")) err = ERR_IO;
    return err == ERR_CORRUPT ? OK : err;
}

static enum err core_verify(struct tx *tx, const void *raw, struct json *out) {
    int64_t broken_id = 0, rows = 0;
    char hex[2 * SHA256_BYTES + 1];
    const char *pages;
    (void)raw;
    TRY(history_verify(tx, &broken_id, &rows));
    TRY(pages_check(tx, &pages));
    sha256_hex(tx->head, hex);
    json_put_text(out, "chain", broken_id ? "broken" : "ok");
    json_put_id(out, "broken_id", broken_id);
    json_put_int(out, "rows", rows);
    json_put_text(out, "head", hex);
    json_put_text(out, "pages", pages);
    return OK;
}

enum { LEAP, LINK_ID, SESSION_ID, EFFECT_ID, COUNTED, UNCOUNTED };
static const char *const restored_sql[] = {
    [LEAP] = "update desk_state set lost_from_rev = rev, lost_to_rev = ?1",
    /* Rows that hold nothing and are over: what comes next is numbered from them on. */
    [LINK_ID] = "insert into link (link_id, purpose, item_kind, item_id, locale, expires_at,"
                " revoked_at, rev) select max(?1, coalesce(max(link_id), 0) + 1), '', '', 0, '',"
                " now_ms(), now_ms(), rev() from link",
    [SESSION_ID] = "insert into session (session_id, opened_at, seen_at, idle_ms, expires_at,"
                   " ended_at) select max(?1, coalesce(max(session_id), 0) + 1), now_ms(),"
                   " now_ms(), 0, now_ms(), now_ms() from session",
    [EFFECT_ID] = "insert into effect (effect_id, kind, state, item_kind, item_id, recipient,"
                  " locale, text, resends_max, due_at, deadline_at, rule, created_at, rev) select"
                  " max(?1, coalesce(max(effect_id), 0) + 1), 'email.send', 'cancelled', '', 0,"
                  " '', '', '', 0, now_ms(), now_ms(), 0, now_ms(), rev() from effect",
    /* Where SQLite keeps the count. Messages and questions look at the leap itself. */
    [COUNTED] = "update sqlite_sequence set seq = max(seq, ?1)",
    [UNCOUNTED] = "insert into sqlite_sequence (name, seq) select name, ?1 from sqlite_schema"
                  " where type = 'table' and sql like '%primary key autoincrement%' and name not in"
                  " (select name from sqlite_sequence)",
};

struct restored_in {
    int64_t from;
};
static const struct field restored_fields[] = {
    FIELD(struct restored_in, from, .min = 1, .max = 9000000000000,
          .doc = "what comes next is numbered beyond it; absent: the milliseconds since 1970"),
};

/* Links, cookies and codes are signed by their numbers alone: one that was given out in the hours
 * that are lost must not open what is made now, and what a page that was open in those hours still
 * says to chat 13 must not reach another patient's. Nobody makes a thousand a second, so
 * the clock is ahead of all that were ever given out, by a desk restored before too. */
static enum err core_restored(struct tx *tx, const void *raw, struct json *out) {
    const struct restored_in *in = raw;
    struct json facts = {.arena = tx->arena};
    int64_t from = in->from ? in->from : tx->now;
    if (from <= tx->rev) from = tx->rev + 1;
    TRY(db_run(tx, restored_sql[LEAP], WITH(from)));
    tx->rev = from;
    db_request(tx->db, tx->rev, tx->now);
    for (int i = LINK_ID; i <= UNCOUNTED; i++) TRY(db_run(tx, restored_sql[i], WITH(from)));
    json_put_int(out, "from", from);
    json_object(&facts);
    json_put_int(&facts, "from", from);
    json_object_end(&facts);
    return history_append(tx, &(struct history_row){
        .item_kind = "desk", .event = "restore", .from_state = "", .to_state = "restored",
        .because = "desk_restored", .facts = json_end(&facts)});
}

struct text_list_in {
    const char *locale, *prefix;
};
static const struct field text_list_fields[] = {
    FIELD(struct text_list_in, locale, .one_of = locales, .doc = "absent: the reader's"),
    FIELD(struct text_list_in, prefix, .max = 64, .doc = "only keys that begin with it"),
};

static enum err text_list(struct tx *tx, const void *raw, struct json *out) {
    const struct text_list_in *in = raw;
    json_key(out, "texts");
    json_object(out);
    texts_json(tx->texts, in->locale ? in->locale : tx->locale, in->prefix ? in->prefix : "", out);
    json_object_end(out);
    return OK;
}

/* desk.c does these three itself, because they are about the transaction around requests. */
static enum err core_transaction(struct tx *tx, const void *raw, struct json *out) {
    (void)raw, (void)out;
    return fail(tx, ERR_BUG, NULL);
}

static const struct op ops[] = {
    {.name = "core.hash", .roles = ROLE_HOST | ROLE_INTEGRATION, .run = core_hash,
     .out = "{ hash: string }", .doc = "SHA-256 of the whole state, equal on every build."},
    {.name = "core.verify", .roles = ROLE_HOST | ROLE_INTEGRATION | ROLES_PLATFORM,
     .run = core_verify,
     .out = "{ chain: 'ok' | 'broken', broken_id: number | null, rows: number, head: string,"
            " pages: string }",
     .doc = "Recomputes the history's chain and checks every page of the file."},
    {.name = "core.restored", .roles = ROLE_HOST, ALWAYS_WRITES,
     TAKES(struct restored_in, restored_fields), .run = core_restored,
     .out = "{ from: number }",
     .doc = "After a restore from a backup: no number of what is lost is given out again."},
    {.name = "core.hold", .roles = ROLE_HOST, .run = core_transaction, .out = "{}",
     .doc = "Opens a transaction that stays open: what follows is executed but not committed. Once"
            " a failure of storage has undone it, nothing more is written until it is ended."},
    {.name = "core.commit", .roles = ROLE_HOST, .run = core_transaction, .out = "{}",
     .doc = "Commits what was held; refused with storage.lost where that is undone already."},
    {.name = "core.rollback", .roles = ROLE_HOST, .run = core_transaction, .out = "{}",
     .doc = "Undoes what was held."},
    {.name = "text.list", .one_item = true, .roles = ROLES_ALL,
     TAKES(struct text_list_in, text_list_fields), .run = text_list,
     .out = "{ texts: Record<string, string> }",
     .doc = "The core's words: labels of states and buttons, warnings, refusals."},
};
const struct op_group core_group = GROUP(ops);
