/* json.c: the strict reader that only says yes or no, and the writer. Knows no op and no field. */
#include "json.h"

#include <string.h>

struct scan {
    const unsigned char *at, *end;
    int depth;
};

static bool scan_value(struct scan *);

static void scan_space(struct scan *s) {
    while (s->at < s->end && (*s->at == ' ' || *s->at == '\t' || *s->at == '\n' || *s->at == '\r'))
        s->at++;
}

static bool scan_word(struct scan *s, const char *word) {
    size_t size = strlen(word);
    if ((size_t)(s->end - s->at) < size || memcmp(s->at, word, size) != 0) return false;
    s->at += size;
    return true;
}

static bool scan_hex4(struct scan *s, unsigned *ret_unit) {
    unsigned unit = 0;
    if (s->end - s->at < 4) return false;
    for (int i = 0; i < 4; i++) {
        unsigned char c = *s->at++;
        unsigned digit = c >= '0' && c <= '9'   ? c - (unsigned)'0'
                         : c >= 'a' && c <= 'f' ? c - (unsigned)'a' + 10
                         : c >= 'A' && c <= 'F' ? c - (unsigned)'A' + 10
                                                : 16;
        if (digit > 15) return false;
        unit = unit << 4 | digit;
    }
    *ret_unit = unit;
    return true;
}

static bool scan_escape(struct scan *s) {
    unsigned unit, low;
    if (s->at >= s->end) return false;
    unsigned char c = *s->at++;
    if (c != 'u') return strchr("\"\\/bfnrt", c) != NULL && c != 0;
    if (!scan_hex4(s, &unit) || unit == 0) return false;
    if (unit < 0xD800 || unit > 0xDFFF) return true;
    bool pair = unit < 0xDC00 && scan_word(s, "\\u") && scan_hex4(s, &low);
    return pair && low >= 0xDC00 && low <= 0xDFFF;
}

/* One UTF-8 sequence of two or more bytes: not overlong, no surrogate, nothing past U+10FFFF. */
static bool scan_utf8(struct scan *s) {
    const unsigned char *p = s->at;
    size_t left = (size_t)(s->end - p);
    size_t size = p[0] >= 0xF0 ? 4 : p[0] >= 0xE0 ? 3 : 2;
    if (p[0] < 0xC2 || p[0] > 0xF4 || left < size) return false;
    for (size_t i = 1; i < size; i++)
        if ((p[i] & 0xC0) != 0x80) return false;
    if (p[0] == 0xE0 && p[1] < 0xA0) return false;
    if (p[0] == 0xED && p[1] > 0x9F) return false;
    if (p[0] == 0xF0 && p[1] < 0x90) return false;
    if (p[0] == 0xF4 && p[1] > 0x8F) return false;
    s->at += size;
    return true;
}

/* Whether one of eight bytes must be escaped: below 0x20, a quote or a backslash. Only bytes that
 * are below 0x80 set their high bit here, so UTF-8 passes in strides. */
static bool must_escape(uint64_t eight) {
    const uint64_t ones = 0x0101010101010101u, high = 0x8080808080808080u;
    uint64_t quote = eight ^ ones * '"', slash = eight ^ ones * '\\';
    uint64_t low = (eight - ones * 0x20) | (quote - ones) | (slash - ones);
    return (low & ~eight & high) != 0;
}

/* Past what is neither escaped nor more than ASCII, in strides. */
static void scan_plain(struct scan *s) {
    const uint64_t high = 0x8080808080808080u;
    for (; s->end - s->at >= 8; s->at += 8) {
        uint64_t eight;
        memcpy(&eight, s->at, sizeof eight);
        if ((eight & high) != 0 || must_escape(eight)) return;
    }
}

static bool scan_string(struct scan *s) {
    s->at++;
    for (scan_plain(s); s->at < s->end; scan_plain(s)) {
        unsigned char c = *s->at;
        if (c == '"') {
            s->at++;
            return true;
        }
        if (c < 0x20) return false;
        if (c == '\\') {
            s->at++;
            if (!scan_escape(s)) return false;
        } else if (c < 0x80) {
            s->at++;
        } else if (!scan_utf8(s)) {
            return false;
        }
    }
    return false;
}

static bool scan_digits(struct scan *s) {
    const unsigned char *from = s->at;
    while (s->at < s->end && *s->at >= '0' && *s->at <= '9') s->at++;
    return s->at > from;
}

static bool scan_number(struct scan *s) {
    if (*s->at == '-') s->at++;
    if (s->at < s->end && *s->at == '0') s->at++;
    else if (!scan_digits(s)) return false;
    if (s->at < s->end && *s->at == '.') {
        s->at++;
        if (!scan_digits(s)) return false;
    }
    if (s->at < s->end && (*s->at == 'e' || *s->at == 'E')) {
        s->at++;
        if (s->at < s->end && (*s->at == '+' || *s->at == '-')) s->at++;
        return scan_digits(s);
    }
    return true;
}

static bool scan_member(struct scan *s, bool keyed) {
    if (keyed) {
        scan_space(s);
        if (s->at >= s->end || *s->at != '"' || !scan_string(s)) return false;
        scan_space(s);
        if (s->at >= s->end || *s->at++ != ':') return false;
    }
    return scan_value(s);
}

static bool scan_list(struct scan *s, unsigned char close) {
    if (++s->depth > JSON_DEPTH_MAX) return false;
    s->at++;
    scan_space(s);
    if (s->at < s->end && *s->at == close) {
        s->at++, s->depth--;
        return true;
    }
    for (;;) {
        if (!scan_member(s, close == '}')) return false;
        if (s->at >= s->end) return false;
        unsigned char c = *s->at++;
        if (c == close) break;
        if (c != ',') return false;
    }
    s->depth--;
    return true;
}

static bool scan_value(struct scan *s) {
    bool good = false;
    scan_space(s);
    if (s->at >= s->end) return false;
    switch (*s->at) {
    case '{': good = scan_list(s, '}'); break;
    case '[': good = scan_list(s, ']'); break;
    case '"': good = scan_string(s); break;
    case 't': good = scan_word(s, "true"); break;
    case 'f': good = scan_word(s, "false"); break;
    case 'n': good = scan_word(s, "null"); break;
    default: good = scan_number(s); break;
    }
    scan_space(s);
    return good;
}

bool json_valid(const char *text, size_t size) {
    struct scan s = {.at = (const unsigned char *)text, .end = (const unsigned char *)text + size};
    return scan_value(&s) && s.at == s.end;
}

static bool json_room(struct json *j, size_t size) {
    if (j->room - j->size > size) return true;
    size_t room = (j->room ? j->room * 2 : 512) + size;
    char *text = arena_grow(j->arena, j->text, j->room, room);
    if (!text) return false;
    j->text = text;
    j->room = room;
    return true;
}

void json_append(struct json *j, const char *text, size_t size) {
    if (!json_room(j, size)) return;
    memcpy(j->text + j->size, text, size);
    j->size += size;
}

static void json_value(struct json *j, const char *text, size_t size) {
    if (!json_room(j, size + 1)) return;
    if (j->comma) j->text[j->size++] = ',';
    memcpy(j->text + j->size, text, size);
    j->size += size;
    j->comma = true;
}

static void json_open(struct json *j, const char *bracket) {
    json_value(j, bracket, 1);
    j->comma = false;
}

static void json_close(struct json *j, const char *bracket) {
    json_append(j, bracket, 1);
    j->comma = true;
}

void json_object(struct json *j) { json_open(j, "{"); }
void json_object_end(struct json *j) { json_close(j, "}"); }
void json_array(struct json *j) { json_open(j, "["); }
void json_array_end(struct json *j) { json_close(j, "]"); }

static void json_escaped(struct json *j, unsigned char c) {
    static const char digits[] = "0123456789abcdef";
    const char *short_form = c == '"'    ? "\\\""
                             : c == '\\' ? "\\\\"
                             : c == '\n' ? "\\n"
                             : c == '\r' ? "\\r"
                             : c == '\t' ? "\\t"
                                         : NULL;
    char long_form[6] = {'\\', 'u', '0', '0', digits[c >> 4], digits[c & 15]};
    if (short_form) json_append(j, short_form, 2);
    else json_append(j, long_form, sizeof long_form);
}

/* The first byte from `at` on that must be escaped, or `size`. */
static size_t plain_until(const char *text, size_t at, size_t size) {
    for (; at + 8 <= size; at += 8) {
        uint64_t eight;
        memcpy(&eight, text + at, sizeof eight);
        if (must_escape(eight)) break;
    }
    for (; at < size; at++) {
        unsigned char c = (unsigned char)text[at];
        if (c < 0x20 || c == '"' || c == '\\') break;
    }
    return at;
}

void json_text_sized(struct json *j, const char *text, size_t size) {
    size_t from = 0, until;
    json_value(j, "\"", 1);
    while ((until = plain_until(text, from, size)) < size) {
        json_append(j, text + from, until - from);
        json_escaped(j, (unsigned char)text[until]);
        from = until + 1;
    }
    if (!json_room(j, size - from + 1)) return;
    memcpy(j->text + j->size, text + from, size - from);
    j->size += size - from;
    j->text[j->size++] = '"';
}

void json_text(struct json *j, const char *text) {
    if (text) json_text_sized(j, text, strlen(text));
    else json_null(j);
}

void json_key(struct json *j, const char *key) {
    json_text(j, key);
    json_append(j, ":", 1);
    j->comma = false;
}

void json_key_raw(struct json *j, const char *key, size_t size) {
    json_value(j, key, size);
    j->comma = false;
}

size_t int_text(int64_t value, char ret_text[21]) {
    char digits[20];
    size_t n = 0, size = 0;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do digits[n++] = (char)('0' + rest % 10);
    while ((rest /= 10) > 0);
    if (value < 0) ret_text[size++] = '-';
    while (n > 0) ret_text[size++] = digits[--n];
    ret_text[size] = 0;
    return size;
}

void json_int(struct json *j, int64_t value) {
    char text[21];
    json_value(j, text, int_text(value, text));
}

void json_hundredths(struct json *j, int64_t value) {
    char text[32];
    size_t size = int_text(value / 100, text);
    if (value % 100) {
        text[size++] = '.';
        text[size++] = (char)('0' + value % 100 / 10);
        if (value % 10) text[size++] = (char)('0' + value % 10);
    }
    json_value(j, text, size);
}

void json_bool(struct json *j, bool value) {
    json_value(j, value ? "true" : "false", value ? 4 : 5);
}

void json_null(struct json *j) { json_value(j, "null", 4); }

void json_raw(struct json *j, const char *text, size_t size) { json_value(j, text, size); }

void json_put_text(struct json *j, const char *key, const char *text) {
    json_key(j, key);
    json_text(j, text);
}

void json_put_int(struct json *j, const char *key, int64_t value) {
    json_key(j, key);
    json_int(j, value);
}

void json_put_id(struct json *j, const char *key, int64_t id) {
    json_key(j, key);
    if (id) json_int(j, id);
    else json_null(j);
}

void json_put_bool(struct json *j, const char *key, bool value) {
    json_key(j, key);
    json_bool(j, value);
}

void json_put_raw(struct json *j, const char *key, const char *json) {
    json_key(j, key);
    if (json && *json) json_raw(j, json, strlen(json));
    else json_null(j);
}

bool json_member_valid(const struct json *j, size_t from) {
    if (j->arena->failed) return true;
    const char *value = strchr(j->text + from, ':') + 1;
    return json_valid(value, j->size - (size_t)(value - j->text));
}

const char *json_end(struct json *j) {
    if (!json_room(j, 0)) return "";
    j->text[j->size] = 0;
    return j->text;
}
