/* look.c: the oracle's eyes: SQL on the core's own connection, between two calls and never during
 * one. Reads only. Statements are kept by the address of their text until the file is reopened. */
#include <sqlite3.h>
#include <stdlib.h>

#include "look.h"

enum { SLOTS = 256 };
static struct {
    const char *sql;
    sqlite3_stmt *handle;
} slots[SLOTS];
static sqlite3 *latest;

static int look_remember(sqlite3 *sqlite, const char **error,
                         const struct sqlite3_api_routines *api) {
    (void)error, (void)api;
    latest = sqlite;
    return SQLITE_OK;
}

void look_install(void) {
    sqlite3_auto_extension((void (*)(void))look_remember);
}

void look_forget(void) {
    for (int i = 0; i < SLOTS; i++) {
        sqlite3_finalize(slots[i].handle);
        slots[i].handle = NULL;
        slots[i].sql = NULL;
    }
}

static sqlite3_stmt *look_prepare(const char *sql) {
    size_t at = ((uintptr_t)sql >> 3) % SLOTS;
    while (slots[at].sql && slots[at].sql != sql) at = (at + 1) % SLOTS;
    if (!slots[at].sql) {
        slots[at].sql = sql;
        if (sqlite3_prepare_v3(latest, sql, -1, SQLITE_PREPARE_PERSISTENT, &slots[at].handle,
                               NULL) != SQLITE_OK) {
            slots[at].handle = NULL;
            slots[at].sql = NULL;
        }
    }
    return slots[at].handle;
}

struct sqlite3_stmt *look_rows(struct sim *sim, const char *sql, int n, const int64_t *args) {
    (void)sim;
    sqlite3_stmt *handle = look_prepare(sql);
    for (int i = 0; handle && i < n; i++) sqlite3_bind_int64(handle, i + 1, args[i]);
    return handle;
}

void look_end(struct sqlite3_stmt *handle) {
    if (handle) sqlite3_reset(handle);
}

int64_t look(struct sim *sim, const char *sql, int n, const int64_t *args) {
    sqlite3_stmt *handle = look_rows(sim, sql, n, args);
    int64_t value = 0;
    if (handle && sqlite3_step(handle) == SQLITE_ROW) value = sqlite3_column_int64(handle, 0);
    look_end(handle);
    return value;
}

bool look_sound(struct sim *sim, char *ret_why, size_t size) {
    sqlite3_stmt *handle = look_rows(sim, "pragma integrity_check", 0, NULL);
    bool sound = false;
    sqlite3_snprintf((int)size, ret_why, "cannot be read");
    if (handle && sqlite3_step(handle) == SQLITE_ROW) {
        const char *said = (const char *)sqlite3_column_text(handle, 0);
        sound = said && sqlite3_stricmp(said, "ok") == 0;
        sqlite3_snprintf((int)size, ret_why, "%s", said ? said : "nothing said");
    }
    look_end(handle);
    return sound && look(sim, "select count(*) from pragma_foreign_key_check", 0, NULL) == 0;
}

bool look_request(struct sqlite3_stmt *rows, const char **ret_id, const char **ret_reply,
                  int64_t *ret_at) {
    if (!rows || sqlite3_step(rows) != SQLITE_ROW) return false;
    *ret_id = (const char *)sqlite3_column_text(rows, 0);
    *ret_reply = (const char *)sqlite3_column_text(rows, 1);
    *ret_at = sqlite3_column_int64(rows, 2);
    return *ret_id && *ret_reply;
}

int64_t look_key(struct sim *sim, const char *key) {
    sqlite3_stmt *handle = look_rows(sim, "select count(*) from request where id = ?1", 0, NULL);
    int64_t n = 0;
    if (!handle) return 0;
    sqlite3_bind_text(handle, 1, key, -1, SQLITE_STATIC);
    if (sqlite3_step(handle) == SQLITE_ROW) n = sqlite3_column_int64(handle, 0);
    look_end(handle);
    return n;
}
