/* json_door.c: how desk_call reads JSON, for a test that compares it with another reader: the same
 * two steps, json_valid and cJSON, and the tree that comes out. Many texts a call, because crossing
 * into a module costs more than reading one.
 *   in   for each text: its size in four bytes, little end first, and the text
 *   out  for each text: REFUSED, UNREAD or READ; after READ its value:
 *        n t f   d and eight bytes of a double   s and a sized text
 *        [ values ]   { sized keys and values }
 * Decides nothing. Next: json_rules.js. */
#include <cJSON.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "json.h"

enum { REFUSED, UNREAD, READ };

static struct {
    uint8_t *bytes;
    size_t size, room;
} in, out;

static struct arena arena;

static void *arena_take(size_t size) { return arena_alloc(&arena, size); }
static void arena_keep(void *pointer) { (void)pointer; }

uint8_t *json_door_room(uint32_t size);
const uint8_t *json_door_read(uint32_t size);

uint8_t *json_door_room(uint32_t size) {
    if (size > in.room) {
        free(in.bytes);
        in.bytes = malloc(size);
        in.room = in.bytes ? size : 0;
    }
    return in.bytes;
}

static void put(const void *bytes, size_t size) {
    if (out.size + size > out.room) {
        out.room = 2 * out.room + size;
        out.bytes = realloc(out.bytes, out.room);
        if (!out.bytes) abort();
    }
    memcpy(out.bytes + out.size, bytes, size);
    out.size += size;
}

static void put_size(size_t size) {
    uint8_t bytes[4] = {(uint8_t)size, (uint8_t)(size >> 8), (uint8_t)(size >> 16),
                        (uint8_t)(size >> 24)};
    put(bytes, sizeof bytes);
}

static void put_text(const char *text) {
    put_size(strlen(text));
    put(text, strlen(text));
}

static void put_value(const cJSON *value) {
    const cJSON *child;
    char tag = cJSON_IsNull(value)     ? 'n'
               : cJSON_IsTrue(value)   ? 't'
               : cJSON_IsFalse(value)  ? 'f'
               : cJSON_IsNumber(value) ? 'd'
               : cJSON_IsString(value) ? 's'
               : cJSON_IsArray(value)  ? '['
                                       : '{';
    put(&tag, 1);
    if (tag == 'd') put(&value->valuedouble, sizeof value->valuedouble);
    if (tag == 's') put_text(value->valuestring);
    if (tag != '[' && tag != '{') return;
    cJSON_ArrayForEach(child, value) {
        if (tag == '{') {
            put("k", 1);
            put_text(child->string);
        }
        put_value(child);
    }
    put(tag == '[' ? "]" : "}", 1);
}

/* Reads what was put into the room; the result begins with its own size. */
const uint8_t *json_door_read(uint32_t size) {
    cJSON_Hooks hooks = {arena_take, arena_keep};
    cJSON_InitHooks(&hooks);
    out.size = 0;
    put_size(0);
    for (size_t at = 0; at + 4 <= size;) {
        const uint8_t *head = in.bytes + at;
        size_t length = head[0] | (size_t)head[1] << 8 | (size_t)head[2] << 16 |
                        (size_t)head[3] << 24;
        const char *text = (const char *)head + 4;
        bool valid = json_valid(text, length);
        cJSON *value = valid ? cJSON_ParseWithLength(text, length) : NULL;
        uint8_t said = value ? READ : valid ? UNREAD : REFUSED;
        put(&said, 1);
        if (value) put_value(value);
        arena_reset(&arena);
        at += 4 + length;
    }
    size_t whole = out.size;
    out.size = 0;
    put_size(whole);
    return out.bytes;
}
