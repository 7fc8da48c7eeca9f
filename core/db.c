/* db.c: opening, the statement cache, binding and reading. Holds no rule and no statement of its
 * own but the transactions'. Next: sql/schema.sql. */
#include "db.h"

#include <assert.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "never.h"
#include "pages.h"

extern const char sql_schema[];

/* The schema's number in PRAGMA user_version; a file with a higher one is refused. */
enum { SCHEMA_VERSION = 1, CACHE_SLOTS = 512 };

enum column_kind { COLUMN_PLAIN, COLUMN_BOOL, COLUMN_JSON };

struct column {
    char key[40]; /* as JSON: quoted, with the colon */
    size_t size;  /* 0 for an expression without an alias, which is never a key */
    enum column_kind kind;
};

struct statement {
    const char *sql; /* the address is the key */
    sqlite3_stmt *handle;
    int columns;
    struct column *column;
};

struct db {
    sqlite3 *sqlite;
    int64_t rev, now;
    bool rehearses_alone;
    struct statement cache[CACHE_SLOTS];
};

const char db_begin[] = "begin immediate";
const char db_commit[] = "commit";
const char db_rollback[] = "rollback";
const char db_save[] = "savepoint request";
const char db_release[] = "release request";
const char db_undo[] = "rollback to request";
static const char rehearse_save[] = "savepoint rehearsal";
static const char rehearse_undo[] = "rollback to rehearsal";
static const char rehearse_release[] = "release rehearsal";

/* Every statement is a constant and known to be good: one that fails as if it were wrong has met a
 * file that lacks what it names, or holds what the core never wrote. */
enum err db_error(int code) {
    switch (code & 0xFF) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE: return OK;
    case SQLITE_FULL: return ERR_FULL;
    case SQLITE_NOMEM: return ERR_MEMORY;
    case SQLITE_ERROR:
    case SQLITE_SCHEMA:
    case SQLITE_FORMAT:
    case SQLITE_TOOBIG:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return ERR_CORRUPT;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return ERR_IO;
    /* What is bound has its column's type (db.h): the rest of an updated row has not. */
    case SQLITE_CONSTRAINT: return code == SQLITE_CONSTRAINT_DATATYPE ? ERR_CORRUPT : ERR_BUG;
    default: return ERR_BUG;
    }
}

static void db_function_rev(sqlite3_context *context, int n, sqlite3_value **values) {
    (void)n, (void)values;
    sqlite3_result_int64(context, ((struct db *)sqlite3_user_data(context))->rev);
}

static void db_function_now(sqlite3_context *context, int n, sqlite3_value **values) {
    (void)n, (void)values;
    sqlite3_result_int64(context, ((struct db *)sqlite3_user_data(context))->now);
}

static int db_setup(struct db *db) {
    static const char pragmas[] =
        "pragma locking_mode=exclusive;"
        "pragma journal_mode=wal;"
        "pragma synchronous=full;"
        "pragma foreign_keys=on;"
        "pragma temp_store=memory;"
        "pragma cache_size=-32768;"
        "pragma secure_delete=on;"
        "pragma trusted_schema=off;";
    /* Plans must not depend on what happened to be bound first: else SQLite prepares a statement
     * again whenever a parameter changes that a partial index was compared with. */
    int code = sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_ENABLE_QPSG, 1, NULL);
    sqlite3_extended_result_codes(db->sqlite, 1);
    if (CERTAIN(code == SQLITE_OK)) code = sqlite3_exec(db->sqlite, pragmas, NULL, NULL, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_create_function(db->sqlite, "rev", 0, SQLITE_UTF8, db, db_function_rev, NULL,
                                       NULL);
    if (code == SQLITE_OK)
        code = sqlite3_create_function(db->sqlite, "now_ms", 0, SQLITE_UTF8, db, db_function_now,
                                       NULL, NULL);
    return code;
}

static enum err statement_find(struct db *, const char *sql, struct statement **ret_slot);

static enum err db_version(struct db *db, int *ret_version) {
    sqlite3_stmt *handle = NULL;
    int code = sqlite3_prepare_v2(db->sqlite, "pragma user_version", -1, &handle, NULL);
    if (code == SQLITE_OK) code = sqlite3_step(handle);
    if (code == SQLITE_ROW) *ret_version = sqlite3_column_int(handle, 0);
    sqlite3_finalize(handle);
    return db_error(code);
}

static enum err db_migrate(struct db *db) {
    int version = 0;
    TRY(db_version(db, &version));
    if (version > SCHEMA_VERSION) return ERR_NEWER;
    if (version == SCHEMA_VERSION) return OK;
    /* A file that knows no version is new, or spoilt when something stands in it. */
    int code = version < 0 ? SQLITE_CORRUPT
                           : sqlite3_exec(db->sqlite, sql_schema, NULL, NULL, NULL);
    return db_error(code);
}

/* Ending a transaction must not need memory that is not there. */
static enum err db_prepare_control(struct db *db) {
    const char *const all[] = {db_begin, db_commit, db_rollback, db_save, db_release, db_undo};
    struct statement *slot;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) TRY(statement_find(db, all[i], &slot));
    return OK;
}

/* WASI has no advisory locks and the lock folder of "unix-dotfile" would survive a crash; there
 * the host holds the lock on the data folder. */
#ifdef __wasi__
#define VFS_NAME "unix-none"
#else
#define VFS_NAME NULL
#endif

enum err db_open(const char *path, struct db **ret_db) {
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    *ret_db = calloc(1, sizeof **ret_db);
    if (!*ret_db) return ERR_MEMORY;
    int code = sqlite3_open_v2(path, &(*ret_db)->sqlite, flags, pages_vfs(VFS_NAME));
    if (code == SQLITE_OK) code = db_setup(*ret_db);
    if (code != SQLITE_OK) return db_error(code);
    TRY(db_migrate(*ret_db));
    return db_prepare_control(*ret_db);
}

/* The log is synced before a page of it is stored: where a page finds no place, be it that the file
 * may not grow, nothing is in doubt any more. */
enum err db_settle(struct db *db) {
    int code = sqlite3_wal_checkpoint_v2(db->sqlite, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    bool no_place = code != SQLITE_OK &&
                    sqlite3_extended_errcode(db->sqlite) == SQLITE_IOERR_WRITE;
    /* A page that stays in memory keeps in its unused part what was wiped from the file (pages.c),
     * and would bring it into the next log. */
    sqlite3_db_release_memory(db->sqlite);
    return no_place ? ERR_FULL : db_error(code);
}

void db_close(struct db *db) {
    if (!db) return;
    for (int i = 0; i < CACHE_SLOTS; i++) {
        sqlite3_finalize(db->cache[i].handle);
        free(db->cache[i].column);
    }
    sqlite3_close_v2(db->sqlite);
    free(db);
}

void db_request(struct db *db, int64_t rev, int64_t now) {
    db->rev = rev;
    db->now = now;
}

static void column_read(struct column *column, const char *alias) {
    const char *colon = strchr(alias, ':');
    size_t size = colon ? (size_t)(colon - alias) : strlen(alias);
    if (size + 3 < sizeof column->key) {
        column->key[0] = '"';
        memcpy(column->key + 1, alias, size);
        memcpy(column->key + 1 + size, "\":", 2);
        column->size = size + 3;
    }
    column->kind = !colon                         ? COLUMN_PLAIN
                   : strcmp(colon, ":bool") == 0 ? COLUMN_BOOL
                                                  : COLUMN_JSON;
}

static enum err statement_prepare(struct db *db, const char *sql, struct statement *slot) {
    int code = sqlite3_prepare_v3(db->sqlite, sql, -1, SQLITE_PREPARE_PERSISTENT, &slot->handle,
                                  NULL);
    if (code != SQLITE_OK) return db_error(code);
    slot->columns = sqlite3_column_count(slot->handle);
    slot->column = calloc((size_t)slot->columns + 1, sizeof *slot->column);
    if (!slot->column) {
        sqlite3_finalize(slot->handle);
        slot->handle = NULL;
        return ERR_MEMORY;
    }
    for (int i = 0; i < slot->columns; i++)
        column_read(&slot->column[i], sqlite3_column_name(slot->handle, i));
    slot->sql = sql;
    return OK;
}

static enum err statement_find(struct db *db, const char *sql, struct statement **ret_slot) {
    size_t at = ((uintptr_t)sql >> 2) * 2654435761u % CACHE_SLOTS;
    for (int tries = 0; CERTAIN(tries < CACHE_SLOTS); tries++, at = (at + 1) % CACHE_SLOTS) {
        struct statement *slot = &db->cache[at];
        *ret_slot = slot;
        if (slot->sql == sql) return OK;
        if (!slot->sql) return statement_prepare(db, sql, slot);
    }
    return ERR_BUG;
}

static int statement_bind(sqlite3_stmt *handle, struct args args) {
    int code = SQLITE_OK;
    for (int i = 0; i < args.n; i++) {
        if (NEVER(code != SQLITE_OK)) break;
        const struct value *v = &args.values[i];
        int size = v->size == SIZE_MAX ? -1 : (int)v->size;
        switch (v->kind) {
        case VALUE_NULL: code = sqlite3_bind_null(handle, i + 1); break;
        case VALUE_INT: code = sqlite3_bind_int64(handle, i + 1, v->i); break;
        case VALUE_REAL: code = sqlite3_bind_double(handle, i + 1, v->real); break;
        case VALUE_TEXT: code = sqlite3_bind_text(handle, i + 1, v->text, size, NULL); break;
        case VALUE_BLOB: code = sqlite3_bind_blob(handle, i + 1, v->text, size, NULL); break;
        }
    }
    return code;
}

static enum err statement_start(struct tx *tx, const char *sql, struct args args,
                                struct statement **ret_slot) {
    if (tx->trouble == OK && tx->arena->failed) tx->trouble = ERR_MEMORY;
    if (tx->trouble) return tx->trouble;
    tx->trouble = statement_find(tx->db, sql, ret_slot);
    if (tx->trouble) return tx->trouble;
    assert(sqlite3_bind_parameter_count((*ret_slot)->handle) == args.n);
    tx->trouble = db_error(statement_bind((*ret_slot)->handle, args));
    return tx->trouble;
}

/* Gives the statement back. Values for which there was no memory are cut short: nobody may take
 * them for what they were. */
static enum err statement_finish(struct tx *tx, struct statement *slot, int code) {
    sqlite3_reset(slot->handle);
    tx->trouble = tx->arena->failed ? ERR_MEMORY : db_error(code);
    return tx->trouble;
}

enum err db_run(struct tx *tx, const char *sql, struct args args) {
    struct statement *slot;
    TRY(statement_start(tx, sql, args, &slot));
    return statement_finish(tx, slot, sqlite3_step(slot->handle));
}

enum err db_insert(struct tx *tx, const char *sql, struct args args, int64_t *ret_id) {
    TRY(db_run(tx, sql, args));
    *ret_id = sqlite3_last_insert_rowid(tx->db->sqlite);
    return OK;
}

int64_t db_changes(const struct db *db) {
    return sqlite3_changes(db->sqlite);
}

int64_t db_changes_total(const struct db *db) {
    return sqlite3_total_changes(db->sqlite);
}

/* Whatever is no text has an empty one: in a spoilt file a column may hold what its table forbids,
 * and who reads a text must find one. */
static struct value column_value(struct arena *arena, sqlite3_stmt *handle, int i) {
    struct value v = {.text = ""};
    switch (sqlite3_column_type(handle, i)) {
    case SQLITE_NULL: break;
    case SQLITE_INTEGER: v.kind = VALUE_INT, v.i = sqlite3_column_int64(handle, i); break;
    case SQLITE_FLOAT: v.kind = VALUE_REAL, v.real = sqlite3_column_double(handle, i); break;
    default: {
        const char *bytes = sqlite3_column_blob(handle, i);
        size_t size = (size_t)sqlite3_column_bytes(handle, i);
        v = value_blob(arena_text(arena, bytes ? bytes : "", size), size);
        if (sqlite3_column_type(handle, i) == SQLITE_TEXT) v.kind = VALUE_TEXT;
    }
    }
    return v;
}

enum err db_row(struct tx *tx, const char *sql, struct args args, const struct value **ret_row) {
    struct statement *slot;
    TRY(statement_start(tx, sql, args, &slot));
    int code = sqlite3_step(slot->handle);
    if (code != SQLITE_ROW) {
        TRY(statement_finish(tx, slot, code));
        return ERR_MISSING;
    }
    struct value *row = arena_alloc(tx->arena, (size_t)slot->columns * sizeof *row);
    for (int i = 0; row && i < slot->columns; i++)
        row[i] = column_value(tx->arena, slot->handle, i);
    *ret_row = row;
    return statement_finish(tx, slot, row ? SQLITE_OK : SQLITE_NOMEM);
}

enum err db_rows(struct tx *tx, const char *sql, struct args args, struct rows *ret_rows) {
    struct statement *slot;
    TRY(statement_start(tx, sql, args, &slot));
    size_t columns = (size_t)slot->columns, room = 0, n = 0;
    struct value *values = NULL;
    int code;
    while ((code = sqlite3_step(slot->handle)) == SQLITE_ROW) {
        if (n == room) {
            size_t bigger = room ? room * 2 : 8, row = columns * sizeof *values;
            struct value *moved = arena_grow(tx->arena, values, room * row, bigger * row);
            if (!moved) break;
            values = moved, room = bigger;
        }
        for (size_t i = 0; i < columns; i++)
            values[n * columns + i] = column_value(tx->arena, slot->handle, (int)i);
        n++;
    }
    *ret_rows = (struct rows){values, (int)n, (int)columns};
    return statement_finish(tx, slot, code == SQLITE_ROW ? SQLITE_NOMEM : code);
}

static void column_json(sqlite3_stmt *handle, int i, enum column_kind kind, struct json *out) {
    int type = sqlite3_column_type(handle, i);
    if (type == SQLITE_NULL) json_null(out);
    else if (kind == COLUMN_BOOL) json_bool(out, sqlite3_column_int(handle, i) != 0);
    else if (type == SQLITE_INTEGER) json_int(out, sqlite3_column_int64(handle, i));
    else {
        const char *text = (const char *)sqlite3_column_text(handle, i);
        size_t size = (size_t)sqlite3_column_bytes(handle, i);
        if (kind == COLUMN_JSON || type == SQLITE_FLOAT) json_raw(out, text, size);
        else json_text_sized(out, text, size);
    }
}

static void row_json(const struct statement *slot, struct json *out) {
    for (int i = 0; i < slot->columns; i++) {
        assert(slot->column[i].size);
        json_key_raw(out, slot->column[i].key, slot->column[i].size);
        column_json(slot->handle, i, slot->column[i].kind, out);
    }
}

enum err db_json(struct tx *tx, const char *sql, struct args args, int64_t max, struct json *out,
                 bool *ret_more) {
    struct statement *slot;
    TRY(statement_start(tx, sql, args, &slot));
    int64_t n = 0;
    int code;
    while ((code = sqlite3_step(slot->handle)) == SQLITE_ROW && n < max) {
        json_object(out);
        row_json(slot, out);
        json_object_end(out);
        n++;
    }
    if (ret_more) *ret_more = code == SQLITE_ROW;
    return statement_finish(tx, slot, code);
}

enum err db_json_row(struct tx *tx, const char *sql, struct args args, struct json *out) {
    struct statement *slot;
    TRY(statement_start(tx, sql, args, &slot));
    int code = sqlite3_step(slot->handle);
    if (code == SQLITE_ROW) row_json(slot, out);
    TRY(statement_finish(tx, slot, code));
    return code == SQLITE_ROW ? OK : ERR_MISSING;
}

/* SQLite gives a transaction up by itself when memory or the disk fails. Then there is nothing to
 * roll back, and whatever else was meant for it has not happened. */
enum err db_control(struct db *db, const char *sql) {
    struct statement *slot;
    TRY(statement_find(db, sql, &slot));
    if (sql == db_rollback && sqlite3_get_autocommit(db->sqlite)) return OK;
    int code = sqlite3_step(slot->handle);
    sqlite3_reset(slot->handle);
    return code == SQLITE_ERROR ? ERR_IO : db_error(code);
}

bool db_idle(const struct db *db) {
    return sqlite3_get_autocommit(db->sqlite) != 0;
}

enum err db_rehearse(struct db *db) {
    db->rehearses_alone = db_idle(db);
    return db_control(db, db->rehearses_alone ? db_begin : rehearse_save);
}

enum err db_forget(struct db *db) {
    if (db->rehearses_alone) return db_control(db, db_rollback);
    TRY(db_control(db, rehearse_undo));
    return db_control(db, rehearse_release);
}

enum err db_prepare(struct db *db, const char *sql, sqlite3_stmt **ret_statement) {
    return db_error(sqlite3_prepare_v2(db->sqlite, sql, -1, ret_statement, NULL));
}
