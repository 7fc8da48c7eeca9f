/* mutate.c: reading lines, changing them, writing them. Makes no request itself: grammar.c does. */
#include "mutate.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "grammar.h"
#include "reply.h"
#include "world.h"

enum { LINES_MAX = 24 };

size_t LLVMFuzzerMutate(uint8_t *bytes, size_t size, size_t room);

struct line {
    cJSON *json; /* NULL for a line that is none; then: */
    char *raw;
};
struct lines {
    struct line line[LINES_MAX];
    unsigned n;
};

static char *copy_of(const uint8_t *bytes, size_t size) {
    char *copy = malloc(size + 1);
    if (!copy) finding("out of memory", "");
    if (size > 0) memcpy(copy, bytes, size);
    copy[size] = 0;
    return copy;
}

static void lines_read(struct lines *lines, const uint8_t *bytes, size_t size) {
    lines->n = 0;
    for (size_t from = 0; from < size && lines->n < LINES_MAX;) {
        const uint8_t *newline = memchr(bytes + from, '\n', size - from);
        size_t length = newline ? (size_t)(newline - bytes) - from : size - from;
        char *raw = copy_of(bytes + from, length);
        cJSON *json = cJSON_Parse(raw);
        from += length + 1;
        if (length == 0 || json) free(raw);
        if (length > 0)
            lines->line[lines->n++] = (struct line){.json = json, .raw = json ? NULL : raw};
    }
}

static void line_forget(struct line *line) {
    cJSON_Delete(line->json);
    free(line->raw);
}

static void lines_forget(struct lines *lines) {
    for (unsigned i = 0; i < lines->n; i++) line_forget(&lines->line[i]);
    lines->n = 0;
}

/* As many whole lines as there is room for. */
static size_t lines_write(const struct lines *lines, uint8_t *ret_bytes, size_t room) {
    size_t size = 0;
    for (unsigned i = 0; i < lines->n; i++) {
        const struct line *line = &lines->line[i];
        char *text = line->json ? cJSON_PrintUnformatted(line->json) : line->raw;
        size_t length = text ? strlen(text) : 0;
        bool fits = text && size + length + 1 <= room;
        if (fits) memcpy(ret_bytes + size, text, length);
        if (fits) ret_bytes[size + length] = '\n';
        if (fits) size += length + 1;
        if (line->json) free(text);
    }
    return size;
}

static void lines_insert(struct lines *lines, unsigned at, cJSON *json) {
    if (lines->n == LINES_MAX || !json) {
        cJSON_Delete(json);
        return;
    }
    memmove(&lines->line[at + 1], &lines->line[at], (lines->n - at) * sizeof *lines->line);
    lines->line[at] = (struct line){.json = json};
    lines->n++;
}

static void lines_remove(struct lines *lines, unsigned at) {
    line_forget(&lines->line[at]);
    lines->n--;
    memmove(&lines->line[at], &lines->line[at + 1], (lines->n - at) * sizeof *lines->line);
}

/* The instant of the nearest request before `at`. */
static int64_t now_before(const struct lines *lines, unsigned at) {
    while (at-- > 0) {
        double now = cJSON_GetNumberValue(cJSON_GetObjectItem(lines->line[at].json, "now"));
        if (now > 0 && now < 9e15) return (int64_t)now;
    }
    return WORLD_NOW;
}

/* One of the requests of the line: of a batch, any. */
static cJSON *request_in(struct chance *chance, cJSON *json) {
    cJSON *batch = cJSON_GetObjectItem(json, "batch");
    int n = cJSON_GetArraySize(batch);
    return n > 0 ? cJSON_GetArrayItem(batch, (int)choose(chance, (unsigned)n)) : json;
}

static void batch_make(struct chance *chance, struct lines *lines, unsigned at) {
    cJSON *json = lines->line[at].json, *batch = cJSON_GetObjectItem(json, "batch");
    if (!batch) {
        cJSON *whole = cJSON_CreateObject();
        cJSON_AddNumberToObject(whole, "now", (double)now_before(lines, at + 1));
        batch = cJSON_AddArrayToObject(whole, "batch");
        cJSON_AddItemToArray(batch, json);
        lines->line[at].json = json = whole;
    }
    for (unsigned n = 1 + choose(chance, 3); n > 0 && cJSON_GetArraySize(batch) < 12; n--)
        cJSON_AddItemToArray(batch, grammar_request(chance, now_before(lines, at + 1)));
}

static void batch_open(struct lines *lines, unsigned at) {
    cJSON *batch = cJSON_DetachItemFromObject(lines->line[at].json, "batch"), *one;
    lines_remove(lines, at);
    while ((one = cJSON_DetachItemFromArray(batch, 0))) lines_insert(lines, at++, one);
    cJSON_Delete(batch);
}

/* Every instant from `at` on, so that the clock jumps there and stays ahead. */
static void clock_jump(struct chance *chance, struct lines *lines, unsigned at) {
    static const double jumps[] = {-3600000, 1000, 3600000, 86400000, 259200000, 1209600000,
                                   34560000000};
    double jump = jumps[choose(chance, sizeof jumps / sizeof *jumps)];
    for (; at < lines->n; at++) {
        cJSON *now = cJSON_GetObjectItem(lines->line[at].json, "now");
        if (cJSON_IsNumber(now)) cJSON_SetNumberValue(now, now->valuedouble + jump);
    }
}

static void bytes_change(struct line *line) {
    char *text = line->json ? cJSON_PrintUnformatted(line->json) : line->raw;
    size_t size = strlen(text), room = size + 64;
    uint8_t *bytes = malloc(room + 1);
    if (!bytes) finding("out of memory", "");
    memcpy(bytes, text, size);
    size = LLVMFuzzerMutate(bytes, size, room);
    for (size_t i = 0; i < size; i++)
        if (bytes[i] == '\n' || bytes[i] == 0) bytes[i] = ' ';
    bytes[size] = 0;
    free(text);
    cJSON_Delete(line->json);
    *line = (struct line){.raw = (char *)bytes};
}

/* What changes one request of a line that is one. */
static void request_change(struct chance *chance, struct lines *lines, unsigned at) {
    cJSON *request = request_in(chance, lines->line[at].json);
    switch (choose(chance, 8)) {
    case 0: grammar_actor(chance, request); break;
    case 1: grammar_now(chance, request, now_before(lines, at)); break;
    case 2: grammar_key(chance, request); break;
    default: grammar_field(chance, request);
    }
}

static void lines_change(struct chance *chance, struct lines *lines) {
    unsigned at = lines->n ? choose(chance, lines->n) : 0;
    unsigned kind = lines->n ? choose(chance, 20) : 0;
    struct line *line = &lines->line[at];
    if (kind < 4) {
        at = choose(chance, 2) ? lines->n : at;
        lines_insert(lines, at, grammar_request(chance, now_before(lines, at)));
    } else if (kind < 6) {
        lines_insert(lines, lines->n, grammar_move(chance, now_before(lines, lines->n)));
    } else if (kind == 6) {
        lines_remove(lines, at);
    } else if (kind == 7) {
        clock_jump(chance, lines, at);
    } else if (kind == 8) {
        bytes_change(line);
    } else if (line->json && kind == 9) {
        lines_insert(lines, choose(chance, lines->n + 1), cJSON_Duplicate(line->json, true));
    } else if (line->json && kind == 10) {
        batch_make(chance, lines, at);
    } else if (kind == 11 && cJSON_IsArray(cJSON_GetObjectItem(line->json, "batch"))) {
        batch_open(lines, at);
    } else if (cJSON_IsObject(line->json)) {
        request_change(chance, lines, at);
    }
}

/* What leaves the held transaction cannot be undone quickly, so most sequences do without. */
static bool leaves(const struct line *line) {
    const char *op = cJSON_GetStringValue(cJSON_GetObjectItem(line->json, "op"));
    return op && (strcmp(op, "core.commit") == 0 || strcmp(op, "core.rollback") == 0);
}

static void leaving_drop(struct chance *chance, struct lines *lines) {
    for (unsigned i = lines->n; i-- > 0;)
        if (leaves(&lines->line[i]) && choose(chance, 8)) lines_remove(lines, i);
}

size_t mutate_lines(uint8_t *bytes, size_t size, size_t room, unsigned seed) {
    struct chance chance = {seed};
    struct lines lines;
    lines_read(&lines, bytes, size);
    for (unsigned n = 1 + choose(&chance, 3); n > 0; n--) lines_change(&chance, &lines);
    leaving_drop(&chance, &lines);
    size = lines_write(&lines, bytes, room);
    lines_forget(&lines);
    return size;
}

/* The next line with its end, and on to the one behind it; 0 when there is none. */
static size_t line_take(const uint8_t **from, size_t *left) {
    const uint8_t *newline = *left ? memchr(*from, '\n', *left) : NULL;
    size_t size = newline ? (size_t)(newline - *from) + 1 : 0;
    *from += size;
    *left -= size;
    return size;
}

size_t mutate_cross(const uint8_t *one, size_t one_size, const uint8_t *other, size_t other_size,
                    uint8_t *ret_bytes, size_t room, unsigned seed) {
    struct chance chance = {seed};
    const uint8_t *from[] = {one, other};
    size_t left[] = {one_size, other_size}, written = 0;
    for (unsigned n = 0; n < LINES_MAX;) {
        unsigned which = choose(&chance, 2);
        size_t size = line_take(&from[which], &left[which]);
        if (size == 0) which = !which, size = line_take(&from[which], &left[which]);
        if (size == 0) break;
        bool kept = choose(&chance, 4) && written + size <= room;
        if (kept) memcpy(ret_bytes + written, from[which] - size, size);
        if (kept) written += size, n++;
    }
    return written;
}
