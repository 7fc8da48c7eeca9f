/* schedule.c: setting, cancelling and firing timers. What an event means, its machine knows. */
#include "schedule.h"

#include "db.h"

enum { SET, CANCEL, TAKE, NEXT, DUE, OF_ITEM, ONE, OVERDUE };
static const char *const schedule_sql[] = {
    [SET] = "insert into schedule (item_kind, item_id, event, due_at) values (?1, ?2, ?3, ?4)"
            " on conflict do update set due_at = excluded.due_at",
    [CANCEL] = "delete from schedule where item_kind = ?1 and item_id = ?2 and event = ?3",
    [TAKE] = "delete from schedule where item_kind = ?1 and item_id = ?2 and event = ?3"
             " and due_at = ?4",
    [ONE] = "select due_at from schedule where item_kind = ?1 and item_id = ?2 and event = ?3",
    [OVERDUE] = "select item_kind, item_id, event, due_at from schedule where item_kind = ?1"
                " and item_id = ?2 and due_at < ?3 order by due_at, event limit 1",
    [NEXT] = "select due_at from schedule order by due_at limit 1",
    [DUE] = "select item_kind, item_id, event, due_at from schedule where due_at <= ?1"
            " order by due_at, item_kind, item_id, event limit ?2",
    [OF_ITEM] = "select item_kind, item_id, event, due_at from schedule"
                " where (item_kind = ?1 and item_id = ?2) or (item_kind = 'effect' and item_id in"
                " (select effect_id from message m join effect e using (message_id)"
                " where m.item_kind = ?1 and m.item_id = ?2 union all select effect_id from effect"
                " where item_kind = ?1 and item_id = ?2 and message_id is null"
                " and state = 'queued'))"
                " order by due_at, item_kind, item_id, event limit 1",
};

enum { BATCH = 256 };

enum err schedule_set(struct tx *tx, const char *item_kind, int64_t item_id, enum event event,
                      int64_t due_at) {
    if (!tx->timer_set_at || due_at < tx->timer_set_at) tx->timer_set_at = due_at;
    return db_run(tx, schedule_sql[SET], WITH(item_kind, item_id, event_word(event), due_at));
}

enum err schedule_cancel(struct tx *tx, const char *item_kind, int64_t item_id, enum event event) {
    return db_run(tx, schedule_sql[CANCEL], WITH(item_kind, item_id, event_word(event)));
}

enum err schedule_due(struct tx *tx, const char *item_kind, int64_t item_id, enum event event,
                      int64_t *ret_due_at) {
    const struct value *row;
    enum err err = db_row(tx, schedule_sql[ONE], WITH(item_kind, item_id, event_word(event)), &row);
    *ret_due_at = err == OK ? row[0].i : 0;
    return err == ERR_MISSING ? OK : err;
}

enum err schedule_next(struct tx *tx, int64_t *ret_due_at) {
    const struct value *row;
    enum err err = db_row(tx, schedule_sql[NEXT], WITH_NOTHING, &row);
    *ret_due_at = err == OK ? row[0].i : 0;
    return err == ERR_MISSING ? OK : err;
}

/* Fires one timer, unless what fired before it has cancelled or moved it: `late` says that it may
 * have. One that was just read and cannot be taken would be read again for ever. */
static enum err timer_fire(struct tx *tx, const struct value *v, bool late) {
    const struct machine *machine = machine_find(v[0].text);
    enum event event = event_find(v[2].text);
    if (!machine || event == EVENT_NONE) return ERR_CORRUPT;
    TRY(db_run(tx, schedule_sql[TAKE], WITH(v[0], v[1], v[2], v[3])));
    if (db_changes(tx->db) == 0) return late ? OK : ERR_CORRUPT;
    tx->now = v[3].i;
    db_request(tx->db, tx->rev, tx->now);
    enum err err = machine_fire(tx, machine, v[1].i, event, NULL);
    /* A timer that its machine has outlived must not stop the clock for all others. */
    if (err && err != ERR_SETTLED) return err;
    return machine->fired ? machine->fired(tx, v[1].i) : OK;
}

/* Fires the rows in order, up to the first that a timer set meanwhile precedes. */
static enum err timers_fire(struct tx *tx, const struct rows *rows, int64_t *ret_fired) {
    struct arena_mark mark = arena_mark(tx->arena);
    tx->timer_set_at = 0;
    for (int i = 0; i < rows->n; i++) {
        const struct value *row = row_at(rows, i);
        if (tx->timer_set_at && tx->timer_set_at < row[3].i) return OK;
        TRY(timer_fire(tx, row, i > 0));
        arena_rewind(tx->arena, mark);
        ++*ret_fired;
    }
    return OK;
}

enum err schedule_fire(struct tx *tx, int64_t limit, int64_t *ret_fired) {
    int64_t until = tx->now;
    struct rows rows;
    *ret_fired = 0;
    do {
        struct arena_mark mark = arena_mark(tx->arena);
        int64_t part = limit - *ret_fired < BATCH ? limit - *ret_fired : BATCH;
        TRY(db_rows(tx, schedule_sql[DUE], WITH(until, part), &rows));
        TRY(timers_fire(tx, &rows, ret_fired));
        arena_rewind(tx->arena, mark);
    } while (rows.n > 0 && *ret_fired < limit);
    tx->now = until;
    db_request(tx->db, tx->rev, tx->now);
    return OK;
}

enum err schedule_foresee(struct tx *tx, const char *item_kind, int64_t item_id) {
    const struct value *row;
    TRY(db_row(tx, schedule_sql[OF_ITEM], WITH(item_kind, item_id), &row));
    return timer_fire(tx, row, false);
}

/* The timers fire as the clock, not as the one who asks. */
enum err schedule_catch_up(struct tx *tx, const char *item_kind, int64_t item_id) {
    struct actor asking = tx->actor;
    int64_t now = tx->now;
    const struct value *row;
    enum err err;
    while ((err = db_row(tx, schedule_sql[OVERDUE], WITH(item_kind, item_id, now), &row)) == OK) {
        tx->actor = (struct actor){.role = ROLE_HOST};
        err = timer_fire(tx, row, false);
        tx->actor = asking;
        tx->now = now;
        db_request(tx->db, tx->rev, now);
        TRY(err);
    }
    return err == ERR_MISSING ? OK : err;
}

bool schedule_overdue(struct tx *tx, const char *item_kind, int64_t item_id) {
    const struct value *row;
    return db_row(tx, schedule_sql[OVERDUE], WITH(item_kind, item_id, tx->now), &row) == OK;
}
