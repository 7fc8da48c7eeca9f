/* request.c: the envelope around an operation, and the memory of what was answered. Runs nothing:
 * desk.c does. */
#include "request.h"

#include <math.h>
#include <string.h>

#include "db.h"
#include "texts.h"

static const char find_reply[] =
    "select digest, reply, refused from request where principal = ?1 and id = ?2";
static const char keep_reply[] =
    "insert into request (principal, id, digest, reply, refused, at)"
    " values (?1, ?2, ?3, ?4, ?5, now_ms())";

static const struct field request_fields[] = {
    FIELD(struct request, op, .required = true, .max = 64, .doc = "the operation"),
    FIELD(struct request, id, .max = 64, .min = 1, .doc = "idempotency key"),
    FIELD(struct request, locale, .one_of = locales, .doc = "language of messages"),
    FIELD(struct request, now, .min = 1, .doc = "milliseconds UTC"),
    FIELD(struct request, actor, .doc = "who asks"),
    FIELD(struct request, in, .doc = "input of the operation"),
};
enum { REQUEST_FIELDS = sizeof request_fields / sizeof *request_fields, BATCH_MAX = 1000 };

enum err request_read(struct tx *tx, cJSON *json, int64_t now, struct request *ret_request) {
    if (!cJSON_IsObject(json)) return fail(tx, ERR_MALFORMED, NULL);
    *ret_request = (struct request){.now = now};
    TRY(fields_decode(tx, request_fields, REQUEST_FIELDS, json, ret_request));
    if (!ret_request->now) return fail(tx, ERR_REQUIRED, "now");
    tx->now = tx->real_now = ret_request->now;
    tx->locale_given = ret_request->locale != NULL;
    if (tx->locale_given) tx->locale = ret_request->locale;
    return OK;
}

static enum err request_decode(struct tx *tx, const struct op *op, const cJSON *in, void **ret_in) {
    *ret_in = arena_alloc(tx->arena, op->in_size ? op->in_size : 1);
    return *ret_in ? fields_decode(tx, op->in, op->in_n, in, *ret_in) : ERR_MEMORY;
}

enum err request_check(struct tx *tx, const struct request *request, const struct op *op,
                       void **ret_in) {
    enum err actor = access_actor(tx, request->actor);
    struct fault fault = tx->fault;
    tx->fault = (struct fault){0};
    TRY(request_decode(tx, op, request->in, ret_in));
    tx->fault = fault;
    TRY(actor);
    if (tx->actor.limited && !op->one_item) return fail(tx, ERR_LIMITED, NULL);
    if (op->roles & tx->actor.role) return OK;
    return op->denied ? op->denied : ERR_NOT_ALLOWED;
}

/* A patient's retry may come by a newer link to the same item: the item is the principal. */
static const char *request_principal(struct tx *tx) {
    struct json out = {.arena = tx->arena};
    const struct actor *actor = &tx->actor;
    const char *role = role_word(actor->role);
    bool patient = actor->role == ROLE_PATIENT;
    char id[21];
    json_append(&out, role, strlen(role));
    json_append(&out, ":", 1);
    if (patient) json_append(&out, actor->item_kind, strlen(actor->item_kind));
    json_append(&out, id, int_text(patient ? actor->item_id : actor->agent_id, id));
    return json_end(&out);
}

enum err request_repeat(struct tx *tx, const struct request *request, int64_t digest,
                        struct json *out, bool *ret_answered) {
    const struct value *v;
    *ret_answered = false;
    enum err err = db_row(tx, find_reply, WITH(request_principal(tx), request->id), &v);
    if (err == ERR_MISSING) return OK;
    TRY(err);
    if (v[0].i != digest) return fail(tx, ERR_DUPLICATE_COMMAND, "id");
    if (v[2].i && v[1].size == 0) return fail(tx, ERR_ERASED, NULL);
    if (v[2].i) {
        tx->fault.told = v[1].text;
        return ERR_DUPLICATE_COMMAND;
    }
    json_raw(out, v[1].text, v[1].size);
    *ret_answered = true;
    return OK;
}

void error_json(struct tx *tx, enum err err, struct json *out) {
    const struct error_info *info = error_info(err);
    if (tx->fault.told) {
        json_raw(out, tx->fault.told, strlen(tx->fault.told));
        return;
    }
    json_object(out);
    json_put_text(out, "category", info->category);
    json_put_text(out, "code", info->name);
    json_put_text(out, "field", tx->fault.field);
    json_put_text(out, "message", text_error(tx, err));
    json_put_id(out, "rule", tx->fault.rule);
    if (tx->fault.facts) json_put_raw(out, "facts", tx->fault.facts);
    json_object_end(out);
}

static enum err reply_keep(struct tx *tx, const struct request *request, int64_t digest,
                           bool refused, const char *reply, size_t size) {
    struct value text = {.kind = VALUE_TEXT, .text = reply, .size = size};
    return db_run(tx, keep_reply, WITH(request_principal(tx), request->id, digest, text, refused));
}

enum err request_keep(struct tx *tx, const struct request *request, int64_t digest,
                      enum err refused, size_t from, const struct json *out) {
    if (refused != OK) {
        struct json error = {.arena = tx->arena};
        error_json(tx, refused, &error);
        const char *text = json_end(&error);
        return reply_keep(tx, request, digest, true, text, error.size);
    }
    return reply_keep(tx, request, digest, false, out->text + from, out->size - from);
}

int64_t request_now(const cJSON *root) {
    const cJSON *now; /* null is as if it were not there */
    cJSON_ArrayForEach(now, root)
        if (strcmp(now->string, "now") == 0 && !cJSON_IsNull(now)) break;
    bool good = cJSON_IsNumber(now) && now->valuedouble == floor(now->valuedouble) &&
                now->valuedouble > 0 && now->valuedouble < 9007199254740992.0;
    return good ? (int64_t)now->valuedouble : 0;
}

bool request_batch_good(const cJSON *root, const cJSON *batch) {
    const cJSON *v;
    bool seen[2] = {false, false};
    cJSON_ArrayForEach(v, root) {
        bool is_now = strcmp(v->string, "now") == 0;
        if ((!is_now && strcmp(v->string, "batch") != 0) || seen[is_now]) return false;
        seen[is_now] = true;
    }
    return cJSON_IsArray(batch) && cJSON_GetArraySize(batch) <= BATCH_MAX;
}
