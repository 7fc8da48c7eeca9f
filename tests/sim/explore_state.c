/* explore_state.c: the digest by which two ways to a state are one. Every table counts but what
 * only remembers (history, request, search), what no scene changes (people, hours) and what only
 * words (subject and text of effects). Left out too: revisions and the durations of answers.
 * Instants count as their distance from now where the core computes with it, else only as none,
 * past or still to come: so states are merged that differ in how long ago something was said.
 * Next: explore.c. */
#include "explore.h"

#include <stdio.h>
#include <string.h>

enum { TABLES_MAX = 40, COLUMNS_MAX = 56 };
enum part { PLAIN, DISTANCE, DISTANCE_AHEAD, PAST_OR_AHEAD, LEFT_OUT };

static struct {
    char sql[120];
    enum part parts[COLUMNS_MAX];
} tables[TABLES_MAX];
static int tables_n;

static bool one_of(const char *word, const char *const *words) {
    for (int i = 0; words[i]; i++)
        if (strcmp(words[i], word) == 0) return true;
    return false;
}

static enum part part_of(const char *table, const char *column, bool policies) {
    static const char *const left_out[] = {"rev", "answer_ms", "absent_ms", "subject", "facts",
                                           NULL};
    static const char *const ahead[] = {"due_at", "deadline_at", "code_until_at",
                                        "claim_until_at", NULL};
    /* Looked back to only where a policy says for how long. */
    static const char *const recent[] = {"mailed_at", "last_clinic_at", NULL};
    size_t size = strlen(column);
    bool time = size > 3 && strcmp(column + size - 3, "_at") == 0;
    bool timer = strcmp(table, "schedule") == 0 && strcmp(column, "due_at") == 0;
    if (one_of(column, left_out)) return LEFT_OUT;
    if (strcmp(table, "effect") == 0 && strcmp(column, "text") == 0) return LEFT_OUT;
    if (timer || strcmp(column, "clock_at") == 0) return DISTANCE;
    if (policies && one_of(column, recent)) return DISTANCE;
    if (one_of(column, ahead)) return DISTANCE_AHEAD;
    return time || strcmp(column, "at") == 0 ? PAST_OR_AHEAD : PLAIN;
}

static void table_prepare(const char *name, const char *columns, bool policies) {
    char column[64];
    int taken;
    snprintf(tables[tables_n].sql, sizeof tables[tables_n].sql, "select * from %s order by 1, 2",
             name);
    for (int n = 0; sscanf(columns, "%63s%n", column, &taken) == 1 && n < COLUMNS_MAX; n++) {
        tables[tables_n].parts[n] = part_of(name, column, policies);
        columns += taken;
    }
    tables_n++;
}

void digest_prepare(void) {
    static const char names[] =
        "select m.name || (select group_concat(' ' || c.name, '') from pragma_table_info(m.name) c)"
        " from sqlite_master m where m.type = 'table' and m.name not like 'sqlite%'"
        " and m.name not like 'search%' and m.name not in ('history', 'request', 'desk_state',"
        " 'platform', 'service', 'practitioner', 'agent', 'opening_hours', 'holiday')"
        " order by m.name";
    static char lines[NOTE_BYTES];
    char name[40];
    bool policies = one_int("select count(*) from policy") > 0;
    tables_n = 0;
    lines[0] = 0;
    all_text(names, lines, sizeof lines);
    for (char *line = strtok(lines, "\n"); line; line = strtok(NULL, "\n"))
        if (sscanf(line, "%39s", name) == 1) table_prepare(name, line + strlen(name), policies);
}

static void mix(uint64_t *hash, const void *bytes, size_t size) {
    const unsigned char *at = bytes;
    for (size_t i = 0; i < size; i++) *hash = (*hash ^ at[i]) * 0x100000001b3u;
    *hash ^= *hash >> 29;
}

static int64_t distance(int64_t at, enum part part) {
    if (at == 0) return INT64_MIN;
    if (part == PAST_OR_AHEAD) return at > now ? 1 : -1;
    if (part == DISTANCE_AHEAD && at <= now) return -1;
    return at - now;
}

static void row_mix(sqlite3_stmt *row, const enum part *parts, uint64_t *hash) {
    for (int i = 0; i < sqlite3_column_count(row); i++) {
        if (parts[i] == LEFT_OUT) continue;
        if (parts[i] != PLAIN) {
            int64_t away = distance(sqlite3_column_int64(row, i), parts[i]);
            mix(hash, &away, sizeof away);
            continue;
        }
        const void *bytes = sqlite3_column_text(row, i);
        size_t size = (size_t)sqlite3_column_bytes(row, i);
        mix(hash, &size, sizeof size);
        if (bytes) mix(hash, bytes, size);
    }
}

uint64_t digest_now(void) {
    /* Whether a reminder is of this question or of an earlier one; and the day, where some of them
     * are days of absence. */
    static const char beside[] =
        "select count(*) filter (where reminded_at >= clock_at)"
        " + 100 * iif(exists (select 1 from absence), ?1 / 86400000, 0) from contact_form";
    uint64_t hash = 0xcbf29ce484222325u;
    for (int i = 0; i < tables_n; i++) {
        sqlite3_stmt *row = rows_of(tables[i].sql);
        mix(&hash, &i, sizeof i);
        while (sqlite3_step(row) == SQLITE_ROW) row_mix(row, tables[i].parts, &hash);
        sqlite3_reset(row);
    }
    int64_t more = one_int(beside);
    mix(&hash, &more, sizeof more);
    return hash ? hash : 1;
}

bool digest_is_new(uint64_t digest) {
    for (uint64_t i = digest % STATES_SEEN_MAX, n = 0; n < STATES_SEEN_MAX; n++) {
        uint64_t *slot = &places->seen[(i + n) % STATES_SEEN_MAX];
        if (*slot == digest) return false;
        if (*slot) continue;
        *slot = digest;
        return true;
    }
    places->full = true;
    return false;
}
