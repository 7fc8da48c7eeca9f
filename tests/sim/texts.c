/* texts.c: requests as the JSON that they are sent as, and values out of replies. */
#include "texts.h"

#include <stdio.h>
#include <string.h>

int64_t number_of(const cJSON *object, const char *key) {
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(object, key);
    return cJSON_IsNumber(v) ? (int64_t)v->valuedouble : 0;
}

const char *text_in(const cJSON *object, const char *key) {
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(object, key);
    return cJSON_IsString(v) ? v->valuestring : "";
}

static const uint64_t begun = 1469598103934665603u;

static uint64_t mixed(uint64_t hash, uint64_t next) { return (hash ^ next) * 1099511628211u; }

static uint64_t text_mixed(uint64_t hash, const char *text) {
    for (; *text; text++) hash = mixed(hash, (uint8_t)*text);
    return hash;
}

uint64_t digest_of(const char *text) { return text_mixed(begun, text); }

static uint64_t value_mixed(uint64_t hash, const cJSON *value) {
    const cJSON *member;
    uint64_t bits;
    memcpy(&bits, &value->valuedouble, sizeof bits);
    hash = mixed(mixed(hash, (uint64_t)(value->type & 0xFF)), cJSON_IsNumber(value) ? bits : 0);
    if (cJSON_IsString(value)) hash = text_mixed(hash, value->valuestring);
    cJSON_ArrayForEach(member, value)
        hash = value_mixed(text_mixed(hash, member->string ? member->string : ""), member);
    return mixed(hash, 0x100); /* its end */
}

uint64_t digest_of_value(const cJSON *value) { return value_mixed(begun, value); }

void quotes(char *text) {
    for (; *text; text++)
        if (*text == '\'') *text = '"';
}

size_t request_text(const struct sim *sim, const struct asked *asked, char *to, size_t room) {
    int size = snprintf(to, room,
                        "{\"op\":\"%s\",\"now\":%lld,\"actor\":%s,\"id\":\"%s\",\"in\":%s}",
                        asked->op, (long long)host_now(sim), asked->who, asked->key, asked->in);
    return size < 0 || (size_t)size >= room ? 0 : (size_t)size;
}
