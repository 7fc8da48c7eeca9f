/* json.h: JSON at the door and on the way out. What comes in is checked here strictly (RFC 8259,
 * valid UTF-8, no NUL, depth <= 32) before cJSON builds its tree; what goes out is written straight
 * into the arena, without a tree. */
#ifndef JSON_H
#define JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"

enum { JSON_DEPTH_MAX = 32 };

/* Whether the text is one well-formed JSON value and nothing else. */
bool json_valid(const char *text, size_t size);

/* A JSON text being written. Start from {.arena = a}; `text` is NUL-terminated after json_end. */
struct json {
    struct arena *arena;
    char *text;
    size_t size, room;
    bool comma; /* the next value needs one before it */
};

void json_object(struct json *);     /* { */
void json_object_end(struct json *); /* } */
void json_array(struct json *);      /* [ */
void json_array_end(struct json *);  /* ] */
void json_key(struct json *, const char *key);
void json_key_raw(struct json *, const char *key, size_t size); /* already "quoted": */

void json_text(struct json *, const char *text); /* NULL writes null */
void json_text_sized(struct json *, const char *text, size_t size);
void json_int(struct json *, int64_t value);
void json_bool(struct json *, bool value);
void json_null(struct json *);
void json_raw(struct json *, const char *text, size_t size); /* already JSON */

/* A number given in hundredths, without trailing zeros: 350 writes 3.5. */
void json_hundredths(struct json *, int64_t value);

/* A member at once. */
void json_put_text(struct json *, const char *key, const char *text);
void json_put_int(struct json *, const char *key, int64_t value);
void json_put_id(struct json *, const char *key, int64_t id); /* 0 writes null */
void json_put_bool(struct json *, const char *key, bool value);
void json_put_raw(struct json *, const char *key, const char *json); /* NULL or "": null */

/* Plain characters, unescaped and without commas: for texts that are no JSON. */
void json_append(struct json *, const char *text, size_t size);

/* Whether what was written from there on, key and value, is JSON; true when memory ran out. */
bool json_member_valid(const struct json *, size_t from);

/* The finished text; "" when memory ran out. */
const char *json_end(struct json *);

/* `value` in decimal into 21 bytes; returns its length. */
size_t int_text(int64_t value, char ret_text[21]);

#endif
