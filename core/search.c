/* search.c: the index behind core/ops/search.c: what goes into it, in which form, and out of it
 * again. The index keeps no text, so that taking a message out needs its words once more: they are
 * made here in one place from rows that are never changed but by erasing. */
#include "search.h"

#include <string.h>

#include "db.h"

/* The first message of a thread is also found by who wrote it and what it was about. */
#define INDEXED                                                                             \
    "select m.message_id, m.clinic_id, m.text, coalesce(cf.name || ' ' || cf.email || ' '"  \
    " || cf.service, r.author_name || ' ' || r.text, ''), coalesce(cf.phone, '')"           \
    " from message m left join contact_form cf on m.item_kind = 'contact_form'"             \
    " and cf.contact_form_id = m.item_id and " FIRST                                        \
    " left join review_chat rc on m.item_kind = 'review_chat'"                              \
    " and rc.review_chat_id = m.item_id and " FIRST                                         \
    " left join review r using (review_id)"
#define FIRST                                                                               \
    "m.message_id = (select min(f.message_id) from message f where f.item_kind = m.item_kind" \
    " and f.item_id = m.item_id)"

enum { STATE, STATE_SET, NEWEST, NEW, THREADS, OF_THREAD, PARTS, ADD, REMOVE, RESTART, FLUSH, WAKE,
       TORN, REWRITE };
static const char *const search_sql[] = {
    [STATE] = "select message_id from search_state",
    [STATE_SET] = "update search_state set message_id = ?1",
    [NEWEST] = "select coalesce(max(message_id), 0) from message",
    [NEW] = INDEXED " where m.message_id > ?1 order by m.message_id limit ?2",
    [THREADS] = "select value from json_each(?1)",
    [OF_THREAD] = INDEXED " where m.item_kind = ?1 and m.item_id = ?2 and m.message_id <= ?3"
                  " order by m.message_id",
    [PARTS] = "select distinct clinic_id, message_id / ?3 from message where item_kind = ?1"
              " and item_id in (select value from json_each(?2))",
    [ADD] = "insert into search (rowid, words) values (?1, ?2)",
    [REMOVE] = "insert into search (search, rowid, words) values ('delete', ?1, ?2)",
    [RESTART] = "insert into search (search) values ('delete-all')",
    [FLUSH] = "insert into search (search) values ('flush')",
    /* No row, and yet the index takes part in the transaction. */
    [WAKE] = "delete from search where false",
    /* Where a page begins, the index keeps the beginning of its first word, and goes on keeping it
     * when that word is taken out. */
    [TORN] = "select 1 from search_idx where term >= cast('0' || ?1 as blob) and"
             " term < cast('0' || ?1 || x'ff' as blob) and not exists (select 1 from search where"
             " search match '\"' || cast(substr(term, 2) as text) || '\"*') limit 1",
    [REWRITE] = "insert into search (search) values ('optimize')",
};

enum { PART = 256, DIGITS_MIN = 2 };

/* The words of one message, as they are indexed: "12x0xbol 12x0xzeba". */
struct scope {
    char text[45];
    size_t size;
};
struct scoped {
    struct json *out;
    struct scope scope;
};

static bool scoped_add(void *with, const struct word *word) {
    const struct scoped *scoped = with;
    json_append(scoped->out, scoped->scope.text, scoped->scope.size);
    json_append(scoped->out, word->text, word->size);
    json_append(scoped->out, " ", 1);
    return true;
}

/* Clinic and part end where their digits do. */
static struct scope scope_of(int64_t clinic_id, int64_t part) {
    struct scope scope;
    scope.size = int_text(clinic_id, scope.text);
    scope.text[scope.size++] = 'x';
    scope.size += int_text(part, scope.text + scope.size);
    scope.text[scope.size++] = 'x';
    return scope;
}

/* A number is looked for by whatever part of it one has, with or without the country. */
static void phone_words(struct scoped *scoped, const char *phone) {
    size_t size = strlen(phone);
    for (size_t i = 1; i + DIGITS_MIN <= size; i++)
        scoped_add(scoped, &(struct word){phone + i, size - i, 0, 0});
}

static enum err row_words(struct tx *tx, const struct words *words, const struct value *v,
                          const char **ret_words) {
    struct json out = {.arena = tx->arena};
    struct scoped scoped = {&out, scope_of(v[1].i, v[0].i / SEARCH_PART)};
    TRY(words_each(words, v[2].text, scoped_add, &scoped));
    TRY(words_each(words, v[3].text, scoped_add, &scoped));
    phone_words(&scoped, v[4].text);
    *ret_words = json_end(&out);
    return OK;
}

/* Puts the rows' words in, or takes them out. */
static enum err rows_apply(struct tx *tx, const struct words *words, const struct rows *rows,
                           const char *sql) {
    for (int i = 0; i < rows->n; i++) {
        const struct value *v = row_at(rows, i);
        struct arena_mark mark = arena_mark(tx->arena);
        const char *text;
        TRY(row_words(tx, words, v, &text));
        if (*text) TRY(db_run(tx, sql, WITH(v[0], text)));
        arena_rewind(tx->arena, mark);
    }
    return OK;
}

static enum err catch_up_part(struct tx *tx, const struct words *words, int64_t max, int64_t *ret_n,
                              int64_t *ret_newest_id) {
    struct arena_mark mark = arena_mark(tx->arena);
    struct rows rows;
    TRY(db_rows(tx, search_sql[NEW], WITH(*ret_newest_id, max < PART ? max : PART), &rows));
    TRY(rows_apply(tx, words, &rows, search_sql[ADD]));
    *ret_n = rows.n;
    if (rows.n > 0) *ret_newest_id = row_at(&rows, rows.n - 1)[0].i;
    arena_rewind(tx->arena, mark);
    return OK;
}

static enum err catch_up(struct tx *tx, const struct words *words, int64_t max, int64_t *ret_n) {
    const struct value *v;
    int64_t n;
    TRY(db_row(tx, search_sql[STATE], WITH_NOTHING, &v));
    int64_t newest_id = v[0].i;
    do {
        TRY(catch_up_part(tx, words, max - *ret_n, &n, &newest_id));
        *ret_n += n;
    } while (n == PART && *ret_n < max);
    return *ret_n ? db_run(tx, search_sql[STATE_SET], WITH(newest_id)) : OK;
}

enum err search_catch_up(struct tx *tx, int64_t max, int64_t *ret_n) {
    struct words words;
    *ret_n = 0;
    if (search_is_current(tx, NULL)) return OK;
    TRY(words_open(tx, &words));
    enum err err = catch_up(tx, &words, max, ret_n);
    words_close(&words);
    return err;
}

bool search_is_current(struct tx *tx, const void *unused) {
    (void)unused;
    const struct value *state, *newest;
    return db_row(tx, search_sql[STATE], WITH_NOTHING, &state) == OK &&
           db_row(tx, search_sql[NEWEST], WITH_NOTHING, &newest) == OK &&
           state[0].i >= newest[0].i;
}

static enum err thread_forget(struct tx *tx, const struct words *words, const char *item_kind,
                              int64_t item_id, int64_t newest_id) {
    struct arena_mark mark = arena_mark(tx->arena);
    struct rows rows;
    TRY(db_rows(tx, search_sql[OF_THREAD], WITH(item_kind, item_id, newest_id), &rows));
    TRY(rows_apply(tx, words, &rows, search_sql[REMOVE]));
    arena_rewind(tx->arena, mark);
    return OK;
}

static enum err threads_forget(struct tx *tx, const struct words *words, const char *item_kind,
                               const char *item_ids) {
    struct rows rows;
    int64_t newest_id;
    TRY(search_newest(tx, &newest_id));
    TRY(db_rows(tx, search_sql[THREADS], WITH(item_ids), &rows));
    for (int i = 0; i < rows.n; i++)
        TRY(thread_forget(tx, words, item_kind, row_at(&rows, i)->i, newest_id));
    return db_run(tx, search_sql[FLUSH], WITH_NOTHING);
}

/* Not even the beginning of a word stays that nobody else has written. Seldom, and then the whole
 * index is written anew. Looking costs about 35 ms for a full part of a clinic, so it is done once
 * for all that was taken out. */
static enum err beginnings_forget(struct tx *tx, const char *item_kind, const char *item_ids) {
    const struct value *torn;
    struct rows rows;
    TRY(db_rows(tx, search_sql[PARTS], WITH(item_kind, item_ids, SEARCH_PART), &rows));
    for (int i = 0; i < rows.n; i++) {
        const struct value *v = row_at(&rows, i);
        struct scope scope = scope_of(v[0].i, v[1].i);
        scope.text[scope.size] = '\0';
        enum err err = db_row(tx, search_sql[TORN], WITH(scope.text), &torn);
        if (err == OK) return db_run(tx, search_sql[REWRITE], WITH_NOTHING);
        if (err != ERR_MISSING) return err;
    }
    return OK;
}

enum err search_forget(struct tx *tx, const char *item_kind, const char *item_ids) {
    struct words words;
    TRY(words_open(tx, &words));
    enum err err = threads_forget(tx, &words, item_kind, item_ids);
    words_close(&words);
    return err ? err : beginnings_forget(tx, item_kind, item_ids);
}

enum err search_restart(struct tx *tx) {
    const struct value *v;
    TRY(db_row(tx, search_sql[STATE], WITH_NOTHING, &v));
    if (v[0].i == 0) return OK;
    TRY(db_run(tx, search_sql[STATE_SET], WITH(0)));
    return db_run(tx, search_sql[RESTART], WITH_NOTHING);
}

enum err search_wake(struct tx *tx) {
    TRY(db_control(tx->db, db_begin));
    enum err err = db_run(tx, search_sql[WAKE], WITH_NOTHING);
    enum err back = db_control(tx->db, db_rollback);
    return err ? err : back;
}

static bool all_digits(const struct query_word *word) {
    for (size_t i = 0; i < word->size; i++)
        if (word->text[i] < '0' || word->text[i] > '9') return false;
    return true;
}

static bool query_add(void *with, const struct word *word) {
    struct query *query = with;
    memcpy(query->words[query->n].text, word->text, word->size);
    query->words[query->n++].size = word->size;
    return query->n < (int)(sizeof query->words / sizeof *query->words);
}

/* Numbers are stored with the country's code; people dial 8 in front of it in Russia, and 00. */
static void query_dialled(struct query *query) {
    for (int i = 0; i < query->n; i++) {
        struct query_word *word = &query->words[i];
        size_t trunk = !all_digits(word)                                ? 0
                       : word->size == 11 && word->text[0] == '8'       ? 1
                       : word->size > 9 && !memcmp(word->text, "00", 2) ? 2
                                                                        : 0;
        memmove(word->text, word->text + trunk, word->size - trunk);
        word->size -= trunk;
    }
    bool alone = query->n > 3 && query->words[0].size == 1 && query->words[0].text[0] == '8';
    if (!alone || !all_digits(&query->words[1])) return;
    memmove(query->words, query->words + 1, (size_t)--query->n * sizeof *query->words);
}

enum err search_query(const struct words *words, const char *text, struct query *ret_query) {
    ret_query->n = 0;
    TRY(words_each(words, text, query_add, ret_query));
    query_dialled(ret_query);
    return OK;
}

enum err search_newest(struct tx *tx, int64_t *ret_message_id) {
    const struct value *v;
    TRY(db_row(tx, search_sql[STATE], WITH_NOTHING, &v));
    *ret_message_id = v[0].i;
    return OK;
}

const char *search_match(struct tx *tx, const struct query *query, int64_t clinic_id,
                         int64_t part) {
    struct json out = {.arena = tx->arena};
    struct scope scope = scope_of(clinic_id, part);
    for (int i = 0; i < query->n; i++) {
        json_append(&out, "\"", 1);
        json_append(&out, scope.text, scope.size);
        json_append(&out, query->words[i].text, query->words[i].size);
        json_append(&out, "\"* ", 3);
    }
    return json_end(&out);
}

bool query_meets(const struct query *query, const struct word *word) {
    for (int i = 0; i < query->n; i++) {
        const struct query_word *wanted = &query->words[i];
        bool fits = wanted->size <= word->size;
        if (fits && memcmp(word->text, wanted->text, wanted->size) == 0) return true;
    }
    return false;
}
