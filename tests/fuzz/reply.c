/* reply.c: a strict reader of replies: RFC 8259 in UTF-8, the members of the envelope in their
 * order, codes of the core's own list. Refuses to repair anything. */
#include "reply.h"

#include <cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "desk.h"

enum { DEPTH_MAX = 64, CODES_MAX = 128 };

struct reading {
    const char *at, *end, *text;
    int depth;
};

_Noreturn void finding(const char *what, const char *seen) {
    fprintf(stderr, "finding: %s\n  seen: %.3000s\n", what, seen);
    abort();
}

static void breach(const struct reading *r, const char *what) {
    fprintf(stderr, "at byte %ld of the reply\n", (long)(r->at - r->text));
    finding(what, r->text);
}

static void take(struct reading *r, const char *word) {
    size_t size = strlen(word);
    if ((size_t)(r->end - r->at) < size || memcmp(r->at, word, size) != 0) breach(r, word);
    r->at += size;
}

static bool next_is(const struct reading *r, const char *word) {
    size_t size = strlen(word);
    return (size_t)(r->end - r->at) >= size && memcmp(r->at, word, size) == 0;
}

static unsigned hex_four(struct reading *r) {
    unsigned unit = 0;
    for (int i = 0; i < 4; i++, r->at++) {
        static const char digits[] = "0123456789abcdef";
        const char *digit = r->at < r->end && *r->at ? strchr(digits, *r->at | 0x20) : NULL;
        if (!digit) breach(r, "four hexadecimal digits");
        else unit = unit * 16 + (unsigned)(digit - digits);
    }
    return unit;
}

static void read_escape(struct reading *r) {
    char c = r->at < r->end ? *r->at++ : 0;
    if (c == 'u') {
        unsigned unit = hex_four(r);
        if (unit >= 0xDC00 && unit <= 0xDFFF) breach(r, "no half of a pair");
        if (unit < 0xD800 || unit > 0xDBFF) return;
        take(r, "\\u");
        unit = hex_four(r);
        if (unit < 0xDC00 || unit > 0xDFFF) breach(r, "the second half of a pair");
    } else if (c == 0 || !strchr("\"\\/bfnrt", c)) {
        breach(r, "a known escape");
    }
}

/* Decodes the sequence and looks whether it was the shortest for what it says. */
static void read_utf8(struct reading *r) {
    static const unsigned least[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char first = (unsigned char)*r->at;
    int size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    unsigned point = first & (0xFFu >> (size + 1));
    if (first < 0xC0 || first > 0xF7 || r->end - r->at < size) breach(r, "UTF-8");
    for (int i = 1; i < size; i++) {
        unsigned char c = (unsigned char)r->at[i];
        if ((c & 0xC0) != 0x80) breach(r, "UTF-8");
        point = point << 6 | (c & 0x3F);
    }
    bool half = point >= 0xD800 && point <= 0xDFFF;
    if (point < least[size] || point > 0x10FFFF || half) breach(r, "UTF-8");
    r->at += size;
}

static void read_text(struct reading *r) {
    take(r, "\"");
    while (r->at < r->end && *r->at != '"') {
        unsigned char c = (unsigned char)*r->at;
        if (c < 0x20) breach(r, "no bare control character");
        if (c == '\\') {
            r->at++;
            read_escape(r);
        } else if (c < 0x80) {
            r->at++;
        } else {
            read_utf8(r);
        }
    }
    take(r, "\"");
}

static int64_t read_integer(struct reading *r) {
    bool negative = next_is(r, "-");
    int64_t value = 0;
    if (negative) r->at++;
    const char *from = r->at;
    while (r->at < r->end && *r->at >= '0' && *r->at <= '9' && r->at - from < 18)
        value = value * 10 + (*r->at++ - '0');
    bool padded = r->at - from > 1 && *from == '0';
    if (r->at == from || padded) breach(r, "an integer");
    return negative ? -value : value;
}

static void read_digits(struct reading *r) {
    const char *from = r->at;
    while (r->at < r->end && *r->at >= '0' && *r->at <= '9') r->at++;
    if (r->at == from) breach(r, "a digit");
}

static void read_number(struct reading *r) {
    if (next_is(r, "-")) r->at++;
    const char *from = r->at;
    read_digits(r);
    if (*from == '0' && r->at - from > 1) breach(r, "a number");
    if (next_is(r, ".")) {
        r->at++;
        read_digits(r);
    }
    if (next_is(r, "e") || next_is(r, "E")) {
        r->at++;
        if (next_is(r, "-") || next_is(r, "+")) r->at++;
        read_digits(r);
    }
}

static void read_value(struct reading *r);

static void read_list(struct reading *r, const char *open, const char *close) {
    bool keyed = *open == '{';
    take(r, open);
    if (++r->depth > DEPTH_MAX) breach(r, "a depth that readers can take");
    if (!next_is(r, close)) {
        for (;;) {
            if (keyed) {
                read_text(r);
                take(r, ":");
            }
            read_value(r);
            if (!next_is(r, ",")) break;
            take(r, ",");
        }
    }
    take(r, close);
    r->depth--;
}

static void read_value(struct reading *r) {
    switch (r->at < r->end ? *r->at : 0) {
    case '{': read_list(r, "{", "}"); break;
    case '[': read_list(r, "[", "]"); break;
    case '"': read_text(r); break;
    case 't': take(r, "true"); break;
    case 'f': take(r, "false"); break;
    case 'n': take(r, "null"); break;
    default: read_number(r);
    }
}

/* The core's own list of errors, once: "category" and "category.word" of each. */
static bool code_listed(const char *category, const char *code) {
    static char listed[CODES_MAX][2][40];
    static int n;
    if (n == 0) {
        cJSON *all = cJSON_Parse(desk_describe()), *one;
        cJSON_ArrayForEach(one, cJSON_GetObjectItem(all, "errors")) {
            if (n == CODES_MAX) finding("more errors than reply.c has room for", "");
            const char *word = cJSON_GetStringValue(cJSON_GetObjectItem(one, "category"));
            snprintf(listed[n][0], sizeof listed[n][0], "%s", word);
            word = cJSON_GetStringValue(cJSON_GetObjectItem(one, "code"));
            snprintf(listed[n++][1], sizeof listed[n][1], "%s", word);
        }
        cJSON_Delete(all);
    }
    for (int i = 0; i < n; i++)
        if (strcmp(listed[i][0], category) == 0 && strcmp(listed[i][1], code) == 0) return true;
    return false;
}

/* A member of an error that is a word of the core's: no escapes in it. */
static void read_word(struct reading *r, char ret_word[40]) {
    const char *from = r->at + 1;
    read_text(r);
    size_t size = (size_t)(r->at - 1 - from);
    if (size >= 40) breach(r, "a short word");
    memcpy(ret_word, from, size);
    ret_word[size] = 0;
}

static void read_error(struct reading *r, enum reply_codes codes, char ret_code[40]) {
    char category[40];
    take(r, "{\"category\":");
    read_word(r, category);
    take(r, ",\"code\":");
    read_word(r, ret_code);
    take(r, ",\"field\":");
    if (next_is(r, "null")) take(r, "null");
    else read_text(r);
    take(r, ",\"message\":");
    read_text(r);
    take(r, ",\"rule\":");
    if (next_is(r, "null")) take(r, "null");
    else read_integer(r);
    if (next_is(r, ",")) {
        take(r, ",\"facts\":");
        read_list(r, "{", "}");
    }
    take(r, "}");
    if (!code_listed(category, ret_code)) breach(r, "a code of the core's list");
    bool storage = strcmp(category, "storage") == 0, bug = strcmp(category, "bug") == 0;
    if (codes == REPLY_SOUND && (storage || bug)) breach(r, "no fault of a file that is sound");
}

static enum reply_form read_outcome(struct reading *r, enum reply_codes codes,
                                    struct reply *reply) {
    if (next_is(r, "\"ok\":")) {
        take(r, "\"ok\":");
        reply->empty = next_is(r, "{}");
        read_list(r, "{", "}");
        return REPLY_OK;
    }
    take(r, "\"error\":");
    char code[40];
    read_error(r, codes, code);
    if (!reply->code[0]) memcpy(reply->code, code, sizeof code);
    return REPLY_ERROR;
}

static void read_batch(struct reading *r, enum reply_codes codes, struct reply *reply) {
    take(r, "\"batch\":[");
    while (!next_is(r, "]")) {
        take(r, "{");
        read_outcome(r, codes, reply);
        take(r, "}");
        if (!next_is(r, ",")) break;
        take(r, ",");
        if (next_is(r, "]")) breach(r, "no comma before the end");
    }
    take(r, "]");
    reply->form = REPLY_BATCH;
}

void reply_read(const char *text, size_t size, enum reply_codes codes, struct reply *ret_reply) {
    struct reading r = {.at = text, .end = text + size, .text = text};
    *ret_reply = (struct reply){.text = text, .size = size};
    if (strlen(text) != size) finding("a reply as long as its size says", text);
    take(&r, "{");
    if (next_is(&r, "\"batch\"")) read_batch(&r, codes, ret_reply);
    else ret_reply->form = read_outcome(&r, codes, ret_reply);
    take(&r, ",\"rev\":");
    ret_reply->rev = read_integer(&r);
    take(&r, ",\"wake_at\":");
    if (next_is(&r, "null")) take(&r, "null");
    else read_integer(&r);
    take(&r, ",\"pending\":");
    int64_t pending = read_integer(&r);
    take(&r, "}");
    if (r.at != r.end) breach(&r, "nothing after the reply");
    if (pending < 0 || pending > 20) finding("up to 20 effects are counted", text);
}
