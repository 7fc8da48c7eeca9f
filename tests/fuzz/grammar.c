/* grammar.c: what a request is made of. Refuses to judge: what is good, the core says. */
#include "grammar.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "desk.h"
#include "reply.h"
#include "words.h"
#include "world.h"

static const cJSON *described(const char *list) {
    static cJSON *all;
    if (!all) all = cJSON_Parse(desk_describe());
    return cJSON_GetObjectItem(all, list);
}

unsigned choose(struct chance *chance, unsigned n) {
    chance->state = chance->state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(chance->state >> 33) % n;
}

static const char *word_of(const cJSON *object, const char *key) {
    const char *word = cJSON_GetStringValue(cJSON_GetObjectItem(object, key));
    return word ? word : "";
}

static const cJSON *one_item(struct chance *chance, const cJSON *list) {
    int n = cJSON_GetArraySize(list);
    return n > 0 ? cJSON_GetArrayItem(list, (int)choose(chance, (unsigned)n)) : NULL;
}

static bool ends_with(const char *word, const char *end) {
    size_t size = strlen(word), tail = strlen(end);
    return size >= tail && strcmp(word + size - tail, end) == 0;
}

/* The first few of everything exist in the world, the next come up while it goes on. */
static double some_id(struct chance *chance) {
    static const double strange[] = {0, -1, 1.5, 99, 9007199254740991, 9007199254740992, 1e300};
    unsigned kind = choose(chance, 32);
    if (kind == 0) return strange[choose(chance, sizeof strange / sizeof *strange)];
    return kind < 24 ? 1 + choose(chance, 4) : 1 + choose(chance, 20);
}

static double some_number(struct chance *chance, const cJSON *field) {
    const cJSON *min = cJSON_GetObjectItem(field, "min"), *max = cJSON_GetObjectItem(field, "max");
    double low = min ? min->valuedouble : 0, high = max ? max->valuedouble : 9007199254740991;
    switch (choose(chance, 10)) {
    case 0: return low;
    case 1: return high;
    case 2: return low - 1;
    case 3: return high + 1;
    case 4: return 0.5;
    case 5: return high < 1000 ? low + choose(chance, (unsigned)(high - low) + 1) : high / 2;
    default: return low + choose(chance, 4);
    }
}

static double some_instant(struct chance *chance) {
    static const double steps[] = {0, 1, 1e3, 6e4, 6e5, 3.6e6, 8.64e7, 1.728e8, 2.592e8, 6.048e8,
                                   1.2096e9, 2.592e9, 3.1536e10};
    double step = steps[choose(chance, sizeof steps / sizeof *steps)];
    return (double)WORLD_NOW + (choose(chance, 3) ? step : -step);
}

static cJSON *some_texts(struct chance *chance, const char *name) {
    cJSON *list = cJSON_CreateArray();
    for (unsigned n = choose(chance, 4); n > 0; n--)
        cJSON_AddItemToArray(list, cJSON_CreateString(words_for(chance, name)));
    return list;
}

/* The only op that takes a list of objects takes opening hours. */
static cJSON *some_objects(struct chance *chance) {
    cJSON *list = cJSON_CreateArray();
    for (unsigned n = choose(chance, 5); n > 0; n--) {
        cJSON *hours = cJSON_CreateObject();
        cJSON_AddNumberToObject(hours, "day", choose(chance, 9));
        cJSON_AddStringToObject(hours, "from", words_for(chance, "minute"));
        cJSON_AddStringToObject(hours, "to", words_for(chance, "minute"));
        cJSON_AddItemToArray(list, hours);
    }
    return list;
}

static cJSON *wrong_value(struct chance *chance) {
    switch (choose(chance, 7)) {
    case 0: return cJSON_CreateNull();
    case 1: return cJSON_CreateTrue();
    case 2: return cJSON_CreateString("");
    case 3: return cJSON_CreateNumber(-7.25);
    case 4: return cJSON_CreateObject();
    case 5: return cJSON_CreateArray();
    default: return cJSON_CreateString("true");
    }
}

static cJSON *some_text(struct chance *chance, const cJSON *field, const char *name) {
    const cJSON *one = one_item(chance, cJSON_GetObjectItem(field, "one_of"));
    if (one && choose(chance, 32)) return cJSON_CreateString(one->valuestring);
    const char *format = word_of(field, "format");
    if (strcmp(name, "key") == 0 && choose(chance, 16))
        return cJSON_CreateString(word_of(one_item(chance, described("policies")), "key"));
    if (choose(chance, 24)) return cJSON_CreateString(words_for(chance, *format ? format : name));
    const cJSON *max = cJSON_GetObjectItem(field, "max");
    return cJSON_CreateString(words_long(chance, max ? max->valuedouble : 200));
}

static cJSON *some_value(struct chance *chance, const cJSON *field) {
    const char *type = word_of(field, "type"), *name = word_of(field, "name");
    if (choose(chance, 64) == 0) return wrong_value(chance);
    if (strcmp(type, "boolean") == 0) return cJSON_CreateBool(choose(chance, 4) != 0);
    if (strcmp(type, "texts") == 0) return some_texts(chance, name);
    if (strcmp(type, "objects") == 0) return some_objects(chance);
    if (strcmp(type, "object") == 0) return cJSON_CreateObject();
    if (strcmp(type, "text") == 0) return some_text(chance, field, name);
    if (strcmp(type, "integer") != 0) return cJSON_CreateNumber(some_number(chance, field));
    if (ends_with(name, "_id")) return cJSON_CreateNumber(some_id(chance));
    if (ends_with(name, "at")) return cJSON_CreateNumber(some_instant(chance));
    return cJSON_CreateNumber(some_number(chance, field));
}

static const cJSON *op_named(const char *name) {
    const cJSON *op;
    cJSON_ArrayForEach(op, described("ops"))
        if (strcmp(word_of(op, "name"), name) == 0) return op;
    return NULL;
}

static void actor_as(struct chance *chance, cJSON *request, const char *role) {
    /* Who has which role in the world of world.c. */
    static const struct { const char *role; int agents[2]; } staff[] = {
        {"representative", {1, 2}}, {"doctor", {3, 3}}, {"assistant", {4, 4}},
        {"administrator", {5, 5}}, {"moderator", {6, 6}}, {"manager", {7, 7}},
    };
    cJSON *actor = cJSON_CreateObject();
    cJSON_AddStringToObject(actor, "role", role);
    for (size_t i = 0; i < sizeof staff / sizeof *staff; i++)
        if (strcmp(staff[i].role, role) == 0)
            cJSON_AddNumberToObject(actor, "agent_id", staff[i].agents[choose(chance, 8) == 0]);
    if (strcmp(role, "patient") == 0)
        cJSON_AddNumberToObject(actor, "link_id",
                                choose(chance, 2) ? 1 : 1 + choose(chance, 24));
    if (choose(chance, 8) == 0) cJSON_AddNumberToObject(actor, "session_id", some_id(chance));
    if (choose(chance, 64) == 0) cJSON_AddNumberToObject(actor, "agent_id", some_id(chance));
    cJSON_DeleteItemFromObject(request, "actor");
    cJSON_AddItemToObject(request, "actor", actor);
}

void grammar_actor(struct chance *chance, cJSON *request) {
    static const char *const roles[] = {"host", "integration", "representative", "doctor",
                                        "assistant", "administrator", "moderator", "manager",
                                        "patient", "visitor"};
    const cJSON *may = cJSON_GetObjectItem(op_named(word_of(request, "op")), "roles");
    const cJSON *role = one_item(chance, may);
    if (role && choose(chance, 16)) actor_as(chance, request, role->valuestring);
    else actor_as(chance, request, roles[choose(chance, sizeof roles / sizeof *roles)]);
}

void grammar_now(struct chance *chance, cJSON *request, int64_t now) {
    static const double jumps[] = {0, 1, 1000, 60000, 600000, 3600000, 86400000, 172800000,
                                   604800000, 2592000000, 34560000000};
    unsigned n = sizeof jumps / sizeof *jumps;
    double jump = jumps[choose(chance, 4) ? choose(chance, 5) : choose(chance, n)];
    cJSON_DeleteItemFromObject(request, "now");
    /* Clocks go backwards too, now and then. */
    cJSON_AddNumberToObject(request, "now", (double)now + (choose(chance, 32) ? jump : -jump));
}

void grammar_key(struct chance *chance, cJSON *request) {
    char key[8];
    cJSON_DeleteItemFromObject(request, "id");
    snprintf(key, sizeof key, "k%u", choose(chance, 4));
    if (choose(chance, 4)) cJSON_AddStringToObject(request, "id", key);
}

void grammar_field(struct chance *chance, cJSON *request) {
    cJSON *in = cJSON_GetObjectItem(request, "in");
    const cJSON *op = op_named(word_of(request, "op"));
    const cJSON *field = one_item(chance, cJSON_GetObjectItem(op, "in"));
    if (!cJSON_IsObject(in)) return;
    if (!field || choose(chance, 48) == 0) {
        /* A field that nobody knows, or one that comes twice. */
        const char *name = field && choose(chance, 2) ? word_of(field, "name") : "unknown";
        cJSON_AddItemToObject(in, name, wrong_value(chance));
        return;
    }
    cJSON_DeleteItemFromObject(in, word_of(field, "name"));
    if (choose(chance, 8))
        cJSON_AddItemToObject(in, word_of(field, "name"), some_value(chance, field));
}

static cJSON *request_of(struct chance *chance, const cJSON *op, int64_t now) {
    cJSON *request = cJSON_CreateObject(), *in = cJSON_CreateObject();
    const cJSON *field;
    cJSON_AddStringToObject(request, "op", word_of(op, "name"));
    grammar_now(chance, request, now);
    grammar_actor(chance, request);
    if (choose(chance, 4) == 0) grammar_key(chance, request);
    if (choose(chance, 16) == 0)
        cJSON_AddStringToObject(request, "locale", words_for(chance, "locale"));
    cJSON_ArrayForEach(field, cJSON_GetObjectItem(op, "in")) {
        bool required = cJSON_IsTrue(cJSON_GetObjectItem(field, "required"));
        if (required ? choose(chance, 64) : choose(chance, 3) == 0)
            cJSON_AddItemToObject(in, word_of(field, "name"), some_value(chance, field));
    }
    cJSON_AddItemToObject(request, "in", in);
    return request;
}

cJSON *grammar_request(struct chance *chance, int64_t now) {
    const cJSON *op = one_item(chance, described("ops"));
    /* A commit ends what can be undone quickly, so it comes less often than its share. */
    if (strncmp(word_of(op, "name"), "core.", 5) == 0 && choose(chance, 8))
        op = one_item(chance, described("ops"));
    return request_of(chance, op, now);
}

cJSON *grammar_move(struct chance *chance, int64_t now) {
    static const char *const moves[] = {"clock.tick", "effect.take", "effect.settle",
                                        "effect.report"};
    cJSON *request = request_of(chance, op_named(moves[choose(chance, 4)]), now);
    actor_as(chance, request, "host");
    return request;
}
