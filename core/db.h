/* db.h: SQLite behind five verbs. A statement is known by the address of its constant text, so
 * every file keeps its SQL in one table at its top and no SQL is ever pasted together.
 * In SQL, rev() and now_ms() are the revision and the instant of the running request. */
#ifndef DB_H
#define DB_H

#include <stdint.h>

#include "json.h"
#include "tx.h"

struct db;

/* A bound or read value. `text` of a read value lives in the call's arena. */
struct value {
    enum { VALUE_NULL, VALUE_INT, VALUE_TEXT, VALUE_BLOB, VALUE_REAL } kind;
    int64_t i;
    double real;
    const char *text;
    size_t size;
};

static inline struct value value_int(int64_t i) {
    return (struct value){.kind = VALUE_INT, .i = i};
}
static inline struct value value_text(const char *text) {
    return (struct value){.kind = text ? VALUE_TEXT : VALUE_NULL, .text = text, .size = SIZE_MAX};
}
static inline struct value value_real(double real) {
    return (struct value){.kind = VALUE_REAL, .real = real};
}
static inline struct value value_blob(const void *bytes, size_t size) {
    return (struct value){.kind = VALUE_BLOB, .text = bytes, .size = size};
}
static inline struct value value_same(struct value value) { return value; }
/* An id of 0 means "none" and is stored as NULL. */
static inline struct value id_or_null(int64_t id) {
    return id ? value_int(id) : (struct value){.kind = VALUE_NULL};
}

/* V picks by type, so that no argument can be bound as what it is not. */
#define V(x)                        \
    _Generic((x),                   \
        bool: value_int,            \
        int: value_int,             \
        unsigned: value_int,        \
        int64_t: value_int,         \
        double: value_real,         \
        char *: value_text,         \
        const char *: value_text,   \
        struct value: value_same)(x)

#define ARGS_1(a) V(a)
#define ARGS_2(a, ...) V(a), ARGS_1(__VA_ARGS__)
#define ARGS_3(a, ...) V(a), ARGS_2(__VA_ARGS__)
#define ARGS_4(a, ...) V(a), ARGS_3(__VA_ARGS__)
#define ARGS_5(a, ...) V(a), ARGS_4(__VA_ARGS__)
#define ARGS_6(a, ...) V(a), ARGS_5(__VA_ARGS__)
#define ARGS_7(a, ...) V(a), ARGS_6(__VA_ARGS__)
#define ARGS_8(a, ...) V(a), ARGS_7(__VA_ARGS__)
#define ARGS_9(a, ...) V(a), ARGS_8(__VA_ARGS__)
#define ARGS_10(a, ...) V(a), ARGS_9(__VA_ARGS__)
#define ARGS_11(a, ...) V(a), ARGS_10(__VA_ARGS__)
#define ARGS_12(a, ...) V(a), ARGS_11(__VA_ARGS__)
#define ARGS_13(a, ...) V(a), ARGS_12(__VA_ARGS__)
#define ARGS_14(a, ...) V(a), ARGS_13(__VA_ARGS__)
#define ARGS_15(a, ...) V(a), ARGS_14(__VA_ARGS__)
#define ARGS_16(a, ...) V(a), ARGS_15(__VA_ARGS__)
#define ARGS_17(a, ...) V(a), ARGS_16(__VA_ARGS__)
#define ARGS_18(a, ...) V(a), ARGS_17(__VA_ARGS__)
#define ARGS_19(a, ...) V(a), ARGS_18(__VA_ARGS__)
#define ARGS_20(a, ...) V(a), ARGS_19(__VA_ARGS__)
#define ARGS_PICK(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, name, ...) name
#define ARGS(...)                                                                                \
    ARGS_PICK(__VA_ARGS__, ARGS_20, ARGS_19, ARGS_18, ARGS_17, ARGS_16, ARGS_15, ARGS_14,        \
              ARGS_13, ARGS_12, ARGS_11, ARGS_10, ARGS_9, ARGS_8, ARGS_7, ARGS_6, ARGS_5, ARGS_4, \
              ARGS_3, ARGS_2, ARGS_1, 0)(__VA_ARGS__)

struct args {
    const struct value *values;
    int n;
};
/* The arguments of a statement, in the order of ?1, ?2, … */
#define WITH(...)                                                                      \
    ((struct args){(const struct value[]){ARGS(__VA_ARGS__)},                          \
                   (int)(sizeof((const struct value[]){ARGS(__VA_ARGS__)}) / sizeof(struct value))})
#define WITH_NOTHING ((struct args){NULL, 0})

/* A failure of the database is noted in tx->trouble too, and nothing more is done in that tx:
 * SQLite may have given up the transaction, and a guard that only asks must not take it for a no.
 * The same where memory ran out: what was read last may be cut short. */

/* Opens or creates the file and its schema; *ret_db is set even on failure and must be closed. */
enum err db_open(const char *path, struct db **ret_db);
/* Makes durable what the log held when the file was opened: it may hold a commit whose sync failed
 * or never came, and which nobody may be told of before. Outside of transactions only. */
enum err db_settle(struct db *);

void db_close(struct db *);

/* What rev() and now_ms() answer from here on. */
void db_request(struct db *, int64_t rev, int64_t now);

/* Runs a statement that returns no row. */
enum err db_run(struct tx *, const char *sql, struct args);

/* SQL: the number of a new row where SQLite keeps no count: after the newest, and after all that a
 * restore has lost (core.restored). */
#define NEXT_ID(table)                                                             \
    "(select max(lost_to_rev, coalesce((select max(" table "_id) from " table "), 0)) + 1" \
    " from desk_state)"

/* Runs an insert; *ret_id is the new row's id. */
enum err db_insert(struct tx *, const char *sql, struct args, int64_t *ret_id);

/* The first row, or ERR_MISSING. */
enum err db_row(struct tx *, const char *sql, struct args, const struct value **ret_row);

/* All rows, `*ret_n` of them, one after the other (`*ret_columns` values each). */
struct rows {
    const struct value *values;
    int n, columns;
};
enum err db_rows(struct tx *, const char *sql, struct args, struct rows *ret_rows);
static inline const struct value *row_at(const struct rows *rows, int i) {
    return rows->values + (size_t)i * (size_t)rows->columns;
}

/* Writes every row as an object whose keys are the column aliases. An alias "muted:bool" writes a
 * boolean, "facts:json" writes the text as it is. `max` rows are written; *ret_more (which may be
 * NULL) tells whether there were others. */
enum err db_json(struct tx *, const char *sql, struct args, int64_t max, struct json *,
                 bool *ret_more);
/* The first row's members into the object that is open; ERR_MISSING when there is none. */
enum err db_json_row(struct tx *, const char *sql, struct args, struct json *);

/* How many rows the last statement changed, and all statements since the file was opened. */
int64_t db_changes(const struct db *);
int64_t db_changes_total(const struct db *);

/* Transactions and savepoints; `sql` is one of the constants below. */
enum err db_control(struct db *, const char *sql);
extern const char db_begin[], db_commit[], db_rollback[], db_save[], db_release[], db_undo[];

/* The cJSON-free way into raw SQLite, for core.hash, which reads every column of every table. */
struct sqlite3_stmt;
enum err db_prepare(struct db *, const char *sql, struct sqlite3_stmt **ret_statement);

/* Whether no transaction is open. */
bool db_idle(const struct db *);

/* What follows is undone whole by db_forget: in a transaction of its own where none is open. */
enum err db_rehearse(struct db *);
enum err db_forget(struct db *);

/* The error an SQLite result code means. */
enum err db_error(int code);

#endif
