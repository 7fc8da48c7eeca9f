/* ops/search.c: finding what was written, in one clinic. What is indexed: core/search.c. */
#include "../search.h"

#include <string.h>

#include "../db.h"
#include "../ops.h"

/* Colleagues' notes about a call are for the clinic's own people, ?4. */
static const char find_sql[] =
    "select m.message_id, m.item_kind, m.item_id, coalesce(cf.name, r.author_name, ''),"
    " m.sent_at, coalesce(cf.state, rc.state, ''), m.text from search s"
    " cross join message m on m.message_id = s.rowid"
    " left join contact_form cf on m.item_kind = 'contact_form' and cf.contact_form_id = m.item_id"
    " left join review_chat rc on m.item_kind = 'review_chat' and rc.review_chat_id = m.item_id"
    " left join review r using (review_id)"
    " where s.search match ?1 and s.rowid < ?2 and (m.kind <> 'phone' or ?4)"
    " order by s.rowid desc limit ?3";

static const char older_sql[] = "select message_id from message where message_id < ?1"
                                " order by message_id desc limit 1";

enum { HITS = 50, CATCH_UP = 20000, SNIPPET = 120, BEFORE = 40 };

struct search_in {
    const char *text;
    int64_t clinic_id, before_id, limit;
};
static const struct field search_fields[] = {
    FIELD(struct search_in, text, .required = true, .max = 200,
          .doc = "beginnings of words, all of which must be there; nothing in it is syntax"),
    FIELD(struct search_in, clinic_id, .min = 1, .doc = "staff: their own; others must say it"),
    FIELD(struct search_in, before_id, .min = 1, .doc = "the page before this message"),
    FIELD(struct search_in, limit, .min = 1, .max = HITS, .doc = "hits, 50 unless told"),
};

/* Marks around the words of a snippet that are looked for: nobody types these characters. */
enum { MARK = '\x02', MARK_END = '\x03' };

struct looking {
    const struct query *query;
    size_t from;
};

static bool looking_at(void *with, const struct word *word) {
    struct looking *looking = with;
    if (!query_meets(looking->query, word)) return true;
    looking->from = word->from;
    return false;
}

static bool begins(char byte) {
    return ((unsigned char)byte & 0xC0) != 0x80;
}

/* So many characters back, or to the beginning. */
static size_t back(const char *text, size_t at, int characters) {
    while (at > 0 && characters > 0)
        if (begins(text[--at])) characters--;
    return at;
}

static size_t ahead(const char *text, size_t at, size_t size, int characters) {
    while (at < size && characters > 0) {
        at++;
        while (at < size && !begins(text[at])) at++;
        characters--;
    }
    return at;
}

static size_t after_space(const char *text, size_t at, size_t until) {
    for (size_t i = at; i < until; i++)
        if (text[i] == ' ' || text[i] == '\n') return i + 1;
    return at;
}

static size_t before_space(const char *text, size_t from, size_t at) {
    for (size_t i = at; i > from; i--)
        if (text[i - 1] == ' ' || text[i - 1] == '\n') return i - 1;
    return at;
}

/* The part of a text that is shown, written up to `at`. */
struct marking {
    const struct query *query;
    struct json *out;
    const char *text;
    size_t at, to;
};

static void write_up_to(struct marking *marking, size_t until) {
    for (; marking->at < until; marking->at++) {
        const char *byte = marking->text + marking->at;
        if (*byte != MARK && *byte != MARK_END) json_append(marking->out, byte, 1);
    }
}

static bool marking_at(void *with, const struct word *word) {
    static const char mark = MARK, mark_end = MARK_END;
    struct marking *marking = with;
    if (word->to > marking->to) return false;
    if (word->from < marking->at || !query_meets(marking->query, word)) return true;
    write_up_to(marking, word->from);
    json_append(marking->out, &mark, 1);
    write_up_to(marking, word->to);
    json_append(marking->out, &mark_end, 1);
    return true;
}

/* What stands around the first hit, cut between words; the beginning where the hit is elsewhere:
 * in a name, or in the review. */
static enum err snippet_of(struct tx *tx, const struct words *words, const struct query *query,
                           const struct value *v, const char **ret_snippet) {
    struct looking looking = {query, 0};
    struct json out = {.arena = tx->arena};
    const char *text = v->text;
    size_t size = v->size;
    TRY(words_each(words, text, looking_at, &looking));
    size_t from = back(text, looking.from, BEFORE);
    size_t to = ahead(text, from, size, SNIPPET);
    if (to == size) from = back(text, size, SNIPPET);
    if (from > 0) from = after_space(text, from, looking.from);
    if (to < size) to = before_space(text, looking.from, to);
    struct marking marking = {query, &out, text, from, to};
    if (from > 0) json_append(&out, "\xE2\x80\xA6", 3);
    TRY(words_each(words, text, marking_at, &marking));
    write_up_to(&marking, to);
    if (to < size) json_append(&out, "\xE2\x80\xA6", 3);
    *ret_snippet = json_end(&out);
    return OK;
}

/* A form that nobody has read keeps its words to itself: showing them is what marks it read. */
static enum err hit_json(struct tx *tx, const struct words *words, const struct query *query,
                         const struct value *v, struct json *out) {
    const char *snippet = NULL;
    if (strcmp(v[5].text, "new") != 0) TRY(snippet_of(tx, words, query, &v[6], &snippet));
    json_object(out);
    json_put_text(out, "kind", v[1].text);
    json_put_int(out, "item_id", v[2].i);
    json_put_int(out, "message_id", v[0].i);
    json_put_text(out, "name", v[3].text);
    json_put_int(out, "at", v[4].i);
    json_put_text(out, "state", v[5].text);
    json_put_text(out, "snippet", snippet);
    json_object_end(out);
    return OK;
}

/* The hits of one part, as many as are still wanted; one more tells that there is more. */
static enum err find_part(struct tx *tx, const struct words *words, const struct query *query,
                          const char *match, int64_t before_id, int64_t wanted, int64_t *ret_n,
                          struct json *out) {
    struct rows rows;
    bool staff = (tx->actor.role & ROLES_CLINIC) != 0;
    TRY(db_rows(tx, find_sql, WITH(match, before_id, wanted + 1, staff), &rows));
    for (int i = 0; i < rows.n && i < wanted; i++)
        TRY(hit_json(tx, words, query, row_at(&rows, i), out));
    *ret_n += rows.n;
    return OK;
}

/* The newest part that has messages from before; -1 where there is none. Between two parts may be
 * millions of empty ones: numbers leap where an old copy was put back. */
static enum err part_before(struct tx *tx, int64_t message_id, int64_t *ret_part) {
    const struct value *v;
    enum err err = db_row(tx, older_sql, WITH(message_id), &v);
    *ret_part = err == OK ? v[0].i / SEARCH_PART : -1;
    if (err == ERR_MISSING) return OK;
    return err == OK && v[0].i >= message_id ? ERR_CORRUPT : err;
}

static enum err find(struct tx *tx, const struct words *words, const struct search_in *in,
                     int64_t clinic_id, struct json *out) {
    int64_t limit = in->limit ? in->limit : HITS, n = 0, newest_id, part;
    struct query query;
    TRY(search_query(words, in->text, &query));
    if (query.n == 0) return fail(tx, ERR_REQUIRED, "text");
    TRY(search_newest(tx, &newest_id));
    bool page = in->before_id && in->before_id <= newest_id;
    int64_t before_id = page ? in->before_id : newest_id + 1;
    json_key(out, "hits");
    json_array(out);
    TRY(part_before(tx, before_id, &part));
    while (part >= 0 && n <= limit) {
        const char *match = search_match(tx, &query, clinic_id, part);
        TRY(find_part(tx, words, &query, match, before_id, limit - n, &n, out));
        TRY(part_before(tx, part * SEARCH_PART, &part));
    }
    json_array_end(out);
    json_put_bool(out, "more", n > limit);
    return OK;
}

static enum err search(struct tx *tx, const void *raw, struct json *out) {
    const struct search_in *in = raw;
    int64_t clinic_id, n;
    struct words words;
    TRY(access_list_clinic(tx, in->clinic_id, &clinic_id));
    if (!clinic_id) return fail(tx, ERR_REQUIRED, "clinic_id");
    TRY(search_catch_up(tx, CATCH_UP, &n));
    TRY(words_open(tx, &words));
    enum err err = find(tx, &words, in, clinic_id, out);
    words_close(&words);
    return err;
}

static const struct op ops[] = {
    {.name = "search", .roles = ROLES_CLINIC | ROLE_INTEGRATION, ALWAYS_WRITES,
     .unless = search_is_current, TAKES(struct search_in, search_fields), .run = search,
     .rules = "47 50",
     .out = "{ hits: { kind: string, item_id: number, message_id: number, name: string,"
            " at: number, state: string, snippet: string | null }[], more: boolean }",
     .doc = "Messages of a clinic that have all the words, the newest first; in the snippet they"
            " stand between U+0002 and U+0003."},
};
const struct op_group search_group = GROUP(ops);
