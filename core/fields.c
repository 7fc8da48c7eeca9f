/* fields.c: decoding and validating by table. Knows kinds and formats, no op. */
#include "fields.h"

#include <math.h>
#include <string.h>

#include "sha256.h"

static const int64_t id_max = ((int64_t)1 << 53) - 1;
enum { TEXT_MAX = 200 };

const char *const locales[] = {"ru", "pl", "en", NULL};
const char *const tiers[] = {"premium", "basic", NULL};

int64_t text_length(const char *text) {
    int64_t n = 0;
    for (; *text; text++) n += ((unsigned char)*text & 0xC0) != 0x80;
    return n;
}

bool phone_valid(const char *text) {
    size_t digits = strspn(text[0] == '+' ? text + 1 : "", "0123456789");
    return digits >= 7 && digits <= 15 && text[1] != '0' && text[1 + digits] == 0;
}

bool email_valid(const char *text) {
    const char *at = strchr(text, '@');
    if (!at || at == text || at[1] == 0 || strchr(at + 1, '@') || !strchr(at, '.')) return false;
    for (const unsigned char *p = (const unsigned char *)text; *p; p++)
        if (*p <= ' ' || *p == 0x7F || strchr("<>,;:\"\\()[]", *p)) return false;
    return true;
}

static bool blank(const char *text) {
    return text[strspn(text, " \t\r\n")] == 0;
}

static bool has_control(const char *text) {
    for (const unsigned char *p = (const unsigned char *)text; *p; p++)
        if ((*p < ' ' && *p != '\n' && *p != '\t' && *p != '\r') || *p == 0x7F) return true;
    return false;
}

static const char *list_text(struct tx *tx, const char *const *list) {
    struct json j = {.arena = tx->arena};
    for (int i = 0; list[i]; i++) {
        if (i > 0) json_append(&j, ", ", 2);
        json_append(&j, list[i], strlen(list[i]));
    }
    return json_end(&j);
}

static bool listed(const char *const *list, const char *text) {
    for (int i = 0; list[i]; i++)
        if (strcmp(list[i], text) == 0) return true;
    return false;
}

static enum err fail_limit(struct tx *tx, enum err err, const struct field *f, int64_t limit) {
    char *text = arena_alloc(tx->arena, 21);
    if (text) int_text(limit, text);
    return fail_detail(tx, err, f->name, text);
}

static enum err decode_text(struct tx *tx, const struct field *f, const cJSON *v, void *at) {
    if (!cJSON_IsString(v)) return fail(tx, ERR_WRONG_TYPE, f->name);
    const char *text = v->valuestring;
    int64_t max = f->max ? f->max : TEXT_MAX;
    if (text_length(text) > max) return fail_limit(tx, ERR_TOO_LONG, f, max);
    if (blank(text) && f->required) return fail(tx, ERR_REQUIRED, f->name);
    if (has_control(text))
        return fail_detail(tx, ERR_BAD_VALUE, f->name, "U+0009, U+000A, U+000D, U+0020 …");
    if (f->one_of && *text && !listed(f->one_of, text))
        return fail_detail(tx, ERR_BAD_VALUE, f->name, list_text(tx, f->one_of));
    if (f->format == FORMAT_PHONE && *text && !phone_valid(text))
        return fail(tx, ERR_BAD_PHONE, f->name);
    if (f->format == FORMAT_EMAIL && *text && !email_valid(text))
        return fail(tx, ERR_BAD_EMAIL, f->name);
    memcpy(at, &text, sizeof text);
    return OK;
}

static enum err decode_int(struct tx *tx, const struct field *f, const cJSON *v, void *at) {
    if (!cJSON_IsNumber(v) || v->valuedouble != floor(v->valuedouble))
        return fail(tx, ERR_WRONG_TYPE, f->name);
    int64_t max = f->max ? f->max : id_max;
    if (v->valuedouble > (double)max) return fail_limit(tx, ERR_OUT_OF_RANGE, f, max);
    if (v->valuedouble < (double)f->min) return fail_limit(tx, ERR_OUT_OF_RANGE, f, f->min);
    int64_t number = (int64_t)v->valuedouble;
    memcpy(at, &number, sizeof number);
    return OK;
}

static enum err decode_real(struct tx *tx, const struct field *f, const cJSON *v, void *at) {
    if (!cJSON_IsNumber(v)) return fail(tx, ERR_WRONG_TYPE, f->name);
    double number = v->valuedouble;
    if (number < (double)f->min) return fail_limit(tx, ERR_OUT_OF_RANGE, f, f->min);
    if (number > (double)f->max) return fail_limit(tx, ERR_OUT_OF_RANGE, f, f->max);
    memcpy(at, &number, sizeof number);
    return OK;
}

/* The list of a format that is one: of texts, or of objects that the op looks into. */
static enum err decode_list(struct tx *tx, const struct field *f, const cJSON *v) {
    const cJSON *item;
    if (!cJSON_IsArray(v)) return fail(tx, ERR_WRONG_TYPE, f->name);
    if (cJSON_GetArraySize(v) > f->max) return fail_limit(tx, ERR_TOO_LONG, f, f->max);
    cJSON_ArrayForEach(item, v) {
        bool text = f->format == FORMAT_TEXTS;
        if (text ? !cJSON_IsString(item) : !cJSON_IsObject(item))
            return fail(tx, ERR_WRONG_TYPE, f->name);
        if (text && text_length(item->valuestring) > TEXT_MAX)
            return fail_limit(tx, ERR_TOO_LONG, f, TEXT_MAX);
    }
    return OK;
}

static enum err decode_json(struct tx *tx, const struct field *f, const cJSON *v, void *at) {
    bool list = f->format == FORMAT_TEXTS || f->format == FORMAT_OBJECTS;
    if (list) TRY(decode_list(tx, f, v));
    else if (!cJSON_IsObject(v)) return fail(tx, ERR_WRONG_TYPE, f->name);
    memcpy(at, &v, sizeof v);
    return OK;
}

static enum err decode_bool(struct tx *tx, const struct field *f, const cJSON *v, void *at) {
    if (!cJSON_IsBool(v)) return fail(tx, ERR_WRONG_TYPE, f->name);
    bool value = cJSON_IsTrue(v);
    memcpy(at, &value, sizeof value);
    return OK;
}

static enum err decode_member(struct tx *tx, const struct field *f, const cJSON *v, void *ret_in) {
    void *at = (char *)ret_in + f->offset;
    switch (f->kind) {
    case FIELD_TEXT: return decode_text(tx, f, v, at);
    case FIELD_INT: return decode_int(tx, f, v, at);
    case FIELD_BOOL: return decode_bool(tx, f, v, at);
    case FIELD_REAL: return decode_real(tx, f, v, at);
    case FIELD_JSON: return decode_json(tx, f, v, at);
    }
    return ERR_BUG;
}

static const struct field *field_find(const struct field *fields, int n, const char *name) {
    for (int i = 0; i < n; i++)
        if (strcmp(fields[i].name, name) == 0) return &fields[i];
    return NULL;
}

enum err fields_decode(struct tx *tx, const struct field *fields, int n, const cJSON *in,
                       void *ret_in) {
    uint64_t seen = 0;
    const cJSON *v;
    cJSON_ArrayForEach(v, in) {
        const struct field *f = field_find(fields, n, v->string);
        const char *name = arena_text(tx->arena, v->string, strlen(v->string));
        if (!f) return fail(tx, ERR_UNKNOWN_FIELD, name);
        uint64_t bit = (uint64_t)1 << (f - fields);
        if (seen & bit) return fail(tx, ERR_DUPLICATE_FIELD, name);
        if (cJSON_IsNull(v)) continue;
        seen |= bit;
        TRY(decode_member(tx, f, v, ret_in));
    }
    tx->given = seen;
    for (int i = 0; i < n; i++)
        if (fields[i].required && !(seen >> i & 1)) return fail(tx, ERR_REQUIRED, fields[i].name);
    return OK;
}

const char *field_path(struct tx *tx, const char *list, int place, const char *member) {
    struct json path = {.arena = tx->arena};
    char number[21];
    json_append(&path, list, strlen(list));
    json_append(&path, "[", 1);
    json_append(&path, number, int_text(place, number));
    json_append(&path, member ? "]." : "]", member ? 2 : 1);
    if (member) json_append(&path, member, strlen(member));
    return json_end(&path);
}

enum err fields_decode_nth(struct tx *tx, const char *list, int place, const struct field *fields,
                           int n, const cJSON *in, void *ret_in) {
    uint64_t given = tx->given;
    enum err err = fields_decode(tx, fields, n, in, ret_in);
    tx->given = given;
    return err ? fail(tx, err, field_path(tx, list, place, tx->fault.field)) : OK;
}

const char *field_text(const struct field *f, const void *in) {
    const char *text;
    memcpy(&text, (const char *)in + f->offset, sizeof text);
    return text;
}

int64_t field_int(const struct field *f, const void *in) {
    int64_t number;
    memcpy(&number, (const char *)in + f->offset, sizeof number);
    return number;
}

static void digest_json(struct sha256 *sha, const cJSON *v) {
    for (; v; v = v->next) {
        int kind = v->type & 0xFF;
        sha256_add(sha, &kind, sizeof kind);
        if (v->string) sha256_add(sha, v->string, strlen(v->string) + 1);
        if (v->valuestring) sha256_add(sha, v->valuestring, strlen(v->valuestring) + 1);
        if (cJSON_IsNumber(v)) sha256_add(sha, &v->valuedouble, sizeof v->valuedouble);
        digest_json(sha, v->child);
    }
}

static void digest_member(struct sha256 *sha, const struct field *f, const void *in) {
    const char *at = (const char *)in + f->offset;
    const cJSON *tree;
    switch (f->kind) {
    case FIELD_TEXT: {
        const char *text = field_text(f, in);
        if (text) sha256_add(sha, text, strlen(text) + 1);
        break;
    }
    case FIELD_INT: sha256_add(sha, at, sizeof(int64_t)); break;
    case FIELD_BOOL: sha256_add(sha, at, sizeof(bool)); break;
    case FIELD_REAL: sha256_add(sha, at, sizeof(double)); break;
    case FIELD_JSON:
        memcpy(&tree, at, sizeof tree);
        if (tree) digest_json(sha, tree->child);
        break;
    }
}

int64_t fields_digest(const char *op, const struct field *fields, int n, const void *in) {
    struct sha256 sha;
    uint8_t hash[SHA256_BYTES];
    uint64_t digest = 0;
    sha256_init(&sha);
    sha256_add(&sha, op, strlen(op) + 1);
    for (int i = 0; i < n; i++) {
        sha256_add(&sha, fields[i].name, strlen(fields[i].name) + 1);
        digest_member(&sha, &fields[i], in);
    }
    sha256_end(&sha, hash);
    for (int i = 0; i < 8; i++) digest = digest << 8 | hash[i];
    return (int64_t)digest;
}
