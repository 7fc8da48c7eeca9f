/* texts.c: requests as the JSON that they are sent as, and values out of replies. */
#include "texts.h"

#include <stdio.h>

int64_t number_of(const cJSON *object, const char *key) {
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(object, key);
    return cJSON_IsNumber(v) ? (int64_t)v->valuedouble : 0;
}

const char *text_in(const cJSON *object, const char *key) {
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(object, key);
    return cJSON_IsString(v) ? v->valuestring : "";
}

uint64_t digest_of(const char *text) {
    uint64_t hash = 1469598103934665603u;
    for (; *text; text++) hash = (hash ^ (uint8_t)*text) * 1099511628211u;
    return hash;
}

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
