/* The strict door: what RFC 8259 and UTF-8 allow passes, everything else is refused, by a list of
 * one case each; and what the writer writes passes the door. */
#include "check.h"

#include "json.h"

static bool valid(const char *text) { return json_valid(text, strlen(text)); }

TEST(json_takes_what_the_standard_allows) {
    static const char *const good[] = {
        "{}", "[]", "0", "-0", "1.5e-3", "1E+2", "\"\"", " [ 1 , 2 ] ", "{\"a\":{\"b\":[null]}}",
        "\"\\u0041\\n\\/\"", "\"\\ud83d\\ude00\"", "\"\xc3\xa9\xf0\x9f\x98\x80\"", "true",
        "\"\xef\xbf\xbf\"", "\"\xed\x9f\xbf\"", "\"\xf4\x8f\xbf\xbf\"", "12", "-7",
        "\r\n[\r1\r]", "1e5", "1e-5",
        "\"\\u00e9\\u00E9\\uffff\\uAf09\"", "\"\xe0\xa0\x80\xe0\xa4\x80\"", "{\"\":{}}", NULL};
    for (int i = 0; good[i]; i++) {
        if (!valid(good[i])) check_failed(__FILE__, __LINE__, "valid", good[i]);
    }
}

TEST(json_refuses_what_the_standard_does_not_allow) {
    static const char *const bad[] = {
        "", " ", "{", "}", "[1,]", "[,1]", "{\"a\":1,}", "{a:1}", "{'a':1}", "01", "+1", "1.", ".5",
        "1e", "- 1", "0x1", "NaN", "Infinity", "tru", "nulll", "\"", "\"\\x\"", "\"\\u12\"",
        "\"\\u0000\"", "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "\"\t\"", "\"\n\"",
        "trux", "\"\\u00g0\"", "\"\\u00G0\"", "\"\\u00/0\"",
        "\"\\u00:0\"", "\"\\u00@0\"", "\"\\u00`0\"", "\"\\", "\"\\u", "\"\\ud83d\\u12\"",
        "\"\\ud800\\ue000\"", "\"\xe2\x82", "\"\xf0", "{\"a", "{\"a\"", "{\"a\":", "[1", "[", "-",
        "[1] 2", "{\"a\" 1}", "{\"a\":}", "\"\xc0\x80\"", "\"\xc1\xbf\"", "\"\xe0\x9f\xbf\"",
        "\"\xed\xa0\x80\"", "\"\xf0\x8f\xbf\xbf\"", "\"\xf4\x90\x80\x80\"",
        "\"\xf8\x88\x80\x80\x80\"",
        "\"\x80\"", "\"\xe2\x82\"", "\"\xc3\"", "/**/1", "[1 2]", NULL};
    for (int i = 0; bad[i]; i++) {
        if (valid(bad[i])) check_failed(__FILE__, __LINE__, "refused", bad[i]);
    }
    CHECK(!json_valid("\"a\0b\"", 5));
    CHECK(!json_valid("\"\\\0\"", 4));
}

TEST(json_refuses_more_than_32_levels) {
    char text[100];
    for (int depth = JSON_DEPTH_MAX; depth <= JSON_DEPTH_MAX + 1; depth++) {
        memset(text, '[', (size_t)depth);
        memset(text + depth, ']', (size_t)depth);
        CHECK(json_valid(text, 2 * (size_t)depth) == (depth <= JSON_DEPTH_MAX));
    }
}

TEST(json_writer_escapes_every_byte_that_must_be) {
    struct arena arena = {0};
    char all[256];
    for (int lead = 0; lead < 16; lead++) {
        struct json out = {.arena = &arena};
        memset(all, 'x', (size_t)lead);
        for (int i = 1; i < 0x80; i++) all[lead + i - 1] = (char)i;
        all[lead + 0x7F] = 0;
        json_array(&out);
        json_text(&out, all);
        json_text(&out, "\xc5\xbc\xd0\xb6\"");
        json_text(&out, NULL);
        json_int(&out, INT64_MIN);
        json_array_end(&out);
        const char *text = json_end(&out);
        if (!valid(text)) check_failed(__FILE__, __LINE__, "what was written is valid", text);
        CHECK_HAS(text, "\\u0001");
        CHECK_HAS(text, "\\n");
        CHECK_HAS(text, "!\\\"#");
        CHECK_HAS(text, "[\\\\]");
        CHECK_HAS(text, "\"\xc5\xbc\xd0\xb6\\\"\",null,-9223372036854775808]");
    }
    arena_free(&arena);
}
