/* history.c: appending to and walking the chain. Says nothing about what the rows mean. */
#include "history.h"

#include <string.h>

#include "access.h"
#include "db.h"
#include "sha256.h"
#include "texts.h"

enum { APPEND, HEAD, WALK, OF_ITEM, PROOF, CHECK };
static const char *const history_sql[] = {
    [APPEND] = "insert into history (at, clinic_id, item_kind, item_id, role, actor_id, event,"
               " from_state, to_state, rule, because, facts, facts_hash, hash, rev)"
               " values (now_ms(), ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, rev())",
    [HEAD] = "select hash from history order by history_id desc limit 1",
    [WALK] = "select history_id, at, item_kind, item_id, role, actor_id, event, from_state,"
             " to_state, rule, because, facts, facts_hash, hash from history"
             " where history_id > ?1 order by history_id limit 1000",
    [OF_ITEM] = "select history_id, at, role, actor_id, event, from_state, to_state, rule, because,"
                " facts from history where item_kind = ?1 and item_id = ?2 and history_id > ?3"
                " order by history_id limit 500",
    [PROOF] = "select h.history_id, h.at, h.item_kind, h.item_id, h.role, h.actor_id, h.event,"
              " h.from_state, h.to_state, h.rule, h.because, h.facts \"facts\","
              " lower(hex(h.facts_hash)) facts_hash, lower(hex(p.hash)) hash_before,"
              " lower(hex(h.hash)) hash from history h"
              " left join history p on p.history_id = h.history_id - 1"
              " where (h.item_kind = 'review' and h.item_id = ?1)"
              " or (h.item_kind = 'review_chat' and h.item_id = ?2) order by h.history_id",
    [CHECK] = "select h.history_id, h.at, h.item_kind, h.item_id, h.role, h.actor_id, h.event,"
              " h.from_state, h.to_state, h.rule, h.because, h.facts, h.facts_hash, h.hash, p.hash"
              " from history h left join history p on p.history_id = h.history_id - 1"
              " where (h.item_kind = 'review' and h.item_id = ?1)"
              " or (h.item_kind = 'review_chat' and h.item_id = ?2) order by h.history_id",
};

struct chained {
    int64_t at, item_id, actor_id, rule;
    const char *item_kind, *role, *event, *from_state, *to_state, *because;
};

static void chain_int(struct sha256 *sha, int64_t number) {
    char text[21];
    sha256_add(sha, text, int_text(number, text));
    sha256_add(sha, "\n", 1);
}

static void chain_text(struct sha256 *sha, const char *text) {
    sha256_add(sha, text, strlen(text));
    sha256_add(sha, "\n", 1);
}

/* The hash of a row: the hash before it, its metadata one value a line, the hash of its facts. */
static void chain_hash(const uint8_t before[SHA256_BYTES], const struct chained *row,
                       const uint8_t facts_hash[SHA256_BYTES], uint8_t ret_hash[SHA256_BYTES]) {
    struct sha256 sha;
    sha256_init(&sha);
    sha256_add(&sha, before, SHA256_BYTES);
    chain_int(&sha, row->at);
    chain_text(&sha, row->item_kind);
    chain_int(&sha, row->item_id);
    chain_text(&sha, row->role);
    chain_int(&sha, row->actor_id);
    chain_text(&sha, row->event);
    chain_text(&sha, row->from_state);
    chain_text(&sha, row->to_state);
    chain_int(&sha, row->rule);
    chain_text(&sha, row->because);
    sha256_add(&sha, facts_hash, SHA256_BYTES);
    sha256_end(&sha, ret_hash);
}

static void facts_hash(const char *facts, size_t size, uint8_t ret_hash[SHA256_BYTES]) {
    struct sha256 sha;
    sha256_init(&sha);
    sha256_add(&sha, facts, size);
    sha256_end(&sha, ret_hash);
}

static int64_t actor_id(const struct actor *actor) {
    return actor->agent_id ? actor->agent_id : actor->link_id;
}

enum err history_append(struct tx *tx, const struct history_row *row) {
    uint8_t facts[SHA256_BYTES], hash[SHA256_BYTES];
    const char *role = role_word(tx->actor.role);
    struct chained chained = {tx->now, row->item_id, actor_id(&tx->actor), row->rule,
                              row->item_kind, role, row->event, row->from_state, row->to_state,
                              row->because};
    facts_hash(row->facts, strlen(row->facts), facts);
    chain_hash(tx->head, &chained, facts, hash);
    TRY(db_run(tx, history_sql[APPEND],
               WITH(row->clinic_id, row->item_kind, row->item_id, role, chained.actor_id,
                    row->event, row->from_state, row->to_state, row->rule, row->because, row->facts,
                    value_blob(facts, SHA256_BYTES), value_blob(hash, SHA256_BYTES))));
    memcpy(tx->head, hash, SHA256_BYTES);
    return OK;
}

enum err history_head(struct tx *tx) {
    const struct value *row;
    enum err err = db_row(tx, history_sql[HEAD], WITH_NOTHING, &row);
    memset(tx->head, 0, SHA256_BYTES);
    if (err == ERR_MISSING) return OK;
    TRY(err);
    if (row[0].size != SHA256_BYTES) return ERR_CORRUPT;
    memcpy(tx->head, row[0].text, SHA256_BYTES);
    return OK;
}

static bool row_fits(const struct value *v, int64_t id, uint8_t head[SHA256_BYTES]) {
    uint8_t facts[SHA256_BYTES], hash[SHA256_BYTES];
    struct chained chained = {v[1].i, v[3].i, v[5].i, v[9].i, v[2].text, v[4].text,
                              v[6].text, v[7].text, v[8].text, v[10].text};
    if (v[0].i != id || v[12].size != SHA256_BYTES || v[13].size != SHA256_BYTES) return false;
    if (v[11].kind == VALUE_TEXT) {
        facts_hash(v[11].text, v[11].size, facts);
        if (memcmp(facts, v[12].text, SHA256_BYTES) != 0) return false;
    }
    chain_hash(head, &chained, (const uint8_t *)v[12].text, hash);
    memcpy(head, hash, SHA256_BYTES);
    return memcmp(hash, v[13].text, SHA256_BYTES) == 0;
}

enum err history_verify(struct tx *tx, int64_t *ret_broken_id, int64_t *ret_rows) {
    uint8_t head[SHA256_BYTES] = {0};
    int64_t id = 0;
    struct rows rows;
    do {
        TRY(db_rows(tx, history_sql[WALK], WITH(id), &rows));
        for (int i = 0; i < rows.n; i++) {
            id++;
            if (row_fits(row_at(&rows, i), id, head)) continue;
            *ret_broken_id = id;
            return OK;
        }
    } while (rows.n > 0);
    *ret_rows = id;
    /* A cut tail leaves a chain that fits; the head kept in memory knows the end. */
    if (memcmp(head, tx->head, SHA256_BYTES) != 0) *ret_broken_id = id + 1;
    return OK;
}

static void history_row_json(struct tx *tx, const struct value *v, struct json *out) {
    const char *because = v[8].text, *facts = v[9].kind == VALUE_TEXT ? v[9].text : NULL;
    json_object(out);
    json_put_int(out, "history_id", v[0].i);
    json_put_int(out, "at", v[1].i);
    json_key(out, "actor");
    json_object(out);
    json_put_text(out, "role", v[2].text);
    if (v[3].i) json_put_int(out, strcmp(v[2].text, "patient") ? "agent_id" : "link_id", v[3].i);
    json_object_end(out);
    json_put_text(out, "event", v[4].text);
    json_put_text(out, "from", v[5].text);
    json_put_text(out, "to", v[6].text);
    json_key(out, "because");
    json_object(out);
    json_put_id(out, "rule", v[7].i);
    json_put_raw(out, "facts", facts);
    json_object_end(out);
    json_put_text(out, "text", text_because(tx, because, facts));
    json_object_end(out);
}

enum err history_json(struct tx *tx, const char *item_kind, int64_t item_id, int64_t after_id,
                      struct json *out) {
    struct rows rows;
    TRY(db_rows(tx, history_sql[OF_ITEM], WITH(item_kind, item_id, after_id), &rows));
    for (int i = 0; i < rows.n; i++) history_row_json(tx, row_at(&rows, i), out);
    return OK;
}

enum err history_proof(struct tx *tx, int64_t review_id, int64_t review_chat_id,
                       struct json *out, int64_t *ret_broken_id) {
    struct rows rows;
    TRY(db_rows(tx, history_sql[CHECK], WITH(review_id, review_chat_id), &rows));
    for (int i = 0; i < rows.n && !*ret_broken_id; i++) {
        const struct value *v = row_at(&rows, i);
        uint8_t before[SHA256_BYTES] = {0};
        if (v[14].size == SHA256_BYTES) memcpy(before, v[14].text, SHA256_BYTES);
        if (!row_fits(v, v[0].i, before)) *ret_broken_id = v[0].i;
    }
    return db_json(tx, history_sql[PROOF], WITH(review_id, review_chat_id), INT64_MAX, out, NULL);
}
