/* texts.c: looking sentences up and filling them. The catalogues are sorted once at opening. */
#include "texts.h"

#include <cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "fields.h"
#include "never.h"

extern const char texts_ru[], texts_pl[], texts_en[];

struct sentence {
    const char *key, *text;
};

struct catalogue {
    cJSON *tree;
    struct sentence *sentences;
    size_t n;
};

struct texts {
    struct catalogue catalogues[3]; /* in the order of `locales` */
};

static int sentence_order(const void *a, const void *b) {
    return strcmp(((const struct sentence *)a)->key, ((const struct sentence *)b)->key);
}

static bool catalogue_open(struct catalogue *catalogue, const char *source) {
    const cJSON *v;
    catalogue->tree = cJSON_Parse(source);
    if (!catalogue->tree) return false;
    size_t room = (size_t)cJSON_GetArraySize(catalogue->tree);
    catalogue->sentences = calloc(room + 1, sizeof *catalogue->sentences);
    if (!catalogue->sentences) return false;
    cJSON_ArrayForEach(v, catalogue->tree) {
        if (NEVER(!cJSON_IsString(v))) continue;
        catalogue->sentences[catalogue->n++] = (struct sentence){v->string, v->valuestring};
    }
    qsort(catalogue->sentences, catalogue->n, sizeof *catalogue->sentences, sentence_order);
    return true;
}

struct texts *texts_open(void) {
    const char *const sources[] = {texts_ru, texts_pl, texts_en};
    struct texts *texts = calloc(1, sizeof *texts);
    for (int i = 0; texts && i < 3; i++) {
        if (catalogue_open(&texts->catalogues[i], sources[i])) continue;
        texts_close(texts);
        return NULL;
    }
    return texts;
}

void texts_close(struct texts *texts) {
    if (!texts) return;
    for (int i = 0; i < 3; i++) {
        free(texts->catalogues[i].sentences);
        cJSON_Delete(texts->catalogues[i].tree);
    }
    free(texts);
}

static const struct catalogue *catalogue_of(const struct texts *texts, const char *locale) {
    for (int i = 0; i < 3; i++)
        if (strcmp(locales[i], locale) == 0) return &texts->catalogues[i];
    return &texts->catalogues[2];
}

static const char *text_find(const struct texts *texts, const char *locale, const char *key) {
    const struct catalogue *catalogue = catalogue_of(texts, locale);
    struct sentence wanted = {.key = key};
    const struct sentence *found = bsearch(&wanted, catalogue->sentences, catalogue->n,
                                           sizeof wanted, sentence_order);
    return found ? found->text : key;
}

static const char *var_value(const struct text_var *vars, const char *name, size_t size) {
    for (; vars && vars->name; vars++)
        if (strlen(vars->name) == size && memcmp(vars->name, name, size) == 0) return vars->value;
    return NULL;
}

static const char *text_fill(struct tx *tx, const char *text, const struct text_var *vars) {
    struct json out = {.arena = tx->arena};
    const char *open;
    while ((open = strchr(text, '{'))) {
        const char *close = strchr(open, '}');
        if (!close) break;
        const char *value = var_value(vars, open + 1, (size_t)(close - open - 1));
        json_append(&out, text, (size_t)(open - text));
        if (value) json_append(&out, value, strlen(value));
        else json_append(&out, open, (size_t)(close - open + 1));
        text = close + 1;
    }
    json_append(&out, text, strlen(text));
    return json_end(&out);
}

const char *text_format(struct tx *tx, const char *locale, const char *key,
                        const struct text_var *vars) {
    return text_fill(tx, text_find(tx->texts, locale, key), vars);
}

const char *text_plain(struct tx *tx, const char *locale, const char *key) {
    return text_find(tx->texts, locale, key);
}

static const char *joined(struct tx *tx, const char *prefix, const char *word) {
    struct json out = {.arena = tx->arena};
    json_append(&out, prefix, strlen(prefix));
    json_append(&out, word, strlen(word));
    return json_end(&out);
}

const char *text_because(struct tx *tx, const char *because, const char *facts) {
    enum { VARS = 16 };
    struct text_var vars[VARS + 1] = {{0}};
    int n = 0;
    const cJSON *v, *tree = facts ? cJSON_Parse(facts) : NULL;
    cJSON_ArrayForEach(v, tree) {
        char number[21];
        if (n == VARS) break;
        if (cJSON_IsNumber(v)) {
            size_t size = int_text((int64_t)v->valuedouble, number);
            vars[n++] = (struct text_var){v->string, arena_text(tx->arena, number, size)};
        } else if (cJSON_IsString(v)) {
            vars[n++] = (struct text_var){v->string, v->valuestring};
        }
    }
    return text_format(tx, tx->locale, joined(tx, "because.", because), vars);
}

/* As people call the field, where the catalogue has a name for it. */
static const char *field_name(struct tx *tx) {
    const char *field = tx->fault.field ? tx->fault.field : "";
    const char *key = joined(tx, "field.", field);
    const char *name = text_plain(tx, tx->locale, key);
    return name == key ? field : name;
}

const char *text_error(struct tx *tx, enum err err) {
    struct text_var vars[] = {{"field", field_name(tx)},
                              {"detail", tx->fault.detail ? tx->fault.detail : ""},
                              {NULL, NULL}};
    return text_format(tx, tx->locale, joined(tx, "error.", error_info(err)->word), vars);
}

/* The plural classes of CLDR for whole numbers in our three languages. */
static const char *plural(const char *locale, int64_t n) {
    bool ru = strcmp(locale, "ru") == 0, pl = strcmp(locale, "pl") == 0;
    int64_t ten = n % 10, hundred = n % 100;
    bool teen = hundred >= 11 && hundred <= 14;
    if (n == 1 || (ru && ten == 1 && !teen)) return ".one";
    bool few = (ru || pl) && ten >= 2 && ten <= 4 && !teen;
    return few ? ".few" : ".many";
}

const char *text_count(struct tx *tx, const char *locale, const char *key, int64_t n) {
    char *number = arena_alloc(tx->arena, 21);
    if (!number) return "";
    int_text(n, number);
    struct text_var vars[] = {{"n", number}, {NULL, NULL}};
    return text_format(tx, locale, joined(tx, key, plural(locale, n)), vars);
}

const char *text_date(struct tx *tx, const char *date) {
    struct json out = {.arena = tx->arena};
    int month = (date[5] - '0') * 10 + date[6] - '0';
    char number[21];
    const char *key = joined(tx, "month.", arena_text(tx->arena, number,
                                                      int_text(month, number)));
    const char *name = text_plain(tx, tx->locale, key);
    const char *day = date + (date[8] == '0' ? 9 : 8);
    json_append(&out, day, strlen(day));
    json_append(&out, " ", 1);
    json_append(&out, name, strlen(name));
    return json_end(&out);
}

void texts_json(const struct texts *texts, const char *locale, const char *prefix,
                struct json *out) {
    const struct catalogue *catalogue = catalogue_of(texts, locale);
    for (size_t i = 0; i < catalogue->n; i++)
        if (strncmp(catalogue->sentences[i].key, prefix, strlen(prefix)) == 0)
            json_put_text(out, catalogue->sentences[i].key, catalogue->sentences[i].text);
}
