/* explore_door.c: requests to the core of this process, and looks at its rows through the same
 * connection, inside whatever it holds open. Decides nothing. Next: explore.c. */
#include "explore.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static sqlite3 *sqlite;

enum { STATEMENTS_MAX = 128 };
static struct {
    const char *sql;
    sqlite3_stmt *handle;
} statements[STATEMENTS_MAX];

static int remember(sqlite3 *opened, const char **error, const struct sqlite3_api_routines *api) {
    (void)error, (void)api;
    sqlite = opened;
    return SQLITE_OK;
}

void door_open(void) {
    sqlite3_auto_extension((void (*)(void))remember);
    for (int i = 0; i < STATEMENTS_MAX; i++) {
        sqlite3_finalize(statements[i].handle);
        statements[i].handle = NULL;
    }
    desk_close(core);
    core = desk_open(":memory:");
}

const char *ask(const char *request) {
    uint32_t size = (uint32_t)strlen(request);
    char *buffer = desk_buffer(core, size + 1);
    memcpy(buffer, request, size);
    return desk_call(core, size);
}

const char *ask_as(const char *who, const char *op, const char *input, const char *id) {
    static char request[NOTE_BYTES];
    const char *actor = actor_json(who), *in = actor ? input_json(input) : NULL;
    if (!actor || !in) return NULL;
    int n = snprintf(request, sizeof request, "{\"op\":\"%s\",\"now\":%lld,\"actor\":%s,", op,
                     (long long)now, actor);
    if (id) n += snprintf(request + n, sizeof request - (size_t)n, "\"id\":\"%s\",", id);
    snprintf(request + n, sizeof request - (size_t)n, "\"in\":%s}", in);
    if (id) snprintf(repro + strlen(repro), sizeof repro - strlen(repro), "%s\n", request);
    return ask(request);
}

bool is_ok(const char *reply) { return strncmp(reply, "{\"ok\":", 6) == 0; }

const char *code_of(const char *reply) {
    static char code[64];
    const char *at = is_ok(reply) ? NULL : strstr(reply, "\"code\":\"");
    code[0] = 0;
    if (at) sscanf(at + 8, "%63[^\"]", code);
    return code;
}

static void of_transaction(const char *op) {
    char request[120];
    snprintf(request, sizeof request,
             "{\"op\":\"%s\",\"now\":%lld,\"actor\":{\"role\":\"host\"},\"in\":{}}", op,
             (long long)now);
    const char *reply = ask(request);
    if (!is_ok(reply)) violated("holds", "%s: %.300s", op, reply);
}

void hold(void) { of_transaction("core.hold"); }
void let_go(void) { of_transaction("core.rollback"); }

/* A statement is known by the address of its text, as in core/db.c. ?1 is the instant. */
sqlite3_stmt *rows_of(const char *sql) {
    int i = 0;
    while (i < STATEMENTS_MAX && statements[i].sql != sql && statements[i].handle) i++;
    if (i == STATEMENTS_MAX) {
        fprintf(stderr, "more than %d statements\n", STATEMENTS_MAX);
        exit(2);
    }
    if (!statements[i].handle) {
        statements[i].sql = sql;
        if (sqlite3_prepare_v2(sqlite, sql, -1, &statements[i].handle, NULL) != SQLITE_OK) {
            fprintf(stderr, "%s\n  %s\n", sql, sqlite3_errmsg(sqlite));
            exit(2);
        }
    }
    sqlite3_reset(statements[i].handle);
    if (sqlite3_bind_parameter_count(statements[i].handle) > 0)
        sqlite3_bind_int64(statements[i].handle, 1, now);
    return statements[i].handle;
}

int64_t one_int(const char *sql) {
    sqlite3_stmt *row = rows_of(sql);
    int64_t value = sqlite3_step(row) == SQLITE_ROW ? sqlite3_column_int64(row, 0) : 0;
    sqlite3_reset(row);
    return value;
}

const char *one_text(const char *sql) {
    static char text[TEXT_BYTES];
    sqlite3_stmt *row = rows_of(sql);
    bool there = sqlite3_step(row) == SQLITE_ROW && sqlite3_column_type(row, 0) != SQLITE_NULL;
    if (there) snprintf(text, sizeof text, "%s", (const char *)sqlite3_column_text(row, 0));
    sqlite3_reset(row);
    return there ? text : NULL;
}

void all_text(const char *sql, char *ret, size_t room) {
    sqlite3_stmt *row = rows_of(sql);
    size_t n = strlen(ret);
    while (sqlite3_step(row) == SQLITE_ROW && n < room - 2) {
        const char *text = (const char *)sqlite3_column_text(row, 0);
        n += (size_t)snprintf(ret + n, room - n, "%s\n", text ? text : "");
    }
    sqlite3_reset(row);
}

int64_t next_instant(void) {
    static const char next[] =
        "select min(at) from (select due_at at from schedule union all select due_at from effect"
        " where state = 'queued' union all select claim_until_at from contact_form) where at > ?1";
    return one_int(next);
}
