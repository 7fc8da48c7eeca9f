/* desk.c: one call: check, parse, find the op, decode, begin, run, commit, encode. Nothing else is
 * decided here; what a request means stands in core/ops and core/machines. */
#include "desk.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "db.h"
#include "effects.h"
#include "history.h"
#include "ops.h"
#include "policy.h"
#include "request.h"
#include "schedule.h"
#include "search.h"
#include "sha256.h"
#include "texts.h"

enum { ABI = 1, REQUEST_BYTES_MAX = 8 * 1024 * 1024 };

struct desk {
    struct db *db;
    enum err broken; /* why the database cannot be used; tried again at the next call */
    char *path;
    struct arena arena;
    struct texts *texts;
    struct policies policies;
    uint8_t head[SHA256_BYTES], saved_head[SHA256_BYTES], begun_head[SHA256_BYTES];
    int64_t rev, begun_rev; /* requests applied; and when the transaction began */
    bool begun;
    bool held; /* a host has said core.hold; without `begun` what it holds is lost */
    bool careful; /* every write in a savepoint of its own */
    bool dirty;   /* a write without one failed after it had changed rows */
    bool unsettled; /* what the log holds may not be durable: see db_settle */
    bool stale;     /* a call ran out of memory: see search_wake */
    bool scrub;     /* what is being written erases somebody */
    int64_t pending, queued_at, timer_at; /* what the last look at the outbox and timers found */
    int64_t pulse_at;                     /* and when that was */
    bool pulse_known;
    char *buffer;
    uint32_t buffer_size, reply_size;
    char last_words[256]; /* the reply for which there was no memory */
};

/* cJSON's hooks are global: they take from the arena of the call that runs on this thread, and
 * from the heap outside of calls. */
static _Thread_local struct arena *call_arena;

static void *hook_alloc(size_t size) {
    return call_arena ? arena_alloc(call_arena, size) : malloc(size);
}

static void hook_free(void *pointer) {
    if (!call_arena) free(pointer);
}

uint32_t desk_abi(void) { return ABI; }

static struct tx desk_tx(desk *self, int64_t now) {
    return (struct tx){.db = self->db, .arena = &self->arena, .texts = self->texts,
                       .policies = &self->policies, .now = now, .rev = self->rev,
                       .locale = "en", .head = self->head};
}

/* Reads what is kept in memory: the revision and the chain's head. */
static enum err desk_refresh(desk *self) {
    static const char rev_sql[] = "select rev from desk_state";
    struct tx tx = desk_tx(self, 0);
    const struct value *v;
    policy_forget(&self->policies);
    self->pulse_known = false;
    TRY(db_row(&tx, rev_sql, WITH_NOTHING, &v));
    self->rev = v[0].i;
    return history_head(&tx);
}

/* The log may hold a commit that a dead process never synced: before anybody is told of it, it is
 * carried into the file. Where that has no room, the log itself was synced first; the next write
 * tries again. */
static enum err desk_settle(desk *self) {
    enum err err = db_settle(self->db);
    self->unsettled = err != OK;
    return err == ERR_FULL ? OK : err;
}

static void desk_reopen(desk *self) {
    db_close(self->db);
    self->db = NULL;
    self->begun = self->stale = false;
    self->broken = db_open(self->path, &self->db);
    if (self->broken == OK) self->broken = desk_settle(self);
    if (self->broken == OK) self->broken = desk_refresh(self);
}

desk *desk_open(const char *path) {
    cJSON_Hooks hooks = {hook_alloc, hook_free};
    cJSON_InitHooks(&hooks);
    desk *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    size_t size = strlen(path) + 1;
    self->path = malloc(size);
    self->texts = texts_open();
    if (!self->path || !self->texts) {
        desk_close(self);
        return NULL;
    }
    memcpy(self->path, path, size);
    desk_reopen(self);
    return self;
}

void desk_close(desk *self) {
    if (!self) return;
    db_close(self->db);
    texts_close(self->texts);
    arena_free(&self->arena);
    free(self->buffer);
    free(self->path);
    free(self);
}

char *desk_buffer(desk *self, uint32_t size) {
    if (size <= self->buffer_size) return self->buffer;
    char *bigger = realloc(self->buffer, size);
    if (!bigger) return NULL;
    self->buffer = bigger;
    self->buffer_size = size;
    return bigger;
}

uint32_t desk_reply_size(const desk *self) { return self->reply_size; }

static enum err op_run(struct tx *tx, const struct op *op, const void *in, struct json *out) {
    json_object(out);
    enum err err = op->run(tx, in, out);
    json_object_end(out);
    enum err broke = tx->arena->failed ? ERR_MEMORY : tx->trouble;
    if (broke != OK) tx->fault.keeps = false;
    return broke != OK ? broke : err;
}

/* Back to the last commit, in the file and in memory. */
static void desk_rollback(desk *self) {
    if (!self->begun) return;
    if (db_control(self->db, db_rollback) != OK) self->broken = ERR_IO;
    self->begun = false;
    self->rev = self->begun_rev;
    memcpy(self->head, self->begun_head, sizeof self->head);
    policy_forget(&self->policies);
    self->pulse_known = false;
}

/* Undoes what a call did that is answered by a failure; it has neither begun nor ended a hold. */
static void desk_give_up(desk *self, bool held) {
    desk_rollback(self);
    self->held = held;
}

/* SQLite ends a transaction by itself when a statement could not go on, even one whose failure
 * nobody minded: what came after it would be committed piece by piece. */
static enum err desk_alive(desk *self) {
    if (!db_idle(self->db)) return OK;
    desk_rollback(self);
    return ERR_IO;
}

static enum err desk_begin(desk *self) {
    if (self->begun) return desk_alive(self);
    /* Its holder believes the earlier requests to be there, and nothing to be committed yet. */
    if (self->held) return ERR_LOST;
    if (self->unsettled) TRY(desk_settle(self));
    if (self->unsettled) return ERR_FULL;
    TRY(db_control(self->db, db_begin));
    self->begun = true;
    self->begun_rev = self->rev;
    memcpy(self->begun_head, self->head, sizeof self->head);
    return OK;
}

static enum err write_inside(desk *self, struct tx *tx, const struct request *request,
                             const struct op *op, const void *in, struct json *out) {
    size_t from = out->size;
    int64_t digest = fields_digest(op->name, op->in, op->in_n, in);
    bool answered = false;
    if (request->id) TRY(request_repeat(tx, request, digest, out, &answered));
    if (answered) return OK;
    tx->rev = self->rev + 1;
    db_request(tx->db, tx->rev, tx->now);
    enum err err = op_run(tx, op, in, out);
    bool refused = err != OK && tx->fault.keeps;
    if (err != OK && !refused) return err;
    if (request->id) TRY(request_keep(tx, request, digest, refused ? err : OK, from, out));
    if (tx->arena->failed) return ERR_MEMORY;
    self->rev = tx->rev;
    self->pulse_known = false;
    return err;
}

static void write_forget(desk *self) {
    memcpy(self->head, self->saved_head, sizeof self->head);
    policy_forget(&self->policies);
}

/* In a savepoint: whatever fails undoes only itself. */
static enum err write_carefully(desk *self, struct tx *tx, const struct request *request,
                                const struct op *op, const void *in, struct json *out) {
    TRY(db_control(self->db, db_save));
    enum err err = write_inside(self, tx, request, op, in, out);
    if (err != OK && !tx->fault.keeps) {
        write_forget(self);
        if (db_control(self->db, db_undo) != OK) return ERR_IO;
    }
    enum err release = db_control(self->db, db_release);
    return err != OK ? err : release;
}

/* A savepoint copies every page that is touched, and nearly every refusal comes before a row is
 * changed. So requests run without one; the rare write that fails half way makes the call begin
 * again, carefully. */
static enum err request_write(desk *self, struct tx *tx, const struct request *request,
                              const struct op *op, const void *in, struct json *out) {
    TRY(desk_begin(self));
    memcpy(self->saved_head, self->head, sizeof self->head);
    if (self->careful) return write_carefully(self, tx, request, op, in, out);
    int64_t before = db_changes_total(self->db);
    enum err err = write_inside(self, tx, request, op, in, out);
    if (err == OK || tx->fault.keeps) return err;
    write_forget(self);
    self->dirty = db_changes_total(self->db) != before;
    return err;
}

static enum err desk_commit(desk *self) {
    static const char keep_rev[] = "update desk_state set rev = ?1";
    struct tx tx = desk_tx(self, 0);
    if (!self->begun) return OK;
    if (self->rev == self->begun_rev) {
        desk_rollback(self);
        return OK;
    }
    TRY(desk_alive(self));
    enum err err = db_run(&tx, keep_rev, WITH(self->rev));
    if (err == OK) err = db_control(self->db, db_commit);
    if (err == OK) {
        self->begun = false;
        /* The log may hold what was erased until it is begun anew; the next write tries again. */
        if (self->scrub) self->unsettled = db_settle(self->db) != OK;
        self->scrub = false;
        return OK;
    }
    desk_rollback(self);
    if (err == ERR_FULL) return err;
    /* Whether the commit became durable is not known: the file is opened afresh, and a repeated
     * idempotency key tells. */
    self->broken = err;
    return ERR_COMMIT_UNKNOWN;
}

/* core.hold, core.commit, core.rollback: about the transaction, not inside it. */
static enum err transaction_op(desk *self, struct tx *tx, const char *name, struct json *out) {
    json_object(out);
    json_object_end(out);
    if (strcmp(name, "core.hold") == 0) {
        if (self->held) return fail(tx, ERR_HELD, NULL);
        TRY(desk_begin(self));
        self->held = true;
        return OK;
    }
    if (!self->held) return fail(tx, ERR_NOT_HELD, NULL);
    bool commits = strcmp(name, "core.commit") == 0, lost = !self->begun;
    self->held = false;
    if (!commits) desk_rollback(self);
    /* The call itself commits whatever is no longer held. */
    return commits && lost ? ERR_LOST : OK;
}

static bool is_transaction_op(const char *name) {
    return strcmp(name, "core.hold") == 0 || strcmp(name, "core.commit") == 0 ||
           strcmp(name, "core.rollback") == 0;
}

static enum err request_run(desk *self, struct tx *tx, cJSON *json, int64_t now, bool in_batch,
                            struct json *out) {
    struct request request;
    void *in;
    TRY(request_read(tx, json, now, &request));
    const struct op *op = op_find(request.op);
    if (!op) return fail(tx, ERR_UNKNOWN_OP, "op");
    db_request(self->db, self->rev, tx->now);
    TRY(request_check(tx, &request, op, &in));
    if (is_transaction_op(op->name)) {
        if (in_batch) return fail(tx, ERR_HELD, "op");
        return transaction_op(self, tx, op->name, out);
    }
    bool writes = op->writes & tx->actor.role;
    if (writes && op->unless) writes = !op->unless(tx, in);
    if (!writes) return op_run(tx, op, in, out);
    return request_write(self, tx, &request, op, in, out);
}

/* In place of whatever was written from there on. */
static void error_instead(struct tx *tx, enum err err, size_t from, bool comma, struct json *out) {
    out->size = from;
    out->comma = comma;
    json_key(out, "error");
    error_json(tx, err, out);
}

/* Runs one request and writes its members, "ok" or "error", into the open object. */
static enum err request_answer(desk *self, cJSON *json, int64_t now, bool in_batch,
                               struct json *out) {
    struct tx tx = desk_tx(self, now ? now : 1);
    size_t size = out->size;
    bool comma = out->comma;
    json_key(out, "ok");
    enum err err = request_run(self, &tx, json, now, in_batch, out);
    if (tx.trouble || tx.arena->failed) err = tx.trouble ? tx.trouble : ERR_MEMORY;
    /* A spoilt file may hold what is no text and no JSON: no reply repeats it. */
    if (err == OK && !json_member_valid(out, size)) err = ERR_CORRUPT;
    self->scrub |= err == OK && tx.scrub;
    self->stale |= err == ERR_MEMORY;
    if (err == OK) return OK;
    error_instead(&tx, err, size, comma, out);
    if (json_member_valid(out, size)) return err;
    tx.fault = (struct fault){0};
    error_instead(&tx, ERR_CORRUPT, size, comma, out);
    return ERR_CORRUPT;
}

static enum err pulse_look(desk *self, int64_t now) {
    struct tx tx = desk_tx(self, now);
    bool due = (self->queued_at && now >= self->queued_at) ||
               (self->timer_at && now >= self->timer_at);
    bool set_back = now < self->pulse_at; /* what was due may wait again */
    if (self->pulse_known && !due && !set_back) return OK;
    TRY(effects_pending(&tx, &self->pending, &self->queued_at));
    TRY(schedule_next(&tx, &self->timer_at));
    self->pulse_known = true;
    self->pulse_at = now;
    return OK;
}

static void pulse_json(desk *self, int64_t now, struct json *out) {
    if (self->broken == OK && now > 0 && pulse_look(self, now) != OK) self->pulse_known = false;
    bool queued_first = self->queued_at && (!self->timer_at || self->queued_at < self->timer_at);
    int64_t wake_at = queued_first ? self->queued_at : self->timer_at;
    /* Something may be due that could not be read: better a tick at once than none for a night. */
    if (!self->pulse_known) wake_at = now > 0 ? now : 1;
    json_put_int(out, "rev", self->rev);
    json_put_id(out, "wake_at", wake_at);
    json_put_int(out, "pending", self->pending);
}

/* What is due is read before the commit: after it nothing may fail, or the reply would be lost. */
static void reply_close(desk *self, int64_t now, struct json *out) {
    pulse_json(self, now, out);
    json_object_end(out);
    json_end(out);
}

/* Every request of the call with the same refusal: the commit that they shared has failed. */
static void answer_all(desk *self, int requests, bool batch, enum err err, struct json *out) {
    struct tx tx = desk_tx(self, 0);
    *out = (struct json){.arena = &self->arena};
    json_object(out);
    if (batch) {
        json_key(out, "batch");
        json_array(out);
    }
    for (int i = 0; i < requests; i++) {
        if (batch) json_object(out);
        json_key(out, "error");
        error_json(&tx, err, out);
        if (batch) json_object_end(out);
    }
    if (batch) json_array_end(out);
}

static enum err batch_answer(desk *self, const cJSON *batch, int64_t now, struct json *out) {
    enum err spoiled = OK;
    cJSON *request;
    json_key(out, "batch");
    json_array(out);
    cJSON_ArrayForEach(request, batch) {
        json_object(out);
        enum err err = request_answer(self, request, now, true, out);
        json_object_end(out);
        if (err_spoils(err)) spoiled = err;
        bool again = self->dirty && !self->careful;
        if ((spoiled && self->begun) || again) break;
    }
    json_array_end(out);
    return spoiled;
}

/* Runs what the call holds; a batch that was refused half way begins again, carefully. */
static enum err requests_answer(desk *self, cJSON *root, const cJSON *batch, int64_t now,
                                struct json *out) {
    size_t size = out->size;
    bool comma = out->comma;
    self->careful = self->held;
    self->dirty = false;
    enum err err = batch ? batch_answer(self, batch, now, out)
                         : request_answer(self, root, now, false, out);
    if (!self->dirty) return err;
    desk_rollback(self);
    if (self->broken) return self->broken;
    if (!batch || err_spoils(err)) return err;
    out->size = size;
    out->comma = comma;
    self->careful = true;
    return batch_answer(self, batch, now, out);
}

static void call_answer(desk *self, cJSON *root, struct json *out) {
    const cJSON *batch = cJSON_GetObjectItemCaseSensitive(root, "batch");
    int64_t now = request_now(root);
    int requests = batch ? cJSON_GetArraySize(batch) : 1;
    json_object(out);
    if (batch && !request_batch_good(root, batch)) {
        answer_all(self, 1, false, ERR_MALFORMED, out);
        reply_close(self, now, out);
        return;
    }
    bool held = self->held;
    enum err err = requests_answer(self, root, batch, now, out);
    bool undo = err_spoils(err) && (self->begun || self->broken || self->dirty);
    if (undo) desk_give_up(self, held);
    if (undo && batch) answer_all(self, requests, true, err, out);
    if (err == ERR_IO || err == ERR_CORRUPT) self->broken = err;
    /* What a read tried out and could not take back goes with the connection. */
    if (!self->begun && self->db && !db_idle(self->db)) self->broken = ERR_IO;
    reply_close(self, now, out);
    if (self->arena.failed) desk_give_up(self, held);
    enum err commit = self->held ? OK : desk_commit(self);
    if (commit == OK) return;
    answer_all(self, requests, batch != NULL, commit, out);
    reply_close(self, now, out);
}

static void call_refuse(desk *self, enum err err, struct json *out) {
    answer_all(self, 1, false, err, out);
    reply_close(self, 0, out);
}

/* Where that cannot be done, the file is opened afresh. */
static void index_wake(desk *self) {
    struct tx tx = desk_tx(self, 0);
    self->broken = search_wake(&tx);
    self->stale = false;
}

static void call_handle(desk *self, uint32_t size, struct json *out) {
    if (self->stale && !self->broken) index_wake(self);
    if (self->broken) desk_reopen(self);
    enum err err = self->broken;
    if (err == OK && size > REQUEST_BYTES_MAX) err = ERR_TOO_LARGE;
    bool good = err == OK && json_valid(self->buffer, size);
    cJSON *root = good ? cJSON_ParseWithLength(self->buffer, size) : NULL;
    if (err == OK && !cJSON_IsObject(root)) err = ERR_MALFORMED;
    if (err == OK) call_answer(self, root, out);
    else call_refuse(self, err, out);
}

/* When there was no memory for a reply, and so nothing was committed; unless the commit itself
 * failed, and then that could not be said. */
static const char *reply_without_memory(desk *self) {
    const struct error_info *info = error_info(self->broken ? ERR_COMMIT_UNKNOWN : ERR_MEMORY);
    struct json out = {.text = self->last_words, .room = sizeof self->last_words};
    self->pulse_known = false;
    json_object(&out);
    json_key(&out, "error");
    json_object(&out);
    json_put_text(&out, "category", info->category);
    json_put_text(&out, "code", info->name);
    json_put_text(&out, "field", NULL);
    json_put_text(&out, "message", "");
    json_put_id(&out, "rule", 0);
    json_object_end(&out);
    reply_close(self, 0, &out);
    self->reply_size = (uint32_t)out.size;
    return out.text;
}

const char *desk_call(desk *self, uint32_t size) {
    assert(size <= self->buffer_size);
    arena_reset(&self->arena);
    call_arena = &self->arena;
    struct json out = {.arena = &self->arena};
    call_handle(self, size, &out);
    call_arena = NULL;
    if (self->arena.failed) return reply_without_memory(self);
    self->reply_size = (uint32_t)out.size;
    return out.text;
}
