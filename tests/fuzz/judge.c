/* judge.c: the checks behind judge.h. It reads the database through the core's own connection,
 * because what is held is to be seen too. */
#include "judge.h"

#include <cJSON.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

enum { HEARS_MAX = 512 };

static void must_say(struct world *world, const char *request, const char *said,
                     const char *also) {
    struct reply reply;
    world_ask(world, request, &reply);
    if (!strstr(reply.text, said) || !strstr(reply.text, also)) finding(request, reply.text);
}

/* No row comes back. What did is shown by its first columns. */
static void must_be_empty(sqlite3 *sqlite, const char *sql) {
    sqlite3_stmt *row = NULL;
    char seen[512] = "";
    if (sqlite3_prepare_v2(sqlite, sql, -1, &row, NULL) != SQLITE_OK)
        finding(sql, sqlite3_errmsg(sqlite));
    int code = sqlite3_step(row);
    if (code == SQLITE_ROW)
        for (int i = 0; i < sqlite3_column_count(row); i++)
            snprintf(seen + strlen(seen), sizeof seen - strlen(seen), "%s ",
                     (const char *)sqlite3_column_text(row, i));
    sqlite3_finalize(row);
    if (code != SQLITE_DONE) finding(sql, seen);
}

static bool listed(const cJSON *words, const char *word) {
    const cJSON *one;
    cJSON_ArrayForEach(one, words)
        if (strcmp(one->valuestring, word) == 0) return true;
    return false;
}

/* "kind state event" for each event that a machine has a rule for in a state that can end. */
static const char *const *heard(unsigned *ret_n) {
    static char words[HEARS_MAX][96];
    static const char *list[HEARS_MAX];
    static unsigned n;
    const cJSON *machine, *rule, *state;
    cJSON *all = n ? NULL : cJSON_Parse(desk_describe());
    cJSON_ArrayForEach(machine, cJSON_GetObjectItem(all, "machines"))
        cJSON_ArrayForEach(rule, cJSON_GetObjectItem(machine, "rules"))
            cJSON_ArrayForEach(state, cJSON_GetObjectItem(rule, "in")) {
                if (listed(cJSON_GetObjectItem(machine, "final"), state->valuestring)) continue;
                if (n == HEARS_MAX) finding("more rules than judge.c has room for", "");
                snprintf(words[n], sizeof *words, "%s %s %s",
                         cJSON_GetObjectItem(machine, "kind")->valuestring, state->valuestring,
                         cJSON_GetObjectItem(rule, "on")->valuestring);
                list[n] = words[n];
                n++;
            }
    cJSON_Delete(all);
    *ret_n = n;
    return list;
}

static void timers_must_be_heard(sqlite3 *sqlite) {
    static const char sql[] =
        "select s.item_kind || ' ' || coalesce(r.state, c.state, f.state, m.delivery, e.state,"
        " 'is gone') || ' ' || s.event from schedule s"
        " left join review r on s.item_kind = 'review' and r.review_id = s.item_id"
        " left join review_chat c on s.item_kind = 'review_chat' and c.review_chat_id = s.item_id"
        " left join contact_form f on s.item_kind = 'contact_form'"
        "  and f.contact_form_id = s.item_id"
        " left join message m on s.item_kind = 'message' and m.message_id = s.item_id"
        " left join effect e on s.item_kind = 'effect' and e.effect_id = s.item_id";
    sqlite3_stmt *row = NULL;
    unsigned n;
    const char *const *list = heard(&n);
    if (sqlite3_prepare_v2(sqlite, sql, -1, &row, NULL) != SQLITE_OK)
        finding(sql, sqlite3_errmsg(sqlite));
    while (sqlite3_step(row) == SQLITE_ROW) {
        const char *timer = (const char *)sqlite3_column_text(row, 0);
        bool found = false;
        for (unsigned i = 0; i < n && !found; i++) found = strcmp(list[i], timer) == 0;
        if (!found) finding("no timer is an orphan", timer);
    }
    sqlite3_finalize(row);
}

#define ASK(op) \
    "{\"op\":\"" op "\",\"now\":1772438910000,\"actor\":{\"role\":\"host\"},\"in\":{}}"

void judge_state(struct world *world) {
    must_say(world, ASK("core.verify"), "{\"ok\":{\"chain\":\"ok\",\"broken_id\":null,",
             "\"pages\":\"ok\"}");
    must_say(world, ASK("core.hash"), "{\"ok\":{\"hash\":\"", "");
    must_be_empty(world->sqlite, "pragma foreign_key_check");
    timers_must_be_heard(world->sqlite);
}
