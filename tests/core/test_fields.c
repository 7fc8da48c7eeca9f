/* Formats of fields, and the digest that tells two requests apart. */
#include "check.h"

#include "fields.h"

struct sample {
    const char *text;
    int64_t number;
    bool flag;
};
static const struct field sample_fields[] = {
    FIELD(struct sample, text, .doc = "a text"),
    FIELD(struct sample, number, .doc = "a number"),
    FIELD(struct sample, flag, .doc = "a flag"),
};

TEST(fields_know_a_phone_number) {
    CHECK(phone_valid("+48601234567"));
    CHECK(phone_valid("+7916123"));
    CHECK(!phone_valid("+791612"));
    CHECK(!phone_valid("+1234567890123456"));
    CHECK(!phone_valid("48601234567"));
    CHECK(!phone_valid("+08601234567"));
    CHECK(!phone_valid("+4860 1234567"));
    CHECK(!phone_valid(""));
}

TEST(fields_know_an_address) {
    CHECK(email_valid("a@b.c"));
    CHECK(!email_valid("a@b"));
    CHECK(!email_valid("@b.c"));
    CHECK(!email_valid("a@"));
    CHECK(!email_valid("a@b@c.d"));
    CHECK(!email_valid("a b@c.d"));
    CHECK(!email_valid("a\r\nBcc:x@c.d"));
    CHECK(!email_valid("<a@c.d>"));
}

TEST(fields_measure_texts_in_characters) {
    CHECK(text_length("abc") == 3);
    CHECK(text_length("\xd0\xb6\xc5\xbc\xf0\x9f\x98\x80") == 3);
}

TEST(fields_digest_tells_inputs_apart) {
    struct sample one = {"a", 1, false}, same = {"a", 1, false}, other = {"a", 2, false};
    struct sample flagged = {"a", 1, true}, word = {"b", 1, false};
    int64_t digest = fields_digest("op", sample_fields, 3, &one);
    CHECK(digest == fields_digest("op", sample_fields, 3, &same));
    CHECK(digest != fields_digest("op", sample_fields, 3, &other));
    CHECK(digest != fields_digest("op", sample_fields, 3, &flagged));
    CHECK(digest != fields_digest("op", sample_fields, 3, &word));
    CHECK(digest != fields_digest("po", sample_fields, 3, &one));
}
